"""`sketch2flow bench pool`: drawing by worker processes against one, and what memory they hold."""

from __future__ import annotations

import multiprocessing
import os
import statistics
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import click

from sketch2flow.cli.benches.figures import Figure, json_option, report
from sketch2flow.machine import cores
from sketch2flow.media import MEDIA

if TYPE_CHECKING:
    from sketch2flow.workflow import Workflow


@click.command()
@click.option("--count", type=click.IntRange(20), default=1500, show_default=True, help="Pictures.")
@click.option("--rounds", type=click.IntRange(1), default=1, show_default=True)
@click.option("--workers", type=click.IntRange(2), default=max(2, cores()), show_default=True)
@click.option("--max-components", type=int, default=8, show_default=True)
@click.option(
    "--memory",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Also draw so many pictures of all sources and watch the workers' memory.",
)
@click.option("--seed", type=int, default=0, show_default=True)
@json_option
def command(
    count: int,
    rounds: int,
    workers: int,
    max_components: int,
    memory: int,
    seed: int,
    output: Path | None,
) -> None:
    """Draw the same pictures with one process and with several, wall time, start-up included.

    The baseline is the same code in one fresh process, where letters and textures are as new as
    they are to the workers. The figures are medians over the rounds.
    With --memory the resident memory of every worker is read as it goes: after a tenth of the
    pictures, at half, and at the end.
    """
    from sketch2flow.cli.extras import require_drawing

    require_drawing()
    figures = []
    for source in MEDIA:
        rates: dict[int, list[float]] = {1: [], workers: []}
        for number in range(rounds):
            items = list(_items(source, count, seed + number, max_components))
            for processes, found in rates.items():
                start = perf_counter()
                if processes == 1:
                    with ProcessPoolExecutor(1, get_context("spawn")) as alone:
                        alone.submit(_draw, items, source, seed, 1).result()
                else:
                    _draw(items, source, seed, processes)
                found.append(count / (perf_counter() - start))
        figures.append(
            Figure(source, statistics.median(rates[workers]), statistics.median(rates[1]))
        )
    held = _memory(memory, workers, max_components, seed) if memory else {}
    report(
        f"pool, {workers} workers, {rounds} rounds of {count} pictures",
        figures,
        subject=f"{workers} workers",
        baseline="one process",
        unit="pictures per second of wall time",
        output=output,
        more={"megabytes_of_a_worker": held} if held else None,
    )
    for moment, megabytes in held.items():
        click.echo(f"largest worker after {moment} pictures: {megabytes:,.0f} MB")


def _items(
    source: str, count: int, seed: int, max_components: int
) -> Iterator[tuple[str, Workflow, str]]:
    from synth.generate import generate_workflows

    for one in generate_workflows(source, count, seed, max_components):
        yield one.identifier, one.workflow, one.split


def _draw(items: list[tuple[str, Workflow, str]], source: str, seed: int, workers: int) -> None:
    from synth.draw import DrawingFailure, draw_all

    for identifier, drawn in draw_all(items, source, seed, workers):
        if isinstance(drawn, DrawingFailure):
            raise click.ClickException(f"{identifier}: {drawn.reason}")


def _memory(count: int, workers: int, max_components: int, seed: int) -> dict[str, float]:
    """Return the resident megabytes of the largest worker at a tenth, half, and the end.

    One pool draws all sources in turn, as no run does, so that every cache is as full as it gets.
    """
    from synth.draw import Wish, died, draw_job
    from synth.drawing.pool import in_order

    moments = {count // 10, count // 2, count}
    jobs = (
        (*item, source, seed, Wish())
        for items in zip(
            *(_items(source, -(-count // len(MEDIA)), seed, max_components) for source in MEDIA),
            strict=True,
        )
        for source, item in zip(MEDIA, items, strict=True)
    )
    found: dict[str, float] = {}
    for number, _ in enumerate(in_order(draw_job, jobs, workers, died), 1):
        if number in moments:
            found[f"{number:,}"] = max(map(_resident, multiprocessing.active_children()))
    return found


def _resident(process: multiprocessing.process.BaseProcess) -> float:
    """Return the resident memory of a process in megabytes, by Linux's account."""
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
