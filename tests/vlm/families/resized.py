"""Models that see every picture at one size: LLaVA, Llama Vision, Gemma.

Chat templates are those of the real models, shortened: with the first token or without, answers
as text or as parts, end marks that are not the tokenizer's, or none.
"""

import transformers as tf

from tests.vlm import tiny_tokenizers as tokenizers
from tests.vlm.families.family import Family, text_config
from tests.vlm.families.templates import PARTS, VISION


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
