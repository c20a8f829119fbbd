"""`sketch2flow score`: pairs of answers in, StarFlow's metrics out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from sketch2flow.cli.output import OutputFile
from sketch2flow.cli.pairs_file import read_pairs
from sketch2flow.files import write_text
from sketch2flow.scoring import (
    ENGINES,
    METRICS,
    MODES,
    PairScore,
    score_pairs,
    summarise,
)


@click.command()
@click.argument("pairs", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mode", type=click.Choice(list(MODES)), default="starflow", show_default=True)
@click.option("--engine", type=click.Choice(list(ENGINES)), default="python", show_default=True)
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True)
@click.option(
    "--json",
    "output",
    type=OutputFile(),
    help="Write every pair's scores here, as JSON lines.",
)
def command(pairs: Path, mode: str, engine: str, workers: int, output: Path | None) -> None:
    """Score the candidates in PAIRS against their references.

    PAIRS is JSON lines: {"id": ..., "candidate": "text", "reference": "text"}, the texts as a
    model writes them (a json fence is fine); "references": ["text", ...] in the place of
    "reference" holds up to 100, of which the nearest counts. The scores come out under StarFlow's
    names, null where one is not applicable, with `error` where a pair cannot be scored. A line
    that cannot be read is named and left out; the exit status is 1 then.
    """
    read, unread = read_pairs(pairs)
    scores = list(_with_progress(score_pairs(read, mode, engine, workers), len(read)))
    if output is not None:
        write_text(output, "".join(_line(identifier, mode, score) for identifier, score in scores))
    _print_summary([score for _, score in scores], unread, mode)
    sys.exit(1 if unread else 0)


def _line(identifier: str, mode: str, score: PairScore) -> str:
    line: dict[str, Any] = {"id": identifier, "mode": mode}
    line |= {metric: score.scores.get(metric) for metric in METRICS}
    line |= {"error": score.error, "structure_errors": score.structure_errors}
    line |= {"nodes_candidate": score.nodes_candidate, "nodes_reference": score.nodes_reference}
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
    table = Table(title=f"mode {mode}, pairs scored: {len(scored)}", box=box.SIMPLE)
    table.add_column("metric", no_wrap=True)
    for heading in ("n", "n/a", "mean", "median", "95 % interval"):
        table.add_column(heading, justify="right", no_wrap=True)
    for metric in METRICS:
        summary = summarise([score.scores.get(metric) for score in scored])
        numbers = ["-", "-", "-"]
        if summary.mean is not None:
            numbers = [f"{summary.mean:.4f}", f"{summary.median:.4f}"]
            numbers += [f"{summary.low:.4f} .. {summary.high:.4f}"]
        table.add_row(metric, str(summary.n), str(summary.not_applicable), *numbers)
    console = Console()
    console.print(table)
    broken = sum(bool(score.structure_errors) for score in scores)
    console.print("n: pairs used; n/a: pairs to which the metric is not applicable, left out")
    console.print(f"{broken} of {len(scores)} candidates with structure errors")
    console.print(f"{len(scores) - len(scored)} pairs without scores (error), {unread} bad lines")
