"""What was removed at one place and added at another: one thing that moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence

from sketch2flow.scoring.explanations.anatomy import Anatomy

# Kinds that a reader knows again; a component even out of a block that is gone.
_MOVABLE = ("component", "input", "parameter", "field")
# Free nodes that name what hangs below them, and are there or not as that is.
_NAMES = ("input", "field")

Move = dict[int, int]  # nodes of the reference -> equal nodes of the candidate


class Loose:
    """The nodes of a tree that no node of the other tree stands for; moved ones are taken out."""

    def __init__(self, side: Anatomy, partnered: Collection[int]) -> None:
        self.side = side
        weights = side.tree.weights
        self.nodes = {node for node, cost in enumerate(weights) if cost} - set(partnered)
        free = [node for node in side.in_order if not weights[node] and side.kinds[node] in _NAMES]
        self.nodes |= {node for node in free if self.is_whole(node)}

    def is_whole(self, node: int) -> bool:
        """Say whether something is paid in the node's subtree, and all of it is loose."""
        paid = self.side.paid(node)
        return bool(paid) and self.nodes.issuperset(paid)

    def movable(self) -> list[int]:
        """Return the tops of whole subtrees that may have moved, in document order."""
        return [
            node
            for node in self.side.in_order
            if node in self.nodes
            and self.side.kinds[node] in _MOVABLE
            and (self.side.kinds[node] == "component" or self.side.owner[node] not in self.nodes)
            and self.is_whole(node)
        ]

    def components(self) -> list[int]:
        """Return the components in document order."""
        in_order, kinds = self.side.in_order, self.side.kinds
        return [node for node in in_order if node in self.nodes and kinds[node] == "component"]

    def inputs(self, component: int) -> list[int]:
        """Return a component's inputs that are loose as a whole."""
        side = self.side
        return [
            node
            for node in side.below(component)
            if side.owner[node] == component and side.kinds[node] == "input" and self.is_whole(node)
        ]


def take_moves(missed: Loose, extra: Loose) -> Iterator[Move]:
    """Pair up equal things among the reference's missed and the candidate's extra nodes.

    First whole subtrees, the largest first; then components of equal label, with those of their
    inputs that are equal. Of several equal things the first in the document are paired.
    """

    def equals(
        wanted: Sequence[int], found: Sequence[int], key: Callable[[Anatomy, int], Hashable]
    ) -> Iterator[tuple[int, int]]:
        """Yield the nodes that are still loose, each with the first of `found` that equals it."""
        places: dict[Hashable, list[int]] = defaultdict(list)
        for other in reversed(found):
            places[key(extra.side, other)].append(other)
        for node in wanted:
            alike = places[key(missed.side, node)]
            while alike and node in missed.nodes:
                other = alike.pop()
                if other in extra.nodes:
                    yield node, other
                    break

    def subtree(node: int, other: int) -> Move:
        return dict(zip(missed.side.below(node), extra.side.below(other), strict=True))

    def take(move: Move) -> Move:
        missed.nodes -= move.keys()
        extra.nodes -= set(move.values())
        return move

    wholes = sorted(missed.movable(), key=lambda node: -len(missed.side.below(node)))
    for node, other in equals(wholes, extra.movable(), Anatomy.shape):
        yield take(subtree(node, other))
    for node, other in equals(missed.components(), extra.components(), Anatomy.label):
        move = {node: other}
        for one, two in equals(missed.inputs(node), extra.inputs(other), Anatomy.shape):
            move |= subtree(one, two)
        yield take(move)
