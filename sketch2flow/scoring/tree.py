"""The one form of a tree that every engine understands: flat arrays in post-order."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

MAX_NODES = 5_000


class TooLargeError(ValueError):
    """A tree, or a pair of trees, over the limits within which scores are computed."""


@dataclass(frozen=True, slots=True)
class Tree:
    """An ordered labelled tree of n nodes, the nodes in post-order (the root is the last).

    `leftmost[i]` is the position of the leftmost leaf below node i (i itself for a leaf), so the
    subtree of i is the slice leftmost[i]..i. Deleting or inserting node i costs `weights[i]`;
    renaming i into j costs 0 where the labels are equal, else the larger of their `renames`; what
    `near`, which both trees of a pair share, has for (label of i, label of j) takes its place.
    The label decides weight and rename cost: that makes the distance a pseudo-metric, on which
    the reductions rest. So `near` has both orders of its pairs and keeps the triangle inequality.
    """

    labels: list[Hashable]
    leftmost: list[int]
    weights: list[int]
    renames: list[int]
    near: Mapping[tuple[Hashable, Hashable], int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.labels)


TreePair = tuple[Tree, Tree]


def one_by_one(
    distance: Callable[[Tree, Tree], int], pairs: Sequence[TreePair]
) -> list[int | None]:
    """Return the distance of each pair, None where that raises TooLargeError."""
    found: list[int | None] = []
    for first, second in pairs:
        try:
            found.append(distance(first, second))
        except TooLargeError:
            found.append(None)
    return found


class Origin(NamedTuple):
    """Where a node comes from: what it is, and where that stands in the JSON that was read.

    `kind` is one of KINDS; `pointer` is a JSON pointer (RFC 6901). The pieces of a query point to
    the value of the input that holds it.
    """

    kind: str
    pointer: str


KINDS = (
    "structure",  # flow, trigger, components, inputs ...: nodes that only hold others
    "trigger",
    "component",
    "input",
    "connective",  # what joins the comparisons of a query
    "field",  # of a query, with its operator and value below
    "operator",
    "value",
    "parameter",  # an input or output of a subflow
)


class MarkedTree(NamedTuple):
    """A tree with the origin of each of its nodes, both in post-order."""

    tree: Tree
    origins: list[Origin]
