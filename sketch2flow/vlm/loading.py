"""Batches of a data set's rows as tensors, made ahead of the step that wants them."""

from __future__ import annotations

import signal
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from sketch2flow.vlm.batches import Batch, BatchPlan, Step, padded_cost
from sketch2flow.vlm.loss import Answers

if TYPE_CHECKING:
    import datasets

    from sketch2flow.vlm.shapes import Shape


class Tensors(NamedTuple):
    """One batch as a model takes it, with the answers that its loss covers."""

    inputs: dict[str, Tensor]
    answers: Answers

    def to(self, device: torch.device) -> Tensors:
        """Return it on a device, on its way there without waiting."""
        moved = {name: each.to(device, non_blocking=True) for name, each in self.inputs.items()}
        return Tensors(moved, self.answers.to(device))

    def pin_memory(self) -> Tensors:
        """Return it in memory from which a GPU copies by itself (called by the DataLoader)."""
        pinned = {name: tensor.pin_memory() for name, tensor in self.inputs.items()}
        return Tensors(pinned, Answers(*(tensor.pin_memory() for tensor in self.answers)))


@dataclass(frozen=True)
class RankStep:
    """What one rank computes in a step, how much all ranks do together, in which stage."""

    batches: list[Tensors]
    rows: int
    answer_tokens: int
    tokens: int
    cost: int
    padding: int
    stage: int


def in_tensors(rows: Any, shape: Shape) -> Tensors:
    """Return rows (a list of them, as a data set gives them) as one batch."""
    inputs = shape.collate(rows)
    return Tensors(inputs, Answers.of(inputs.pop("labels"), shape.shift))


class _Collated(Dataset[Tensors]):
    """A data set whose items are batches, asked for by the indices of their rows."""

    def __init__(self, rows: datasets.Dataset, shape: Shape) -> None:
        self.rows, self.shape = rows, shape

    def __getitem__(self, indices: list[int]) -> Tensors:
        columns = self.rows[indices]
        names = list(columns)
        rows = [dict(zip(names, v, strict=True)) for v in zip(*columns.values(), strict=True)]
        return in_tensors(rows, self.shape)


@dataclass
class _Ahead(Sampler[list[int]]):
    """Goes through a plan, as far ahead as batches are made, and remembers the steps."""

    plan: BatchPlan
    stage_at: Callable[[int], int]
    step: int
    rank: int
    ranks: int
    planned: deque[tuple[Step, int, dict[str, int]]] = field(default_factory=deque)

    def __iter__(self) -> Iterator[list[int]]:
        while True:
            stage = self.stage_at(self.step)
            whole = self.plan.next(stage)
            self.step += 1
            self.planned.append((whole, stage, self.plan.state()))
            for batch in whole[self.rank :: self.ranks]:
                yield [row.index for row in batch]


def _as_it_is(item: Any) -> Any:
    return item  # the default would convert what is in it, and count counters twice


def _outlive_sigterm(_: int) -> None:
    """Let a worker live through the signal that asks its rank, and with it its group, to stop.

    It ends with its rank.
    """
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def loader(items: Dataset[Any], order: Any, workers: int) -> DataLoader[Any]:
    """Return items in an order, made by so many processes, two ahead each; 0: when asked for."""
    return DataLoader(
        items,
        sampler=order,
        batch_size=None,
        collate_fn=_as_it_is,
        num_workers=workers,
        prefetch_factor=2 if workers else None,
        # A forked child of a process with threads may hang.
        multiprocessing_context="spawn" if workers else None,
        pin_memory=torch.cuda.is_available(),
        worker_init_fn=_outlive_sigterm,
    )


class StoredSteps:
    """The steps of a run over the rows of a data set, as this rank takes them.

    `stage_at` says which stage of the curriculum the step of a number belongs to. `waited` are
    the seconds for which the trainer had no batch.
    """

    def __init__(
        self,
        rows: datasets.Dataset,
        shape: Shape,
        plan: BatchPlan,
        stage_at: Callable[[int], int],
        place: tuple[int, int],
        workers: int,
    ) -> None:
        self.plan, self.waited = plan, 0.0
        self.left_out: Counter[str] = Counter()  # rows were sifted before
        self._rows, self._shape, self._stage_at = rows, shape, stage_at
        self._rank, self._ranks = place
        self._workers = workers
        self._taken = plan.state()

    def states(self) -> list[dict[str, int]]:
        """Return where the run stands, the same for all ranks: behind the last step taken."""
        return [self._taken]

    def restore(self, states: list[dict[str, int]]) -> None:
        """Go to where a run stood."""
        self._taken = states[0]
        self.plan.restore(states[0])

    def start(self, step: int) -> Iterator[RankStep]:
        """Yield this rank's part of each step from the one of that number on, for ever."""
        ahead = _Ahead(self.plan, self._stage_at, step, self._rank, self._ranks)
        batches = iter(loader(_Collated(self._rows, self._shape), ahead, self._workers))
        while True:
            began = time.monotonic()
            made = [next(batches)]  # its step is planned by now
            whole, stage, self._taken = ahead.planned.popleft()
            made += [next(batches) for _ in range(len(whole) // self._ranks - 1)]
            self.waited += time.monotonic() - began
            yield rank_step(whole, made, stage)


def rank_step(whole: Step, made: list[Tensors], stage: int) -> RankStep:
    """Return this rank's tensors of a step with the figures of the whole step."""
    rows = [row for batch in whole for row in batch]
    cost = sum(map(padded_cost, whole))
    return RankStep(
        batches=made,
        rows=len(rows),
        answer_tokens=sum(row.answer_tokens for row in rows),
        tokens=sum(row.tokens for row in rows),
        cost=cost,
        padding=cost - sum(row.cost for row in rows),
        stage=stage,
    )


def numbers_for_rank(count: int, place: tuple[int, int]) -> range:
    """Return the numbers of a rank's batches of so many; those from `count` on only fill up."""
    rank, ranks = place
    return range(rank, -(-count // ranks) * ranks, ranks)


def held_out_batches(
    rows: datasets.Dataset, shape: Shape, batches: list[Batch], place: tuple[int, int]
) -> Iterator[tuple[Tensors, bool]]:
    """Yield this rank's batches, and whether each counts.

    All ranks get equally many, since they compute together: batches come once more where there
    are too few, and do not count.
    """
    mine = numbers_for_rank(len(batches), place)
    order = [[row.index for row in batches[number % len(batches)]] for number in mine]
    made = loader(_Collated(rows, shape), order, workers=0)
    yield from (
        (tensors, number < len(batches)) for number, tensors in zip(mine, made, strict=True)
    )
