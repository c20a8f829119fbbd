"""What starts a flow: each type of trigger, with inputs that its annotation says.

When a flow starts by the clock, what its annotation leaves unsaid ("every day") follows a
convention, since nothing else in a picture tells it: the time is 00:00:00, the day monday (1) or
the first of the month (1), and what repeats does so every 01:00:00. A table that is not named is
task.
"""

from __future__ import annotations

from collections.abc import Callable

from sketch2flow.workflow import Table
from synth.heuristics import queries
from synth.heuristics.draft import Draft, Record
from synth.heuristics.tables import choose
from synth.phrasing import Phrasing
from synth.wording import DAYS, DURATIONS, lower, say_date, say_time, with_article

SCHEDULED = ("daily", "weekly", "monthly", "repeat", "run_once")
ON_RECORDS = ("record_create", "record_update", "record_create_or_update")

# Trigger type -> how common it is; every one of the 13 has at least one in 33.
_WEIGHTS = {
    "record_create": 7, "record_update": 6, "record_create_or_update": 5,
    "daily": 6, "weekly": 5, "monthly": 3, "repeat": 3, "run_once": 2,
    "email": 3, "sla_task": 2, "service_catalog": 3, "metric": 1.5, "rest_async": 2.5,
}  # fmt: skip

_TABLE = ("table", "tables", "a_table")  # the words of a phrasing that name a table
_CHANGES = 0.5  # share of conditions of an update that ask for the change itself


def start(draft: Draft, *types: str, table: Table | None = None) -> None:
    """Set a trigger of one of `types` (of any, without), on records of `table` if given."""
    among = types or tuple(_WEIGHTS)
    weights = [_WEIGHTS[type_] for type_ in among]
    (type_,) = draft.rng.choices(among, weights)
    _STARTS[type_](draft, type_, table)


def _on_record(draft: Draft, type_: str, table: Table | None) -> None:
    catalogue = draft.catalogue
    kinds = (catalogue.task_tables, catalogue.record_tables, catalogue.all_tables)
    (tables,) = draft.rng.choices(kinds, (5, 4, 1))  # few flows start with what the platform writes
    phrasing, table = _said(draft, type_, table, tables)
    record = Record(table, "trigger.current", is_new=type_ == "record_create")
    words = _words(table)
    inputs = [("table", table.name)]
    if not phrasing.wants.isdisjoint(("where", "having")):
        whole = draft.breadth.columns is None
        if type_ == "record_update" and whole and draft.rng.random() < _CHANGES:
            found = queries.changes(draft, table)
        else:
            found = queries.conditions(draft, table, record)
        words |= queries.words(found)
        inputs.append(("condition", queries.query(found)))
        draft.know(record, queries.known(found))
    draft.start(type_, phrasing.fill(words), inputs)
    draft.bring(record)


def _on_table(draft: Draft, type_: str, table: Table | None) -> None:
    phrasing, table = _said(draft, type_, table, draft.catalogue.task_tables)
    draft.start(type_, phrasing.fill(_words(table)), [("table", table.name)])
    draft.bring(Record(table, "trigger.current"))


def _said(
    draft: Draft, type_: str, table: Table | None, able: tuple[Table, ...]
) -> tuple[Phrasing, Table]:
    """Return a phrasing and the table that it is about: `table` if given, else one of `able`.

    Where it names none, task is meant.
    """
    phrasing = draft.phrasing(type_, "", (), _TABLE if table is not None else ())
    if phrasing.wants.isdisjoint(_TABLE):
        table = draft.catalogue.tables.get("task")
    draft.topic = table = table or choose(draft, able)
    return phrasing, table


def _words(table: Table) -> dict[str, str]:
    label = lower(table.label)
    return {"table": label, "tables": lower(table.plural), "a_table": with_article(label)}


# Word of a phrasing -> the input that it says, of the triggers that start by the clock.
_CLOCK_INPUTS = {
    "daily": {"time": "time"},
    "weekly": {"day": "day_of_week", "time": "time"},
    "monthly": {"day": "day_of_month", "time": "time"},
    "repeat": {"duration": "repeat"},
    "run_once": {"date": "time"},
}
_UNSAID = {"time": "00:00:00", "day": "1", "duration": "01:00:00"}


def _by_the_clock(draft: Draft, type_: str, _: Table | None) -> None:
    rng, phrasing = draft.rng, draft.phrasing(type_)
    time, time_said = _time(draft)
    values, words = {"time": time}, {"time": time_said}
    if type_ == "weekly":
        day = rng.randrange(7)
        values["day"], words["day"] = str(day + 1), DAYS[day]
    elif type_ == "monthly":
        values["day"] = words["day"] = str(rng.randint(1, 28))
    elif type_ == "repeat":
        words["duration"], values["duration"] = draft.one_of(DURATIONS)
    elif type_ == "run_once":
        month, day = rng.randint(1, 12), rng.choice((1, 10, 15, 20))
        values["date"] = f"2027-{month:02d}-{day:02d} {time}"
        words["date"] = say_date(rng, 2027, month, day)
    inputs = [
        (name, values[word] if word in phrasing.wants else _UNSAID[word])
        for word, name in _CLOCK_INPUTS[type_].items()
    ]
    draft.start(type_, phrasing.fill(words), inputs)


def _time(draft: Draft) -> tuple[str, str]:
    """Return a time on a 15 minute grid as the platform writes it, and as people do."""
    hour, quarter = divmod(draft.rng.randrange(96), 4)
    return f"{hour:02d}:{quarter * 15:02d}:00", say_time(draft.rng, hour, quarter * 15)


def _email(draft: Draft, type_: str, _: Table | None) -> None:
    phrasing = draft.phrasing(type_)
    value, said = draft.word("topic", None)
    inputs = [("email_conditions", f"subjectLIKE{value}")] if "topic" in phrasing.wants else []
    draft.start(type_, phrasing.fill({"topic": said}), inputs)
    _bring(draft, "sys_email", "trigger.current")


def _service_catalog(draft: Draft, type_: str, _: Table | None) -> None:
    draft.start(type_, draft.say(type_))
    draft.topic = _bring(draft, "sc_req_item", "trigger.current")


def _bring(draft: Draft, table: str, path: str) -> Table | None:
    """Bring the record that a trigger comes with into scope, where the catalogue has its table."""
    found = draft.catalogue.tables.get(table)
    if found is not None:
        draft.bring(Record(found, path))
    return found


def _plain(draft: Draft, type_: str, _: Table | None) -> None:
    draft.start(type_, draft.say(type_))


_STARTS: dict[str, Callable[[Draft, str, Table | None], None]] = {
    **dict.fromkeys(ON_RECORDS, _on_record),
    **dict.fromkeys(SCHEDULED, _by_the_clock),
    "email": _email,
    "sla_task": _on_table,
    "service_catalog": _service_catalog,
    "metric": _on_table,
    "rest_async": _plain,
}
