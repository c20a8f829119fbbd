"""Dagster's events as the lines that someone in front of a terminal wants to read."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from sketch2flow_assets.console import about

if TYPE_CHECKING:
    import dagster as dg

TRAINING = "finetuned_model"  # Its trainer writes to the terminal by itself.


class Teller(logging.Handler):
    """Prints a line per finished step with its rows and seconds, and what steps say meanwhile.

    `waiting` is called when a step begins to wait: for its pool, or to be tried again.
    """

    def __init__(self, console: Console, waiting: Callable[[], None] = lambda: None) -> None:
        super().__init__(logging.INFO)
        self.setLevel(logging.DEBUG)
        self._console, self._waiting = console, waiting
        self._started: dict[str, float] = {}
        self._made: dict[str, list[Any]] = defaultdict(list)
        self.failure: str | None = None

    def emit(self, record: logging.LogRecord) -> None:
        meta = about(record)
        event, step = meta.get("dagster_event"), meta.get("step_key") or ""
        if event is not None:
            self._tell(event, step)
        elif record.levelno >= logging.INFO and not step.startswith(TRAINING):
            self._say(f"    {meta.get('orig_message', record.getMessage())}", "dim")

    def _tell(self, event: dg.DagsterEvent, step: str) -> None:
        kind = event.event_type_value
        if kind == "STEP_START":
            self._started[step] = time.monotonic()
            if step.startswith(TRAINING):
                self._say(f"  {TRAINING}: training under torchrun", "dim")
        elif kind == "ASSET_MATERIALIZATION":
            self._made[step].append(event.step_materialization_data.materialization)
        elif kind == "STEP_SUCCESS":
            self._say(f"  ✓ {self._done(step)}")
        elif kind == "STEP_UP_FOR_RETRY":
            self._say(f"  ↻ {step} failed and is tried again: {reason_of(event)}", "yellow")
            self._waiting()
        elif pool := pool_awaited(event):
            self._say(f"  … {step} is waiting for pool {pool}: another run has it", "yellow")
            self._waiting()
        elif kind == "STEP_FAILURE":
            self.failure = f"{step}: {reason_of(event)}"

    def _done(self, step: str) -> str:
        made = self._made.pop(step, [])
        seconds = time.monotonic() - self._started.pop(step, time.monotonic())
        name = made[0].asset_key.to_user_string() if len(made) == 1 else f"{step} ({len(made)})"
        rows = [number_of(one, "dagster/row_count") for one in made]
        parts = [f"{name:<34}", f"{seconds:7.1f} s"]
        if any(row is not None for row in rows):
            parts.append(f"{sum(row or 0 for row in rows):>9,} rows")
        reasons = [text for one in made if (text := told(one))]
        if made and not reasons and all(was_there(one) for one in made):
            parts.append("  made before")
        parts += [f"  {text}" for text in reasons]
        return "".join(parts)

    def _say(self, text: str, style: str = "") -> None:
        self._console.print(Text(text, style=style), soft_wrap=True)


def pool_awaited(event: dg.DagsterEvent) -> str | None:
    """Return the pool that a step waits for; None if the event tells of none."""
    metadata = getattr(event.event_specific_data, "metadata", None)
    blocked = event.event_type_value == "ENGINE_EVENT" and "blocked by" in (event.message or "")
    return str(metadata["pool"].value) if blocked and metadata and "pool" in metadata else None


def was_there(made: Any) -> bool:
    """Whether a materialization found its artefact already made."""
    reused = made.metadata.get("reused")
    return reused is not None and bool(reused.value)


def told(made: Any) -> str:
    """Return the reason that a materialization gives for having made nothing."""
    reason = made.metadata.get("reason")
    nothing = number_of(made, "dagster/row_count") == 0 or made.metadata.get("published")
    return str(reason.value) if reason and nothing and reason.value != "none" else ""


def number_of(made: Any, name: str) -> int | None:
    """Return a whole number of a materialization's metadata, None if it has none of the name."""
    value = made.metadata.get(name)
    return int(value.value) if value is not None else None


def reason_of(event: dg.DagsterEvent) -> str:
    """Return what went wrong in a step in one line: its own words, or the innermost error's."""
    own_words: Any = getattr(event.event_specific_data, "user_failure_data", None)
    if own_words is not None and own_words.description:
        return " ".join(own_words.description.split())
    error: Any = getattr(event.event_specific_data, "error", None)
    while error is not None and error.cause is not None:
        error = error.cause
    return " ".join(error.message.split()) if error else (event.message or "no reason given")
