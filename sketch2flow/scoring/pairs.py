"""Scores of one pair and of many: the package's front door."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from sketch2flow.scoring.engines import engine as engine_of
from sketch2flow.scoring.modes import mode as mode_of
from sketch2flow.workflow.reading import read_answer

METRICS: tuple[str, ...] = (
    "flow_sim_no_inputs",
    "flow_sim_with_inputs",
    "flow_bleu_no_inputs",
    "flow_bleu_with_inputs",
    "flow_trigger_match_score",
    "flow_component_match_score",
)
_PAIRS_AT_ONCE = 16

Pair = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class PairScore:
    """The scores of one candidate against one reference.

    A score is None where it is not applicable, and all are None where `error` says why the pair
    could not be scored. `structure_errors` are the codes of the candidate's broken rules, sorted,
    each once. The node counts are those of the trees with inputs, nodes that cost nothing left
    out; 0 where there is no tree.
    """

    flow_sim_no_inputs: float | None = None
    flow_sim_with_inputs: float | None = None
    flow_bleu_no_inputs: float | None = None
    flow_bleu_with_inputs: float | None = None
    flow_trigger_match_score: float | None = None
    flow_component_match_score: float | None = None
    error: str | None = None
    structure_errors: tuple[str, ...] = ()
    nodes_candidate: int = 0
    nodes_reference: int = 0


def score_pair(
    candidate: str, reference: str, mode: str = "starflow", engine: str = "python"
) -> PairScore:
    """Score a candidate answer against a reference answer (both text, as a model writes it).

    Never raises for what the texts hold; ValueError for an unknown mode or engine.
    """
    compare, distance = mode_of(mode), engine_of(engine)
    codes: tuple[str, ...] = ()
    try:
        codes = tuple(sorted({error.code for error in read_answer(candidate).errors}))
        comparison = compare(candidate, reference, distance)
    except Exception as error:  # noqa: BLE001  no answer may cost a whole evaluation
        return PairScore(error=f"{type(error).__name__}: {error}", structure_errors=codes)
    return PairScore(
        **cast(dict[str, Any], comparison.scores),
        structure_errors=codes,
        nodes_candidate=comparison.nodes_candidate,
        nodes_reference=comparison.nodes_reference,
    )


def score_pairs(
    pairs: Iterable[Pair], mode: str = "starflow", engine: str = "python", workers: int = 1
) -> Iterator[tuple[str, PairScore]]:
    """Yield (id, score) for each (id, candidate, reference), in the order of `pairs`.

    The result is the same for any number of worker processes; they are spawned, so a script that
    asks for them needs its `if __name__ == "__main__"`. ValueError for an unknown mode or
    engine, before anything is scored.
    """
    mode_of(mode), engine_of(engine)
    score = partial(_score, mode=mode, engine=engine)
    return map(score, pairs) if workers <= 1 else _score_in_processes(score, pairs, workers)


def _score(pair: Pair, mode: str, engine: str) -> tuple[str, PairScore]:
    identifier, candidate, reference = pair
    return identifier, score_pair(candidate, reference, mode, engine)


def _score_in_processes(
    score: partial[tuple[str, PairScore]], pairs: Iterable[Pair], workers: int
) -> Iterator[tuple[str, PairScore]]:
    # Fresh processes: a fork of a process that runs threads may hang.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        yield from pool.map(score, pairs, chunksize=_PAIRS_AT_ONCE)
