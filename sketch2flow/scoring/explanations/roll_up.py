"""What costs a whole set of candidates their FlowSim."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from sketch2flow.scoring.explanations.edits import OPERATIONS, Edit
from sketch2flow.scoring.explanations.explanation import Explanation
from sketch2flow.scoring.explanations.words import name_of


class Frequency(NamedTuple):
    """A definition (with category or scope where they are unusual): `times` of `total`."""

    definition: str
    times: int
    total: int


class Confusion(NamedTuple):
    """One thing in the place of another; for inputs the names."""

    kind: str
    candidate: str
    reference: str
    times: int


class Share(NamedTuple):
    """What edits of a kind or an operation cost, and their share of the distance, 0..1."""

    name: str
    cost: int
    share: float


@dataclass(frozen=True, slots=True)
class RollUp:
    """The edits of many pairs, counted; in each table the most frequent first, then by name.

    `missed` counts components of the references, `extra` components of the candidates; what was
    renamed or moved is neither. `renamed` holds components, triggers and the names of inputs. Of
    the `pairs`, those that could not be compared count nowhere else.
    """

    pairs: int
    not_compared: int
    distance: int
    kinds: tuple[Share, ...]
    operations: tuple[Share, ...]
    missed: tuple[Frequency, ...]
    extra: tuple[Frequency, ...]
    renamed: tuple[Confusion, ...]

    def to_object(self) -> dict[str, Any]:
        """Return the numbers and tables as plain values, for JSON."""
        return {
            name: [row._asdict() for row in value] if isinstance(value, tuple) else value
            for name in self.__slots__
            for value in [getattr(self, name)]
        }


def roll_up(explanations: Iterable[Explanation]) -> RollUp:
    """Count the edits of explanations; ValueError for those of different modes or variants."""
    pairs = not_compared = 0
    variants: set[tuple[str, bool]] = set()
    wanted, found = Counter[str](), Counter[str]()
    components: dict[str, Counter[str]] = {name: Counter() for name in OPERATIONS}
    kinds, operations = Counter[str](), Counter[str]()
    renamed = Counter[tuple[str, str, str]]()
    for one in explanations:
        variants.add((one.mode, one.with_inputs))
        if len(variants) > 1:
            raise ValueError(f"explanations of different modes or variants: {sorted(variants)}")
        pairs += 1
        not_compared += one.distance is None
        wanted.update(one.reference_components)
        found.update(one.candidate_components)
        for edit in one.edits:
            operations[edit.operation] += edit.cost
            for part in edit.parts:
                kinds[part.kind] += part.cost
                if part.kind == "component":
                    components[edit.operation][part.label] += 1
            renamed.update(_confusion(edit))
    return RollUp(
        pairs,
        not_compared,
        operations.total(),
        _shares(kinds),
        _shares(operations),
        _frequencies(components["missed"], wanted),
        _frequencies(components["extra"], found),
        tuple(Confusion(*names, times) for names, times in _ranked(renamed)),
    )


def _confusion(edit: Edit) -> list[tuple[str, str, str]]:
    """Return kind and names of what an edit says was taken for another, if it says so."""
    if edit.operation != "renamed" or len({place.kind for place in edit.places}) > 1:
        return []
    candidate, reference = (place.label for place in edit.places)
    if edit.kind == "input":
        candidate, reference = name_of(candidate), name_of(reference)
    of_interest = edit.kind in ("component", "trigger", "input") and reference != candidate
    return [(edit.kind, candidate, reference)] if of_interest else []


def _shares(costs: Counter[str]) -> tuple[Share, ...]:
    whole = costs.total()
    return tuple(Share(name, cost, cost / whole) for name, cost in _ranked(costs))


def _frequencies(counts: Counter[str], totals: Counter[str]) -> tuple[Frequency, ...]:
    return tuple(Frequency(name, times, totals[name]) for name, times in _ranked(counts))


_Key = TypeVar("_Key", str, tuple[str, str, str])


def _ranked(counts: Counter[_Key]) -> list[tuple[_Key, int]]:
    """Return the items, the highest counts first, equal ones in the order of their keys."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
