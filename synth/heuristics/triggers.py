"""What starts a flow: each type of trigger, with inputs that its annotation says."""

from __future__ import annotations

from collections.abc import Callable

from sketch2flow.workflow import Table
from synth.heuristics import queries
from synth.heuristics.draft import Draft, Record
from synth.heuristics.tables import choose
from synth.wording import DAYS, TOPICS, lower, say_time, with_article

SCHEDULED = ("daily", "weekly", "monthly", "repeat", "run_once")
ON_RECORDS = ("record_create", "record_update", "record_create_or_update")

# Trigger type -> how common it is; every one of the 13 has at least one in 33.
_WEIGHTS = {
    "record_create": 7, "record_update": 6, "record_create_or_update": 5,
    "daily": 6, "weekly": 5, "monthly": 3, "repeat": 3, "run_once": 2,
    "email": 3, "sla_task": 2, "service_catalog": 3, "metric": 1.5, "rest_async": 2.5,
}  # fmt: skip

_DURATIONS = (
    *((f"{minutes} minutes", f"00:{minutes:02d}:00") for minutes in (5, 10, 15, 20, 30, 45)),
    ("hour", "01:00:00"),
    *((f"{hours} hours", f"{hours:02d}:00:00") for hours in (2, 3, 4, 6, 8, 12)),
)


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
    draft.topic = table = table or choose(draft, tables)
    record = Record(table, "trigger.current")
    phrasing = draft.rng.choice(draft.phrasings(type_))
    words = _words(table)
    inputs = [("table", table.name)]
    if not phrasing.wants.isdisjoint(("where", "having")):
        found = queries.conditions(draft, table, record, is_new=type_ == "record_create")
        words |= queries.words(found)
        inputs.append(("condition", queries.query(found)))
        draft.know(record, queries.known(found))
    draft.start(type_, phrasing.fill(words), inputs)
    draft.bring(record)


def _on_table(draft: Draft, type_: str, table: Table | None) -> None:
    draft.topic = table = table or choose(draft, draft.catalogue.task_tables)
    draft.start(type_, draft.say(type_, **_words(table)), [("table", table.name)])
    draft.bring(Record(table, "trigger.current"))


def _words(table: Table) -> dict[str, str]:
    label = lower(table.label)
    return {"table": label, "tables": lower(table.plural), "a_table": with_article(label)}


def _daily(draft: Draft, type_: str, _: Table | None) -> None:
    time, said = _time(draft)
    draft.start(type_, draft.say(type_, time=said), [("time", time)])


def _weekly(draft: Draft, type_: str, _: Table | None) -> None:
    time, said = _time(draft)
    day = draft.rng.randrange(7)
    annotation = draft.say(type_, time=said, day=DAYS[day])
    draft.start(type_, annotation, [("day_of_week", str(day + 1)), ("time", time)])


def _monthly(draft: Draft, type_: str, _: Table | None) -> None:
    time, said = _time(draft)
    day = str(draft.rng.randint(1, 28))
    annotation = draft.say(type_, time=said, day=day)
    draft.start(type_, annotation, [("day_of_month", day), ("time", time)])


def _repeat(draft: Draft, type_: str, _: Table | None) -> None:
    said, duration = draft.rng.choice(_DURATIONS)
    draft.start(type_, draft.say(type_, duration=said), [("repeat", duration)])


def _run_once(draft: Draft, type_: str, _: Table | None) -> None:
    time, said = _time(draft)
    date = f"2027-{draft.rng.randint(1, 12):02d}-{draft.rng.choice((1, 10, 15, 20)):02d}"
    draft.start(type_, draft.say(type_, date=date, time=said), [("time", f"{date} {time}")])


def _time(draft: Draft) -> tuple[str, str]:
    """Return a time on a 15 minute grid as the platform writes it, and as people do."""
    hour, quarter = divmod(draft.rng.randrange(96), 4)
    return f"{hour:02d}:{quarter * 15:02d}:00", say_time(draft.rng, hour, quarter * 15)


def _email(draft: Draft, type_: str, _: Table | None) -> None:
    phrasing = draft.rng.choice(draft.phrasings(type_))
    topic = draft.one_of(TOPICS)
    inputs = [("email_conditions", f"subjectLIKE{topic}")] if "topic" in phrasing.wants else []
    draft.start(type_, phrasing.fill({"topic": topic}), inputs)


def _service_catalog(draft: Draft, type_: str, _: Table | None) -> None:
    draft.start(type_, draft.say(type_))
    requested = draft.catalogue.tables.get("sc_req_item")
    if requested is not None:
        draft.topic = requested
        draft.bring(Record(requested, "trigger.current"))


def _plain(draft: Draft, type_: str, _: Table | None) -> None:
    draft.start(type_, draft.say(type_))


_STARTS: dict[str, Callable[[Draft, str, Table | None], None]] = {
    **dict.fromkeys(ON_RECORDS, _on_record),
    "daily": _daily,
    "weekly": _weekly,
    "monthly": _monthly,
    "repeat": _repeat,
    "run_once": _run_once,
    "email": _email,
    "sla_task": _on_table,
    "service_catalog": _service_catalog,
    "metric": _on_table,
    "rest_async": _plain,
}
