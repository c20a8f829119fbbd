"""Modes: what a score means. One registry; scores of different modes are never mixed."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

from sketch2flow.scoring.source import Source
from sketch2flow.scoring.tree import TreePair


class Comparison(NamedTuple):
    """The scores of one pair by name (None: not applicable), and the trees' paid nodes."""

    scores: dict[str, float | None]
    nodes_candidate: int
    nodes_reference: int


class Prepared(NamedTuple):
    """A pair that was read: the trees whose distances are wanted, and what makes scores of them.

    `finish` takes the distances of `trees`, in their order.
    """

    trees: tuple[TreePair, ...]
    finish: Callable[[Sequence[int]], Comparison]


Prepare = Callable[[Source, Source], Prepared]

# Mode -> module of this package with a function `prepare`.
MODES = {"starflow": "starflow", "strict": "strict"}
# Those whose module also has `prepare_soft`: free texts are then compared by their letters.
SOFT_MODES = ("strict",)


@cache
def mode(name: str, soft: bool = False) -> Prepare:
    """Return what prepares a pair in a mode; ValueError names the known modes."""
    if name not in MODES:
        raise ValueError(f"unknown mode {name!r}; known modes: {', '.join(MODES)}")
    if soft and name not in SOFT_MODES:
        raise ValueError(f"mode {name!r} has no soft match; it is in {', '.join(SOFT_MODES)}")
    module = importlib.import_module(f"sketch2flow.scoring.{MODES[name]}")
    prepare: Prepare = module.prepare_soft if soft else module.prepare
    return prepare
