"""What a run says in a terminal: a step's own lines and failures, not Dagster's every event."""

from __future__ import annotations

import logging
from typing import Any

import dagster as dg

NAME = "sketch2flow.run"


class Lines(logging.Formatter):
    """One line per message: the step, and what it says."""

    def format(self, record: logging.LogRecord) -> str:
        meta = about(record)
        step = meta.get("step_key") or meta.get("job_name") or "run"
        return f"{step}: {meta.get('orig_message', record.getMessage())}"


def about(record: logging.LogRecord) -> dict[str, Any]:
    """Return what Dagster knows of a message: step, job, original text, and its event if any."""
    meta: dict[str, Any] = getattr(record, "dagster_meta", None) or {}
    return meta


def is_chatter(record: logging.LogRecord) -> bool:
    """Whether a record is an event of Dagster's own that no reader of a terminal waits for."""
    return about(record).get("dagster_event") is not None and record.levelno < logging.ERROR


@dg.logger
def console(context: dg.InitLoggerContext) -> logging.Logger:
    """Write to standard error, unless someone has given this logger another handler before."""
    logger = logging.getLogger(NAME)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    if not logger.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(Lines())
        handler.addFilter(lambda record: not is_chatter(record))
        logger.addHandler(handler)
    return logger
