"""`sketch2flow bench`: every claim of speed, measured beside a named baseline."""

from __future__ import annotations

import click

from sketch2flow.cli.lazy import LazyGroup

# Benchmark -> what `--help` says of it; each is a module of `benches` with a `command`.
BENCHES = {
    "score": "Scores: pairs per second of each engine against zss, and a whole evaluation.",
    "workflows": "Workflows: documents per second, made, checked and as JSON, against plain JSON.",
    "draw": "Drawing: pictures per second of every source, against Graphviz anew per picture.",
    "reader": "Reading: a model's answers to held-out pictures, against exchanged pictures.",
    "pool": "Drawing by worker processes against one, and the memory that they hold.",
}


@click.group(cls=LazyGroup, package="sketch2flow.cli.benches", listed=BENCHES)
def command() -> None:
    """Measure a part against a baseline that runs in the same process and minute.

    Only the ratio travels from one machine to another.
    """
