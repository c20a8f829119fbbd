"""`sketch2flow score`: pairs of answers in, scores out."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import click

from sketch2flow.cli.output import OutputFile
from sketch2flow.cli.pairs_file import Pair, read_pairs
from sketch2flow.files import write_text
from sketch2flow.scoring import (
    ENGINES,
    MODES,
    PairScore,
    metrics_of,
    score_pairs,
    summarise,
)
from sketch2flow.scoring.metrics import OF_SOUNDNESS
from sketch2flow.workflow.catalogue import BUILT_IN


class CatalogueFile(click.Path):
    """A catalogue's file or folder, or the word for the built-in one."""

    def __init__(self) -> None:
        super().__init__(exists=True, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        if value == "built-in":
            return BUILT_IN
        return Path(os.fsdecode(super().convert(value, param, ctx)))


@click.command()
@click.argument("pairs", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mode", type=click.Choice(list(MODES)), default="starflow", show_default=True)
@click.option(
    "--engine",
    type=click.Choice(list(ENGINES)),
    show_default="numba where it is installed, else python",
)
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True)
@click.option(
    "--catalogue",
    type=CatalogueFile(),
    metavar="FILE|built-in",
    help="The environment that a workflow must run in, for would_activate.",
)
@click.option(
    "--soft",
    is_flag=True,
    help="Compare free texts by their letters (mode strict, FlowSim with inputs).",
)
@click.option(
    "--json",
    "output",
    type=OutputFile(),
    help="Write every pair's scores here, as JSON lines.",
)
def command(
    pairs: Path,
    mode: str,
    engine: str | None,
    workers: int,
    catalogue: Path | None,
    soft: bool,
    output: Path | None,
) -> None:
    """Score the candidates in PAIRS against their references.

    PAIRS is JSON lines: {"id": ..., "candidate": "text", "reference": "text"}, the texts as a
    model writes them (a json fence is fine); "references": ["text", ...] in the place of
    "reference" holds up to 100, of which the nearest counts. The scores come out under StarFlow's
    names, null where one is not applicable, with `error` where a pair cannot be scored. A line
    that cannot be read is named and left out; the exit status is 1 then.

    Mode starflow is the official scorer with all its quirks, mode strict has its counting put
    right and scores more.
    """
    read, unread = read_pairs(pairs)
    try:
        found = score_pairs(read, mode, engine, workers, catalogue=catalogue, soft=soft)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    scores = [score for _, score in _with_progress(found, len(read))]
    if output is not None:
        lines = (_line(pair, mode, score) for pair, score in zip(read, scores, strict=True))
        write_text(output, "".join(lines))
    _print_summary(scores, unread, mode)
    sys.exit(1 if unread else 0)


def _line(pair: Pair, mode: str, score: PairScore) -> str:
    identifier, _, references = pair
    line: dict[str, Any] = {"id": identifier, "mode": mode}
    line |= {metric: score.scores.get(metric) for metric in metrics_of(mode)}
    line |= {"error": score.error, "structure_errors": score.structure_errors}
    line |= {"is_broken": score.is_broken, "is_broken_strictly": score.is_broken_strictly}
    line |= {"activation_errors": score.activation_errors}
    line |= {"nodes_candidate": score.nodes_candidate, "nodes_reference": score.nodes_reference}
    if not isinstance(references, str):
        line["reference"] = score.reference
    return json.dumps(line) + "\n"


def _with_progress(
    scores: Iterator[tuple[str, PairScore]], total: int
) -> Iterator[tuple[str, PairScore]]:
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return iter(track(scores, "scoring", total, console=console, disable=not console.is_terminal))


def _print_summary(scores: Sequence[PairScore], unread: int, mode: str) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    scored = [score for score in scores if score.error is None]
    title = f"mode {mode}, pairs scored: {len(scored)}"
    table = Table(title=title, box=box.SIMPLE, padding=(0, 1, 0, 0))  # for 80 columns
    table.add_column("metric", no_wrap=True)
    for heading in ("n", "n/a", "mean", "median", "95 % interval"):
        table.add_column(heading, justify="right", no_wrap=True)
    for metric in metrics_of(mode):
        of = scores if metric in OF_SOUNDNESS else scored  # that can be told without a score
        summary = summarise([score.scores.get(metric) for score in of])
        numbers = ["-", "-", "-"]
        if summary.mean is not None:
            numbers = [f"{summary.mean:.4f}", f"{summary.median:.4f}"]
            numbers += [f"{summary.low:.4f}..{summary.high:.4f}"]
        table.add_row(metric, str(summary.n), str(summary.not_applicable), *numbers)
    console = Console()
    console.print(table)
    console.print("n: pairs used; n/a: pairs to which the metric is not applicable, left out")
    for meaning, broken in (
        ("broken by a structure rule", [score.is_broken for score in scores]),
        (
            "strictly (no JSON object, or an ELSE without IF)",
            [s.is_broken_strictly for s in scores],
        ),
    ):
        console.print(f"{sum(broken)} of {len(scores)} ({fmean(broken):.1%}) {meaning}")
    stopped = Counter(code for score in scores for code in score.activation_errors or ())
    if stopped:
        codes = ", ".join(f"{code} {number}" for code, number in stopped.most_common())
        console.print(f"candidates that would not run, by what stops them: {codes}")
    console.print(f"{len(scores) - len(scored)} pairs without scores (error), {unread} bad lines")
