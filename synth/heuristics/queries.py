"""Conditions and field values over a table's columns, as encoded queries and in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from random import Random
from typing import NamedTuple

from sketch2flow.workflow import Column, Table
from sketch2flow.workflow.rules import CLOCK_TRIGGERS
from synth.heuristics.draft import Draft, Record
from synth.heuristics.lots import NotPossible
from synth.wording import lower

_TWO_PARTS = 0.12  # share of conditions and assignments with two parts
_THREE_PARTS = 0.03
_NEGATED = 0.12
_FURTHER = 0.15  # share of conditions on a date, a number or a text
_ME = 0.025  # share of conditions that a person of the record is the user at hand
_SCRIPTS = 0.15  # share of conditions on a date that compare it with the day, week or month
_ALTERNATIVES = 0.12  # share of single conditions that one of two values fulfils
_RELATED = 0.8  # share of look-ups of what belongs to a record in scope, where a column says so


_Settable = tuple[Column, list[tuple[str, str]]]  # a column, and the values that it can be given


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
        """As behind "with": priority critical, name containing vpn, this incident as parent."""
        label = lower(self.column.label)
        if self.said.startswith("this "):
            return self.said if self.said == f"this {label}" else f"{self.said} as {label}"
        return " ".join(filter(None, (label, _PARTICIPLES[self.verb], self.said)))

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


# States that end badly: people handle them, they do not wait for them.
_FAILED = re.compile(r"reject|cancel|fail|expire|denied|declin|withdraw|error|abort|skip|reverted")
_ANSWERED = re.compile(r"approved|rejected")
_ALWAYS_SET = frozenset(["opened_by", "created_by", "submitted_by", "performed_by"])

# What workflows decide, by the names of columns; all else is a fact about the thing.
_DECIDED = re.compile(
    r"stat(e|us)|stage|phase|priority|urgency|impact|severity|escalat|risk|active|resol|close|hold"
    r"|blocked|acknowledged|flagged|publish|rating|result|outcome|health|decision|response|suspend"
    r"|locked|valid|certified|complete|disposition|verified|reviewed"
)
_CHANNELS = frozenset({"contact_type", "case_channel"})  # how a task came in
_RARELY = 0.05

# Verbs as behind "with".
_PARTICIPLES = {
    "is": "", "contains": "containing", "starts with": "starting with",
    "changes": "changing", "changes to": "changing to",
}  # fmt: skip


def conditions(draft: Draft, table: Table, record: Record | None = None) -> list[Comparison]:
    """Return one or two conditions on different columns; of `record`'s not those already known.

    Without a record they select some of a table's records, often those that belong to a record
    in scope. A new record is not asked for the state of its life, nor for dates in it.
    """
    rng = draft.rng
    is_new = record is not None and record.is_new
    if record is None:
        related = _related(draft, table)
        if related and rng.random() < _RELATED:
            return [rng.choice(related)]
    columns = [
        column
        for column in (*table.closed, *table.references)
        if column.name not in _ALWAYS_SET
        if record is None or (record.path, column.name) not in draft.facts
        if not (is_new and column.type == "state")
    ]
    whole = draft.breadth.columns is None
    if not columns and whole:
        raise NotPossible("all is known of the record")
    if not columns:  # of few columns one is tested again
        columns = list(table.closed)
    if whole and rng.random() < _FURTHER:
        further = [
            column
            for column in _further(table, is_new)
            if record is None or (record.path, column.name) not in draft.facts
        ]
        if further:
            return [_by_type(rng, rng.choice(further))]
    if whole and draft.trigger_type not in CLOCK_TRIGGERS and rng.random() < _ME:
        people = [column for column in columns if column.reference == "sys_user"]
        if people:  # by the clock there is no user at hand
            return [Comparison(rng.choice(people), "=javascript:gs.getUserID()", "me")]
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
    # Where a new record is in its life is no question.
    types = ("choice",) if record.is_new else ("choice", "state")
    columns = [column for column in record.table.closed if column.type in types]
    if not columns:
        return [_condition(draft.rng, one) for one in draft.rng.sample(record.table.closed, 2)]
    unknown = [one for one in columns if (record.path, one.name) not in draft.facts]
    column = draft.rng.choice(unknown or columns)
    choices = _choices(column)
    chosen = draft.rng.sample(choices, min(count, max(2, len(choices) - 1)))
    return [Comparison(column, f"={value}", said) for value, said in chosen]


def goal(draft: Draft, record: Record) -> list[Comparison]:
    """Return the condition that `record` reaches a later state; [] where there is none.

    Not one of a column that an open DOUNTIL waits for, nor a state that nobody waits for.
    """
    columns = [
        column
        for column in record.table.closed
        if column.type == "state" and (record.path, column.name) not in draft.awaited
    ]
    if not columns:
        return []
    column = draft.rng.choice(columns)
    now = draft.facts.get((record.path, column.name))
    later = [one for one in _changes(column, now) if not _FAILED.search(one[1].lower())]
    if not later:
        return []
    value, said = draft.rng.choice(later)
    return [Comparison(column, f"={value}", said)]


def answers(record: Record, said: str) -> list[Comparison]:
    """Return the condition that who was asked has answered `said`: approved or rejected.

    In the record's approval if it has one, else in a state that says so; [] where none does.
    """
    columns = sorted(record.table.closed, key=lambda column: column.name != "approval")
    for column in columns:
        for value, label in column.choices.items():
            if column.type == "state" and label.lower() == said:
                return [Comparison(column, f"={value}", label)]
    return []


def search(draft: Draft, record: Record) -> list[Comparison]:
    """Return the condition that the title of `record` has a word; [] where it has no title."""
    title = _title(record.table)
    return [_by_type(draft.rng, title)] if title is not None else []


def not_yet(draft: Draft, record: Record) -> list[Comparison]:
    """Return the condition that `record` has not reached a later state; [] where there is none."""
    return [
        one._replace(comparison=f"!{one.comparison}", said=f"not {one.said}")
        for one in goal(draft, record)
    ]


def assignments(
    draft: Draft, table: Table, record: Record | None = None, besides: Sequence[Comparison] = ()
) -> list[Comparison]:
    """Return one or two field values, of `record` such that change something.

    Without a record they are a new one's: nothing of its later life. None is of a column of
    `besides`, by which the records are chosen, or that an open DOUNTIL waits for. [] where no
    column fits. None is an answer that others give: an approval.
    """
    rng = draft.rng
    taken = {one.column.name for one in besides}
    path = record.path if record is not None else ""
    able = [
        (column, choices)
        for column in table.closed
        if (record is not None or column.type == "choice") and column.name not in taken
        if (path, column.name) not in draft.awaited and column.name != "approval"
        if (choices := _settable(column, draft.facts.get((path, column.name))))
    ]
    count = 2 if len(able) > 1 and rng.random() < _TWO_PARTS else 1
    found = []
    for column, choices in _to_set(draft, able, min(count, len(able)), record is not None):
        value, said = rng.choice(choices)
        found.append(Comparison(column, f"={value}", said))
    return found


def _to_set(draft: Draft, able: list[_Settable], count: int, exists: bool) -> list[_Settable]:
    """Return `count` of the columns: of a record that exists rather what a workflow decides."""
    if draft.breadth.columns is not None:
        return draft.rng.sample(able, count)
    left, chosen = list(able), []
    for _ in range(count):
        weights = [_how_often_set(column, exists) for column, _ in left]
        (place,) = draft.rng.choices(range(len(left)), weights)
        chosen.append(left.pop(place))
    return chosen


def _how_often_set(column: Column, exists: bool) -> float:
    """Return how often people set `column`, beside others; facts about a thing hardly ever."""
    if column.name in _CHANNELS:
        return _RARELY
    if column.type == "state":
        return 6
    if _DECIDED.search(column.name):
        return 2 if column.type == "boolean" else 4
    return _RARELY if exists else 1


def reached(draft: Draft, record: Record) -> str:
    """Return what people call the state that `record` is known to be in; "" if none is known."""
    states = [column for column in record.table.closed if column.type == "state"]
    known_values = ((one, draft.facts.get((record.path, one.name))) for one in states)
    return next((one.choices[value] for one, value in known_values if value in one.choices), "")


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


def _changes(column: Column, now: str | None) -> list[tuple[str, str]]:
    """Return the values that people set where it is `now` (None: unknown): of states later ones."""
    choices = _choices(column)
    if column.type == "state":
        place = next((place for place, (value, _) in enumerate(choices) if value == now), 0)
        return choices[place + 1 :]
    if column.name == "active":  # what ends a record's life
        choices = [("false", "false")]
    return [choice for choice in choices if choice[0] != now]


def _settable(column: Column, now: str | None) -> list[tuple[str, str]]:
    """Return the values that a workflow sets of its own: none that only an approver gives."""
    return [one for one in _changes(column, now) if not _ANSWERED.search(one[1].lower())]


def _condition(rng: Random, column: Column) -> Comparison:
    if column.type == "reference":
        empty = rng.random() < 0.7
        said = "empty" if empty else "set"
        return Comparison(column, "ISEMPTY" if empty else "ISNOTEMPTY", said)
    value, said = rng.choice(_choices(column))
    if column.type != "boolean" and rng.random() < _NEGATED:
        return Comparison(column, f"!={value}", f"not {said}")
    return Comparison(column, f"={value}", said)


def link(draft: Draft, table: Table) -> Comparison | None:
    """Return the value that ties a new record of `table` to one in scope; None if nothing does.

    Which column that is follows from the two tables: the last one that points to such a record,
    else the one for a title, which takes over that record's title.
    """
    near = sorted(draft.latest(), key=lambda record: record is not draft.record)
    for column_and_value in (_pointer, _same_title):
        for record in near:
            found = column_and_value(table, record)
            if found is not None:
                return Comparison(found[0], f"={found[1]}", f"this {lower(record.table.label)}")
    return None


def _pointer(table: Table, record: Record) -> tuple[Column, str] | None:
    kinds = (record.table.name, *record.table.ancestors)
    columns = [column for column in table.references if column.reference in kinds]
    return (columns[-1], record.pill) if columns else None


def _same_title(table: Table, record: Record) -> tuple[Column, str] | None:
    own, other = _title(table), _title(record.table)
    return (own, record.field(other.name)) if own and other else None


def _title(table: Table) -> Column | None:
    columns = (table.columns[name] for name in _SEARCHED if name in table.columns)
    return next((column for column in columns if column.type == "string"), None)


def _related(draft: Draft, table: Table) -> list[Comparison]:
    """Return the conditions that a reference column points to a record in scope."""
    return [
        Comparison(column, f"={record.pill}", f"this {lower(record.table.label)}")
        for record in draft.latest()
        for column in table.references
        if column.reference == record.table.name
    ]


def _further(table: Table, is_new: bool) -> list[Column]:
    """Return the columns that hold no closed set of values, but can be compared."""
    types = ("integer",) if is_new else ("integer", "date_time")
    return [
        column
        for column in table.columns.values()
        if column.type in types or (column.name in _SEARCHED and column.type == "string")
    ]


_SEARCHED = ("short_description", "name", "subject", "title")
_SEARCH_WORDS = ("vpn", "laptop", "outage", "password", "printer", "access", "test", "urgent")


def _by_type(rng: Random, column: Column) -> Comparison:
    """Return a comparison with a number, a span of time before or after now, or a word."""
    if column.type == "integer":
        number = rng.choice((1, 2, 3, 5, 10, 20, 50, 100))
        sign, said = rng.choice(((">", "over"), ("<", "under"), (">=", "at least")))
        return Comparison(column, f"{sign}{number}", f"{said} {number}")
    if column.type == "date_time" and rng.random() < _SCRIPTS:
        sign, moment, said = rng.choice(_MOMENTS)
        return Comparison(column, f"{sign}javascript:gs.{moment}()", said)
    if column.type == "date_time":
        unit, count = rng.choice((("hour", 4), ("hour", 8), ("day", 2), ("day", 7), ("day", 30)))
        is_past = _PAST.search(column.name) is not None
        operator, way, said = rng.choice(_SPANS if is_past else _SPANS_ANY)
        return Comparison(
            column, f"{operator}@{unit}@{way}@{count}", said.format(f"{count} {unit}s")
        )
    word = rng.choice(_SEARCH_WORDS)
    operator, verb = rng.choice((("LIKE", "contains"), ("STARTSWITH", "starts with")))
    return Comparison(column, f"{operator}{word}", word, verb)


_PAST = re.compile(r"opened|closed|created|updated|installed|started|received|last|_on$")
# Moments that the platform works out: the sign, its function, what people say.
_MOMENTS = (
    ("<", "beginningOfToday", "before the beginning of today"),
    ("<", "beginningOfToday", "before today"),
    ("<", "beginningOfThisWeek", "before this week"),
    ("<", "beginningOfThisMonth", "before this month"),
    ("<", "beginningOfThisYear", "before this year"),
    (">=", "beginningOfThisWeek", "not before this week"),
    (">=", "beginningOfThisMonth", "not before this month"),
)
_SPANS = (
    ("RELATIVELT", "ago", "more than {} ago"),
    ("RELATIVEGT", "ago", "within the last {}"),
)
# Of a date that may be in the past or in the future: one side of a moment, as the operators say.
_SPANS_ANY = (
    ("RELATIVELT", "ago", "more than {} ago"),
    ("RELATIVELT", "ahead", "no later than {} from now"),
    ("RELATIVEGT", "ahead", "more than {} from now"),
)


def _or_another(rng: Random, first: Comparison) -> Comparison:
    """Return a comparison that another value of the same choice fulfils, too."""
    if not first.comparison.startswith("=") or len(first.column.choices) < 3:
        return first
    chosen = first.comparison[1:]
    value, said = rng.choice([one for one in _choices(first.column) if one[0] != chosen])
    return first._replace(said=f"{first.said} or {said}", others=(f"={value}",))
