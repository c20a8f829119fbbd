"""Any action or subflow call of the catalogue, filled in by the types of its inputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sketch2flow.workflow import Table
from sketch2flow.workflow.environment import LogicWord, Step, Subflow
from sketch2flow.workflow.rules import CLOCK_TRIGGERS
from synth.heuristics import queries, tables
from synth.heuristics.draft import Draft, Record
from synth.heuristics.fitting import RANKS, changes_fields, rank, record_for
from synth.heuristics.lots import NotPossible
from synth.texts import texts
from synth.wording import DURATIONS, lower, person, say_date, with_article

_ATTEMPTS = 6  # to find a step that the document does not have yet
_OWN_PEOPLE = 0.6  # share of mails to a person of the record, where it has one
_LINKED = 0.95  # share of new records that are tied to one in scope
_OF_RECORD = 0.4  # share of persons of whom is said of which record: the incident caller
# Areas of steps that do something for a person: not for who works on the task.
_FOR_PEOPLE = frozenset({"assets", "documents", "identity", "mail", "people"})
_NEWS_OF_RECORD = 0.7  # share of texts that speak of the record at hand
_NEWS_OF_STATE = 0.6  # share of those on a record in a known state that name it


def act(
    draft: Draft, step: Step, table: Table | None = None, must_say: Sequence[str] = ()
) -> tuple[int, list[queries.Comparison]]:
    """Add `step`, on `table` if given, with inputs that its annotation says.

    With `must_say`, in a phrasing with one of these words if there is one. Returns its order and
    the conditions in it. Raises NotPossible where nothing sensible is left.
    """
    for _ in range(_ATTEMPTS):
        filling = _Filling(draft, step, table, must_say)
        if step.acts_on_record and filling.record is None:
            break  # another attempt would find none either
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
        self.record = record_for(draft, step) if step.acts_on_record else None
        self.conditions: list[queries.Comparison] = []
        self.values: list[queries.Comparison] = []
        self.words: dict[str, str] = {}
        self.link = self._link()
        if self.link is not None:
            must_say = ("related",)
        if self.is_other:  # "delete it" would mean the record that was spoken of last
            must_say = (*must_say, "record", "person")
        self.phrasing = draft.phrasing(step.key, step.label, _said(step), tuple(must_say))

    def _link(self) -> queries.Comparison | None:
        """Choose the table of a new record; return the value that ties it to one in scope."""
        draft, kinds = self.draft, self.step.inputs.values()
        if self.step.gives != "record" or draft.breadth.columns is not None:
            return None
        if "query" in kinds or "values" not in kinds:
            return None
        if draft.rng.random() >= _LINKED:
            return None
        known = draft.catalogue
        able = known.task_tables if "task_table" in kinds else known.record_tables
        table = self.table or tables.for_new(draft, able)
        link = queries.link(draft, table)
        if link is not None:
            self.table = table
        return link

    def inputs(self) -> list[tuple[str, str]]:
        """Return name and value of each input: the mandatory ones, and what the phrasing says."""
        if self.record is not None:
            self.words["record"] = lower(self.record.table.label)
        return [
            (name, self._value(kind))
            for name, kind in self.step.inputs.items()
            if not self.step.may_lack(name) or self.wants(*_SAID_BY.get(kind, (kind,)))
        ]

    def _value(self, kind: str) -> str:
        if kind in _MAKERS:
            return _MAKERS[kind](self)
        return self.word(kind)

    def word(self, vocabulary: str) -> str:
        """Take a word that suits the record that is acted on or spoken of; return its value."""
        value, said = self.draft.word(vocabulary, self.record or self.draft.record)
        self.words[vocabulary] = said
        return value

    def add(self, inputs: list[tuple[str, str]]) -> int:
        """Add the step to the draft and bring what it gives into scope; return its order."""
        draft, step = self.draft, self.step
        category = "subflow" if isinstance(step, Subflow) else "action"
        if isinstance(step, LogicWord):
            category = "flowlogic"
        annotation = self.phrasing.fill(self.words)
        order = draft.step(category, step.definition, step.scope, annotation, inputs)
        if step.gives == "record" and self.table is not None:
            is_new = rank(step) == RANKS["create"]
            self.record = Record(self.table, f"step_{order}.record", is_new, is_own=is_new)
            draft.bring(self.record)
        if self.record is not None:
            draft.focus = self.record
            if changes_fields(step):
                draft.update(self.record)
            draft.know(self.record, queries.known([*self.conditions, *self.values]))
            if step.removes:
                draft.remove(self.record)
        return order

    @property
    def is_other(self) -> bool:
        """Whether it acts on another record than the one that was spoken of last."""
        return self.record is not None and self.record is not self.draft.record

    def wants(self, *words: str) -> bool:
        """Say whether the phrasing has one of `words`."""
        return not self.phrasing.wants.isdisjoint(words)

    def tested(self, found: list[queries.Comparison]) -> str:
        """Take the conditions `found`; return them as a query."""
        if not found:
            raise NotPossible(self.step.key)
        self.conditions = found
        self.words |= queries.words(found)
        return queries.query(found)

    def unsaid_table(self) -> Table | None:
        """Return the table that is meant where the phrasing names none, if there is one."""
        is_said = self.wants("table", "tables", "a_table")
        return None if is_said else self.draft.catalogue.tables.get("task")

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
    if filling.table is not None:
        table = filling.table
    elif unsaid := filling.unsaid_table():
        table = unsaid
    elif "query" in filling.step.inputs.values():
        changes = "values" in filling.step.inputs.values()
        able = draft.catalogue.people_tables if changes else draft.catalogue.all_tables
        table = tables.to_look_up(draft, able)
    else:
        table = tables.for_new(draft, draft.catalogue.record_tables)
    return filling.on(table)


def _task_table(filling: _Filling) -> str:
    table = filling.table or filling.unsaid_table()
    table = table or tables.for_new(filling.draft, filling.draft.catalogue.task_tables)
    return filling.on(table)


def _record(filling: _Filling) -> str:
    assert filling.record is not None
    return filling.record.pill


def _person(filling: _Filling) -> str:
    """A person whom the record at hand names, as a data pill; of a user's record the user."""
    record, rng = filling.record, filling.draft.rng
    assert record is not None
    table, label = record.table, lower(record.table.label)
    if "sys_user" in (table.name, *table.ancestors):
        filling.words["person"] = f"the {label}"
        return record.pill
    people = table.people
    if table.is_task and filling.step.area in _FOR_PEOPLE:
        people = tuple(column for column in people if column.name != "assigned_to") or people
    column = rng.choice(people) if filling.wants("person") else people[-1]
    of = f"{label} " if filling.is_other or rng.random() < _OF_RECORD else ""
    filling.words["person"] = f"the {of}{person(column.label)}"
    return record.field(column.name)


