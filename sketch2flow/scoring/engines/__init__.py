"""Engines for the tree edit distance, behind one call: pairs of trees in, their distances out."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from functools import cache

from sketch2flow.scoring.tree import TreePair

# None stands for a pair that is too large to be compared.
Distances = Callable[[Sequence[TreePair]], "list[int | None]"]

# Engine -> module with a function `distances`; imported when first asked for, because an engine
# may need an optional or slow import.
ENGINES = {
    "python": "zhang_shasha",
    "apted": "mended_apted",
}
# Those that look at `Tree.near`, which makes some renames cheaper.
SOFT_ENGINES = frozenset({"python", "apted"})


@cache
def engine(name: str) -> Distances:
    """Return the distances function of an engine; ValueError names the known ones."""
    if name not in ENGINES:
        raise ValueError(f"unknown engine {name!r}; known engines: {', '.join(ENGINES)}")
    distances: Distances = importlib.import_module(f"{__name__}.{ENGINES[name]}").distances
    return distances
