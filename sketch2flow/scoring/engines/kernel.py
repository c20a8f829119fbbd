"""The compiled part of the engine `numba`: packed pairs of trees in, their distances out.

`reduce` makes the pairs smaller (by the reductions of `sketch2flow.scoring.reductions`) and says
what each will cost; `solve` fills the tables of Zhang and Shasha (SIAM J. Comput. 18, 1989). All
compiled functions stand in this file: numba looks for changes in no other one when it takes a
function from its cache.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Counts = NDArray[np.int64]
Function = TypeVar("Function", bound=Callable[..., object])

# The free root that holds a reduced forest together: no label of a node, too dear to be renamed.
_ROOT = -1
_NEVER = 1 << 20


class Packed(NamedTuple):
    """The trees of a batch, end to end; those of pair p are the trees 2p and 2p + 1.

    Tree t stands at starts[t] up to starts[t + 1] of the other arrays, which are those of `Tree`
    with a number in place of each label.
    """

    labels: Ints
    leftmost: Ints
    weights: Ints
    renames: Ints
    starts: Counts


class Reduced(NamedTuple):
    """What is left of them, every tree under a free root, turned the way that costs less.

    The sizes[t] nodes of tree t stand at starts[t] + t and behind: `nodes` are their places in
    the packed tree (_ROOT for the root), `leftmost` is as in `Tree`. Pair p takes cells[p] cells
    of tables.
    """

    nodes: Ints
    leftmost: Ints
    sizes: Counts
    cells: Counts


def _compiled(function: Function) -> Function:
    """Return the function, compiled on its first call and kept for other processes.

    numba keeps it beside this file or, where that cannot be written, in the user's cache folder.
    Where neither can, every process compiles for itself.
    """
    try:
        compiled = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:
        compiled = numba.njit(nogil=True)(function)
    return cast(Function, compiled)


@_compiled
def _paid(leftmost: Ints, weights: Ints) -> tuple[Ints, Ints]:
    """Return the forest of the nodes that cost something: their places, and leftmost leaves."""
    nodes = np.empty(leftmost.size, np.int32)
    kept_before = np.empty(leftmost.size, np.int32)
    low = np.empty(leftmost.size, np.int32)
    kept = 0
    for node in range(leftmost.size):
        kept_before[node] = kept
        if weights[node] > 0:
            nodes[kept] = node
            low[kept] = kept_before[leftmost[node]]
            kept += 1
    return nodes[:kept], low[:kept]


@_compiled
def _are_equal(labels: Ints, low: Ints, top: int, labels2: Ints, low2: Ints, top2: int) -> bool:
    """Say whether the subtrees of two nodes are equal."""
    size = top - low[top]
    if size != top2 - low2[top2]:
        return False
    for back in range(size + 1):
        node, node2 = top - back, top2 - back
        if labels[node] != labels2[node2] or node - low[node] != node2 - low2[node2]:
            return False
    return True


@_compiled
def _first_top(low: Ints, start: int, stop: int) -> int:
    """Return the root of the first tree of the forest start..stop."""
    top = stop - 1
    while low[top] > start:
        top = low[top] - 1
    return top


@_compiled
def _unlike(labels: Ints, low: Ints, labels2: Ints, low2: Ints) -> tuple[int, int, int, int]:
    """Return what is left of two forests without the equal trees at their ends, as two ranges.

    Where one tree is left on both sides and the root labels are equal, the roots go too and the
    children are compared in the same way.
    """
    start, stop, start2, stop2 = 0, low.size, 0, low2.size
    while True:
        while start < stop and start2 < stop2:
            if not _are_equal(labels, low, stop - 1, labels2, low2, stop2 - 1):
                break
            stop, stop2 = low[stop - 1], low2[stop2 - 1]
        while start < stop and start2 < stop2:
            top, top2 = _first_top(low, start, stop), _first_top(low2, start2, stop2)
            if not _are_equal(labels, low, top, labels2, low2, top2):
                break
            start, start2 = top + 1, top2 + 1
        if start == stop or start2 == stop2:
            break
        if low[stop - 1] > start or low2[stop2 - 1] > start2:
            break
        if labels[stop - 1] != labels2[stop2 - 1]:
            break
        stop, stop2 = stop - 1, stop2 - 1
    return start, stop, start2, stop2


@_compiled
def _under_root(nodes: Ints, low: Ints, start: int, stop: int) -> tuple[Ints, Ints]:
    """Return a part of a forest as a tree, under the free root."""
    size = stop - start
    rooted, rooted_low = np.empty(size + 1, np.int32), np.empty(size + 1, np.int32)
    for place in range(size):
        rooted[place] = nodes[start + place]
        rooted_low[place] = low[start + place] - start
    rooted[size], rooted_low[size] = _ROOT, 0
    return rooted, rooted_low


@_compiled
def _key_roots(low: Ints) -> Ints:
    """Return, in order, the highest node of each leftmost path: one table is filled for each."""
    highest = np.empty(low.size, np.int32)
    for node in range(low.size):
        highest[low[node]] = node
    roots = np.empty(low.size, np.int32)
    count = 0
    for node in range(low.size):
        if highest[low[node]] == node:
            roots[count] = node
            count += 1
    return roots[:count]


@_compiled
def _key_root_sums(low: Ints) -> tuple[int, int]:
    """Return the nodes of all key roots' subtrees, of the tree and of its mirror image."""
    last = low.size - 1
    left = right = 0
    for node in _key_roots(low):
        left += node - low[node] + 1
    for node in range(low.size):
        # A node without a sibling behind it is followed by its parent, which is no leaf.
        if node == last or low[node + 1] == node + 1:
            right += node - low[node] + 1
    return left, right


