"""Conditions and field values over a table's columns, as encoded queries and in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from random import Random
from typing import NamedTuple

from sketch2flow.workflow import Column, Table
from synth.heuristics.draft import Draft, Record
from synth.wording import lower

_TWO_PARTS = 0.12  # share of conditions and assignments with two parts
_THREE_PARTS = 0.03
_NEGATED = 0.12
_FURTHER = 0.15  # share of conditions on a date, a number or a text
_ALTERNATIVES = 0.12  # share of single conditions that one of two values fulfils
_RELATED = 0.8  # share of look-ups of what belongs to a record in scope, where a column says so


class Comparison(NamedTuple):
    """One comparison: a column, the operator with its value, and what people call the value.

    `others` are comparisons of the same column of which one may hold instead.
    """

    column: Column
    comparison: str
    said: str
    verb: str = "is"
    others: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """As behind "where": priority is critical, active is true, name contains vpn."""
        return f"{lower(self.column.label)} {self.verb} {self.said}".rstrip()

    @property
    def having(self) -> str:
        """As behind "with": priority critical, active true, name contains vpn."""
        verb = "" if self.verb == "is" else f"{self.verb} "
        return f"{lower(self.column.label)} {verb}{self.said}".rstrip()

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
    whole = draft.breadth.columns is None
    if whole and (further := _further(table)) and rng.random() < _FURTHER:
        return [_by_type(rng, rng.choice(further))]
    count = 2 if len(columns) > 1 and rng.random() < _TWO_PARTS else 1
    if whole and len(columns) > 2 and rng.random() < _THREE_PARTS:
        count = 3
    found = [_condition(rng, column) for column in rng.sample(columns, count)]
    if whole and count == 1 and rng.random() < _ALTERNATIVES:
        return [_or_another(rng, found[0])]
    return found


def changes(draft: Draft, table: Table) -> list[Comparison]:
    """Return the condition of an update that a field changes, or changes to a value."""
    column = draft.rng.choice(table.closed)
    if draft.rng.random() < 0.25:
        return [Comparison(column, "VALCHANGES", "", "changes")]
    value, said = draft.rng.choice(_choices(column))
    return [Comparison(column, f"CHANGESTO{value}", said, "changes to")]


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


def assignments(
    draft: Draft, table: Table, record: Record | None = None, besides: Sequence[Comparison] = ()
) -> list[Comparison]:
    """Return one or two field values, of `record` such that change something.

    Without a record they are a new one's: nothing of its later life. None is of a column of
    `besides`, by which the records are chosen. [] where no column fits.
    """
    rng = draft.rng
    chosen_by = {one.column.name for one in besides}
    columns = [
        column
        for column in table.closed
        if (record is not None or column.type == "choice") and column.name not in chosen_by
    ]
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
    parts = []
    for test in found:
        name = record.field(test.column.name) if record is not None else test.column.name
        parts.append("^OR".join(name + one for one in (test.comparison, *test.others)))
    return "^".join(parts)


def known(found: Iterable[Comparison]) -> list[tuple[str, str | None]]:
    """Return (column, value that it has where `found` holds; None where that is open)."""
    return [(one.column.name, _value(one) if _fixes(one) else None) for one in found]


def _value(one: Comparison) -> str:
    return one.comparison.removeprefix("CHANGESTO").removeprefix("=")


def _fixes(one: Comparison) -> bool:
    return one.comparison.startswith(("=", "CHANGESTO")) and not one.others


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


def _further(table: Table) -> list[Column]:
    """Return the columns that hold no closed set of values, but can be compared."""
    return [
        column
        for column in table.columns.values()
        if column.type in ("integer", "date_time") or column.name in _SEARCHED
    ]


_SEARCHED = ("short_description", "name", "subject", "title")
_SEARCH_WORDS = ("vpn", "laptop", "outage", "password", "printer", "access", "test", "urgent")


def _by_type(rng: Random, column: Column) -> Comparison:
    """Return a comparison with a number, a span of time before or after now, or a word."""
    if column.type == "integer":
        number = rng.choice((1, 2, 3, 5, 10, 20, 50, 100))
        sign, said = rng.choice(((">", "over"), ("<", "under"), (">=", "at least")))
        return Comparison(column, f"{sign}{number}", f"{said} {number}")
    if column.type == "date_time":
        unit, count = rng.choice((("hour", 4), ("hour", 8), ("day", 2), ("day", 7), ("day", 30)))
        is_past = _PAST.search(column.name) is not None
        operator, way, said = rng.choice(_SPANS[:2] if is_past else _SPANS)
        return Comparison(
            column, f"{operator}@{unit}@{way}@{count}", said.format(f"{count} {unit}s")
        )
    word = rng.choice(_SEARCH_WORDS)
    operator, verb = rng.choice((("LIKE", "contains"), ("STARTSWITH", "starts with")))
    return Comparison(column, f"{operator}{word}", word, verb)


_PAST = re.compile(r"opened|closed|created|updated|installed|started|received|last|_on$")
_SPANS = (
    ("RELATIVELT", "ago", "more than {} ago"),
    ("RELATIVEGT", "ago", "within the last {}"),
    ("RELATIVELT", "ahead", "within the next {}"),
)


def _or_another(rng: Random, first: Comparison) -> Comparison:
    """Return a comparison that another value of the same choice fulfils, too."""
    if not first.comparison.startswith("=") or len(first.column.choices) < 3:
        return first
    chosen = first.comparison[1:]
    value, said = rng.choice([one for one in _choices(first.column) if one[0] != chosen])
    return first._replace(said=f"{first.said} or {said}", others=(f"={value}",))
