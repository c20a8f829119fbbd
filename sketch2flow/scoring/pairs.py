"""Scores of one pair and of many: the package's front door."""

from __future__ import annotations

import math
import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sketch2flow.scoring.engines import SOFT_ENGINES, Distances, default_engine
from sketch2flow.scoring.engines import engine as engine_of
from sketch2flow.scoring.modes import Comparison, Prepare, Prepared
from sketch2flow.scoring.modes import mode as mode_of
from sketch2flow.scoring.soundness import Soundness, soundness
from sketch2flow.scoring.source import Source, UnreadableReferenceError, reference_source
from sketch2flow.scoring.tree import TreePair

if TYPE_CHECKING:
    from sketch2flow.workflow.catalogue import Catalogue

_TOO_LARGE = "TooLargeError: comparing trees of this size takes too long"
_PAIRS_AT_ONCE = 128
_WORTH_PROCESSES = 32  # batches: fewer are scored before processes have started

Pair = tuple[str, str, str | Sequence[str]]  # id, candidate, reference or several


@dataclass(frozen=True, slots=True)
class PairScore:
    """The scores of one candidate against one reference.

    `scores` holds the mode's metrics by name; a score is None where it is not applicable. Where
    `error` says why the pair could not be scored, only those of its soundness are there. The node
    counts are those of the trees with inputs, nodes that cost nothing left out; 0 where there is
    no tree. `reference` is the place of the reference that the scores speak of, where there are
    several: the best. What `Soundness` tells of the candidate stands beside the scores.
    """

    scores: dict[str, float | None] = field(default_factory=dict)
    error: str | None = None
    structure_errors: tuple[str, ...] = ()
    nodes_candidate: int = 0
    nodes_reference: int = 0
    reference: int = 0
    is_broken: bool = False
    is_broken_strictly: bool = False
    activation_errors: tuple[str, ...] | None = None


def score_pair(
    candidate: str,
    reference: str | Sequence[str],
    mode: str = "starflow",
    engine: str | None = None,
    catalogue: Catalogue | Path | None = None,
    soft: bool = False,
) -> PairScore:
    """Score a candidate answer against a reference answer (both text, as a model writes it).

    Of several references the best counts: the one with the highest FlowSim with inputs, then
    without. Engines differ in the time that they take and in what is too large for them; the
    default is the fastest that is installed. Never raises for what the texts hold, but for bad
    arguments as `score_pairs` does.
    """
    pair = ("", candidate, reference)
    ((_, score),) = score_pairs([pair], mode, engine, catalogue=catalogue, soft=soft)
    return score


def score_pairs(
    pairs: Iterable[Pair],
    mode: str = "starflow",
    engine: str | None = None,
    workers: int = 1,
    catalogue: Catalogue | Path | None = None,
    soft: bool = False,
) -> Iterator[tuple[str, PairScore]]:
    """Yield (id, score) for each (id, candidate, reference), in the order of `pairs`.

    A third element that is a list holds several references, as in `score_pair`. The result is
    the same for any number of worker processes (at most `workers`; none for some thousand pairs,
    which are scored before one has started); they are spawned, so a script that asks for them
    needs its `if __name__ == "__main__"`. With the `catalogue` of an environment it is told which
    candidates would run there: a path (BUILT_IN for the built-in one) is loaded once by each
    process, a Catalogue travels with every batch. `soft` compares free texts by their letters
    (mode strict), with the engine python where the one asked for cannot. ValueError for an unknown
    mode or engine, or a mode without soft match, ModuleNotFoundError for an engine that is not
    installed, CatalogueError for a bad catalogue, before anything is scored; ValueError for a pair
    without a reference.
    """
    engine = engine or default_engine()
    mode_of(mode, soft), engine_of(engine)
    if soft and engine not in SOFT_ENGINES:
        engine = "python"
    if isinstance(catalogue, Path):
        from sketch2flow.workflow.catalogue import load_catalogue

        load_catalogue(catalogue)
    score = partial(_score_batch, mode=mode, engine=engine, catalogue=catalogue, soft=soft)
    batches = _batches(pairs)
    ahead = list(islice(batches, _WORTH_PROCESSES))
    batches = chain(ahead, batches)
    if workers > 1 and len(ahead) == _WORTH_PROCESSES:
        scored = _in_processes(partial(score, threads=1), batches, workers)
    else:
        scored = map(partial(score, threads=None), batches)
    return (one for batch in scored for one in batch)


