"""Engines for the tree edit distance, behind one call: two trees in, the distance out."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache

from sketch2flow.scoring.tree import Tree

Distance = Callable[[Tree, Tree], int]

# Engine -> module with a function `distance`; imported when first asked for, because an engine
# may need an optional or slow import.
ENGINES = {
    "python": "zhang_shasha",
    "apted": "mended_apted",
}


@cache
def engine(name: str) -> Distance:
    """Return the distance function of an engine; ValueError names the known ones."""
    if name not in ENGINES:
        raise ValueError(f"unknown engine {name!r}; known engines: {', '.join(ENGINES)}")
    distance: Distance = importlib.import_module(f"{__name__}.{ENGINES[name]}").distance
    return distance
