"""Any action or subflow call of the catalogue, filled in by the types of its inputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sketch2flow.workflow import Table
from sketch2flow.workflow.environment import Step, Subflow
from synth.heuristics import queries, tables
from synth.heuristics.draft import Draft, Record
from synth.heuristics.fitting import RANKS, NotPossible, rank, record_for
from synth.wording import (
    FAILURES,
    LEVELS,
    MESSAGES,
    METHODS,
    NEW_NEWS,
    NEWS,
    PATHS,
    TASK_NEWS,
    TEAMS,
    lower,
    person,
    with_article,
)

_ATTEMPTS = 6  # to find a step that the document does not have yet
_OWN_PEOPLE = 0.6  # share of mails to a person of the record, where it has one
_NEWS_OF_RECORD = 0.7  # share of texts that speak of the record at hand


def act(
    draft: Draft, step: Step, table: Table | None = None, must_say: Sequence[str] = ()
) -> tuple[int, list[queries.Comparison]]:
    """Add `step`, on `table` if given, with inputs that its annotation says.

    With `must_say`, in a phrasing with one of these words if there is one. Returns its order and
    the conditions in it. Raises NotPossible where nothing sensible is left.
    """
    for _ in range(_ATTEMPTS):
        filling = _Filling(draft, step, table, must_say)
        try:
            inputs = filling.inputs()
        except NotPossible:
            continue
        if not draft.is_repeated(step.definition, inputs):
            return filling.add(inputs), filling.conditions
    raise NotPossible(step.key)


class _Filling:
    """One attempt at a step: its phrasing, and the words and records that its inputs set."""

    def __init__(
        self, draft: Draft, step: Step, table: Table | None, must_say: Sequence[str]
    ) -> None:
        self.draft = draft
        self.step = step
        self.table = table
        self.record: Record | None = None
        self.conditions: list[queries.Comparison] = []
        self.values: list[queries.Comparison] = []
        self.words: dict[str, str] = {}
        known = draft.phrasings(step.key, step.label, _said(step))
        asked = [one for one in known if not one.wants.isdisjoint(must_say)]
        self.phrasing = draft.rng.choice(asked or known)

    def inputs(self) -> list[tuple[str, str]]:
        """Return name and value of each input that the phrasing says."""
        kinds = self.step.inputs.items()
        found = [(name, _MAKERS[kind](self)) for name, kind in kinds]
        return [(name, value) for name, value in found if value is not None]

    def add(self, inputs: list[tuple[str, str]]) -> int:
        """Add the step to the draft and bring what it gives into scope; return its order."""
        draft, step = self.draft, self.step
        category = "subflow" if isinstance(step, Subflow) else "action"
        annotation = self.phrasing.fill(self.words)
        order = draft.step(category, step.definition, step.scope, annotation, inputs)
        if step.gives == "record" and self.table is not None:
            is_new = rank(step) == RANKS["create"]
            self.record = Record(self.table, f"step_{order}.record", is_new)
            draft.bring(self.record)
        if self.record is not None:
            draft.focus = self.record
            draft.know(self.record, queries.known([*self.conditions, *self.values]))
            if rank(step) >= RANKS["archive"]:
                draft.remove(self.record)
        return order

    def wants(self, *words: str) -> bool:
        """Say whether the phrasing has one of `words`."""
        return not self.phrasing.wants.isdisjoint(words)

    def on(self, table: Table) -> str:
        """Take `table`; return its name."""
        self.table = table
        label = lower(table.label)
        self.words |= {"table": label, "tables": lower(table.plural)}
        self.words["a_table"] = with_article(label)
        return table.name


def _table(filling: _Filling) -> str:
    """A table to search, or one in which people make records that are no tasks."""
    draft = filling.draft
    if "query" in filling.step.inputs.values():
        changes = "values" in filling.step.inputs.values()
        able = draft.catalogue.people_tables if changes else draft.catalogue.all_tables
        return filling.on(filling.table or tables.to_look_up(draft, able))
    return filling.on(filling.table or tables.for_new(draft, draft.catalogue.record_tables))


def _task_table(filling: _Filling) -> str:
    draft = filling.draft
    return filling.on(filling.table or tables.for_new(draft, draft.catalogue.task_tables))


def _record(filling: _Filling) -> str:
    record = record_for(filling.draft, filling.step)
    if record is None:
        raise NotPossible(filling.step.key)
    filling.record = record
    filling.words["record"] = lower(record.table.label)
    return record.pill


def _query(filling: _Filling) -> str | None:
    if not filling.wants("where", "having", "predicate"):
        return None
    table = filling.record.table if filling.record is not None else filling.table
    if table is None:
        raise NotPossible(filling.step.key)
    found = queries.conditions(filling.draft, table, filling.record)
    if not found:
        raise NotPossible(filling.step.key)
    filling.conditions = found
    filling.words |= queries.words(found)
    return queries.query(found)


def _goal(filling: _Filling) -> str:
    """A state that the record at hand is to reach."""
    found = queries.goal(filling.draft, filling.record) if filling.record is not None else []
    if not found:
        raise NotPossible(filling.step.key)
    filling.conditions = found
    filling.words |= queries.words(found)
    return queries.query(found)


def _values(filling: _Filling) -> str | None:
    if not filling.wants("values", "values_to"):
        return None
    table = filling.record.table if filling.record is not None else filling.table
    found = queries.assignments(filling.draft, table, filling.record) if table else []
    if not found:
        raise NotPossible(filling.step.key)
    filling.values = found
    filling.words["values"] = " and ".join(test.having for test in found)
    filling.words["values_to"] = " and ".join(test.to for test in found)
    return queries.query(found)


def _recipient(filling: _Filling) -> str:
    """An address: a team's, or that of a person whom the record at hand names."""
    draft, record, rng = filling.draft, filling.draft.record, filling.draft.rng
    people = [
        column
        for column in (record.table.people if record is not None else ())
        if record is not None and (record.path, column.name) not in draft.facts
    ]
    if record is not None and people and rng.random() < _OWN_PEOPLE:
        column = rng.choice(people)
        filling.words["team"] = f"the {lower(record.table.label)} {person(column.label)}"
        return record.field(column.name)
    return f"{_team(filling)}@example.com"


