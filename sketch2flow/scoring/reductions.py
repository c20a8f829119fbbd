"""Exact ways to make a pair of trees smaller before any table is filled.

All three keep the tree edit distance: it is a pseudo-metric under the costs of `Tree`, by an
exchange argument on optimal mappings (Zhang and Shasha, SIAM J. Comput. 18, 1989).
"""

from __future__ import annotations

from collections.abc import Hashable
from itertools import accumulate

from sketch2flow.scoring.tree import Tree

# The root that holds a forest together: free, and too dear to be renamed into a real node.
_ROOT = object()
_NEVER = 1 << 20


def without_free_nodes(tree: Tree) -> Tree:
    """Return the tree without its weightless nodes; their children move up.

    The result may be a forest: several positions that no later subtree covers.
    """
    paid = [weight > 0 for weight in tree.weights]
    if all(paid):
        return tree
    # Kept descendants of a node stay contiguous, so its leftmost leaf becomes the first of them.
    kept_before = [0, *accumulate(paid)]
    kept = [i for i, keep in enumerate(paid) if keep]
    return Tree(
        [tree.labels[i] for i in kept],
        [kept_before[tree.leftmost[i]] for i in kept],
        [tree.weights[i] for i in kept],
        [tree.renames[i] for i in kept],
        tree.near,
    )


def without_common_parts(first: Tree, second: Tree) -> tuple[Tree, Tree]:
    """Return both forests without their common ends, each under a free root."""
    before, after = common_ends(first, second)
    return under_root(first, before, after), under_root(second, before, after)


def common_ends(first: Tree, second: Tree) -> tuple[int, int]:
    """Return how many nodes at the front and at the back of two forests need no comparison.

    They are the equal subtrees at both ends. Where one tree is left on both sides and the root
    labels are equal, the roots go too and the children are compared in the same way. So the
    nodes at the front, and those at the back, stand for each other one by one.
    """
    shapes: dict[tuple[Hashable, ...], int] = {}
    tops, kids, shape = _anatomy(first, shapes)
    other_tops, other_kids, other_shape = _anatomy(second, shapes)
    while True:
        shorter = min(len(tops), len(other_tops))
        left = 0
        while left < shorter and shape[tops[left]] == other_shape[other_tops[left]]:
            left += 1
        right = 0
        while (
            right < shorter - left
            and shape[tops[-1 - right]] == other_shape[other_tops[-1 - right]]
        ):
            right += 1
        tops = tops[left : len(tops) - right]
        other_tops = other_tops[left : len(other_tops) - right]
        if len(tops) != 1 or len(other_tops) != 1:
            break
        if first.labels[tops[0]] != second.labels[other_tops[0]]:
            break
        tops, other_tops = kids[tops[0]], other_kids[other_tops[0]]
    for tree, left_over in ((first, tops), (second, other_tops)):
        if left_over:
            return tree.leftmost[left_over[0]], len(tree) - 1 - left_over[-1]
    return len(first), 0


def under_root(tree: Tree, before: int, after: int) -> Tree:
    """Return what is left without the ends that `common_ends` found, under one free root."""
    middle = slice(before, len(tree) - after)
    return Tree(
        [*tree.labels[middle], _ROOT],
        [*(left - before for left in tree.leftmost[middle]), 0],
        [*tree.weights[middle], 0],
        [*tree.renames[middle], _NEVER],
        tree.near,
    )


def mirrored(tree: Tree) -> Tree:
    """Return the tree with the children of every node in reverse order."""
    leftmost, order = tree.leftmost, mirror_order(tree)
    return Tree(
        [tree.labels[i] for i in order],
        [place - i + leftmost[i] for place, i in enumerate(order)],
        [tree.weights[i] for i in order],
        [tree.renames[i] for i in order],
        tree.near,
    )


def mirror_order(tree: Tree) -> list[int]:
    """Return the nodes in post-order of the mirror image."""
    leftmost, last = tree.leftmost, len(tree) - 1
    order = [0] * (last + 1)
    path: list[int] = []
    # That is pre-order read backwards; a node's place in pre-order = what is left of it + depth.
    for i in range(last, -1, -1):
        while path and leftmost[path[-1]] > i:
            path.pop()
        order[last - leftmost[i] - len(path)] = i
        path.append(i)
    return order


def key_roots(tree: Tree) -> list[int]:
    """Return, in order, the highest node of each leftmost path: one table is filled for each."""
    return sorted(dict(zip(tree.leftmost, range(len(tree)), strict=True)).values())


def key_root_sum(tree: Tree) -> int:
    """Return the nodes of all key roots' subtrees; two trees need the product in table cells."""
    return sum(i - tree.leftmost[i] + 1 for i in key_roots(tree))


def _anatomy(
    tree: Tree, shapes: dict[tuple[Hashable, ...], int]
) -> tuple[list[int], list[list[int]], list[int]]:
    """Return the top nodes, every node's children, and an id per subtree: equal means equal."""
    open_nodes: list[int] = []
    kids: list[list[int]] = []
    shape: list[int] = []
    for i, left in enumerate(tree.leftmost):
        cut = len(open_nodes)
        while cut and open_nodes[cut - 1] >= left:
            cut -= 1
        own = open_nodes[cut:]
        open_nodes[cut:] = [i]
        kids.append(own)
        key = (tree.labels[i], *[shape[kid] for kid in own])
        shape.append(shapes.setdefault(key, len(shapes)))
    return open_nodes, kids, shape
