"""What `bench train` trains on: drawn rows as a data set, and models with random weights."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

IMAGE = "<|vision_start|><|image_pad|><|vision_end|>"
SPECIAL_TOKENS = (
    *("<|endoftext|>", "<|im_start|>", "<|im_end|>"),
    *("<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>"),
)
CHAT_TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n"
    "{% for c in m.content %}{% if c.type == 'image' %}" + IMAGE + "{% else %}{{ c.text }}"
    "{% endif %}{% endfor %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
VOCABULARY = 4096  # of the tokenizer

# Qwen2.5-VL in a few million parameters, for two CPU cores.
SMALL: dict[str, Any] = {
    "text_config": {
        "vocab_size": VOCABULARY,
        "hidden_size": 384,
        "intermediate_size": 1024,
        "num_hidden_layers": 4,
        "num_attention_heads": 6,
        "num_key_value_heads": 2,
        "rope_parameters": {
            "rope_type": "default",
            "rope_theta": 1e6,
            "mrope_section": [8, 12, 12],
        },
    },
    "vision_config": {
        "depth": 2,
        "hidden_size": 192,
        "intermediate_size": 512,
        "num_heads": 4,
        "out_hidden_size": 384,
        "fullatt_block_indexes": [1],
    },
    "tie_word_embeddings": True,
}
# config.json of Qwen/Qwen2.5-VL-3B-Instruct.
QWEN_3B: dict[str, Any] = {
    "text_config": {
        "vocab_size": 151_936,
        "hidden_size": 2048,
        "intermediate_size": 11_008,
        "num_hidden_layers": 36,
        "num_attention_heads": 16,
        "num_key_value_heads": 2,
        "max_position_embeddings": 128_000,
        "rope_parameters": {
            "rope_type": "default",
            "rope_theta": 1e6,
            "mrope_section": [16, 24, 24],
        },
    },
    "vision_config": {
        "depth": 32,
        "hidden_size": 1280,
        "intermediate_size": 3420,
        "num_heads": 16,
        "out_hidden_size": 2048,
        "fullatt_block_indexes": [7, 15, 23, 31],
    },
    "tie_word_embeddings": True,
}


def write_dataset(folder: Path, count: int, max_components: int, seed: int) -> list[str]:
    """Write a data set folder of drawn rows, in all media and sizes; returns the answers.

    One row in 64 is the validation split, which the trainer wants to see but does not use.
    """
    from datasets import Dataset, Features, Image, List, Value, disable_progress_bars

    from synth.row_plan import RowPlan
    from synth.rows import drawn_rows

    disable_progress_bars()
    rows = drawn_rows(RowPlan(seed=seed, documents=count), 0, 0, 1, max_components)
    features = Features(
        {
            "identifier": Value("string"),
            "images": List(Image()),
            "queries": List(Value("string")),
            "annotations": List(Value("string")),
            "components": Value("int32"),
            "source": Value("string"),
        }
    )
    records = [{name: row[name] for name in features} for row in rows]
    (folder / "data").mkdir(parents=True)
    held_out = max(1, count // 64)
    for split, part in (("validation", records[:held_out]), ("train", records[held_out:])):
        file = folder / "data" / f"{split}-00000-of-00001.parquet"
        Dataset.from_list(part, features=features).to_parquet(str(file))
    return [record["annotations"][0] for record in records]


def write_qwen(
    folder: Path, sizes: dict[str, Any], max_pixels: int, answers: Iterable[str], seed: int
) -> None:
    """Write a Qwen2.5-VL of such sizes, as a snapshot of the Hub holds one, in bfloat16.

    Weights are random; the tokenizer is trained on `answers`.
    """
    import torch
    import transformers

    transformers.utils.logging.disable_progress_bar()
    tokenizer = _tokenizer(answers)
    start, end, image, video = tokenizer.convert_tokens_to_ids(list(SPECIAL_TOKENS[3:]))
    ids = {"pad_token_id": tokenizer.pad_token_id, "eos_token_id": tokenizer.eos_token_id}
    config = transformers.Qwen2_5_VLConfig(
        **{**sizes, "text_config": {**sizes["text_config"], **ids, "bos_token_id": None}},
        vision_start_token_id=start,
        vision_end_token_id=end,
        image_token_id=image,
        video_token_id=video,
    )
    torch.manual_seed(seed)
    model = transformers.AutoModelForImageTextToText.from_config(config, dtype=torch.bfloat16)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    pictures = transformers.Qwen2VLImageProcessorPil(min_pixels=56 * 56, max_pixels=max_pixels)
    described = {**pictures.to_dict(), "image_processor_type": "Qwen2VLImageProcessor"}
    processor = {"processor_class": "Qwen2_5_VLProcessor"}
    (folder / "preprocessor_config.json").write_text(json.dumps(described))
    (folder / "processor_config.json").write_text(json.dumps(processor))
    (folder / "chat_template.jinja").write_text(CHAT_TEMPLATE)


def _tokenizer(answers: Iterable[str]) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(answers, trainer)
    ends = dict(zip(("pad_token", "eos_token"), ("<|endoftext|>", "<|im_end|>"), strict=True))
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **ends)
