"""The two shapes of model: how each turns rows into tensors, has its loss, and answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol

import torch
from torch import Tensor

from sketch2flow.pictures import on_white, open_picture
from sketch2flow.vlm.chat import (
    find_answer_frame,
    prompt_text,
    special_tokens,
    unusable_template,
)
from sketch2flow.vlm.processors import ModelError
from sketch2flow.vlm.recipe import LABEL_MULTIPLE
from sketch2flow.vlm.registry import ShapeName

if TYPE_CHECKING:
    from PIL.Image import Image

    from sketch2flow.vlm.recipe import Recipe

IGNORED = -100
CELL_PIXELS = 16  # of the embedded reader
Row = dict[str, Any]
Batch = dict[str, Tensor]


class Measure(NamedTuple):
    """A row's size: what its batch must share, what it is padded in, pixels, tokens of two kinds.

    See `sketch2flow.vlm.rows.RowSize`.
    """

    group: tuple[int, ...]
    extents: tuple[int, ...]
    pixels: int
    tokens: int
    answer_tokens: int


class Shape(Protocol):
    """What training and generation need of a kind of model.

    `shift`: logits predict the next label, not their own; `ends`: the tokens that end an answer;
    `generation`: what `generate` must be told beside its inputs.
    """

    @property
    def shift(self) -> bool: ...

    @property
    def ends(self) -> frozenset[int]: ...

    @property
    def generation(self) -> dict[str, Any]: ...

    def measure(self, row: Row) -> Measure:
        """Return the size of a row; raises ValueError if it is unusable."""

    def collate(self, rows: Sequence[Row]) -> Batch:
        """Return the model's inputs, and `labels` that cover exactly the answers."""

    def group(self, picture: Image) -> tuple[int, ...]:
        """Return what pictures of one generation batch must have in common."""

    def prompt_batch(self, pictures: Sequence[Image], prompt: str) -> Batch:
        """Return the inputs from which the model generates answers."""

    def new_tokens(self, inputs: Batch, output: Tensor) -> Tensor:
        """Return the generated part of `generate`'s output."""


def _picture(row: Row) -> Image:
    return open_picture(row["images"][0]["bytes"])


