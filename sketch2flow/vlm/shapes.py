"""The two shapes of model: how each turns rows into tensors, has its loss, and answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import torch
from torch import Tensor

from sketch2flow.pictures import open_picture

if TYPE_CHECKING:
    from PIL.Image import Image

    from sketch2flow.vlm.recipe import Recipe

IGNORED = -100
LABEL_MULTIPLE = 32  # few label lengths, few kernels to compile
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

    `shift`: the state at a place predicts the next token (causal models), not its own.
    """

    shift: bool

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


class EncoderDecoder:
    """Picture in, answer out: the decoder sees nothing but the picture."""

    shift = False

    def __init__(self, processor: Any, model_config: Any) -> None:
        self.processor = processor
        self.tokenizer = processor.tokenizer
        self.start = model_config.decoder_start_token_id

    def _pixels(self, pictures: Sequence[Image]) -> Tensor:
        pixels: Tensor = self.processor(images=list(pictures), return_tensors="pt")["pixel_values"]
        return pixels

    def _answer_tokens(self, answer: str) -> list[int]:
        tokens = self.tokenizer(answer, add_special_tokens=False, split_special_tokens=True)
        return [*tokens["input_ids"], self.tokenizer.eos_token_id]

    def group(self, picture: Image) -> tuple[int, ...]:
        processor = self.processor.image_processor
        if hasattr(processor, "canvas"):  # pictures keep their size, so sizes tell the groups
            height, width = processor.canvas(processor.ink(picture))
            return int(height), int(width)
        return ()

    def measure(self, row: Row) -> Measure:
        picture = open_picture(row["images"][0]["bytes"])
        group = self.group(picture)
        height, width = group or self._pixels([picture]).shape[-2:]
        tokens = len(self._answer_tokens(row["annotations"][0]))
        return Measure(group, (height, width), height * width, tokens, tokens)

    def collate(self, rows: Sequence[Row]) -> Batch:
        answers = [self._answer_tokens(row["annotations"][0]) for row in rows]
        longest = -(-max(map(len, answers)) // LABEL_MULTIPLE) * LABEL_MULTIPLE
        labels = torch.full((len(rows), longest), IGNORED)
        before = torch.full((len(rows), longest), self.tokenizer.pad_token_id)
        for place, answer in enumerate(answers):
            labels[place, : len(answer)] = torch.tensor(answer)
            before[place, : len(answer)] = torch.tensor([self.start, *answer[:-1]])
        pictures = [open_picture(row["images"][0]["bytes"]) for row in rows]
        return {
            "pixel_values": self._pixels(pictures),
            "decoder_input_ids": before,
            "labels": labels,
        }

    def prompt_batch(self, pictures: Sequence[Image], prompt: str) -> Batch:
        return {"pixel_values": self._pixels(pictures)}

    def new_tokens(self, inputs: Batch, output: Tensor) -> Tensor:
        return output[:, 1:]


class Causal:
    """Picture and question in the prompt; the answer continues it."""

    shift = True

    def __init__(self, processor: Any, prompt: str | None) -> None:
        self.processor = processor
        self.tokenizer = processor.tokenizer
        self.tokenizer.padding_side = "left"
        self.prompt = prompt

    def group(self, picture: Image) -> tuple[int, ...]:
        return ()

    def measure(self, row: Row) -> Measure:
        picture = open_picture(row["images"][0]["bytes"])
        labels = self.collate([row])["labels"]
        answer_tokens = int((labels != IGNORED).sum())
        tokens = labels.shape[1]
        return Measure((), (tokens,), picture.width * picture.height, tokens, answer_tokens)

    def _conversation(self, prompt: str, answer: str | None = None) -> str:
        content = [{"type": "image"}, {"type": "text", "text": prompt}]
        messages: list[dict[str, Any]] = [{"role": "user", "content": content}]
        if answer is not None:
            spoken = [{"type": "text", "text": answer}]
            messages.append({"role": "assistant", "content": spoken})
        text: str = self.processor.apply_chat_template(
            messages, add_generation_prompt=answer is None, tokenize=False
        )
        return text

    def _encode(
        self, pictures: Sequence[Image], prompts: Sequence[str], answers: Sequence[str | None]
    ) -> Batch:
        texts = [self._conversation(p, a) for p, a in zip(prompts, answers, strict=True)]
        bos = self.tokenizer.bos_token
        return dict(
            self.processor(
                text=texts,
                images=[[picture.convert("RGB")] for picture in pictures],
                padding=True,
                return_tensors="pt",
                add_special_tokens=not (bos and texts[0].startswith(bos)),
            )
        )

    def collate(self, rows: Sequence[Row]) -> Batch:
        pictures = [open_picture(row["images"][0]["bytes"]) for row in rows]
        prompts = [self.prompt or row["queries"][0] for row in rows]
        answers = [row["annotations"][0] for row in rows]
        batch = self._encode(pictures, prompts, answers)
        batch["labels"] = torch.full_like(batch["input_ids"], IGNORED)
        for place, (prompt, answer) in enumerate(zip(prompts, answers, strict=True)):
            self._label(batch, place, prompt, answer)
        return batch

    def _label(self, batch: Batch, place: int, prompt: str, answer: str) -> None:
        """Copy the answer's tokens into the labels: they are the row's tail, up to the end mark."""
        head, full = self._conversation(prompt), self._conversation(prompt, answer)
        if not full.startswith(head) or not full[len(head) :].startswith(answer):
            raise ValueError("the chat template does not leave prompt and answer as they are")
        tail = self.tokenizer(full[len(head) :], add_special_tokens=False)["input_ids"]
        columns = batch["attention_mask"][place].nonzero()[:, 0]
        tokens = batch["input_ids"][place, columns].tolist()
        if tokens[len(tokens) - len(tail) :] != tail:
            raise ValueError("the answer's tokens merge with the prompt's")
        end = self.tokenizer.eos_token_id
        kept = tail.index(end) + 1 if end in tail else len(tail)
        chosen = columns[len(tokens) - len(tail) :][:kept]
        batch["labels"][place, chosen] = batch["input_ids"][place, chosen]

    def prompt_batch(self, pictures: Sequence[Image], prompt: str) -> Batch:
        prompts = [self.prompt or prompt] * len(pictures)
        return self._encode(pictures, prompts, [None] * len(pictures))

    def new_tokens(self, inputs: Batch, output: Tensor) -> Tensor:
        return output[:, inputs["input_ids"].shape[1] :]


def shape_of(recipe: Recipe, processor: Any, model_config: Any) -> EncoderDecoder | Causal:
    """Return the shape that the recipe names, around a loaded processor."""
    if recipe.shape == "causal":
        return Causal(processor, recipe.prompt)
    return EncoderDecoder(processor, model_config)