@_compiled
def _mirrored(nodes: Ints, low: Ints) -> tuple[Ints, Ints]:
    """Return the tree with the children of every node in reverse order."""
    size = low.size
    turned, turned_low = np.empty(size, np.int32), np.empty(size, np.int32)
    path = np.empty(size, np.int32)
    depth = 0
    for node in range(size - 1, -1, -1):
        while depth and low[path[depth - 1]] > node:
            depth -= 1
        # Post-order of the mirror image is pre-order read backwards.
        place = size - 1 - (low[node] + depth)
        turned[place] = nodes[node]
        turned_low[place] = place - (node - low[node])
        path[depth] = node
        depth += 1
    return turned, turned_low


@_compiled
def reduce(packed: Packed) -> Reduced:
    """Return the pairs without their free nodes and common parts."""
    labels, leftmost, weights, _, starts = packed
    trees = starts.size - 1
    reduced = Reduced(
        np.empty(labels.size + trees, np.int32),
        np.empty(labels.size + trees, np.int32),
        np.empty(trees, np.int64),
        np.empty(trees // 2, np.int64),
    )
    for pair in range(trees // 2):
        begin, middle, end = starts[2 * pair], starts[2 * pair + 1], starts[2 * pair + 2]
        nodes, low = _paid(leftmost[begin:middle], weights[begin:middle])
        nodes2, low2 = _paid(leftmost[middle:end], weights[middle:end])
        start, stop, start2, stop2 = _unlike(
            labels[begin:middle][nodes], low, labels[middle:end][nodes2], low2
        )
        nodes, low = _under_root(nodes, low, start, stop)
        nodes2, low2 = _under_root(nodes2, low2, start2, stop2)
        left, right = _key_root_sums(low)
        left2, right2 = _key_root_sums(low2)
        if right * right2 < left * left2:
            nodes, low = _mirrored(nodes, low)
            nodes2, low2 = _mirrored(nodes2, low2)
        reduced.cells[pair] = min(right * right2, left * left2)
        _put(reduced, 2 * pair, begin + 2 * pair, nodes, low)
        _put(reduced, 2 * pair + 1, middle + 2 * pair + 1, nodes2, low2)
    return reduced


@_compiled
def _put(reduced: Reduced, tree: int, begin: int, nodes: Ints, low: Ints) -> None:
    for place in range(nodes.size):
        reduced.nodes[begin + place] = nodes[place]
        reduced.leftmost[begin + place] = low[place]
    reduced.sizes[tree] = nodes.size


@_compiled
def solve(packed: Packed, reduced: Reduced, pairs: Counts, found: Counts) -> None:
    """Put the distances of some pairs into their places in `found`."""
    labels, _, weights, renames, starts = packed
    for pair in pairs:
        begin, middle, end = starts[2 * pair], starts[2 * pair + 1], starts[2 * pair + 2]
        nodes, low = _tree(reduced, 2 * pair, begin)
        nodes2, low2 = _tree(reduced, 2 * pair + 1, middle)
        table = _rename_costs(
            _of_nodes(labels[begin:middle], nodes, _ROOT),
            _of_nodes(renames[begin:middle], nodes, _NEVER),
            _of_nodes(labels[middle:end], nodes2, _ROOT),
            _of_nodes(renames[middle:end], nodes2, _NEVER),
        )
        _fill(
            low,
            _of_nodes(weights[begin:middle], nodes, 0),
            low2,
            _of_nodes(weights[middle:end], nodes2, 0),
            table,
        )
        found[pair] = table[-1, -1]


@_compiled
def _tree(reduced: Reduced, tree: int, start: int) -> tuple[Ints, Ints]:
    begin = start + tree
    end = begin + reduced.sizes[tree]
    return reduced.nodes[begin:end], reduced.leftmost[begin:end]


@_compiled
def _of_nodes(values: Ints, nodes: Ints, of_root: int) -> Ints:
    """Return the values of a tree's nodes; the free root's is given."""
    taken = np.empty(nodes.size, np.int32)
    for place in range(nodes.size - 1):
        taken[place] = values[nodes[place]]
    taken[-1] = of_root
    return taken


@_compiled
def _rename_costs(labels: Ints, renames: Ints, labels2: Ints, renames2: Ints) -> NDArray[np.int32]:
    """Return what it costs to rename each node of one tree into each of the other.

    The place for costs that labels do not decide; the reductions only look at labels.
    """
    table = np.empty((labels.size, labels2.size), np.int32)
    for row in range(labels.size):
        for column in range(labels2.size):
            if labels[row] == labels2[column]:
                table[row, column] = 0
            else:
                table[row, column] = max(renames[row], renames2[column])
    return table


@_compiled
def _fill(low: Ints, weights: Ints, low2: Ints, weights2: Ints, table: Ints) -> None:
    """Turn a table of rename costs into one of the distances between subtrees.

    Each rename cost is read once, just before the distance takes its place.
    """
    forests = np.empty((low.size + 1, low2.size + 1), np.int32)
    forests[0, 0] = 0
    roots, roots2 = _key_roots(low), _key_roots(low2)
    for root2 in roots2:
        start2 = low2[root2]
        width = root2 - start2 + 1
        inserts = weights2[start2 : root2 + 1]
        offsets = low2[start2 : root2 + 1] - start2
        for y in range(width):
            forests[0, y + 1] = forests[0, y] + inserts[y]
        for root in roots:
            start = low[root]
            for node in range(start, root + 1):
                offset = low[node] - start
                above = forests[node - start]
                row = forests[node - start + 1]
                base = forests[offset]
                known = table[node, start2 : root2 + 1]
                delete = weights[node]
                here = above[0] + delete
                row[0] = here
                for y in range(width):
                    here = min(here + inserts[y], above[y + 1] + delete)
                    if offset or offsets[y]:
                        here = min(here, base[offsets[y]] + known[y])
                    else:
                        here = min(here, above[y] + known[y])
                        known[y] = here
                    row[y + 1] = here
