"""The independent reference engine: APTED with the mends that costs other than 1 need.

Pawlik and Augsten, "Tree edit distance: Robust and memory-efficient", Information Systems 56
(2016), in the implementation `apted` 1.0.3. It works on the trees as they are, without any of
our reductions, and is slow: it is here to check the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from apted import APTED, Config

from sketch2flow.scoring.tree import TooLargeError, Tree, TreePair, one_by_one

# APTED keeps several numbers for every pair of nodes.
MAX_PAIRS = 400_000


def distances(pairs: Sequence[TreePair], threads: int | None = None) -> list[int | None]:
    """Return the distance of each pair, None over MAX_PAIRS pairs of nodes and for deep trees.

    Python uses one thread, however many it is given.
    """
    return one_by_one(distance, pairs)


def distance(first: Tree, second: Tree) -> int:
    """Return the ordered tree edit distance.

    Raises TooLargeError over MAX_PAIRS pairs of nodes, and where a tree is deeper (about 1,000
    levels) than APTED's own recursion can go.
    """
    if len(first) * len(second) > MAX_PAIRS:
        raise TooLargeError(f"comparing {len(first)} with {len(second)} nodes takes too long")
    costs = Costs(first, second)
    try:
        mended = MendedApted(len(first), costs.offset + len(second), costs)
        return int(mended.compute_edit_distance())
    except RecursionError:
        raise TooLargeError("a tree too deep for the engine apted; use python") from None


class Costs(Config):  # type: ignore[misc]
    """Children and costs of two trees for APTED.

    Nodes are numbers: 1..n of the first tree, then those of the second. None of them is 0,
    because APTED takes a false node for a missing one.
    """

    def __init__(self, first: Tree, second: Tree) -> None:
        self.offset = len(first)
        self.labels = [None, *first.labels, *second.labels]
        self.weights = [0, *first.weights, *second.weights]
        self.renames = [0, *first.renames, *second.renames]
        self.near = first.near
        self._kids = [[], *_children(first, 1), *_children(second, 1 + self.offset)]

    def children(self, node: int) -> list[int]:
        return self._kids[node]

    def delete(self, node: int) -> int:
        return self.weights[node]

    def insert(self, node: int) -> int:
        return self.weights[node]

    def rename(self, node1: int, node2: int) -> int:
        labels = self.labels[node1], self.labels[node2]
        if labels[0] == labels[1]:
            return 0
        near = self.near.get(labels) if self.near else None
        return max(self.renames[node1], self.renames[node2]) if near is None else near


class MendedApted(APTED):  # type: ignore[misc]
    """APTED with its case of a single node against a tree put right.

    As released it (a) stores the distance with the roots where the distance without them must
    stay, so that results are too large, and (b) starts its search for the best rename from the
    price of the subtree instead of from a rename, so that results are too small where nodes are
    free. With all costs 1 neither shows.
    """

    def gted(self, data: list[Any] | None = None) -> Any:
        first, second = data or (self.it1.pre_ltr_info[0], self.it2.pre_ltr_info[0])
        if first.size > 1 and second.size > 1:
            return super().gted(data)
        # Either nothing is kept, or one pair of nodes is renamed and the rest goes.
        best = everything = first.sum_cost + second.sum_cost
        config = self.config
        for one in self.it1.pre_ltr_info[first.pre_ltr : first.pre_ltr + first.size]:
            for two in self.it2.pre_ltr_info[second.pre_ltr : second.pre_ltr + second.size]:
                saved = config.delete(one.node) + config.insert(two.node)
                best = min(best, everything - saved + config.rename(one.node, two.node))
        return best  # and nothing is stored: `ted_init` has the value without the roots


def _children(tree: Tree, base: int) -> list[list[int]]:
    open_nodes: list[int] = []
    kids: list[list[int]] = []
    for i, left in enumerate(tree.leftmost):
        cut = len(open_nodes)
        while cut and open_nodes[cut - 1] >= left:
            cut -= 1
        kids.append([base + kid for kid in open_nodes[cut:]])
        open_nodes[cut:] = [i]
    return kids
