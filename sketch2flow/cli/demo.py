"""`sketch2flow demo`: the whole graph at laptop size, then one held-out drawing read."""

from __future__ import annotations

import os
import time
from typing import Any

import click

from sketch2flow.cli.hangup import on_hangup, terminate
from sketch2flow.cli.ranges import FiniteRange

FEWEST_DOCUMENTS = 300  # fewer may leave no validation row


@click.command(name="demo")
@click.option(
    "--documents",
    type=click.IntRange(FEWEST_DOCUMENTS),
    help="Workflows in all, shared out over the five sources [default: the regime's].",
)
@click.option(
    "--minutes",
    type=FiniteRange(0, min_open=True),
    help="Minutes of training [default: the recipe's].",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Seeds everything.")
def command(documents: int | None, minutes: float | None, seed: int) -> None:
    """Run the whole pipeline at laptop size, then read one held-out drawing.

    Materializes every asset through Dagster, in this process: workflows are made, drawn,
    augmented and assembled, a small reader is trained from nothing under FSDP, evaluated beside
    its controls, scored and reported. Run again with the same options, it finds everything made
    and takes seconds. Nothing is published. Open the result with `sketch2flow up`.
    """
    from rich.console import Console

    from resources.deployment import check_settings
    from resources.installation import prepare
    from resources.processes import PeakMemory
    from resources.torchrun import QUIET

    for name, value in QUIET.items():  # before anything loads the libraries
        os.environ.setdefault(name, value)
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=100)
    started = time.monotonic()
    on_hangup(terminate)
    check_settings()
    folder = prepare()
    with PeakMemory() as memory:
        _run(console, documents, minutes, seed)
    console.rule("done")
    took = time.monotonic() - started
    console.print(f"{took / 60:.1f} minutes, at most {memory.bytes / 1e9:.1f} GB of memory.")
    console.print(f"Everything is in {folder}. See it in the browser: [bold]sketch2flow up")


def _run(console: Any, documents: int | None, minutes: float | None, seed: int) -> None:
    from resources.regime import scaled_documents
    from sketch2flow.cli.pipeline.running import Pipeline
    from sketch2flow.cli.pipeline.showing import show_held_out, show_metrics, show_regime

    regime: dict[str, Any] = {"seed": seed}
    if documents:
        regime["documents"] = scaled_documents(documents)
    with Pipeline(console, regime, minutes) as pipeline:
        show_regime(console, pipeline.regime, minutes)
        pipeline.ingest()
        pipeline.train_and_evaluate()
        show_metrics(console, pipeline.folder)
        show_held_out(console, pipeline.folder)
