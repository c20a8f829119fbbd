"""Which rows make which batch and which step: seeded, equal on every rank, for any ranks."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sketch2flow.vlm.rows import DataSetError, RowSize

if TYPE_CHECKING:
    from sketch2flow.vlm.recipe import Recipe

Batch = list[RowSize]  # what one rank computes at once
Step = list[Batch]  # what all ranks together compute between two updates of the weights


def padded_cost(batch: Sequence[RowSize]) -> int:
    """Return what a batch costs with its padding: rows times the product of largest extents."""
    largest = [max(extents) for extents in zip(*(row.extents for row in batch), strict=True)]
    return int(len(batch) * math.prod(largest))


def padding_share(steps: Sequence[Step]) -> float:
    """Return the share of all computed cost that is padding."""
    batches = [batch for step in steps for batch in step]
    whole = sum(map(padded_cost, batches))
    return 1 - sum(row.cost for batch in batches for row in batch) / whole if whole else 0.0


def in_batches(rows: Sequence[RowSize], recipe: Recipe) -> list[Batch]:
    """Cut rows into batches of about one size, each within the recipe's cost, in size's order."""
    groups: dict[tuple[int, ...], list[RowSize]] = defaultdict(list)
    for row in rows:
        groups[row.group].append(row)
    return [batch for _, group in sorted(groups.items()) for batch in _cut(group, recipe)]


def _cut(group: Sequence[RowSize], recipe: Recipe) -> Iterator[Batch]:
    batch: Batch = []
    for row in _near_each_other(group, recipe):
        wider = [*batch, row]
        full = len(wider) > recipe.most_rows
        dear = len(wider) > recipe.fewest_rows and padded_cost(wider) > recipe.cost_per_batch
        if batch and (full or dear):
            yield batch
            wider = [row]
        batch = wider
    if batch:
        yield batch


def _near_each_other(group: Sequence[RowSize], recipe: Recipe) -> list[RowSize]:
    """Return rows so ordered that neighbours are alike in every extent.

    Two extents: in strips of one height, each by width, to and fro (Leutenegger et al., "STR",
    1997). The order of equal rows is kept, so that shuffled ones meet others in every epoch.
    """
    by_first = sorted(group, key=lambda row: row.extents)
    if len(by_first[0].extents) < 2:
        return by_first
    rows_of_batch = max(1, recipe.cost_per_batch * len(group) // sum(r.cost for r in group))
    strips = max(1, round(math.sqrt(len(group) / rows_of_batch)))
    length = -(-len(group) // strips)
    ordered: list[RowSize] = []
    for number, start in enumerate(range(0, len(group), length)):
        strip = by_first[start : start + length]
        ordered += sorted(strip, key=lambda row: row.extents[1:], reverse=bool(number % 2))
    return ordered


def in_steps(batches: Sequence[Batch], batches_per_step: int) -> tuple[list[Step], list[Batch]]:
    """Return steps of neighbouring batches, and the last batches that fill no step."""
    whole = len(batches) // batches_per_step * batches_per_step
    starts = range(0, whole, batches_per_step)
    return [list(batches[start : start + batches_per_step]) for start in starts], list(
        batches[whole:]
    )


class BatchPlan:
    """An endless, seeded order of steps over the rows of a data set; equal on every rank.

    The state (stage of the curriculum, epoch, position) says where it stands, so that a resumed
    run continues.
    """

    def __init__(self, sizes: Sequence[RowSize], recipe: Recipe, seed: int) -> None:
        self.sizes = sorted(sizes, key=lambda size: size.index)
        self.recipe, self.stages, self.seed = recipe, recipe.stages(), seed
        self.stage, self.epoch, self.position = -1, 0, 0
        self._steps: list[Step] = []

    def state(self) -> dict[str, int]:
        """Return where the plan stands."""
        return {"stage": self.stage, "epoch": self.epoch, "position": self.position}

    def restore(self, state: dict[str, int]) -> None:
        """Go to where a plan of the same rows and recipe stood."""
        self.stage, self.epoch, self.position = state["stage"], state["epoch"], state["position"]
        if self.stage >= 0:
            self._steps = self._epoch()

    def next(self, stage: int) -> Step:
        """Return the next step of what a stage of the curriculum admits."""
        if stage != self.stage:
            self.stage, self.epoch, self.position = stage, 0, 0
            self._steps = self._epoch()
        if self.position == len(self._steps):
            self.epoch, self.position = self.epoch + 1, 0
            self._steps = self._epoch()
        step = self._steps[self.position]
        self.position += 1
        return step

    def steps_of_an_epoch(self) -> int:
        """Return how many steps it takes to see every row of the last stage once."""
        return len(self._steps_of(len(self.stages) - 1, 0))

    def _epoch(self) -> list[Step]:
        steps = self._steps_of(self.stage, self.epoch)
        if not steps:
            wanted = self.stages[self.stage]
            sources = f" from {', '.join(wanted.sources)}" if wanted.sources else ""
            raise DataSetError(
                f"training rows of at most {wanted.max_components} components{sources} are fewer "
                f"than the {self.recipe.batches_per_step} batches of a step; the recipe's "
                "curriculum asks for them"
            )
        return steps

    def _steps_of(self, stage: int, epoch: int) -> list[Step]:
        """Return the steps of an epoch; batches that fill no step at its end are left out."""
        rng = random.Random(f"{self.seed}/{stage}/{epoch}")
        admits = self.stages[stage].admits
        rows = [size for size in self.sizes if admits(size.components, size.source)]
        rng.shuffle(rows)
        steps: list[Step] = []
        rest: list[Batch] = []
        for start in range(0, len(rows), self.recipe.window):
            batches = in_batches(rows[start : start + self.recipe.window], self.recipe)
            found, rest = in_steps([*rest, *batches], self.recipe.batches_per_step)
            steps += found
        if not steps:
            steps = _halved(rest, self.recipe.batches_per_step)
        rng.shuffle(steps)
        return steps


def _halved(batches: list[Batch], batches_per_step: int) -> list[Step]:
    """Return one step of too few batches: the largest are halved until there are enough."""
    parts = list(batches)
    while 0 < len(parts) < batches_per_step:
        largest = max(parts, key=len)
        if len(largest) < 2:
            return []
        parts.remove(largest)
        middle = len(largest) // 2
        parts += [largest[:middle], largest[middle:]]
    return [parts] if parts else []
