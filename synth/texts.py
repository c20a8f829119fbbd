"""What messages of workflows say: short texts by occasion, from texts.yaml."""

from __future__ import annotations

from functools import cache
from pathlib import Path

OCCASIONS = {
    "general": "of any record, without its name",
    "events": "where no record is at hand",
    "news": "behind a record's name",
    "task_news": "behind a task's name",
    "update_news": "behind the name of a record that was just updated",
    "new_news": "behind the name of a record that was just created",
    "failures": "behind a CATCH",
}


@cache
def texts(occasion: str) -> tuple[str, ...]:
    """Return the texts of one of OCCASIONS, the most common first."""
    import yaml

    content = yaml.safe_load(Path(__file__).with_name("texts.yaml").read_bytes())
    return tuple(content[occasion])
