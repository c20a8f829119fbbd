"""What every benchmark prints and writes: figures beside a baseline's, and the machine's facts."""

from __future__ import annotations

import json
import platform
import resource
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import process_time
from typing import Any

import click

from sketch2flow.cli.output import OutputFile
from sketch2flow.files import write_text
from sketch2flow.machine import cores

json_option = click.option(
    "--json",
    "output",
    type=OutputFile(),
    help="Write the figures here as JSON.",
)


@dataclass(frozen=True)
class Figure:
    """One measured case; both numbers in the benchmark's unit, more is better."""

    case: str
    measured: float
    baseline: float

    @property
    def ratio(self) -> float:
        return self.measured / self.baseline


def machine_facts() -> dict[str, str | int]:
    """Return what a reader needs to place the figures; nothing that names the machine."""
    return {
        "cores": cores(),
        "machine": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def report(
    name: str,
    figures: Sequence[Figure],
    *,
    subject: str,
    baseline: str,
    unit: str,
    output: Path | None,
    more: Mapping[str, object] | None = None,
) -> None:
    """Print the table and, if asked for, write the same as JSON, with `more` keys beside it."""
    from rich.console import Console
    from rich.table import Table

    facts = machine_facts()
    table = Table("case", title=f"{name}, {unit}")
    for heading in (subject, f"{baseline} (baseline)", "ratio"):
        table.add_column(heading, justify="right")
    for figure in figures:
        table.add_row(
            figure.case,
            f"{figure.measured:,.1f}",
            f"{figure.baseline:,.1f}",
            f"{figure.ratio:,.1f}" if figure.ratio >= 1 else f"{figure.ratio:.2g}",
        )
    console = Console()
    console.print(table)
    console.print(", ".join(f"{key} {value}" for key, value in facts.items()), highlight=False)
    if output is not None:
        value: dict[str, Any] = {
            "benchmark": name,
            "unit": unit,
            "subject": subject,
            "baseline": baseline,
            "machine": facts,
            "figures": [{**asdict(figure), "ratio": figure.ratio} for figure in figures],
            **(more or {}),
        }
        write_text(output, json.dumps(value, indent=2) + "\n")


def rate(run: Callable[[], object], items: int, seconds: float) -> float:
    """Return items per CPU second of `run`, which handles `items` a call; one call to warm up."""
    run()
    calls = 0
    start = process_time()
    while (spent := process_time() - start) < seconds:
        run()
        calls += 1
    return items * calls / spent


def cpu_seconds() -> float:
    """Return the CPU time of this process and of those of its children that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return process_time() + ended.ru_utime + ended.ru_stime
