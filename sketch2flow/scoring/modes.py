"""Modes: what a score means. One registry; scores of different modes are never mixed."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from functools import cache
from types import ModuleType
from typing import NamedTuple

from sketch2flow.scoring.source import Source
from sketch2flow.scoring.tree import MarkedTree, TreePair


class Comparison(NamedTuple):
    """The scores of one pair by name (None: not applicable), and the trees' paid nodes."""

    scores: dict[str, float | None]
    nodes_candidate: int
    nodes_reference: int


class Prepared(NamedTuple):
    """A pair that was read: the trees whose distances are wanted, and what makes scores of them.

    `finish` takes the distances of `trees`, in their order. `too_large` are the scores where an
    engine refuses one of them; None: the pair has none then.
    """

    trees: tuple[TreePair, ...]
    finish: Callable[[Sequence[int]], Comparison]
    too_large: Comparison | None = None


Prepare = Callable[[Source, Source], Prepared]

# Takes a text and whether its tree holds the inputs; None where the mode finds no tree in it.
MarkTree = Callable[[Source, bool], MarkedTree | None]

# Variant of the scores -> whether its trees hold the inputs.
VARIANTS = {"no_inputs": False, "with_inputs": True}

# Mode -> module of this package with the functions `prepare` and `marked_tree`.
MODES = {"starflow": "starflow", "strict": "strict"}
# Those whose module also has `prepare_soft`: free texts are then compared by their letters.
SOFT_MODES = ("strict",)


@cache
def mode(name: str, soft: bool = False) -> Prepare:
    """Return what prepares a pair in a mode; ValueError names the known modes."""
    module = _module(name)
    if soft and name not in SOFT_MODES:
        raise ValueError(f"mode {name!r} has no soft match; it is in {', '.join(SOFT_MODES)}")
    prepare: Prepare = module.prepare_soft if soft else module.prepare
    return prepare


@cache
def marked(name: str) -> MarkTree:
    """Return what makes a mode's trees with their nodes' origins; ValueError as in `mode`."""
    marked_tree: MarkTree = _module(name).marked_tree
    return marked_tree


def _module(name: str) -> ModuleType:
    if name not in MODES:
        raise ValueError(f"unknown mode {name!r}; known modes: {', '.join(MODES)}")
    return importlib.import_module(f"sketch2flow.scoring.{MODES[name]}")