class EncoderDecoder:
    """Picture in, answer out: the decoder sees nothing but the picture."""

    shift = False

    def __init__(self, processor: Any, model_config: Any) -> None:
        self.processor = processor
        self.tokenizer = processor.tokenizer
        own = getattr(model_config, "decoder_start_token_id", None)
        self.start = own if own is not None else self.tokenizer.bos_token_id
        if self.start is None or self.tokenizer.eos_token_id is None:
            raise ModelError(
                f"{self.tokenizer.name_or_path}: nothing says with which token an answer starts or "
                "ends; set decoder_start_token_id in config.json and eos_token of the tokenizer"
            )
        self.ends = frozenset({self.tokenizer.eos_token_id})
        self.generation = {"decoder_start_token_id": self.start}
        # Ours takes pictures in any mode and keeps their sizes, so sizes tell the groups.
        self.keeps_sizes = hasattr(processor.image_processor, "size_on_page")

    def _seen(self, pictures: Sequence[Image]) -> Batch:
        """Return the encoder's inputs: pixel_values, or whatever the family has in their place."""
        shown = list(pictures) if self.keeps_sizes else [on_white(one) for one in pictures]
        return dict(self.processor(images=shown, return_tensors="pt"))

    def _answer_tokens(self, answer: str) -> list[int]:
        tokens = self.tokenizer(answer, add_special_tokens=False, split_special_tokens=True)
        return [*tokens["input_ids"], self.tokenizer.eos_token_id]

    def group(self, picture: Image) -> tuple[int, ...]:
        if not self.keeps_sizes:
            return ()
        rows, columns = self.processor.image_processor.size_on_page(picture)
        return -(-rows // 8) * 128, -(-columns // 8) * 128  # of about one size

    def measure(self, row: Row) -> Measure:
        picture = _picture(row)
        # Where a family shapes pictures alike, a batch costs as many as it has.
        extents, pixels = (1, 1), picture.width * picture.height
        if self.keeps_sizes:
            rows, columns = self.processor.image_processor.size_on_page(picture)
            extents = rows * CELL_PIXELS, columns * CELL_PIXELS
            pixels = extents[0] * extents[1]
        tokens = len(self._answer_tokens(row["annotations"][0]))
        return Measure((), extents, pixels, tokens, tokens)

    def collate(self, rows: Sequence[Row]) -> Batch:
        answers = [self._answer_tokens(row["annotations"][0]) for row in rows]
        longest = -(-max(map(len, answers)) // LABEL_MULTIPLE) * LABEL_MULTIPLE
        labels = torch.full((len(rows), longest), IGNORED)
        before = torch.full((len(rows), longest), self.tokenizer.pad_token_id)
        for place, answer in enumerate(answers):
            labels[place, : len(answer)] = torch.tensor(answer)
            before[place, : len(answer)] = torch.tensor([self.start, *answer[:-1]])
        return {**self._told(rows), "decoder_input_ids": before, "labels": labels}

    def _told(self, rows: Sequence[Row]) -> Batch:
        """Return the encoder's inputs and, for ours, what is known of the pictures beside."""
        pictures = [_picture(row) for row in rows]
        if not self.keeps_sizes:
            return self._seen(pictures)
        told = self.processor(
            images=pictures,
            text=[row["annotations"][0] for row in rows],
            words=[row.get("words") or () for row in rows],
            return_tensors="pt",
        )
        return {name: told[name] for name in told if name != "labels"}

    def prompt_batch(self, pictures: Sequence[Image], prompt: str) -> Batch:
        return self._seen(pictures)

    def new_tokens(self, inputs: Batch, output: Tensor) -> Tensor:
        return output[:, 1:]


class Causal:
    """Picture and question in the prompt; the answer continues it."""

    shift = True
    generation: ClassVar[dict[str, Any]] = {}

    def __init__(self, processor: Any, prompt: str | None) -> None:
        self.processor = processor
        self.tokenizer = processor.tokenizer
        self.prompt = prompt
        self.frame = find_answer_frame(processor)
        end = self.tokenizer.convert_tokens_to_ids(self.frame.end) if self.frame else None
        self.ends = frozenset({end, self.tokenizer.eos_token_id} - {None})

    def group(self, picture: Image) -> tuple[int, ...]:
        return ()

    def measure(self, row: Row) -> Measure:
        picture = _picture(row)
        labels = self.collate([row])["labels"]
        answer_tokens = int((labels != IGNORED).sum())
        tokens = labels.shape[1]
        return Measure((), (tokens,), picture.width * picture.height, tokens, answer_tokens)

    def _encode(self, pictures: Sequence[Image], texts: Sequence[str], side: str) -> Batch:
        bos = self.tokenizer.bos_token
        return dict(
            self.processor(
                text=list(texts),
                images=[[on_white(picture)] for picture in pictures],
                padding=True,
                padding_side=side,
                return_tensors="pt",
                # Most templates write the first token themselves.
                add_special_tokens=not (bos and texts[0].startswith(bos)),
            )
        )

    def collate(self, rows: Sequence[Row]) -> Batch:
        heads = [prompt_text(self.processor, self.prompt or row["queries"][0]) for row in rows]
        tails = [self._tail(row["annotations"][0]) for row in rows]
        texts = [head + tail for head, tail in zip(heads, tails, strict=True)]
        batch = self._encode([_picture(row) for row in rows], texts, "right")
        batch["labels"] = torch.full_like(batch["input_ids"], IGNORED)
        for place, (head, text) in enumerate(zip(heads, texts, strict=True)):
            self._label(batch, place, head, text)
        # No token sees what comes behind it. Without a mask attention takes its causal kernels.
        del batch["attention_mask"]
        return batch

    def _tail(self, answer: str) -> str:
        """Return the answer as the chat template would write it, up to its end mark."""
        if self.frame is None:
            raise unusable_template(self.tokenizer)
        inside = special_tokens(self.tokenizer, answer)
        if inside:
            raise ValueError(f"the answer holds {inside[0]!r}, a special token of the model")
        return self.frame.lead + answer + self.frame.end

    def _label(self, batch: Batch, place: int, head: str, text: str) -> None:
        """Copy the answer's tokens into the labels: they are the row's last ones.

        The prompt of the row is longer than `head`'s tokens: pictures take many there.
        """
        before = self.tokenizer(head, add_special_tokens=False)["input_ids"]
        whole = self.tokenizer(text, add_special_tokens=False)["input_ids"]
        answer = whole[len(before) :]
        columns = batch["attention_mask"][place].nonzero()[-len(answer) :, 0]
        tokens = batch["input_ids"][place, columns]
        if whole[: len(before)] != before or tokens.tolist() != answer:
            raise ValueError("the answer's tokens merge with the prompt's")
        batch["labels"][place, columns] = tokens

    def prompt_batch(self, pictures: Sequence[Image], prompt: str) -> Batch:
        text = prompt_text(self.processor, self.prompt or prompt)
        return self._encode(pictures, [text] * len(pictures), "left")

    def new_tokens(self, inputs: Batch, output: Tensor) -> Tensor:
        return output[:, inputs["input_ids"].shape[1] :]


def shape_name(model_config: Any) -> ShapeName:
    """Return the shape of the model with this configuration."""
    return "encoder_decoder" if model_config.is_encoder_decoder else "causal"


def make_shape(processor: Any, model_config: Any, prompt: str | None = None) -> Shape:
    """Return the shape of a loaded model; a causal one asks `prompt` where it is given."""
    if shape_name(model_config) == "causal":
        return Causal(processor, prompt)
    return EncoderDecoder(processor, model_config)


def shape_of(recipe: Recipe, processor: Any, model_config: Any) -> Shape:
    """Return the shape in which the recipe's model is trained.

    Raises ModelError if the recipe names another shape, or if the model's chat template does not
    say how an answer is written.
    """
    actual = shape_name(model_config)
    if recipe.shape != actual:
        raise ModelError(f"{recipe.model}: has shape {actual}, but the recipe says {recipe.shape}")
    shape = make_shape(processor, model_config, recipe.prompt)
    if isinstance(shape, Causal) and shape.frame is None:
        raise unusable_template(processor.tokenizer)
    return shape
