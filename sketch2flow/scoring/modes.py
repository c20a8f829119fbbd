"""Modes: what a score means. One registry; scores of different modes are never mixed."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from sketch2flow.scoring.engines import Distance


class Comparison(NamedTuple):
    """The scores of one pair by name (None: not applicable), and the trees' paid nodes."""

    scores: dict[str, float | None]
    nodes_candidate: int
    nodes_reference: int


Compare = Callable[[str, str, Distance], Comparison]

# Mode -> module of this package with a function `compare`.
MODES = {"starflow": "starflow"}


@cache
def mode(name: str) -> Compare:
    """Return the comparison of a mode; ValueError names the known ones."""
    if name not in MODES:
        raise ValueError(f"unknown mode {name!r}; known modes: {', '.join(MODES)}")
    compare: Compare = importlib.import_module(f"sketch2flow.scoring.{MODES[name]}").compare
    return compare
