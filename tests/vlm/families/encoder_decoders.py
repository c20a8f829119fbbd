"""Models whose decoder sees nothing but the picture: Donut, Pix2Struct."""

import transformers as tf

from tests.vlm import tiny_tokenizers as tokenizers
from tests.vlm.families.family import Family


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
