"""Steps over rows that are drawn when they are needed, each rank its own."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
import torch.distributed as dist
from torch.utils.data import Dataset, Sampler

from sketch2flow.vlm.batches import Batch, in_batches, padded_cost
from sketch2flow.vlm.loading import RankStep, Tensors, in_tensors, loader
from sketch2flow.vlm.rows import DataSetError, RowSize, Unusable, measure, over_limits

if TYPE_CHECKING:
    from sketch2flow.vlm.recipe import Recipe
    from sketch2flow.vlm.shapes import Row, Shape

# Returns one rank's rows of a window: (window, rank, ranks, most components). Equal arguments,
# equal rows.
DrawRows = Callable[[int, int, int, int], list["Row"]]


EMPTY_WINDOWS = 3  # in a row: what the recipe draws does not fit its limits


class _Window(NamedTuple):
    """A window as batches, with the sizes of their rows and what was left out, and why."""

    batches: list[tuple[Batch, Tensors]]
    left_out: dict[str, int]  # a Counter's update adds up, and pinning memory updates


class _Windows(Dataset[_Window]):
    """Windows by number and stage of the curriculum, drawn, measured and cut into batches."""

    def __init__(
        self, draw: DrawRows, shape: Shape, recipe: Recipe, place: tuple[int, int]
    ) -> None:
        self.draw, self.shape, self.recipe, self.place = draw, shape, recipe, place

    def __getitem__(self, asked: tuple[int, int]) -> _Window:
        window, stage = asked
        rows = self.draw(window, *self.place, self.recipe.stages()[stage].max_components)
        sizes: list[RowSize] = []
        left_out: Counter[str] = Counter()
        for index, row in enumerate(rows):
            size = measure(index, row, self.shape)
            if isinstance(size, Unusable):
                left_out["unreadable"] += 1
            elif reason := over_limits(size, self.recipe):
                left_out[reason] += 1
            else:
                sizes.append(size)
        # In an order by chance in which all ranks have their dear batches at the same time.
        dearest = sorted(in_batches(sizes, self.recipe), key=padded_cost)
        chances = [Random(f"{window}/{number}").random() for number in range(len(dearest))]
        batches = [dearest[each] for each in sorted(range(len(dearest)), key=chances.__getitem__)]
        made = [
            (batch, in_tensors([rows[size.index] for size in batch], self.shape))
            for batch in batches
        ]
        return _Window(made, dict(left_out))


class _Ahead(Sampler[tuple[int, int]]):
    """Asks for window after window, in the stage of the curriculum of the moment."""

    def __init__(self, window: int, stage: Callable[[], int]) -> None:
        self.window, self.stage = window, stage
        self.asked: deque[tuple[int, int]] = deque()

    def __iter__(self) -> Iterator[tuple[int, int]]:
        while True:
            self.asked.append((self.window, self.stage()))
            self.window += 1
            yield self.asked[-1]


class DrawnSteps:
    """The steps of a run over drawn rows, as this rank takes them.

    A rank goes through its own part of the windows at its own pace, so that no rank knows the
    sizes of another's rows: what a step is in all is exchanged. Where the number of ranks changes,
    a resumed run goes on with the next window. `waited` are the seconds for which the trainer had
    no batch; `left_out` counts this rank's rows that were not used.
    """

    def __init__(
        self,
        draw: DrawRows,
        shape: Shape,
        recipe: Recipe,
        stage_at: Callable[[int], int],
        place: tuple[int, int],
        workers: int,
    ) -> None:
        self.waited = 0.0
        self.left_out: Counter[str] = Counter()
        self._windows = _Windows(draw, shape, recipe, place)
        self._stage_at, self._workers = stage_at, workers
        self._ranks = place[1]
        self._batches = recipe.batches_per_step // place[1]
        self._state = {"window": 0, "position": 0, "stage": 0}

    def states(self) -> list[dict[str, int]]:
        """Return where each rank stands: behind the last step taken. All ranks ask together."""
        found: list[Any] = [None] * self._ranks
        dist.all_gather_object(found, self._state)
        return found

    def restore(self, states: list[dict[str, int]]) -> None:
        """Go to where a run stood."""
        if len(states) == self._ranks:
            self._state = states[dist.get_rank()]
        else:
            last = max(states, key=lambda state: state["window"])
            self._state = {**last, "window": last["window"] + 1, "position": 0}

    def start(self, step: int) -> Iterator[RankStep]:
        """Yield this rank's part of each step from the one of that number on, for ever."""
        batches = self._all_batches(step)
        while True:
            began = time.monotonic()
            taken = [next(batches) for _ in range(self._batches)]
            self.waited += time.monotonic() - began
            yield _together(taken, self._state["stage"])

    def _all_batches(self, step: int) -> Iterator[tuple[Batch, Tensors]]:
        """Yield batch after batch, and remember how far they have come."""
        first = self._state["window"]
        skipped = self._state["position"]
        stages = iter([self._state["stage"]] if skipped else [])
        self._step = step
        # A window in which a run stopped is drawn once more, in its stage.
        ahead = _Ahead(first, lambda: next(stages, self._stage_at(self._step)))
        empty = 0
        for window in loader(self._windows, ahead, self._workers):
            number, stage = ahead.asked.popleft()
            if not skipped:
                self.left_out.update(window.left_out)
            empty = 0 if window.batches else empty + 1
            if empty == EMPTY_WINDOWS:
                raise DataSetError(
                    f"no row of {empty} windows is within the recipe's limits: {window.left_out}"
                )
            for position, batch in enumerate(window.batches[skipped:], skipped + 1):
                self._state = {"window": number, "position": position, "stage": stage}
                yield batch
            skipped = 0
            self._step += len(window.batches) // self._batches


def _together(taken: list[tuple[Batch, Tensors]], stage: int) -> RankStep:
    """Return this rank's tensors of a step with the figures of all ranks."""
    rows = [row for batch, _ in taken for row in batch]
    cost = sum(padded_cost(batch) for batch, _ in taken)
    figures = torch.tensor(
        [
            len(rows),
            sum(row.answer_tokens for row in rows),
            sum(row.tokens for row in rows),
            cost,
            cost - sum(row.cost for row in rows),
        ]
    )
    dist.all_reduce(figures)
    count, answer_tokens, tokens, cost, padding = figures.tolist()
    made = [tensors for _, tensors in taken]
    return RankStep(made, count, answer_tokens, tokens, cost, padding, stage)
