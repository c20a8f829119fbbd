"""What messages of workflows say: short texts by occasion, from texts.yaml."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def texts(occasion: str) -> tuple[str, ...]:
    """Return the texts of an occasion of texts.yaml, the most common first; KeyError for others."""
    import yaml

    content = yaml.safe_load(Path(__file__).with_name("texts.yaml").read_bytes())
    return tuple(content[occasion])