def _query(filling: _Filling) -> str:
    table = filling.record.table if filling.record is not None else filling.table
    if table is None:
        raise NotPossible(filling.step.key)
    return filling.tested(queries.conditions(filling.draft, table, filling.record))


def _goal(filling: _Filling) -> str:
    """A state that the record at hand is to reach."""
    found = queries.goal(filling.draft, filling.record) if filling.record is not None else []
    return filling.tested(found)


def _values(filling: _Filling) -> str:
    table = filling.record.table if filling.record is not None else filling.table
    tie = []
    if filling.link is not None:
        tie, filling.words["related"] = [filling.link], filling.link.said
    found = []
    if table is not None and (not tie or filling.wants("values", "values_to")):
        found = queries.assignments(filling.draft, table, filling.record, filling.conditions)
    if not found and not tie:
        raise NotPossible(filling.step.key)
    filling.values = found
    filling.words["values"] = " and ".join(test.having for test in found)
    filling.words["values_to"] = " and ".join(test.to for test in found)
    return queries.query([*tie, *found])


def _recipient(filling: _Filling) -> str:
    """An address: a team's, or that of a person whom the record at hand names."""
    draft, record, rng = filling.draft, filling.draft.record, filling.draft.rng
    people = [
        column
        for column in (record.table.people if record is not None and not record.is_own else ())
        if record is not None and (record.path, column.name) not in draft.facts
    ]
    if not filling.wants("team"):
        if record is not None and people:
            return record.field(people[0].name)
        (first, _), *_ = draft.catalogue.vocabularies["team"].entries(None)
        return f"{first}@example.com"
    was_found = draft.previous == "look_up_record"  # or nobody needed to look it up
    if record is not None and people and (was_found or rng.random() < _OWN_PEOPLE):
        column = rng.choice(people)
        filling.words["team"] = f"the {lower(record.table.label)} {person(column.label)}"
        return record.field(column.name)
    return f"{filling.word('team')}@example.com"


