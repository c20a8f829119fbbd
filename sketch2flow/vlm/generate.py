"""Batched greedy generation by a local model: pictures in, answers out."""

from __future__ import annotations

import os

os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "16384")

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sketch2flow.pictures import open_picture
from sketch2flow.vlm.predictions import Prediction
from sketch2flow.vlm.processors import ModelError
from sketch2flow.vlm.recipe import one_line

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_BATCH_PICTURES = 16
MAX_BATCH_PIXELS = 2_000_000
SMALL_MODEL = 50_000_000  # parameters; more threads only wait for each other, ten times longer
WINDOW = 512  # pictures looked at together, so that batches are of one size
WINDOW_PIXELS = 256_000_000  # 750 MB of them: photos are larger than what we draw


class ModelNotFoundError(ModelError):
    """A model that is not there or cannot be loaded; the message names it and the cure."""


class LocalModel:
    """A loaded model with the shape that asks it."""

    def __init__(self, source: str | Path) -> None:
        import torch

        from sketch2flow.vlm.shapes import make_shape
        from sketch2flow.vlm.start import load_model

        folder = Path(source)
        if folder.exists() and not (folder / "config.json").is_file():
            raise ModelNotFoundError(f"{source}: no config.json there, so it is no model folder")
        if not folder.exists() and str(source).startswith((".", "/", "~")):
            raise ModelNotFoundError(f"{source}: no such model folder; train one: sketch2flow demo")
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        try:
            self.model, self.processor = load_model(str(source))
            self.model.to(self.device).eval()
            self.shape = make_shape(self.processor, self.model.config)
        except ModelError as error:
            raise ModelNotFoundError(str(error)) from None
        except Exception as error:  # noqa: BLE001 - safetensors' and tokenizers' are bare ones
            raise ModelNotFoundError(f"{source}: cannot be loaded ({reason_of(error)})") from None
        if self.device == "cpu" and self.model.num_parameters() < SMALL_MODEL:
            torch.set_num_threads(1)
        own = self.model.generation_config.eos_token_id
        self.ends = {*self.shape.ends, *(own if isinstance(own, list) else [own])} - {None}
        self.longest: int | None = None
        if self.model.config.is_encoder_decoder:
            text = self.model.config.get_text_config(decoder=True)
            self.longest = getattr(text, "max_position_embeddings", None)

    def answer(
        self, pictures: Sequence[Image], prompt: str, max_tokens: int
    ) -> list[tuple[str, int, bool]]:
        """Return (text, tokens, whether it ended by itself) for pictures of one group."""
        import torch

        inputs = {
            name: tensor.to(self.device)
            for name, tensor in self.shape.prompt_batch(pictures, prompt).items()
        }
        limit = min(max_tokens, self.longest - 1) if self.longest else max_tokens
        with torch.inference_mode():
            output = self.model.generate(
                **inputs,
                **self.shape.generation,
                do_sample=False,
                repetition_penalty=1.0,  # Qwen's own setting forbids JSON to repeat itself
                eos_token_id=sorted(self.ends),
                pad_token_id=self.processor.tokenizer.pad_token_id,
                max_new_tokens=limit,
                max_length=None,
            )
        answers = []
        for row in self.shape.new_tokens(inputs, output).tolist():
            length = next((at for at, token in enumerate(row) if token in self.ends), len(row))
            text = self.processor.tokenizer.decode(row[:length], skip_special_tokens=True)
            answers.append((text, length, length < len(row)))
        return answers


def generate_answers(
    source: str | Path,
    rows: Iterable[tuple[str, bytes]],
    prompt: str,
    model: str = "finetuned",
    revision: str = "",
    prompt_id: str = "short",
    max_tokens: int = 8192,
) -> Iterator[Prediction]:
    """Yield the answers of the model in folder (or Hub id) `source` to (identifier, picture) rows.

    Batches hold pictures of one canvas only, since padding at generation must be that of
    training; the order is therefore not that of `rows`. A picture that cannot be read or
    answered yields a prediction with `error`. Raises ModelNotFoundError.
    """
    import cv2

    cv2.setNumThreads(1)
    local = LocalModel(source)
    about = {"model": model, "revision": revision, "prompt": prompt_id}

    def answered(batch: Sequence[_Row]) -> Iterator[Prediction]:
        began, reason = time.monotonic(), ""
        try:
            answers = local.answer([row.picture for row in batch], prompt, max_tokens)
        except Exception as error:  # noqa: BLE001 - whatever it is, it costs one picture, by name
            reason = reason_of(error)
        # Not within `except`, where the error still holds the tensors for which memory was short.
        if reason and len(batch) == 1:
            yield failed(about, batch[0].identifier, reason)
        elif reason:
            for row in batch:
                yield from answered([row])
        else:
            seconds = (time.monotonic() - began) / len(batch)
            for row, (text, tokens, ended) in zip(batch, answers, strict=True):
                yield Prediction(
                    **about,
                    identifier=row.identifier,
                    text=text,
                    finish_reason="stop" if ended else "length",
                    tokens_in=0,
                    tokens_out=tokens,
                    seconds=seconds,
                )

    window: list[_Row] = []
    pixels = 0
    for identifier, data in rows:
        try:
            picture = open_picture(data)
            window.append(_Row(identifier, picture, local.shape.group(picture)))
        except Exception as error:  # noqa: BLE001 - whatever it is, it costs one picture, by name
            yield failed(about, identifier, reason_of(error))
            continue
        pixels += picture.width * picture.height
        if len(window) == WINDOW or pixels > WINDOW_PIXELS:
            for batch in _batches(window):
                yield from answered(batch)
            window, pixels = [], 0
    for batch in _batches(window):
        yield from answered(batch)


class _Row(NamedTuple):
    identifier: str
    picture: Image
    group: tuple[int, ...]


def _batches(rows: Iterable[_Row]) -> Iterator[list[_Row]]:
    groups: dict[tuple[int, ...], list[_Row]] = defaultdict(list)
    for row in rows:
        groups[row.group].append(row)
    for group, members in sorted(groups.items()):
        pixels = group[0] * group[1] if group else MAX_BATCH_PIXELS // 4
        size = max(1, min(MAX_BATCH_PICTURES, MAX_BATCH_PIXELS // pixels))
        for start in range(0, len(members), size):
            yield members[start : start + size]


def reason_of(error: Exception) -> str:
    """Return what went wrong in one line of at most 300 characters."""
    return one_line(error)[:300] or type(error).__name__


def failed(about: dict[str, Any], identifier: str, reason: str) -> Prediction:
    """Return the prediction of a row that got no answer."""
    return Prediction(
        **about,
        identifier=identifier,
        text="",
        finish_reason="error",
        tokens_in=0,
        tokens_out=0,
        seconds=0.0,
        error=reason,
    )
