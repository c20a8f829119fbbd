"""What a snapshot of a model holds, and how its text model is configured."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

WIDE = 0.15  # standard deviation of the weights: narrower ones answer all pictures alike


@dataclass(frozen=True)
class Family:
    """What a snapshot of one model holds, and what is expected of it.

    `layers`: the classes that must be sharded; `answer`: how the model writes an answer.
    """

    config: Any
    tokenizer: Any
    image_processor: Any
    processor_class: str
    layers: tuple[str, ...]
    chat_template: str | None = None
    answer: str = "{}<|im_end|>"
    processor: dict[str, Any] = field(default_factory=dict)
    end: str | None = None  # of an answer, where it is not the tokenizer's

    def save(self, folder: Path) -> None:
        """Write the snapshot: the processor in the files that machines with torchvision write."""
        import torch
        import transformers as tf

        torch.manual_seed(0)
        model = tf.AutoModelForImageTextToText.from_config(self.config)
        for name, weight in model.named_parameters():
            if weight.ndim >= 2:
                torch.nn.init.normal_(weight, std=WIDE)
            elif name.endswith("gate"):  # Llama Vision starts with closed eyes
                torch.nn.init.ones_(weight)
        if self.end:
            ends = [self.tokenizer.eos_token_id, self.tokenizer.convert_tokens_to_ids(self.end)]
            model.generation_config.eos_token_id = ends
        model.save_pretrained(folder)
        self.tokenizer.save_pretrained(folder)
        pictures = self.image_processor.to_dict()
        pictures["image_processor_type"] = pictures["image_processor_type"].removesuffix("Pil")
        settings = {"processor_class": self.processor_class, **self.processor}
        (folder / "preprocessor_config.json").write_text(json.dumps(pictures))
        (folder / "processor_config.json").write_text(json.dumps(settings))
        if self.chat_template:
            (folder / "chat_template.jinja").write_text(self.chat_template)


@dataclass(frozen=True)
class Snapshot:
    """A family and the folder that holds it."""

    family: Family
    folder: Path


def text_config(tokenizer: Any, **changes: Any) -> dict[str, Any]:
    return {
        "vocab_size": len(tokenizer),
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 4096,
        "pad_token_id": tokenizer.pad_token_id,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        **changes,
    }