def _text(filling: _Filling) -> str:
    draft, record = filling.draft, filling.draft.record
    if "CATCH" in draft.words:
        said = draft.one_of(texts("failures"))
    elif record is None:
        said = draft.one_of(texts(_occasion(draft)))
    elif draft.rng.random() > _NEWS_OF_RECORD:
        said = draft.one_of(texts("general"))
    else:
        said = f"{lower(record.table.label)} {_news(draft, record)}"
    filling.words["text"] = said
    return said


def _occasion(draft: Draft) -> str:
    """Return what is told where no record is at hand: by the clock alone nobody knows of events."""
    by_clock = draft.trigger_type in CLOCK_TRIGGERS and draft.breadth.columns is None
    return "reminders" if by_clock else "events"


def _level(filling: _Filling) -> str:
    """A log level; an error only where something failed."""
    while (value := filling.word("level")) == "error" and "CATCH" not in filling.draft.words:
        pass
    return value


def _news(draft: Draft, record: Record) -> str:
    """Return what is told of a record: where it is in its life, if that is known, or what to do."""
    if record.is_new:
        return draft.one_of(texts("new_news"))
    state = queries.reached(draft, record)
    if state and draft.rng.random() < _NEWS_OF_STATE:
        return f"is {lower(state)}"
    was_updated = draft.trigger_type == "record_update" and record.path == "trigger.current"
    occasion = "update_news" if was_updated else "task_news" if record.table.is_task else "news"
    return draft.one_of(texts(occasion))


def _number(filling: _Filling) -> str:
    filling.words["number"] = str(filling.draft.rng.randint(2, 12))
    return filling.words["number"]


def _duration(filling: _Filling) -> str:
    said, value = filling.draft.one_of(DURATIONS)
    filling.words["duration"] = "1 hour" if said == "hour" else said  # it is for "every hour"
    return value


def _date(filling: _Filling) -> str:
    rng = filling.draft.rng
    month, day = rng.randint(1, 12), rng.choice((1, 5, 10, 15, 20, 25, 28))
    filling.words["date"] = say_date(rng, 2027, month, day)
    return f"2027-{month:02d}-{day:02d}"


def _step(filling: _Filling) -> str:
    """The order of an earlier step, for GOBACKTO."""
    target = filling.draft.target
    if target is None:
        raise NotPossible(filling.step.key)
    order, annotation = target
    filling.words["step"] = annotation
    return str(order)


# How the value of an input is found, by its type; the rest are vocabularies.
_MAKERS: dict[str, Callable[[_Filling], str]] = {
    "table": _table,
    "task_table": _task_table,
    "query": _query,
    "goal": _goal,
    "values": _values,
    "record": _record,
    "recipient": _recipient,
    "person": _person,
    "text": _text,
    "level": _level,
    "number": _number,
    "duration": _duration,
    "date": _date,
    "step": _step,
}

# The words of a phrasing that say an input, by its type; of a vocabulary it is its name.
_SAID_BY = {
    "table": ("tables", "table", "a_table"),
    "task_table": ("table", "tables", "a_table"),
    "query": ("where", "having", "predicate"),
    "goal": ("where", "predicate"),
    "values": ("values", "values_to", "related"),
    "recipient": ("team",),
}


def _said(step: Step) -> tuple[str, ...]:
    return tuple(_SAID_BY.get(kind, (kind,))[0] for kind in step.inputs.values())
