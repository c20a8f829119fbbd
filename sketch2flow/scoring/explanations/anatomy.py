"""A marked tree as an explanation sees it: who owns a node, and where it stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from typing import NamedTuple

from sketch2flow.scoring.explanations.words import name_of, text_of, words
from sketch2flow.scoring.tree import MarkedTree

# Nodes that own nothing: they only hold what belongs to a node above them.
_HOLDERS = ("structure", "connective")


class Trait(NamedTuple):
    """What a node is compared by: what it is, where it stands, and what it is likely to be.

    `context` is equal for nodes of the same place. `names` holds the name of an input or
    parameter, or those of a component's inputs: by them a reader knows again what was renamed.
    """

    label: Hashable
    kind: str
    context: Hashable
    names: tuple[str, ...]


class Anatomy:
    """A marked tree and the place of each of its nodes; nodes are positions in post-order.

    `rank` is a node's place in document order (pre-order), `parent` the node above it (above the
    root: the number of nodes). `owner` is the nearest one above that is neither structure nor
    connective, None at the top: the block around a component, the component of an input, the
    field of a query's operator. Nodes stand in the same place if the labels of their owners, and
    of the structure between, are equal.
    """

    def __init__(self, marked: MarkedTree) -> None:
        self.tree, self.origins = marked
        size = len(self.tree)
        self.kinds = [origin.kind for origin in self.origins]
        self.rank = [0] * size
        self.parent = [size] * size
        self.owner: list[int | None] = [None] * size
        contexts: list[Hashable] = [None] * size
        path: list[int] = []
        for node in range(size - 1, -1, -1):  # those above come first
            while path and self.tree.leftmost[path[-1]] > node:
                path.pop()
            self.rank[node] = self.tree.leftmost[node] + len(path)
            if path:
                above = self.parent[node] = path[-1]
                self.owner[node] = self.owner[above] if self.kinds[above] in _HOLDERS else above
                contexts[node] = self._context_below(above, contexts[above])
            path.append(node)
        self.in_order = sorted(range(size), key=self.rank.__getitem__)
        self.traits = list(map(Trait, self.tree.labels, self.kinds, contexts, self._names()))

    def _context_below(self, node: int, context: Hashable) -> Hashable:
        if self.kinds[node] == "connective":
            return context
        label = self.tree.labels[node]
        return (label, context) if self.kinds[node] == "structure" else (label,)

    def _names(self) -> list[tuple[str, ...]]:
        names: list[tuple[str, ...]] = [()] * len(self.tree)
        for node in self.in_order:
            if self.kinds[node] in ("input", "parameter"):
                names[node] = (name_of(self.tree.labels[node]),)
                owner = self.owner[node]
                if owner is not None:
                    names[owner] += names[node]
        return names

    def below(self, node: int) -> range:
        """Return the nodes of the node's subtree; it is the last of them."""
        return range(self.tree.leftmost[node], node + 1)

    def paid(self, node: int) -> list[int]:
        """Return the nodes of the node's subtree that cost something."""
        return [one for one in self.below(node) if self.tree.weights[one]]

    def shape(self, node: int) -> Hashable:
        """Return what is equal for equal subtrees: kind, labels and where the leaves are."""
        first, part = self.tree.leftmost[node], slice(self.tree.leftmost[node], node + 1)
        lefts = [left - first for left in self.tree.leftmost[part]]
        return self.kinds[node], tuple(self.tree.labels[part]), tuple(lefts)

    def label(self, node: int) -> Hashable:
        """Return the node's label as it is compared."""
        return self.tree.labels[node]

    def words(self, node: int) -> str:
        """Return the node's label as people say it."""
        return words(self.tree.labels[node], self.kinds[node])

    def text(self, node: int) -> str:
        """Return the words for a node and all below it, where these are a query or a part of one.

        An input that holds a query is said with it, a field with its operator and value.
        """
        if self.kinds[node] not in ("input", "field"):
            return self.words(node)
        said: dict[int, list[str]] = defaultdict(list)  # of a node's children
        text = ""
        for one in self.below(node):
            label, below = text_of(self.tree.labels[one]), said.pop(one, [])
            if self.kinds[one] == "connective":
                text = f" {label} ".join(below)
            elif self.kinds[one] == "input" and below:
                text = f"{label}: {' '.join(below)}"
            else:
                text = " ".join(filter(None, [label, *below]))  # blanks are not said
            said[self.parent[one]].append(text)
        return text

    def path(self, node: int) -> str:
        """Return the words of a node's owners, the outermost first; "" where it has none.

        Inputs and outputs of a subflow, which stand at the top, are told apart by it.
        """
        if self.kinds[node] == "parameter":
            return self.origins[node].pointer.split("/")[1]
        names: list[str] = []
        owner = self.owner[node]
        while owner is not None:
            names.append(self.words(owner))
            owner = self.owner[owner]
        return " > ".join(reversed(names))
