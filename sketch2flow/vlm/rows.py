"""Data set rows as training sees them: what can be used, and how large it is."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datasets import Dataset

    from sketch2flow.vlm.recipe import Recipe


class DataSetError(ValueError):
    """A data set that cannot be trained on; the message names the place and the reason."""


def open_split(folder: Path, split: str) -> Dataset:
    """Return one split of a data set folder, pictures undecoded.

    Raises DataSetError if the split is missing or empty.
    """
    from datasets import Image, List, load_dataset

    files = sorted(str(path) for path in folder.glob(f"data/{split}-*.parquet"))
    if not files:
        raise DataSetError(f"{folder}: no data/{split}-*.parquet; is this a sketch2flow data set?")
    rows = load_dataset("parquet", data_files={split: files}, split=split)
    if not len(rows):
        raise DataSetError(f"{folder}: the split {split} is empty")
    return rows.cast_column("images", List(Image(decode=False)))


@dataclass(frozen=True, slots=True)
class RowSize:
    """What planning needs of a row.

    Rows of one `group` may share a batch, where each is padded to the largest `extents` of all
    (tokens, or height and width). `pixels` are the picture's, `tokens` all that the model sees,
    `answer_tokens` those that count in the loss.
    """

    index: int
    components: int
    source: str
    group: tuple[int, ...]
    extents: tuple[int, ...]
    pixels: int
    tokens: int
    answer_tokens: int

    @property
    def cost(self) -> int:
        """What the row costs by itself: the product of its extents."""
        return math.prod(self.extents)


@dataclass(frozen=True, slots=True)
class Unusable:
    """A row that is left out of training, and why."""

    identifier: str
    reason: str


def measure(index: int, row: Mapping[str, Any], shape: Any) -> RowSize | Unusable:
    """Return the size of a row under a model shape, or why it cannot be used."""
    if not row["images"] or not row["annotations"]:
        return Unusable(row["identifier"], "no picture, or no answer")
    try:
        measured = shape.measure(row)
    except ValueError as error:
        return Unusable(row["identifier"], str(error))
    return RowSize(index, row["components"], row.get("source", ""), *measured)


def measure_rows(
    rows: Dataset, indices: Sequence[int], shape: Any
) -> tuple[list[RowSize], list[Unusable]]:
    """Return the sizes of the rows at `indices` under a model shape, and the unusable ones."""
    sizes: list[RowSize] = []
    unusable: list[Unusable] = []
    for start in range(0, len(indices), 256):
        block = list(indices[start : start + 256])
        for index, row in zip(block, rows.select(block), strict=True):
            measured = measure(index, row, shape)
            if isinstance(measured, Unusable):
                unusable.append(measured)
            else:
                sizes.append(measured)
    return sizes, unusable


def over_limits(size: RowSize, recipe: Recipe) -> str:
    """Return which of the recipe's limits a row is beyond, "" if none."""
    if size.components > recipe.max_components:
        return f"more than {recipe.max_components} components"
    if size.pixels > recipe.max_pixels:
        return f"more than {recipe.max_pixels:,} pixels at the model's text scale"
    if size.tokens > recipe.most_tokens:
        return f"more than {recipe.most_tokens:,} tokens"
    return ""


def within_limits(sizes: Sequence[RowSize], recipe: Recipe) -> tuple[list[RowSize], Counter[str]]:
    """Return the rows that a recipe trains on, and how many others fail which limit."""
    reasons = [over_limits(size, recipe) for size in sizes]
    kept = [size for size, reason in zip(sizes, reasons, strict=True) if not reason]
    return kept, Counter(reason for reason in reasons if reason)
