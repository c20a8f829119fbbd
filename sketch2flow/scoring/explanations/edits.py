"""The steps of an edit script as a reader wants them: grouped, named, in document order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, NamedTuple

from sketch2flow.scoring.explanations.anatomy import Anatomy
from sketch2flow.scoring.explanations.moves import Loose, take_moves

OPERATIONS = (
    "missed",  # in the reference, not in the candidate
    "extra",  # in the candidate only
    "renamed",
    "moved",  # missed at one place and extra at another
)


class Place(NamedTuple):
    """Something in one of the two documents: what it is, what it is called, where it stands.

    `kind` is one of scoring.tree.KINDS; `path` names the blocks and steps around it, such as
    `FOREACH > update_record > values`, "" at the top; `pointer` is a JSON pointer (RFC 6901) into
    the JSON that was read.
    """

    kind: str
    label: str
    path: str
    pointer: str


class Part(NamedTuple):
    """A node that an edit speaks of, and what it costs."""

    kind: str
    label: str
    cost: int


@dataclass(frozen=True, slots=True)
class Edit:
    """One step from the candidate to the reference, at what it adds to the distance.

    `operation` is one of OPERATIONS. What is missed, extra or moved takes along what hangs below
    it and shares its fate: `parts` are all nodes that cost something, in document order. A place
    is None where the document has nothing of it.
    """

    operation: str
    candidate: Place | None
    reference: Place | None
    parts: tuple[Part, ...]

    @property
    def places(self) -> tuple[Place, ...]:
        """Where it is, in the candidate, then in the reference: one place or both."""
        return tuple(place for place in (self.candidate, self.reference) if place is not None)

    @property
    def kind(self) -> str:
        """What it is; where it is two things, that in the reference."""
        return self.places[-1].kind

    @property
    def cost(self) -> int:
        """What the edit costs; a moved thing is taken away and put in again."""
        return sum(part.cost for part in self.parts)

    def to_object(self) -> dict[str, Any]:
        """Return the edit as plain values, for JSON."""
        return {
            "operation": self.operation,
            "kind": self.kind,
            "cost": self.cost,
            "candidate": self.candidate and self.candidate._asdict(),
            "reference": self.reference and self.reference._asdict(),
            "parts": [part._asdict() for part in self.parts],
        }


def edits_of(candidate: Anatomy, reference: Anatomy, pairs: dict[int, int]) -> list[Edit]:
    """Return the edits of a script (`script.Script.pairs`) in document order.

    What is extra comes after all that stands before it in both documents.
    """
    missed, extra = Loose(reference, pairs.values()), Loose(candidate, pairs)
    edits: list[tuple[int, Edit]] = []  # with their rank in the reference
    for node, other in pairs.items():
        if candidate.label(node) != reference.label(other):
            edits.append((reference.rank[other], _renamed(candidate, node, reference, other)))
    for move in take_moves(missed, extra):
        nodes = sorted(move, key=reference.rank.__getitem__)
        places = _place(candidate, [move[node] for node in nodes]), _place(reference, nodes)
        edit = Edit("moved", *places, _parts(reference, nodes, times=2))
        edits.append((reference.rank[nodes[0]], edit))
    for nodes in _groups(missed):
        edit = Edit("missed", None, _place(reference, nodes), _parts(reference, nodes))
        edits.append((reference.rank[nodes[0]], edit))
    reached = _reached(candidate, reference, pairs)
    for nodes in _groups(extra):
        edit = Edit("extra", _place(candidate, nodes), None, _parts(candidate, nodes))
        edits.append((reached[nodes[0]], edit))
    return [edit for _, edit in sorted(edits, key=itemgetter(0))]


def _renamed(candidate: Anatomy, node: int, reference: Anatomy, other: int) -> Edit:
    before, after = (
        Place(side.kinds[one], side.words(one), side.path(one), side.origins[one].pointer)
        for side, one in ((candidate, node), (reference, other))
    )
    cost = max(candidate.tree.renames[node], reference.tree.renames[other])
    return Edit("renamed", before, after, (Part(after.kind, after.label, cost),))


def _place(side: Anatomy, nodes: Sequence[int]) -> Place:
    """Return the place of the first node, named as a whole if its whole subtree is there."""
    top = nodes[0]
    label = side.text(top) if set(side.paid(top)) <= set(nodes) else side.words(top)
    return Place(side.kinds[top], label, side.path(top), side.origins[top].pointer)


def _parts(side: Anatomy, nodes: Sequence[int], times: int = 1) -> tuple[Part, ...]:
    weights = side.tree.weights
    return tuple(
        Part(side.kinds[n], side.words(n), times * weights[n]) for n in nodes if weights[n]
    )


def _groups(loose: Loose) -> list[list[int]]:
    """Return the loose nodes in document order, each top with what belongs to it."""
    groups: dict[int, list[int]] = {}
    tops: dict[int | None, int] = {}
    for node in loose.side.in_order:
        if node in loose.nodes:
            tops[node] = tops.get(loose.side.owner[node], node)
            groups.setdefault(tops[node], []).append(node)
    return list(groups.values())


def _reached(candidate: Anatomy, reference: Anatomy, pairs: dict[int, int]) -> dict[int, int]:
    """Return how far the reference is when the candidate comes to each of its nodes."""
    reached: dict[int, int] = {}
    rank = -1
    for node in candidate.in_order:
        if node in pairs:
            rank = reference.rank[pairs[node]]
        reached[node] = rank
    return reached
