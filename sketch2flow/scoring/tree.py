"""The one form of a tree that every engine understands: flat arrays in post-order."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

MAX_NODES = 5_000


class TooLargeError(ValueError):
    """A tree, or a pair of trees, over the limits within which scores are computed."""


@dataclass(frozen=True, slots=True)
class Tree:
    """An ordered labelled tree of n nodes, the nodes in post-order (the root is the last).

    `leftmost[i]` is the position of the leftmost leaf below node i (i itself for a leaf), so the
    subtree of i is the slice leftmost[i]..i. Deleting or inserting node i costs `weights[i]`;
    renaming i into j costs 0 where the labels are equal, else the larger of their `renames`.
    The label decides weight and rename cost: that makes the distance a pseudo-metric, on which
    the reductions rest.
    """

    labels: list[Hashable]
    leftmost: list[int]
    weights: list[int]
    renames: list[int]

    def __len__(self) -> int:
        return len(self.labels)
