"""Engines for the tree edit distance, behind one call: pairs of trees in, their distances out."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from typing import Protocol

from sketch2flow.scoring.tree import TreePair


class Distances(Protocol):
    """The call of every engine; None stands for a pair that is too large to be compared.

    `threads` is how many an engine may use that can use several; None: one for each core.
    """

    def __call__(
        self, pairs: Sequence[TreePair], threads: int | None = None
    ) -> list[int | None]: ...


# Engine -> module with a function `distances`, fastest first; imported when first asked for,
# because an engine may need an optional or slow import.
ENGINES = {
    "numba": "compiled",
    "python": "zhang_shasha",
    "apted": "mended_apted",
}
# Those that look at `Tree.near`, which makes some renames cheaper.
SOFT_ENGINES = frozenset({"python", "apted"})


def default_engine() -> str:
    """Return the fastest engine that is installed."""
    return "numba" if find_spec("numba") else "python"


@cache
def engine(name: str) -> Distances:
    """Return the distances function of an engine.

    ValueError names the known ones; ModuleNotFoundError where numba is asked for and missing.
    """
    if name not in ENGINES:
        raise ValueError(f"unknown engine {name!r}; known engines: {', '.join(ENGINES)}")
    if name == "numba" and find_spec("numba") is None:
        cure = "pip install 'sketch2flow[fast]'"
        raise ModuleNotFoundError(f"numba is not installed: {cure}", name="numba")
    distances: Distances = importlib.import_module(f"{__name__}.{ENGINES[name]}").distances
    return distances
