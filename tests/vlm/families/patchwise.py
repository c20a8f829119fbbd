"""Models that see a picture at its own size or in tiles: Qwen, Pixtral, Idefics, InternVL.

Chat templates are those of the real models, shortened: with the first token or without, answers
as text or as parts, end marks that are not the tokenizer's, or none.
"""

import transformers as tf

from tests.vlm import tiny_tokenizers as tokenizers
from tests.vlm.families.family import Family, text_config
from tests.vlm.families.templates import PARTS, VISION, chatml


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
