"""The embedded reader's model: our encoder with a stock decoder that looks at pictures alone.

Transformers' VisionEncoderDecoderModel lets the decoder attend to padding as well; this one
hands on which cells a picture has, so that pictures of all sizes share a batch.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor
from transformers import (
    AutoConfig,
    AutoModelForImageTextToText,
    VisionEncoderDecoderConfig,
    VisionEncoderDecoderModel,
)
from transformers.modeling_outputs import Seq2SeqLMOutput

import sketch2flow.vlm.conv_reader  # noqa: F401  (registers the encoder)


class SketchReaderConfig(VisionEncoderDecoderConfig):
    """The configurations of encoder and decoder."""

    model_type = "sketch_reader"


class SketchReader(VisionEncoderDecoderModel):
    """Reads pictures that share a page, see `ConvReader`."""

    config_class = SketchReaderConfig
    main_input_name = "cells"  # one a picture, while a page holds many

    def forward(
        self,
        pixel_values: Tensor | None = None,
        cells: Tensor | None = None,
        decoder_input_ids: Tensor | None = None,
        decoder_attention_mask: Tensor | None = None,
        encoder_outputs: Any = None,
        past_key_values: Any = None,
        use_cache: bool | None = None,
        **_: Any,
    ) -> Seq2SeqLMOutput:
        if encoder_outputs is None:
            encoder_outputs = self.encoder(pixel_values=pixel_values, cells=cells)
        decoded = self.decoder(
            input_ids=decoder_input_ids,
            attention_mask=decoder_attention_mask,
            encoder_hidden_states=encoder_outputs.last_hidden_state,
            encoder_attention_mask=encoder_outputs.known,
            past_key_values=past_key_values,
            use_cache=use_cache,
        )
        return Seq2SeqLMOutput(
            logits=decoded.logits,
            past_key_values=decoded.past_key_values,
            encoder_last_hidden_state=encoder_outputs.last_hidden_state,
        )


AutoConfig.register("sketch_reader", SketchReaderConfig, exist_ok=True)
AutoModelForImageTextToText.register(SketchReaderConfig, SketchReader, exist_ok=True)