def _team(filling: _Filling) -> str:
    said, name = filling.draft.one_of(_TEAMS)
    filling.words["team"] = said
    return name


def _channel(filling: _Filling) -> str:
    filling.words["channel"] = filling.draft.one_of(_TEAMS)[1]
    return filling.words["channel"]


def _text(filling: _Filling) -> str | None:
    record = filling.draft.record
    if "CATCH" in filling.draft.words:
        return _one_of(filling, "text", FAILURES)
    if record is None or filling.draft.rng.random() > _NEWS_OF_RECORD:
        return _one_of(filling, "text", MESSAGES)
    label = lower(record.table.label)
    news = NEW_NEWS if record.is_new else TASK_NEWS if record.table.is_task else NEWS
    return _one_of(filling, "text", [f"{label} {one}" for one in news])


def _level(filling: _Filling) -> str | None:
    # What is logged behind a CATCH is an error.
    return _one_of(filling, "level", LEVELS[-1:] if "CATCH" in filling.draft.words else _LEVELS)


def _method(filling: _Filling) -> str | None:
    return _one_of(filling, "method", METHODS)


def _path(filling: _Filling) -> str | None:
    return _one_of(filling, "path", PATHS)


def _one_of(filling: _Filling, word: str, values: Sequence[str]) -> str | None:
    if not filling.wants(word):
        return None
    filling.words[word] = filling.draft.one_of(values)
    return filling.words[word]


_TEAMS = tuple(TEAMS.items())
_LEVELS = (*LEVELS, *LEVELS[:2])  # errors are rarer

# The types of inputs that actions and subflows have, in a catalogue: how a value is found.
_MAKERS: dict[str, Callable[[_Filling], str | None]] = {
    "table": _table,
    "task_table": _task_table,
    "query": _query,
    "goal": _goal,
    "values": _values,
    "record": _record,
    "recipient": _recipient,
    "team": _team,
    "channel": _channel,
    "text": _text,
    "level": _level,
    "method": _method,
    "path": _path,
}

# What a phrasing made of a label says of an input.
_WORDS = {
    "table": "tables", "task_table": "table", "query": "where", "goal": "where", "values": "values",
    "record": "record", "recipient": "team", "team": "team", "channel": "channel",
    "text": "text", "level": "level", "method": "method", "path": "path",
}  # fmt: skip


def _said(step: Step) -> tuple[str, ...]:
    return tuple(_WORDS[kind] for kind in step.inputs.values() if kind in _WORDS)
