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
    rename_rows = _rename_rows(first, second)
    between = [[0] * len(second) for _ in range(len(first))]
    roots = key_roots(first)
    for root in key_roots(second):
        start = second.leftmost[root]
        stop = root + 1
        weights = second.weights[start:stop]
        # Where the forest to the left of a node's subtree ends; 0 for nodes on the leftmost path.
        offsets = [left - start for left in second.leftmost[start:stop]]
        columns = range(start, stop)
        inserted = [0, *accumulate(weights)]
        for other in roots:
            _fill(first, other, rename_rows, between, inserted, weights, offsets, columns)
    return between[-1][-1]


def _fill(
    first: Tree,
    root: int,
    rename_rows: list[list[int]],
    between: list[list[int]],
    inserted: list[int],
    weights: list[int],
    offsets: list[int],
    columns: range,
) -> None:
    """Fill the forest table of two key roots; leave the subtree distances in `between`.

    The innermost loops of the whole package: plain locals, no calls.
    """
    origin = first.leftmost[root]
    start, stop = columns.start, columns.stop
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
                columns, offsets, weights, above[1:], above[:-1], strict=True
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


def _rename_rows(first: Tree, second: Tree) -> list[list[int]]:
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
