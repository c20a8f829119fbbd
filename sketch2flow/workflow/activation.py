"""What would stop a workflow from running in an environment, whatever its structure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from sketch2flow.workflow.document import Component, Input, Trigger, Workflow
from sketch2flow.workflow.environment import Catalogue, Column, Step, Table, TriggerType
from sketch2flow.workflow.pills import PILL_CODES, Pill, find_pills, pill_errors
from sketch2flow.workflow.queries import Comparison, QueryError, parse_query
from sketch2flow.workflow.records import (
    RECORD_INPUTS,
    TABLE_INPUTS,
    Records,
    UnknownColumnError,
    entry_of,
    find_column,
    known_column,
    whole_pill,
)
from sketch2flow.workflow.rules import StructureError

# Kept apart from `rules.CODES`: such a workflow may be sound, and run elsewhere.
ACTIVATION_CODES: dict[str, str] = {
    "unknown_definition": "the environment has no such trigger, action, subflow or flow logic",
    "unknown_table": "the environment has no such table, or not for this use",
    "unknown_column": "the table has no such column",
    "unknown_value": "the column or the input cannot hold this value",
    "missing_input": "an input that the step needs is missing or empty",
    "unknown_input": "the trigger or the step has no such input",
    "not_a_record": "an input that takes a record, or records, is given something else",
    "query_invalid": "the text is no encoded query of the platform",
    **PILL_CODES,
}

_QUERY_INPUTS = frozenset({"query", "goal", "values"})
_ONE_VALUE = frozenset({"=", "!=", "CHANGESTO", "CHANGESFROM"})
_SEVERAL_VALUES = frozenset({"IN", "NOT IN"})  # separated by commas
_FIELD_OPERANDS = frozenset(
    {"SAMEAS", "NSAMEAS", "GT_FIELD", "LT_FIELD", "GT_OR_EQUALS_FIELD", "LT_OR_EQUALS_FIELD"}
)
_BOOLEANS = frozenset({"true", "false", "1", "0"})
_NULL = "NULL"  # the platform's word for no value, for every column

# The vocabularies whose words are the platform's own (log levels, methods of REST requests), so
# that there can be no others. The words of all others are names that an environment gives (teams,
# channels, files, ...), of which a catalogue need not list every one: they are not checked.
_PLATFORM_VOCABULARIES = frozenset({"level", "method"})

_TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_SHAPES = {
    "time": re.compile(_TIME),
    "day_of_week": re.compile("[1-7]"),
    "day_of_month": re.compile("0?[1-9]|[12][0-9]|3[01]"),
    "date_time": re.compile(f"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}} {_TIME}"),
    "duration": re.compile("(?:[0-9]+ )?[0-9]{2,}:[0-5][0-9]:[0-5][0-9]"),  # with days in front
}
_SYS_ID = re.compile("[0-9a-f]{32}")
_PILL_OF = {
    "record": "a data pill of one record or a sys_id",
    "records": "a data pill of records",
}


def activation_errors(
    workflow: Workflow, catalogue: Catalogue, positions: Sequence[int] | None = None
) -> tuple[StructureError, ...]:
    """Return what would stop `workflow` from running where `catalogue` is all there is.

    With the codes of ACTIVATION_CODES and JSON pointers, in document order; `positions` as in
    `structure_errors`, whose rules are not repeated here. Whatever the catalogue cannot tell (the
    table of a record that an unknown step gives, values that are worked out at run time, names
    that the environment gives, such as those of teams) is passed over. Never raises; linear time.
    """
    return tuple(_Activation(workflow, catalogue, positions).errors())


class _Activation:
    def __init__(
        self, workflow: Workflow, catalogue: Catalogue, positions: Sequence[int] | None
    ) -> None:
        self._workflow = workflow
        self._catalogue = catalogue
        self._places = positions if positions is not None else range(len(workflow.components))
        self._records = Records(workflow, catalogue)
        self._steps = {step.order: step for step in reversed(workflow.components)}
        self._bad_pills: dict[str, list[StructureError]] = {}
        for error in pill_errors(workflow, positions):
            self._bad_pills.setdefault(error.pointer, []).append(error)

    def errors(self) -> Iterator[StructureError]:
        if self._workflow.trigger is not None:
            yield from self._of_part(self._workflow.trigger, "/trigger", "/trigger/type")
        for key in ("inputs", "outputs"):
            yield from self._of_parameters(key)
        for place, component in zip(self._places, self._workflow.components, strict=True):
            pointer = f"/components/{place}"
            yield from self._of_part(component, pointer, f"{pointer}/definition")

    def _of_parameters(self, key: str) -> Iterator[StructureError]:
        parameters = getattr(self._workflow, key)
        for place, item in enumerate(parameters.items if parameters else ()):
            if item.reference and item.reference not in self._catalogue.tables:
                pointer = f"/{key}/items/{place}/reference"
                yield StructureError("unknown_table", pointer, _no_table(item.reference))

    def _of_part(
        self, part: Trigger | Component, pointer: str, name: str
    ) -> Iterator[StructureError]:
        entry = entry_of(part, self._catalogue)
        if entry is None:
            yield StructureError("unknown_definition", name, _no_definition(part))
        else:
            yield from _missing_inputs(part, entry, pointer)
            yield from _unknown_inputs(part, entry, pointer)
        table = self._records.table_of(part)
        for place, one in enumerate(part.inputs or ()):
            where = f"{pointer}/inputs/{place}/value"
            kind = entry.inputs.get(one.name, "") if entry is not None else ""
            yield from self._of_pills(one.value, where)
            if one.value.strip():
                yield from self._of_input(one, kind, table, where)

    def _of_pills(self, text: str, pointer: str) -> Iterator[StructureError]:
        bad_pills = self._bad_pills.get(pointer, ())
        yield from bad_pills
        if not bad_pills:
            for pill in find_pills(text):
                yield from self._of_pill(pill, pointer)

    def _of_input(
        self, one: Input, kind: str, table: Table | None, pointer: str
    ) -> Iterator[StructureError]:
        """Yield what is wrong with a value, which is not blank, as one of its kind."""
        if kind in _QUERY_INPUTS:
            yield from self._of_query(one.value, table, pointer)
        elif kind in RECORD_INPUTS:
            yield from self._of_record(one, kind, pointer)
        elif not _is_worked_out(one.value):
            if kind in TABLE_INPUTS:
                yield from self._of_table(one.value, kind, pointer)
            elif not self._fits(kind, one.value):
                message = f"{one.name} cannot be {one.value[:60]!r}"
                yield StructureError("unknown_value", pointer, message)

    def _of_table(self, name: str, kind: str, pointer: str) -> Iterator[StructureError]:
        known = self._catalogue.tables.get(name)
        if known is None:
            yield StructureError("unknown_table", pointer, _no_table(name))
        elif kind == "task_table" and not known.is_task:
            message = f"{known.name} holds no tasks, which this step creates"
            yield StructureError("unknown_table", pointer, message)

    def _of_record(self, one: Input, kind: str, pointer: str) -> Iterator[StructureError]:
        """Yield what is wrong with a value that is to be a record or, of a loop, several."""
        pill = whole_pill(one.value)
        if pill is not None:
            is_right = self._records.given_by(pill) in (kind, None)
        else:
            is_id = kind == "record" and _SYS_ID.fullmatch(one.value) is not None
            is_right = is_id or _is_script(one.value) or pointer in self._bad_pills
        if not is_right:
            message = f"{one.name} takes {_PILL_OF[kind]}, not {one.value[:60]!r}"
            yield StructureError("not_a_record", pointer, message)

    def _fits(self, kind: str, value: str) -> bool:
        """Say whether a value is one of its kind, as far as the kind has closed values."""
        if kind in _PLATFORM_VOCABULARIES:
            words = self._catalogue.vocabularies[kind].words
            return value.casefold() in {word.casefold() for word in words}
        shape = _SHAPES.get(kind)
        if shape is not None and not shape.fullmatch(value):
            return False
        return kind != "date_time" or _is_date(value.split()[0])

    def _of_pill(self, pill: Pill, pointer: str) -> Iterator[StructureError]:
        """Yield what is wrong with a pill that points to something: its output, its field."""
        step = self._steps.get(pill.step) if pill.step is not None else None
        entry = entry_of(step, self._catalogue) if step is not None else None
        is_record = pill.output in ("record", "records")
        if isinstance(entry, Step) and is_record and pill.output != entry.gives:
            message = f"{pill.text[:60]!r}: {entry.definition} gives no {pill.output}"
            yield StructureError("pill_points_nowhere", pointer, message)
            return
        if pill.field:
            yield from self._missing_column(self._records.origin_of(pill), pill.field, pointer)

    def _of_query(self, text: str, table: Table | None, pointer: str) -> Iterator[StructureError]:
        try:
            query = parse_query(text)
        except QueryError as error:
            if whole_pill(text) is None and not _is_script(text):
                yield StructureError("query_invalid", pointer, str(error))
            return
        for comparison in query.comparisons:
            yield from self._of_comparison(comparison, table, pointer)
        for sorting in query.order:
            yield from self._missing_column(table, sorting.field, pointer)

    def _of_comparison(
        self, comparison: Comparison, table: Table | None, pointer: str
    ) -> Iterator[StructureError]:
        field = comparison.field
        if field.startswith("{{"):  # its column has been looked at as that of any pill
            table, field = self._taken_by(field)
        else:
            yield from self._missing_column(table, field, pointer)
        if comparison.operator in _FIELD_OPERANDS:
            yield from self._missing_column(table, comparison.value, pointer)
        column = known_column(self._catalogue, table, field)
        if column is not None:
            for value in _values(comparison):
                if not _holds(column, value):
                    message = f"{column.name} cannot be {value[:60]!r}"
                    yield StructureError("unknown_value", pointer, message)

    def _taken_by(self, field: str) -> tuple[Table | None, str]:
        """Return the table and the field of a query's field that begins with a data pill."""
        text, _, behind = field.partition("}}")
        pill = whole_pill(text + "}}")
        if pill is None:
            return None, ""
        path = ".".join(filter(None, (pill.field, behind.removeprefix("."))))
        return self._records.origin_of(pill), path

    def _missing_column(
        self, table: Table | None, path: str, pointer: str
    ) -> Iterator[StructureError]:
        if table is None or _is_worked_out(path):
            return
        try:
            find_column(self._catalogue, table, path)
        except UnknownColumnError as error:
            yield StructureError("unknown_column", pointer, str(error))


