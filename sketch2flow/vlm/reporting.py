"""Where a training run's progress goes: a line in the terminal, Dagster's log, the run's record."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sketch2flow.files import write_text

PIPES_CONTEXT = "DAGSTER_PIPES_CONTEXT"


class Reporter:
    """Tells of progress; only rank 0 speaks, since one process alone may open Dagster Pipes."""

    def __init__(self, pipes: Any = None, silent: bool = False) -> None:
        self._pipes, self._silent = pipes, silent
        self.losses: list[dict[str, float]] = []

    def say(self, text: str) -> None:
        """Log one line."""
        if self._silent:
            return
        if self._pipes:
            self._pipes.log.info(text)
        print(text, file=sys.stderr, flush=True)

    def measured(self, figures: dict[str, float], total_steps: int, seconds_left: float) -> None:
        """Record and log the figures of one moment of the run."""
        self.losses.append(figures)
        if self._pipes and not self._silent:
            self._pipes.report_custom_message({"kind": "progress", **figures})
        validation = figures.get("validation_loss")
        self.say(
            f"step {figures['step']:.0f}/{total_steps}"
            f" · loss {figures['loss']:.3f}"
            + (f" · validation {validation:.3f}" if validation is not None else "")
            + f" · curriculum stage {figures['stage']:.0f}"
            f" · {figures['pictures_per_second']:.0f} pictures/s"
            f" · about {seconds_left / 60:.1f} min left"
        )

    def finished(self, record: dict[str, Any], place: Path) -> None:
        """Write the run's record and hand it to Dagster."""
        if self._silent:
            return
        write_text(place, json.dumps(record, indent=2))
        if self._pipes:
            self._pipes.report_custom_message({"kind": "finished", "record": str(place)})


@contextmanager
def open_reporter(rank: int) -> Iterator[Reporter]:
    """Yield the rank's reporter, with Dagster Pipes where rank 0 was started through it."""
    if rank == 0 and PIPES_CONTEXT in os.environ:
        from dagster_pipes import open_dagster_pipes

        with open_dagster_pipes() as pipes:
            yield Reporter(pipes)
    else:
        yield Reporter(silent=rank != 0)
