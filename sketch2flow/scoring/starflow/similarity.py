"""Flow Similarity and TreeBLEU of two trees, as the official scorer counts them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from sketch2flow.scoring.starflow.outline import Outline
from sketch2flow.scoring.starflow.words import STRUCTURAL, rename_cost, weight
from sketch2flow.scoring.tree import Tree

# Levels of a tree at which the recursive official code ends in a RecursionError, which it turns
# into a score of 0 (Python 3.11: printing a tree, walking through its edges).
MAX_PRINTED_LEVELS = 332
MAX_WALKED_LEVELS = 994

Edges = frozenset[tuple[object, object]]

_UNSCORED_EDGES = {("flow", "trigger"), ("flow", "components")}
_NUMBERED_LINE = re.compile(r"\d+:")


def flow_similarity(distance: int | None, lines: int) -> float:
    """Return 1 - d / n, d the tree edit distance and n the counted lines of both trees.

    1.0 where nothing is counted; 0.0 where a tree could not be built or compared (d is None).
    The range is not 0..1: weights in d and lines in n are not the same thing, down to -2 was
    seen.
    """
    if distance is None:
        return 0.0
    return 1 - distance / lines if lines else 1.0


def tree_bleu(candidate: Edges | None, reference: Edges | None) -> float:
    """Return the share of the reference's distinct (parent, child) labels in the candidate.

    0.0 where the reference has none, even for equal trees.
    """
    if not candidate or not reference:
        return 0.0
    return len(candidate & reference) / len(reference)


def edges(outline: Outline) -> Edges | None:
    """Return the (parent, child) labels that count, None where the official code trips."""
    levels = max(outline.depths) + 1
    if levels > MAX_WALKED_LEVELS:
        return None
    path: list[object] = [None] * levels
    found = set()
    try:
        for depth, label in zip(outline.depths, outline.labels, strict=True):
            path[depth] = label
            if depth:
                found.add((path[depth - 1], label))
    except TypeError:  # a trigger type that cannot be put into a set
        return None
    return frozenset(found - _UNSCORED_EDGES)


def to_tree(outline: Outline) -> Tree:
    """Return the flat post-order form of an outline."""
    labels: list[Any] = []
    leftmost: list[int] = []
    path: list[tuple[Any, int]] = []
    # Behind the last node stands one that closes all that are open.
    for depth, label in zip([*outline.depths, 0], [*outline.labels, ""], strict=True):
        while len(path) > depth:
            closed, first = path.pop()
            labels.append(closed)
            leftmost.append(first)
        path.append((label, len(labels)))  # the next node to be closed is its leftmost leaf
    return Tree(labels, leftmost, list(map(weight, labels)), list(map(rename_cost, labels)))


def is_comparable(outline: Outline) -> bool:
    """Say whether the official code gets through the tree.

    It prints all labels and asks what they start with, which only text answers.
    """
    if max(outline.depths) >= MAX_PRINTED_LEVELS:
        return False
    return all(isinstance(label, str) for label in outline.labels)


def counted_lines(outline: Outline) -> int:
    """Return n of one tree: how many lines of its print count."""
    return sum(map(_lines_of, outline.labels))


@lru_cache(maxsize=4096)
def _lines_of(label: str) -> int:
    """Return how many lines of a node's print count: `children:label`, cut at line breaks.

    Lines that begin with a number and a colon count, unless the text up to the *next* colon is
    a structural word. So a blank node counts 1 and costs 0, a leaf `inputs: x` the reverse, and
    a line break in a label may count for more.
    """
    first, *others = label.split("\n")
    count = first.partition(":")[0] not in STRUCTURAL
    numbered = [line for line in others if _NUMBERED_LINE.match(line)]
    return count + sum(line.split(":")[1] not in STRUCTURAL for line in numbered)
