"""`sketch2flow bench score`: every engine against zss, and the time of a whole evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from random import Random
from time import perf_counter, process_time

import click

from sketch2flow.cli.benches.figures import Figure, cpu_seconds, json_option, report
from sketch2flow.cli.benches.flows import evaluation_pairs, generated_flows, near_pair
from sketch2flow.cli.ranges import FiniteRange
from sketch2flow.scoring import ENGINES, score_pairs
from sketch2flow.scoring.engines import Distances, default_engine, engine
from sketch2flow.scoring.tree import TreePair

PAIRS_OF_SIZE = {10: 12, 30: 12, 60: 12, 120: 8, 250: 4}  # nodes -> pairs; zss takes seconds each
EVALUATION = 2_040  # pairs, as in the test split of BigDocs-Sketch2Flow
TARGETS = {
    "numba / zss from 60 nodes on": 1_000,
    "wall seconds of an evaluation": 3.0,
}


@dataclass(frozen=True)
class Evaluation:
    """How long it took to score all pairs of texts; CPU time is that of all processes."""

    pairs: int
    engine: str
    workers: int
    wall_seconds: float
    cpu_seconds: float


@click.command()
@click.option("--seconds", type=FiniteRange(0.01), default=1.0, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
@json_option
def command(seconds: float, seed: int, output: Path | None) -> None:
    """Compare flows with copies that have 1 to 6 mistakes, all engines on the same trees.

    The engines must agree on every distance. Each gets all pairs of a size in one call, on one
    core; what it packs or prepares counts. Sizes are nodes of the trees with inputs; seconds are
    the least CPU time for each engine and size. The baseline is zss, called as StarFlow's scorer
    does (`pip install '.[bench]'`), or the mended APTED where that is missing.

    An evaluation reads 2,040 pairs of texts and computes all metrics of both variants. The clock
    starts when everything is imported and compiled, but counts the start of worker processes.
    """
    flows = generated_flows(EVALUATION, seed)
    engines = _engines()
    baseline = list(engines)[-1]
    figures = []
    for size, count in PAIRS_OF_SIZE.items():
        pairs = [near_pair(flows, size, Random(f"{seed}/{size}/{n}")) for n in range(count)]
        rates = _rates(engines, pairs, seconds)
        plain = rates.pop(baseline)
        figures += [Figure(f"{size} nodes, {name}", rate, plain) for name, rate in rates.items()]
    texts = evaluation_pairs(flows, Random(f"{seed}/evaluation"))
    evaluations = [_evaluation(texts, workers) for workers in (1, 2)]
    report(
        "score",
        figures,
        subject="engine",
        baseline="zss" if baseline == "zss" else "apted, mended",
        unit="pairs per CPU second",
        output=output,
        more={"evaluations": [asdict(one) for one in evaluations], "targets": TARGETS},
    )
    for one in evaluations:
        click.echo(
            f"{one.pairs:,} pairs, all metrics, engine {one.engine}, workers {one.workers}: "
            f"{one.wall_seconds:.2f} s, CPU {one.cpu_seconds:.2f} s"
        )
    click.echo("targets: " + ", ".join(f"{what} {value:,}" for what, value in TARGETS.items()))


def _engines() -> dict[str, Distances]:
    """Return the engines that are installed, each for one core; the last is the baseline."""
    installed = [name for name in ENGINES if name != "numba" or find_spec("numba")]
    engines: dict[str, Distances] = {name: partial(engine(name), threads=1) for name in installed}
    if find_spec("zss"):
        from sketch2flow.cli.benches import official

        engines["zss"] = official.distances
    return engines


def _rates(
    engines: dict[str, Distances], pairs: Sequence[TreePair], seconds: float
) -> dict[str, float]:
    """Return each engine's pairs per CPU second; an error where two of them disagree."""
    rates: dict[str, float] = {}
    answers: dict[str, list[int | None]] = {}
    for name, distances in engines.items():
        if name == "numba":
            distances(pairs)  # compiles on its first call; one of zss may take a minute
        calls, start = 0, process_time()
        while not calls or process_time() - start < seconds:
            answers[name] = distances(pairs)
            calls += 1
        rates[name] = calls * len(pairs) / (process_time() - start)
        if answers[name] != answers[next(iter(answers))]:
            raise click.ClickException(f"the engines disagree: {answers}")
    return rates


def _evaluation(texts: Sequence[tuple[str, str, str]], workers: int) -> Evaluation:
    list(score_pairs([("", "{}", "{}")]))
    wall, cpu = perf_counter(), cpu_seconds()
    for _ in score_pairs(texts, workers=workers):
        pass
    spent = perf_counter() - wall, cpu_seconds() - cpu
    return Evaluation(len(texts), default_engine(), workers, *spent)
