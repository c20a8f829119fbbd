"""Flow Similarity and TreeBLEU of two trees, as the official scorer counts them."""

from __future__ import annotations

import re
from functools import lru_cache

from sketch2flow.scoring.starflow.outline import Outline
from sketch2flow.scoring.starflow.words import STRUCTURAL, rename_cost, weight
from sketch2flow.scoring.tree import Tree

# Levels of a tree at which the recursive official code ends in a RecursionError, which it turns
# into a score of 0 (Python 3.11: printing a tree, walking through its edges).
MAX_PRINTED_LEVELS = 332
MAX_WALKED_LEVELS = 994

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


def tree_bleu(candidate: Outline | None, reference: Outline | None) -> float:
    """Return the share of the reference's distinct (parent, child) labels in the candidate.

    0.0 where the reference has none, even for equal trees.
    """
    if candidate is None or reference is None:
        return 0.0
    if max(*candidate.depths, *reference.depths) >= MAX_WALKED_LEVELS:
        return 0.0
    try:
        found, wanted = _edges(candidate), _edges(reference)
    except TypeError:  # a trigger type that cannot be put into a set
        return 0.0
    return len(found & wanted) / len(wanted) if wanted else 0.0


def to_tree(outline: Outline) -> Tree:
    """Return the flat post-order form of an outline."""
    tree = Tree([], [], [], [])
    path: list[tuple[str, int]] = []

    def close(depth: int) -> None:
        while len(path) > depth:
            label, first = path.pop()
            tree.labels.append(label)
            tree.leftmost.append(first)
            tree.weights.append(weight(label))
            tree.renames.append(rename_cost(label))

    for depth, label in zip(outline.depths, outline.labels, strict=True):
        close(depth)
        path.append((label, len(tree)))  # the next node to be closed is its leftmost leaf
    close(0)
    return tree


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


def _edges(outline: Outline) -> set[tuple[object, object]]:
    edges: set[tuple[object, object]] = set()
    path: list[object] = []
    for depth, label in zip(outline.depths, outline.labels, strict=True):
        del path[depth:]
        if path:
            edges.add((path[-1], label))
        path.append(label)
    return edges - _UNSCORED_EDGES
