"""The embedded reader's model: our encoder with a stock decoder that looks at pictures alone.

Transformers' VisionEncoderDecoderModel lets the decoder attend to padding as well; this one
hands on which cells a picture has, so that pictures of all sizes share a batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits
from transformers import (
    AutoConfig,
    AutoModelForImageTextToText,
    VisionEncoderDecoderConfig,
    VisionEncoderDecoderModel,
)
from transformers.modeling_outputs import Seq2SeqLMOutput

import sketch2flow.vlm.conv_reader  # noqa: F401  (registers the encoder)
from sketch2flow.vlm.hints import ALPHABET, HALVES

LETTERS_WEIGHT = 2.0  # of a letter's loss, to that of a token of the answer
LEAST_ATTENTION = 1e-5


class SketchReaderConfig(VisionEncoderDecoderConfig):
    """The configurations of encoder and decoder."""

    model_type = "sketch_reader"


@dataclass
class Reading(Seq2SeqLMOutput):
    """A decoder's output and, in training, the sum of what the hints have cost."""

    hints: Tensor | None = None


class SketchReader(VisionEncoderDecoderModel):
    """Reads pictures that share a page, see `ConvReader`.

    In training it may be told more of a drawn picture (see `sketch2flow.vlm.hints`): `letters`
    [letters, 4] are (picture, cell among the picture's `cells`, half of it, letter), `aims`
    [pairs, 3] are (picture, token of the answer, cell that the token is written in).
    """

    config_class = SketchReaderConfig
    main_input_name = "cells"  # one a picture, while a page holds many

    def __init__(self, config: Any = None, encoder: Any = None, decoder: Any = None) -> None:
        super().__init__(config, encoder, decoder)
        # Hints look at attention's weights; and so it trains a quarter faster on a CPU.
        self.set_attn_implementation("eager")
        self.letters = nn.Linear(self.config.encoder.hidden_size, HALVES * len(ALPHABET))

    def forward(
        self,
        pixel_values: Tensor | None = None,
        cells: Tensor | None = None,
        decoder_input_ids: Tensor | None = None,
        decoder_attention_mask: Tensor | None = None,
        encoder_outputs: Any = None,
        past_key_values: Any = None,
        use_cache: bool | None = None,
        letters: Tensor | None = None,
        aims: Tensor | None = None,
        **_: Any,
    ) -> Reading:
        if encoder_outputs is None:
            encoder_outputs = self.encoder(pixel_values=pixel_values, cells=cells)
        states = encoder_outputs.last_hidden_state
        told = self.training and letters is not None and aims is not None
        decoded = self.decoder(
            input_ids=decoder_input_ids,
            attention_mask=decoder_attention_mask,
            encoder_hidden_states=states,
            encoder_attention_mask=encoder_outputs.known,
            past_key_values=past_key_values,
            use_cache=use_cache,
            output_attentions=told,
        )
        hints = None
        if told and letters is not None and aims is not None:
            hints = LETTERS_WEIGHT * self._unread(states, letters)
            hints = hints + _looked_elsewhere(decoded.cross_attentions, aims)
        return Reading(
            logits=decoded.logits,
            past_key_values=decoded.past_key_values,
            encoder_last_hidden_state=states,
            hints=hints,
        )

    def _unread(self, states: Tensor, letters: Tensor) -> Tensor:
        """Return what it costs to tell from their states which letters cells hold, in all.

        Cells without letters are left out: not all that is written is known.
        """
        picture, cell, half, letter = letters.unbind(-1)
        count = states.shape[0] * states.shape[1]
        wanted = states.new_zeros(count, HALVES * len(ALPHABET))
        wanted[picture * states.shape[1] + cell, half * len(ALPHABET) + letter] = 1
        there = wanted.any(1, keepdim=True)
        guessed = self.letters(states.flatten(0, 1)).float()
        return (binary_cross_entropy_with_logits(guessed, wanted, reduction="none") * there).sum()


def _looked_elsewhere(attentions: tuple[Tensor, ...], aims: Tensor) -> Tensor:
    """Return what it costs that one head does not look where a token is written, in all.

    The last layer's is to look at the token that comes next, the first one's at the one before.
    """
    picture, token, cell = aims.unbind(-1)
    last = attentions[-1][:, 0].float()  # [batch, tokens, cells]
    written = last.new_zeros(last.shape)
    written[picture, token, cell] = 1
    cost = _unlikely(last, written)
    if len(attentions) > 1:
        cost = cost + _unlikely(attentions[0][:, 0, 1:].float(), written[:, :-1])
    return cost


def _unlikely(attention: Tensor, written: Tensor) -> Tensor:
    seen = (attention * written).sum(-1)
    return -((seen + LEAST_ATTENTION).log() * written.any(-1)).sum()


AutoConfig.register("sketch_reader", SketchReaderConfig, exist_ok=True)
AutoModelForImageTextToText.register(SketchReaderConfig, SketchReader, exist_ok=True)
