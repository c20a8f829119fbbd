"""Conditions and field values over a table's columns, as encoded queries and in words."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import NamedTuple

from sketch2flow.workflow import Column, Table
from synth.heuristics.draft import Draft, Record
from synth.wording import lower

_TWO_PARTS = 0.12  # share of conditions and assignments with two parts
_NEGATED = 0.12
_RELATED = 0.8  # share of look-ups of what belongs to a record in scope, where a column says so


class Comparison(NamedTuple):
    """One comparison: a column, the operator with its value, and what people call the value."""

    column: Column
    comparison: str
    said: str

    @property
    def where(self) -> str:
        """As behind "where": priority is critical, active is true."""
        return f"{lower(self.column.label)} is {self.said}"

    @property
    def having(self) -> str:
        """As behind "with": priority critical, active true."""
        return f"{lower(self.column.label)} {self.said}"

    @property
    def to(self) -> str:
        """As behind "set": priority to critical, active to true."""
        return f"{lower(self.column.label)} to {self.said}"

    @property
    def predicate(self) -> str:
        """As behind the record's name: priority is critical, is active."""
        if self.column.type == "boolean":
            return f"is {'' if self.said == 'true' else 'not '}{lower(self.column.label)}"
        return self.where


def conditions(
    draft: Draft, table: Table, record: Record | None = None, is_new: bool = False
) -> list[Comparison]:
    """Return one or two conditions on different columns; of `record`'s not those already known.

    Without a record they select some of a table's records, often those that belong to a record
    in scope. A new record (`is_new`) is not asked for the state of its life.
    """
    rng = draft.rng
    if record is None:
        related = _related(draft, table)
        if related and rng.random() < _RELATED:
            return [rng.choice(related)]
    columns = [
        column
        for column in (*table.closed, *table.references)
        if record is None or (record.path, column.name) not in draft.facts
        if not (is_new and column.type == "state")
    ]
    if not columns:  # all known: test what can be tested again
        columns = list(table.closed)
    count = 2 if len(columns) > 1 and rng.random() < _TWO_PARTS else 1
    return [_condition(rng, column) for column in rng.sample(columns, count)]


def alternatives(draft: Draft, record: Record, count: int) -> list[Comparison]:
    """Return up to `count` (at least 2) conditions that exclude each other.

    They compare one column with several values, or two columns where no column has three.
    """
    columns = [column for column in record.table.closed if column.type != "boolean"]
    if not columns:
        return [_condition(draft.rng, one) for one in draft.rng.sample(record.table.closed, 2)]
    unknown = [one for one in columns if (record.path, one.name) not in draft.facts]
    column = draft.rng.choice(unknown or columns)
    choices = _choices(column)
    chosen = draft.rng.sample(choices, min(count, max(2, len(choices) - 1)))
    return [Comparison(column, f"={value}", said) for value, said in chosen]


def goal(draft: Draft, record: Record) -> list[Comparison]:
    """Return the condition that `record` reaches a later state; [] where it has none."""
    columns = [column for column in record.table.closed if column.type == "state"]
    if not columns:
        return []
    column = draft.rng.choice(columns)
    known_value = draft.facts.get((record.path, column.name))
    later = [choice for choice in _choices(column)[1:] if choice[0] != known_value]
    value, said = draft.rng.choice(later or _choices(column))
    return [Comparison(column, f"={value}", said)]


def assignments(draft: Draft, table: Table, record: Record | None = None) -> list[Comparison]:
    """Return one or two field values, of `record` such that change something.

    Without a record they are a new one's: nothing of its later life. [] where no column fits.
    """
    rng = draft.rng
    columns = [column for column in table.closed if record is not None or column.type == "choice"]
    count = 2 if len(columns) > 1 and rng.random() < _TWO_PARTS else 1
    found = []
    for column in rng.sample(columns, min(count, len(columns))):
        known = draft.facts.get((record.path, column.name)) if record is not None else None
        choices = [choice for choice in _changes(column) if choice[0] != known]
        value, said = rng.choice(choices or _choices(column)[:1])
        found.append(Comparison(column, f"={value}", said))
    return found


def query(found: list[Comparison], record: Record | None = None) -> str:
    """Return the encoded query of `found`; with a record, on the data pills of its fields."""
    return "^".join(
        (record.field(test.column.name) if record is not None else test.column.name)
        + test.comparison
        for test in found
    )


def known(found: Iterable[Comparison]) -> list[tuple[str, str | None]]:
    """Return (column, value that it has where `found` holds; None where that is open)."""
    return [
        (one.column.name, one.comparison[1:] if one.comparison.startswith("=") else None)
        for one in found
    ]


def words(found: list[Comparison]) -> dict[str, str]:
    """Return `found` in words: where, having, predicate, as phrasings want them."""
    if len(found) == 1:
        (test,) = found
        return {"where": test.where, "having": test.having, "predicate": test.predicate}
    where = " and ".join(one.where for one in found)
    return {
        "where": where,
        "having": " and ".join(one.having for one in found),
        "predicate": where,
    }


def _choices(column: Column) -> list[tuple[str, str]]:
    if column.type == "boolean":
        return [("true", "true"), ("false", "false")]
    return list(column.choices.items())


def _changes(column: Column) -> list[tuple[str, str]]:
    """Return the values that people set: a later state, mostly what ends a record's life."""
    if column.name == "active":
        return [("false", "false")]
    return _choices(column)[1:] if column.type == "state" else _choices(column)


def _condition(rng: Random, column: Column) -> Comparison:
    if column.type == "reference":
        empty = rng.random() < 0.7
        said = "empty" if empty else "set"
        return Comparison(column, "ISEMPTY" if empty else "ISNOTEMPTY", said)
    value, said = rng.choice(_choices(column))
    if column.type != "boolean" and rng.random() < _NEGATED:
        return Comparison(column, f"!={value}", f"not {said}")
    return Comparison(column, f"={value}", said)


def _related(draft: Draft, table: Table) -> list[Comparison]:
    """Return the conditions that a reference column points to a record in scope."""
    return [
        Comparison(column, f"={record.pill}", f"this {lower(record.table.label)}")
        for record in draft.records
        for column in table.references
        if column.reference == record.table.name
    ]
