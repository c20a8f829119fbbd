"""Data set rows as training sees them, and the plan of batches over them."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
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
    """What planning needs of a row: rows of one `group` may share a batch."""

    index: int
    components: int
    source: str
    group: tuple[int, ...]
    pixels: int
    tokens: int
    answer_tokens: int


@dataclass(frozen=True, slots=True)
class Unusable:
    """A row that is left out of training, and why."""

    identifier: str
    reason: str


def measure_rows(
    rows: Dataset, indices: Sequence[int], shape: Any
) -> tuple[list[RowSize], list[Unusable]]:
    """Return the sizes of the rows at `indices` under a model shape, and the unreadable ones."""
    sizes: list[RowSize] = []
    unusable: list[Unusable] = []
    for start in range(0, len(indices), 256):
        block = list(indices[start : start + 256])
        for index, row in zip(block, rows.select(block), strict=True):
            try:
                measured = shape.measure(row)
            except ValueError as error:
                unusable.append(Unusable(row["identifier"], str(error)))
                continue
            sizes.append(RowSize(index, row["components"], row.get("source", ""), *measured))
    return sizes, unusable


def within_limits(
    sizes: Sequence[RowSize], max_components: int, max_pixels: int, max_tokens: int
) -> tuple[list[RowSize], Counter[str]]:
    """Return the rows that a recipe trains on, and how many others fail which limit."""
    kept: list[RowSize] = []
    left_out: Counter[str] = Counter()
    for size in sizes:
        if size.components > max_components:
            left_out[f"more than {max_components} components"] += 1
        elif size.pixels > max_pixels:
            left_out[f"more than {max_pixels:,} pixels at the model's text scale"] += 1
        elif size.tokens > max_tokens:
            left_out[f"more than {max_tokens:,} tokens"] += 1
        else:
            kept.append(size)
    return kept, left_out


class BatchPlan:
    """An endless, seeded order of batches whose rows share a group; equal on every rank.

    The state (stage of the curriculum, epoch, position) says where it stands, so that a resumed
    run continues.
    """

    def __init__(
        self,
        sizes: Sequence[RowSize],
        recipe: Recipe,
        ranks: int,
        seed: int,
    ) -> None:
        self.sizes = sorted(sizes, key=lambda size: size.index)
        self.stages = recipe.stages()
        self.fewest, self.pixels = recipe.pictures_per_step, recipe.pixels_per_step
        self.ranks, self.seed = ranks, seed
        self.stage, self.epoch, self.position = -1, 0, 0
        self._batches: list[list[RowSize]] = []

    def state(self) -> dict[str, int]:
        return {"stage": self.stage, "epoch": self.epoch, "position": self.position}

    def restore(self, state: dict[str, int]) -> None:
        self.stage, self.epoch, self.position = state["stage"], state["epoch"], state["position"]
        self._batches = self._order()

    def next(self, stage: int) -> list[RowSize]:
        """Return the next batch of what a stage of the curriculum admits."""
        if stage != self.stage:
            self.stage, self.epoch, self.position = stage, 0, 0
            self._batches = self._order()
        if self.position == len(self._batches):
            self.epoch, self.position = self.epoch + 1, 0
            self._batches = self._order()
        batch = self._batches[self.position]
        self.position += 1
        return batch

    def one_epoch(self, stage: int) -> list[list[RowSize]]:
        """Return each batch of a stage once; none if there are no such rows."""
        admitted = [
            size for size in self.sizes if self.stages[stage].admits(size.components, size.source)
        ]
        rng = random.Random(f"{self.seed}/{stage}/{self.epoch}")
        batches = list(self._cut(admitted, rng))
        rng.shuffle(batches)
        return batches

    def _order(self) -> list[list[RowSize]]:
        batches = self.one_epoch(self.stage)
        if not batches:
            wanted = self.stages[self.stage]
            sources = f" from {', '.join(wanted.sources)}" if wanted.sources else ""
            raise DataSetError(
                f"no {self.ranks} training rows of at most {wanted.max_components} components"
                f"{sources} share a size; the recipe's curriculum asks for them"
            )
        return batches

    def _cut(self, rows: Sequence[RowSize], rng: random.Random) -> Iterator[list[RowSize]]:
        """Cut each group into batches; a rest too small to give every rank a row waits."""
        groups: dict[tuple[int, ...], list[RowSize]] = defaultdict(list)
        for size in rows:
            groups[size.group].append(size)
        for _, members in sorted(groups.items()):
            rng.shuffle(members)
            largest = max(member.pixels for member in members)
            count = max(self.fewest, min(4 * self.fewest, self.pixels // largest))
            for start in range(0, len(members), count):
                batch = members[start : start + count]
                if len(batch) >= self.ranks:
                    yield batch
