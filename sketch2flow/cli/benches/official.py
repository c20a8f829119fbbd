"""The tree edit distance as StarFlow's own scorer has it computed: by zss, with its costs.

zss 1.2.0 implements Zhang and Shasha, "Simple fast algorithms for the editing distance between
trees and related problems", SIAM J. Comput. 18 (1989).
"""

from __future__ import annotations

from collections.abc import Sequence

from zss import Node, simple_distance

from sketch2flow.scoring.starflow.words import rename_cost, weight
from sketch2flow.scoring.tree import Tree, TreePair


def distances(pairs: Sequence[TreePair], threads: int | None = None) -> list[int | None]:
    """Return the distance of each pair, as an engine does; zss uses one thread."""
    return [_distance(_nodes(first), _nodes(second)) for first, second in pairs]


def _distance(first: Node, second: Node) -> int:
    found, _ = simple_distance(first, second, label_dist=_label_cost, return_operations=True)
    return int(found)


def _label_cost(label: str, other: str) -> int:
    """Return the cost of a rename; the empty label also stands for no node."""
    if label == other:
        return 0
    if not label or not other:
        return weight(label or other)
    return max(rename_cost(label), rename_cost(other))


def _nodes(tree: Tree) -> Node:
    open_nodes: list[tuple[int, Node]] = []
    for place, (label, leftmost) in enumerate(zip(tree.labels, tree.leftmost, strict=True)):
        cut = len(open_nodes)
        while cut and open_nodes[cut - 1][0] >= leftmost:
            cut -= 1
        children = [node for _, node in open_nodes[cut:]]
        open_nodes[cut:] = [(place, Node(label, children))]
    return open_nodes[0][1]
