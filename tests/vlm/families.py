"""A tiny random model of each family, in a folder like a snapshot of the Hub; built offline.

Chat templates are those of the real models, shortened: with the first token or without, answers
as text or as parts, end marks that are not the tokenizer's, or none.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import transformers as tf

from tests.vlm import tiny_tokenizers as tokenizers

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


VISION = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "image_size": 64,
    "patch_size": 16,
}
PARTS = (
    "{% for c in m.content %}{% if c.type == 'image' %}IMAGE{% else %}{{ c.text }}{% endif %}"
    "{% endfor %}"
)
CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n" + PARTS + "<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def chatml(image: str) -> str:
    return CHATML.replace("IMAGE", image)


def qwen(version: str, tied: bool = False) -> Family:
    marks = ["<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>"]
    tokenizer = tokenizers.byte_level(marks)
    start, end, image, video = tokenizer.convert_tokens_to_ids(marks)
    ids = {
        "vision_start_token_id": start,
        "vision_end_token_id": end,
        "image_token_id": image,
        "video_token_id": video,
        "tie_word_embeddings": tied,
    }
    vision = {**VISION, "depth": 2, "num_heads": 4, "out_hidden_size": 32}
    del vision["num_hidden_layers"], vision["num_attention_heads"], vision["image_size"]
    rope = {"rope_type": "default", "rope_theta": 1e6, "mrope_section": [1, 1, 2]}
    text = text_config(tokenizer, rope_parameters=rope, head_dim=8)
    if version == "2.5":
        del text["head_dim"]
        vision |= {"patch_size": 14, "fullatt_block_indexes": [1], "window_size": 56}
        config = tf.Qwen2_5_VLConfig(text_config=text, vision_config=vision, **ids)
        pictures = tf.Qwen2VLImageProcessorPil(min_pixels=56 * 56, max_pixels=112 * 112)
        name = "Qwen2_5_VL"
        layers = ("Qwen2_5_VLVisionBlock", "Qwen2_5_VLDecoderLayer")
    else:
        vision |= {"deepstack_visual_indexes": [0], "num_position_embeddings": 16}
        config = tf.Qwen3VLConfig(text_config=text, vision_config=vision, **ids)
        pictures = tf.Qwen2VLImageProcessorPil(
            patch_size=16, min_pixels=64 * 64, max_pixels=128 * 128
        )
        name = "Qwen3VL"
        layers = ("Qwen3VLVisionBlock", "Qwen3VLTextDecoderLayer")
    template = chatml("<|vision_start|><|image_pad|><|vision_end|>")
    return Family(config, tokenizer, pictures, f"{name}Processor", layers, template)


def pixtral() -> Family:
    marks = ["[IMG]", "[IMG_BREAK]", "[IMG_END]", "[INST]", "[/INST]", "</s>"]
    tokenizer = tokenizers.byte_level(marks, eos_token="</s>")
    template = (
        "{{ bos_token }}{% for m in messages %}{% if m.role == 'user' %}[INST]"
        + PARTS.replace("IMAGE", "[IMG]")
        + "[/INST]{% else %}{{ m.content + eos_token }}{% endif %}{% endfor %}"
    )
    config = tf.LlavaConfig(
        text_config=text_config(tokenizer, model_type="mistral", head_dim=8),
        vision_config={**VISION, "model_type": "pixtral", "image_size": 128},
        image_token_index=tokenizer.convert_tokens_to_ids("[IMG]"),
        vision_feature_select_strategy="full",
        vision_feature_layer=-1,
    )
    pictures = tf.PixtralImageProcessorPil(
        patch_size={"height": 16, "width": 16}, size={"longest_edge": 128}
    )
    layers = ("PixtralAttentionLayer", "MistralDecoderLayer")
    return Family(
        *(config, tokenizer, pictures, "PixtralProcessor", layers, template),
        answer="{}</s>",
        processor={"patch_size": 16},
    )


def llava() -> Family:
    tokenizer = tokenizers.metaspace(["<image>"])
    template = (
        "{% for m in messages %}{{ m.role.upper() + ': ' }}{% for c in m.content %}"
        "{% if c.type == 'image' %}<image>\n{% else %}{{ c.text + ' ' }}{% endif %}{% endfor %}"
        "{% endfor %}{% if add_generation_prompt %}{{ 'ASSISTANT:' }}{% endif %}"
    )
    config = tf.LlavaConfig(
        text_config=text_config(tokenizer, model_type="llama"),
        vision_config={
            **VISION,
            "model_type": "clip_vision_model",
            "num_hidden_layers": 3,
            "projection_dim": 32,
        },
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
        vision_feature_select_strategy="default",
        vision_feature_layer=-2,
        image_seq_length=16,
    )
    pictures = tf.CLIPImageProcessorPil(
        size={"shortest_edge": 64}, crop_size={"height": 64, "width": 64}
    )
    layers = ("CLIPEncoderLayer", "LlamaDecoderLayer")
    return Family(
        *(config, tokenizer, pictures, "LlavaProcessor", layers, template),
        answer="{}</s>",  # behind a space that its tokenizer does not decode
        processor={
            "patch_size": 16,
            "vision_feature_select_strategy": "default",
            "num_additional_image_tokens": 1,
        },
    )


def mllama() -> Family:
    headers = ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|python_tag|>"]
    tokenizer = tokenizers.byte_level(headers, eos_token="<|eot_id|>", pad_token=None)
    # The image token is the last one: the head has no row for it, the embedding has eight more.
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|image|>"]})
    image = tokenizer.convert_tokens_to_ids("<|image|>")
    template = (
        "{{ bos_token }}{% for m in messages %}<|start_header_id|>{{ m.role }}<|end_header_id|>"
        "\n\n" + PARTS.replace("IMAGE", "<|image|>") + "<|eot_id|>{% endfor %}"
        "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}"
    )
    config = tf.MllamaConfig(
        text_config=text_config(
            tokenizer,
            vocab_size=image,
            num_hidden_layers=3,
            cross_attention_layers=[1],
            rope_parameters={"rope_type": "default", "rope_theta": 1e4},
            pad_token_id=None,
        ),
        vision_config={
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_hidden_layers": 2,
            "num_global_layers": 1,
            "attention_heads": 4,
            "vision_output_dim": 64,
            "image_size": 56,
            "patch_size": 14,
            "max_num_tiles": 2,
            "intermediate_layers_indices": [0],
            "supported_aspect_ratios": [[1, 1], [1, 2], [2, 1]],
        },
        image_token_index=image,
    )
    pictures = tf.MllamaImageProcessorPil(size={"height": 56, "width": 56}, max_image_tiles=2)
    layers = (
        "MllamaVisionEncoderLayer",
        "MllamaSelfAttentionDecoderLayer",
        "MllamaCrossAttentionDecoderLayer",
    )
    return Family(
        *(config, tokenizer, pictures, "MllamaProcessor", layers, template), answer="{}<|eot_id|>"
    )


def gemma3() -> Family:
    marks = {
        "boi_token": "<start_of_image>",
        "eoi_token": "<end_of_image>",
        "image_token": "<image_soft_token>",
    }
    turns = ["<start_of_turn>", "<end_of_turn>", "<eos>"]
    tokenizer = tokenizers.byte_level(
        [*marks.values(), *turns], eos_token="<eos>", extra_special_tokens=marks
    )
    begin, end, image = tokenizer.convert_tokens_to_ids(list(marks.values()))
    template = (
        "{{ bos_token }}{% for m in messages %}<start_of_turn>"
        "{{ 'model' if m.role == 'assistant' else m.role }}\n"
        + PARTS.replace("IMAGE", "<start_of_image>").replace("c.text", "c.text | trim")
        + "<end_of_turn>\n{% endfor %}"
        "{% if add_generation_prompt %}{{ '<start_of_turn>model\n' }}{% endif %}"
    )
    config = tf.Gemma3Config(
        text_config=text_config(tokenizer, head_dim=8, query_pre_attn_scalar=8, sliding_window=64),
        vision_config=VISION,
        mm_tokens_per_image=4,
        boi_token_index=begin,
        eoi_token_index=end,
        image_token_index=image,
    )
    pictures = tf.Gemma3ImageProcessorPil(size={"height": 64, "width": 64})
    layers = ("SiglipEncoderLayer", "Gemma3DecoderLayer")
    return Family(
        *(config, tokenizer, pictures, "Gemma3Processor", layers, template),
        answer="{}<end_of_turn>",
        processor={"image_seq_length": 4},
        end="<end_of_turn>",
    )


def idefics(name: str) -> Family:
    places = [f"<row_{row}_col_{column}>" for row in range(1, 7) for column in range(1, 7)]
    marks = ["<fake_token_around_image>", "<image>", "<end_of_utterance>", "<global-img>", *places]
    smol = name == "SmolVLM"
    eos = "<end_of_utterance>" if smol else "<eos>"
    tokenizer = tokenizers.byte_level([*marks, "<eos>"], eos_token=eos)
    template = (
        "<|im_start|>{% for m in messages %}{{ m.role | capitalize }}"
        "{{ ':' if m.content[0].type == 'image' else ': ' }}"
        + PARTS.replace("IMAGE", "<image>")
        + "<end_of_utterance>\n{% endfor %}"
        "{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}"
    )
    config = getattr(tf, f"{name}Config")(
        text_config=text_config(tokenizer, model_type="llama"),
        vision_config=VISION,
        image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
        scale_factor=2,
        pad_token_id=tokenizer.pad_token_id,
    )
    pictures = getattr(tf, f"{name}ImageProcessorPil")(
        size={"longest_edge": 128}, max_image_size={"longest_edge": 64}, do_image_splitting=True
    )
    layers = (f"{name}EncoderLayer", "LlamaDecoderLayer")
    return Family(
        *(config, tokenizer, pictures, f"{name}Processor", layers, template),
        answer=" {}<end_of_utterance>",
        processor={"image_seq_len": 4},
        end=None if smol else "<end_of_utterance>",
    )


def internvl() -> Family:
    marks = {
        "start_image_token": "<img>",
        "end_image_token": "</img>",
        "context_image_token": "<IMG_CONTEXT>",
        "video_token": "<video>",
    }
    tokenizer = tokenizers.byte_level(list(marks.values()), extra_special_tokens=marks)
    config = tf.InternVLConfig(
        text_config=text_config(tokenizer, model_type="qwen2"),
        vision_config={**VISION, "image_size": [64, 64], "patch_size": [16, 16]},
        image_token_id=tokenizer.convert_tokens_to_ids("<IMG_CONTEXT>"),
        image_seq_length=4,
    )
    pictures = tf.GotOcr2ImageProcessorPil(
        size={"height": 64, "width": 64}, crop_to_patches=True, max_patches=2
    )
    layers = ("InternVLVisionLayer", "Qwen2DecoderLayer")
    return Family(
        *(config, tokenizer, pictures, "InternVLProcessor", layers, chatml("<IMG_CONTEXT>\n")),
        processor={"image_seq_length": 4},
    )


def donut() -> Family:
    tokenizer = tokenizers.metaspace([])
    decoder = tf.MBartConfig(
        vocab_size=len(tokenizer),
        d_model=32,
        decoder_layers=2,
        decoder_attention_heads=4,
        decoder_ffn_dim=64,
        max_position_embeddings=512,
        is_decoder=True,
        add_cross_attention=True,
        dropout=0.0,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        forced_eos_token_id=None,
    )
    encoder = tf.DonutSwinConfig(
        image_size=[128, 128],
        patch_size=4,
        embed_dim=8,
        depths=[1, 1, 2],
        num_heads=[1, 2, 4],
        window_size=4,
    )
    config = tf.VisionEncoderDecoderConfig.from_encoder_decoder_configs(encoder, decoder)
    config.pad_token_id = tokenizer.pad_token_id
    pictures = tf.DonutImageProcessorPil(size={"height": 128, "width": 128})
    layers = ("DonutSwinStage", "MBartDecoderLayer")
    return Family(config, tokenizer, pictures, "DonutProcessor", layers, answer="{}</s>")


def pix2struct() -> Family:
    tokenizer = tokenizers.metaspace([])
    common = {
        "hidden_size": 32,
        "d_kv": 8,
        "d_ff": 64,
        "num_layers": 2,
        "num_heads": 4,
        "dropout_rate": 0.0,
    }
    config = tf.Pix2StructConfig(
        text_config={
            **common,
            "vocab_size": len(tokenizer),
            "decoder_start_token_id": tokenizer.pad_token_id,
            "pad_token_id": tokenizer.pad_token_id,
            "eos_token_id": tokenizer.eos_token_id,
        },
        vision_config={
            **common,
            "patch_embed_hidden_size": 768,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "seq_len": 512,
        },
    )
    pictures = tf.Pix2StructImageProcessorPil(max_patches=64)
    layers = ("Pix2StructVisionLayer", "Pix2StructTextBlock")
    return Family(config, tokenizer, pictures, "Pix2StructProcessor", layers, answer="{}</s>")


FAMILIES: dict[str, Callable[[], Family]] = {
    "qwen2_5_vl": lambda: qwen("2.5"),
    "qwen3_vl": lambda: qwen("3"),
    "qwen3_vl_tied": lambda: qwen("3", tied=True),
    "pixtral": pixtral,
    "llava": llava,
    "mllama": mllama,
    "gemma3": gemma3,
    "idefics3": lambda: idefics("Idefics3"),
    "smolvlm": lambda: idefics("SmolVLM"),
    "internvl": internvl,
    "donut": donut,
    "pix2struct": pix2struct,
}