def _batches(pairs: Iterable[Pair]) -> Iterator[list[Pair]]:
    remaining = iter(pairs)
    while batch := list(islice(remaining, _PAIRS_AT_ONCE)):
        yield batch


def _in_processes(
    score: partial[list[tuple[str, PairScore]]], batches: Iterable[list[Pair]], workers: int
) -> Iterator[list[tuple[str, PairScore]]]:
    # Fresh processes: a fork of a process that runs threads may hang.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        yield from pool.map(score, batches)


def _score_batch(
    batch: Sequence[Pair],
    mode: str,
    engine: str,
    catalogue: Catalogue | Path | None,
    soft: bool,
    threads: int | None,
) -> list[tuple[str, PairScore]]:
    """Score some pairs with one call of the engine for all of their trees.

    `threads` is how many the engine may use: one in each of several processes, else (None) all.
    """
    prepare = mode_of(mode, soft)
    attempts = deque(_attempts(pair, prepare, catalogue) for pair in batch)
    prepared = [one.prepared for tried in attempts for one in tried if one.prepared is not None]
    trees = [pair for one in prepared for pair in one.trees]
    distances = iter(_distances(trees, engine_of(engine), threads))
    # What was read of a pair is let go as soon as its score is there: it is thousands of objects,
    # and Python's collector looks through all that live, again and again.
    return [
        (pair[0], _best([one.score(distances) for one in attempts.popleft()])) for pair in batch
    ]


def _distances(
    trees: Sequence[TreePair], engine: Distances, threads: int | None
) -> list[int | str]:
    """Return the distance of each pair of trees, or the reason why there is none."""
    try:
        found = engine(trees, threads)
    except Exception as error:  # noqa: BLE001  no answer may cost a whole evaluation
        if len(trees) == 1:
            return [_reason(error)]
        return [one for pair in trees for one in _distances([pair], engine, threads)]
    return [_TOO_LARGE if one is None else one for one in found]


def _attempts(pair: Pair, prepare: Prepare, catalogue: Catalogue | Path | None) -> list[_Attempt]:
    _, candidate, references = pair
    wanted = [references] if isinstance(references, str) else references
    if not wanted:
        raise ValueError(f"{pair[0]}: no reference")
    source = Source(candidate)
    told = soundness(source, catalogue)
    return [
        _Attempt(source, reference_source(text), prepare, told, place)
        for place, text in enumerate(wanted)
    ]


class _Attempt:
    """A candidate beside one of its references: read at once, scored when the engine is done."""

    def __init__(
        self, candidate: Source, reference: Source, prepare: Prepare, told: Soundness, place: int
    ) -> None:
        self.told = told
        self.place = place
        self.error: str | None = None
        self.prepared: Prepared | None = None
        try:
            self.prepared = prepare(candidate, reference)
        except Exception as error:  # noqa: BLE001  no answer may cost a whole evaluation
            self.error = _reason(error)

    def score(self, distances: Iterator[int | str]) -> PairScore:
        """Take as many of `distances` as there are pairs of trees; return the score."""
        beside: dict[str, Any] = {**self.told._asdict(), "reference": self.place}
        found, error = self._compared(distances)
        if found is None:
            return PairScore(self.told.with_scores({}), error=error, **beside)
        return PairScore(
            self.told.with_scores(found.scores),
            nodes_candidate=found.nodes_candidate,
            nodes_reference=found.nodes_reference,
            **beside,
        )

    def _compared(self, distances: Iterator[int | str]) -> tuple[Comparison | None, str | None]:
        if self.prepared is None:
            return None, self.error
        apart = list(islice(distances, len(self.prepared.trees)))
        reasons = [one for one in apart if isinstance(one, str)]
        if reasons:
            too_large = self.prepared.too_large if set(reasons) == {_TOO_LARGE} else None
            return too_large, reasons[0]
        try:
            return self.prepared.finish([one for one in apart if isinstance(one, int)]), None
        except Exception as error:  # noqa: BLE001  as above
            return None, _reason(error)


def _best(scores: list[PairScore]) -> PairScore:
    """Return the score of the reference that is nearest, of equally near ones the first."""

    def nearness(score: PairScore) -> tuple[float, float]:
        sims = (score.scores.get(f"flow_sim_{way}") for way in ("with_inputs", "no_inputs"))
        with_inputs, without = (-math.inf if sim is None else sim for sim in sims)
        return with_inputs, without

    return max(scores, key=nearness)


def _reason(error: Exception) -> str:
    is_of_reference = isinstance(error, UnreadableReferenceError)
    return str(error) if is_of_reference else f"{type(error).__name__}: {error}"
