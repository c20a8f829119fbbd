"""The cheapest edit script between two trees, of all cheapest ones the most readable.

Zhang and Shasha, "Simple fast algorithms for the editing distance between trees and related
problems", SIAM J. Comput. 18 (1989), with costs that hold two things: the cost that makes the
distance, times a factor, and a small cost for what reads badly, whose sum stays below the factor.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from sketch2flow.scoring.engines.zhang_shasha import (
    Rows,
    columns_below,
    forest_distances,
    subtree_distances,
)
from sketch2flow.scoring.explanations.anatomy import Anatomy, Trait
from sketch2flow.scoring.reductions import (
    common_ends,
    key_root_sum,
    mirror_order,
    mirrored,
    under_root,
    without_free_nodes,
)
from sketch2flow.scoring.tree import TooLargeError, Tree

# About fifteen seconds of one core, which is what the engine may take, too.
MAX_CELLS = 20_000_000

# Up to here (less than a second) the tables are filled in document order, so that of equal choices
# the first things in the document stand for each other; above, in the cheaper direction.
FEW_CELLS = 500_000

# What reads badly: equal nodes in different places, a rename, two kinds; other names, which comes
# on top; a node that stands alone. No detour over other nodes is cheaper than the direct way, so
# that the reductions hold here too.
_ELSEWHERE, _RENAME, _TWO_KINDS = 1, 2, 12
_OTHER_NAMES = 1
_ALONE = 4
_MOST_PER_NODE = 7  # half of what a pair may have

_ROOT = Trait(None, "root", None, ())
_NO_NODE = -1


class Script(NamedTuple):
    """An edit script: its cost, which is the tree edit distance, and what stays.

    `pairs` maps the nodes of the candidate that stay, or are renamed, to those of the reference;
    all others are deleted or inserted. Nodes that cost nothing are left out.
    """

    distance: int
    pairs: dict[int, int]


def best_script(candidate: Anatomy, reference: Anatomy) -> Script:
    """Return the most readable optimal script; TooLargeError over MAX_CELLS table cells."""
    first, second = _paid(candidate), _paid(reference)
    before, after = common_ends(first.tree, second.tree)
    middle = [_middle(part, before, after) for part in (first, second)]
    if _cells(middle) > FEW_CELLS:
        middle = min(middle, [part.mirrored() for part in middle], key=_cells)
    if _cells(middle) > MAX_CELLS:
        sizes = " by ".join(str(len(part.nodes)) for part in middle)
        raise TooLargeError(f"explaining {sizes} nodes takes too long")
    distance, pairs = _script(*middle)
    pairs |= zip(first.nodes[:before], second.nodes[:before], strict=True)
    backs = [part.nodes[len(part.nodes) - after :] for part in (first, second)]
    pairs |= zip(*backs, strict=True)
    return Script(distance, dict(sorted(pairs.items())))


class _Part(NamedTuple):
    """A tree to be compared: for each node its trait, and which node of the whole tree it is."""

    tree: Tree
    traits: list[Trait]
    nodes: list[int]

    def mirrored(self) -> _Part:
        """Return the part with the children of every node in reverse order."""
        order = mirror_order(self.tree)
        traits, nodes = [self.traits[i] for i in order], [self.nodes[i] for i in order]
        return _Part(mirrored(self.tree), traits, nodes)


def _paid(side: Anatomy) -> _Part:
    """Return the forest of the nodes that cost something, labelled with their traits."""
    tree = without_free_nodes(replace(side.tree, labels=list(side.traits)))
    nodes = [node for node, cost in enumerate(side.tree.weights) if cost]
    return _Part(tree, [side.traits[node] for node in nodes], nodes)


def _middle(part: _Part, before: int, after: int) -> _Part:
    """Return what is left of a forest without its common ends, under a free root."""
    middle = slice(before, len(part.nodes) - after)
    tree = under_root(part.tree, before, after)
    return _Part(tree, [*part.traits[middle], _ROOT], [*part.nodes[middle], _NO_NODE])


def _cells(parts: Sequence[_Part]) -> int:
    return math.prod(key_root_sum(part.tree) for part in parts)


def _script(first: _Part, second: _Part) -> tuple[int, dict[int, int]]:
    """Return the distance and the pairs of two trees under free roots."""
    factor = 1 << (_MOST_PER_NODE * (len(first.nodes) + len(second.nodes))).bit_length()
    one, two = (_scaled(part.tree, factor) for part in (first, second))
    rename_rows = _rename_rows(first, second, factor)
    between = subtree_distances(one, two, rename_rows)
    pairs = {first.nodes[i]: second.nodes[j] for i, j in _pairs(one, two, rename_rows, between)}
    pairs.pop(_NO_NODE, None)
    return between[-1][-1] // factor, pairs


def _scaled(tree: Tree, factor: int) -> Tree:
    """Return the tree with costs that hold both things; the root stays free."""
    return replace(tree, weights=[cost and cost * factor + _ALONE for cost in tree.weights])


def _rename_rows(first: _Part, second: _Part, factor: int) -> Rows:
    """Return the cost of turning each node of `first` into each of `second`.

    Nodes of one trait share their row.
    """
    equals: dict[Hashable, list[int]] = {}
    for place, trait in enumerate(second.traits):
        equals.setdefault(trait.label, []).append(place)
    rows: dict[Trait, list[int]] = {}
    for cost, trait in zip(first.tree.renames, first.traits, strict=True):
        if trait not in rows:
            rows[trait] = [
                factor * max(cost, other) + _unlike(trait, target)
                for other, target in zip(second.tree.renames, second.traits, strict=True)
            ]
            for place in equals.get(trait.label, ()):
                rows[trait][place] = _unlike(trait, second.traits[place])
    return [rows[trait] for trait in first.traits]


def _unlike(one: Trait, other: Trait) -> int:
    """Return what reads badly where one node becomes another."""
    names = _OTHER_NAMES if one.names != other.names else 0
    if one.kind != other.kind:
        return _TWO_KINDS + names
    if one.label != other.label:
        return _RENAME + names
    return names if one.context == other.context else _ELSEWHERE + names


def _pairs(
    first: Tree, second: Tree, rename_rows: Rows, between: Rows
) -> Iterator[tuple[int, int]]:
    """Yield the pairs of an optimal script, read off the tables from the end to the start."""
    waiting = [(len(first) - 1, len(second) - 1)]
    while waiting:
        root, other = waiting.pop()
        forests = forest_distances(first, root, rename_rows, between, columns_below(second, other))
        start, other_start = first.leftmost[root], second.leftmost[other]
        i, j = root, other  # the last nodes of the forests that are left
        while i >= start and j >= other_start:
            a, b = i - start, j - other_start
            here = forests[a + 1][b + 1]
            if here == forests[a][b + 1] + first.weights[i]:
                i -= 1
            elif here == forests[a + 1][b] + second.weights[j]:
                j -= 1
            elif first.leftmost[i] > start or second.leftmost[j] > other_start:
                waiting.append((i, j))
                i, j = first.leftmost[i] - 1, second.leftmost[j] - 1
            else:
                yield i, j
                i, j = i - 1, j - 1
