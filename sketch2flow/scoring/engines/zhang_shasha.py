"""The engine that needs no compiler: Zhang and Shasha's tables on reduced trees.

Zhang and Shasha, "Simple fast algorithms for the editing distance between trees and related
problems", SIAM J. Comput. 18 (1989).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import accumulate

from sketch2flow.scoring.reductions import (
    key_root_sum,
    key_roots,
    mirrored,
    without_common_parts,
    without_free_nodes,
)
from sketch2flow.scoring.tree import TooLargeError, Tree, TreePair, one_by_one

# About fifteen seconds of one core; two flows of 1,000 nodes need a tenth of it.
MAX_CELLS = 50_000_000

Rows = list[list[int]]
Columns = tuple[range, list[int], list[int], list[int]]


def distances(pairs: Sequence[TreePair], threads: int | None = None) -> list[int | None]:
    """Return the ordered tree edit distance of each pair, None where it takes too long.

    Python uses one thread, however many it is given.
    """
    return one_by_one(distance, pairs)


def distance(first: Tree, second: Tree) -> int:
    """Return the ordered tree edit distance.

    Raises TooLargeError where even the reduced pair needs more than MAX_CELLS table cells.
    """
    first, second = without_common_parts(without_free_nodes(first), without_free_nodes(second))
    flipped = mirrored(first), mirrored(second)
    cells = key_root_sum(first) * key_root_sum(second)
    flipped_cells = key_root_sum(flipped[0]) * key_root_sum(flipped[1])
    if flipped_cells < cells:
        (first, second), cells = flipped, flipped_cells
    if cells > MAX_CELLS:
        raise TooLargeError(f"comparing {len(first)} with {len(second)} nodes takes too long")
    return zhang_shasha(first, second)


def zhang_shasha(first: Tree, second: Tree) -> int:
    """Return the distance of two trees as they are, without any reduction."""
    return subtree_distances(first, second, _rename_rows(first, second))[-1][-1]


def subtree_distances(first: Tree, second: Tree, rename_rows: Rows) -> Rows:
    """Return the distance of each subtree of `first` to each of `second`.

    `rename_rows` holds the cost of renaming each node of `first` into each of `second`.
    """
    between = [[0] * len(second) for _ in range(len(first))]
    roots = key_roots(first)
    for root in key_roots(second):
        columns = columns_below(second, root)
        for other in roots:
            forest_distances(first, other, rename_rows, between, columns)
    return between


def columns_below(tree: Tree, root: int) -> Columns:
    """Return the nodes of the subtree of `root` as the columns of a table.

    They are followed by their weights, by what the first 0, 1, 2 ... of them cost together, and
    by where the forest to the left of each one's subtree ends (0 on the leftmost path).
    """
    start, stop = tree.leftmost[root], root + 1
    weights = tree.weights[start:stop]
    offsets = [left - start for left in tree.leftmost[start:stop]]
    return range(start, stop), weights, [0, *accumulate(weights)], offsets


def forest_distances(
    first: Tree, root: int, rename_rows: Rows, between: Rows, columns: Columns
) -> Rows:
    """Fill the forest table of the subtrees of two nodes and return it.

    Entry [a][b] is the distance of the first a nodes below `root` to the first b columns. Needs
    `between` for all pairs of nodes further down, and leaves it there for the pairs on both
    leftmost paths. The innermost loops of the whole package: plain locals, no calls.
    """
    nodes, weights, inserted, offsets = columns
    origin = first.leftmost[root]
    start, stop = nodes.start, nodes.stop
    rows = [inserted]
    above = inserted
    for node in range(origin, root + 1):
        weight = first.weights[node]
        known = between[node]
        here = above[0] + weight
        row = [here]
        append = row.append
        back = first.leftmost[node] - origin
        if back:
            base = rows[back]
            for offset, insert, up, apart in zip(
                offsets, weights, above[1:], known[start:stop], strict=True
            ):
                here += insert
                up += weight
                if up < here:
                    here = up
                apart += base[offset]
                if apart < here:
                    here = apart
                append(here)
        else:
            renames = rename_rows[node]
            for column, offset, insert, up, diagonal in zip(
                nodes, offsets, weights, above[1:], above[:-1], strict=True
            ):
                here += insert
                up += weight
                if up < here:
                    here = up
                if offset:
                    apart = inserted[offset] + known[column]
                    if apart < here:
                        here = apart
                else:
                    diagonal += renames[column]
                    if diagonal < here:
                        here = diagonal
                    known[column] = here
                append(here)
        rows.append(row)
        above = row
    return rows


def _rename_rows(first: Tree, second: Tree) -> Rows:
    """Return the cost of renaming each node of `first` into each of `second`.

    Nodes of one label share their row.
    """
    places: dict[Hashable, list[int]] = {}
    for place, label in enumerate(second.labels):
        places.setdefault(label, []).append(place)
    rows: dict[Hashable, list[int]] = {}
    for label, rename in zip(first.labels, first.renames, strict=True):
        if label not in rows:
            row = [other if other > rename else rename for other in second.renames]
            for other_label in places if first.near else ():
                if (near := first.near.get((label, other_label))) is not None:
                    for place in places[other_label]:
                        row[place] = near
            for place in places.get(label, ()):
                row[place] = 0
            rows[label] = row
    return [rows[label] for label in first.labels]