def _missing_inputs(
    part: Trigger | Component, entry: TriggerType | Step, pointer: str
) -> Iterator[StructureError]:
    """Yield the mandatory inputs that are not given, or are empty where they stand (once)."""
    given = list(enumerate(part.inputs or ()))
    names = {one.name for _, one in given}
    empty = {one.name: place for place, one in reversed(given) if not one.value.strip()}
    for name in entry.inputs:
        if name in entry.optional:
            continue
        if name in empty:
            where = f"{pointer}/inputs/{empty[name]}/value"
            yield StructureError("missing_input", where, f"{name} is empty")
        elif name not in names:
            yield StructureError("missing_input", pointer, f"{name} is missing")


def _unknown_inputs(
    part: Trigger | Component, entry: TriggerType | Step, pointer: str
) -> Iterator[StructureError]:
    for place, one in enumerate(part.inputs or ()):
        if one.name not in entry.inputs:
            message = f"there is no input {one.name[:60]!r} here"
            yield StructureError("unknown_input", f"{pointer}/inputs/{place}/name", message)


def _values(comparison: Comparison) -> list[str]:
    """Return the values that the column itself is compared with or set to."""
    if comparison.operator in _ONE_VALUE:
        values = [comparison.value]
    elif comparison.operator in _SEVERAL_VALUES:
        values = comparison.value.split(",")
    else:
        values = []
    return [value for value in values if value and not _is_worked_out(comparison.value)]


def _holds(column: Column, value: str) -> bool:
    if value == _NULL:
        return True
    if column.type == "boolean":
        return value in _BOOLEANS
    return column.type not in ("choice", "state") or value in column.choices


def _is_worked_out(value: str) -> bool:
    """Say whether a value is known only when the workflow runs: it holds a pill or is a script."""
    return "{{" in value or _is_script(value)


def _is_script(value: str) -> bool:
    return value.startswith("javascript:")


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _no_table(name: str) -> str:
    return f"there is no table {name[:60]!r}"


def _no_definition(part: Trigger | Component) -> str:
    if isinstance(part, Trigger):
        return f"there is no trigger {part.type[:60]!r}"
    return f"there is no {part.category} {part.definition[:60]!r} in scope {part.scope[:60]!r}"
