"""What would stop a workflow from running in an environment, whatever its structure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sketch2flow.workflow.document import Component, Input, Trigger, Workflow
from sketch2flow.workflow.environment import Catalogue, Column, Step, Table, TriggerType
from sketch2flow.workflow.pills import PILL_CODES, Pill, find_pills, parse_pill, pill_errors
from sketch2flow.workflow.queries import Comparison, QueryError, parse_query
from sketch2flow.workflow.records import (
    TABLE_INPUTS,
    Records,
    UnknownColumnError,
    entry_of,
    find_column,
)
from sketch2flow.workflow.rules import StructureError

# Kept apart from `rules.CODES`: such a workflow may be sound, and run elsewhere.
ACTIVATION_CODES: dict[str, str] = {
    "unknown_definition": "the environment has no such trigger, action, subflow or flow logic",
    "unknown_table": "the environment has no such table, or not for this use",
    "unknown_column": "the table has no such column",
    "unknown_value": "the column cannot hold this value",
    "missing_input": "an input that the step needs is missing or empty",
    **PILL_CODES,
}

_QUERY_INPUTS = frozenset({"query", "goal", "values"})
_ONE_VALUE = frozenset({"=", "!=", "CHANGESTO", "CHANGESFROM"})
_SEVERAL_VALUES = frozenset({"IN", "NOT IN"})  # separated by commas
_BOOLEANS = frozenset({"true", "false", "1", "0"})


def activation_errors(
    workflow: Workflow, catalogue: Catalogue, positions: Sequence[int] | None = None
) -> tuple[StructureError, ...]:
    """Return what would stop `workflow` from running where `catalogue` is all there is.

    With the codes of ACTIVATION_CODES and JSON pointers, in document order; `positions` as in
    `structure_errors`, whose rules are not repeated here. Whatever the catalogue cannot tell (the
    table of a record that an unknown step gives, values that are worked out at run time) is
    passed over. Never raises; linear time.
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
        table = self._records.table_of(part)
        for place, one in enumerate(part.inputs or ()):
            where = f"{pointer}/inputs/{place}/value"
            kind = entry.inputs.get(one.name, "") if entry is not None else ""
            yield from self._of_input(one, kind, table, where)

    def _of_input(
        self, one: Input, kind: str, table: Table | None, pointer: str
    ) -> Iterator[StructureError]:
        bad_pills = self._bad_pills.get(pointer, ())
        yield from bad_pills
        if not bad_pills:
            for pill in find_pills(one.value):
                yield from self._of_pill(pill, pointer)
        if kind in TABLE_INPUTS and one.value and not _is_worked_out(one.value):
            known = self._catalogue.tables.get(one.value)
            if known is None:
                yield StructureError("unknown_table", pointer, _no_table(one.value))
            elif kind == "task_table" and not known.is_task:
                message = f"{known.name} holds no tasks, which this step creates"
                yield StructureError("unknown_table", pointer, message)
        if kind in _QUERY_INPUTS:
            for comparison in _comparisons(one.value):
                yield from self._of_comparison(comparison, table, pointer)

    def _of_pill(self, pill: Pill, pointer: str) -> Iterator[StructureError]:
        """Yield what is wrong with a pill that points to something: its output, its field."""
        step = self._steps.get(pill.step) if pill.step is not None else None
        entry = entry_of(step, self._catalogue) if step is not None else None
        is_record = pill.output in ("record", "records")
        if isinstance(entry, Step) and is_record and pill.output != entry.gives:
            message = f"{pill.text[:60]!r}: {entry.definition} gives no {pill.output}"
            yield StructureError("pill_points_nowhere", pointer, message)
            return
        table = self._records.origin_of(pill)
        if table is not None and pill.field:
            yield from self._missing_column(table, pill.field, pointer)

    def _of_comparison(
        self, comparison: Comparison, table: Table | None, pointer: str
    ) -> Iterator[StructureError]:
        field = comparison.field
        if field.startswith("{{"):  # its column has been looked at as that of any pill
            table, field = self._taken_by(field)
        elif table is not None:
            yield from self._missing_column(table, field, pointer)
        column = self._column(table, field)
        if column is not None:
            for value in _values(comparison):
                if not _holds(column, value):
                    message = f"{column.name} cannot be {value[:60]!r}"
                    yield StructureError("unknown_value", pointer, message)

    def _taken_by(self, field: str) -> tuple[Table | None, str]:
        """Return the table and the field of a query's field that begins with a data pill."""
        text, _, behind = field.partition("}}")
        try:
            pill = parse_pill(text + "}}")
        except ValueError:
            return None, ""
        path = ".".join(filter(None, (pill.field, behind.removeprefix("."))))
        return self._records.origin_of(pill), path

    def _column(self, table: Table | None, field: str) -> Column | None:
        if table is None or not field:
            return None
        try:
            return find_column(self._catalogue, table, field)
        except UnknownColumnError:
            return None

    def _missing_column(self, table: Table, path: str, pointer: str) -> Iterator[StructureError]:
        try:
            find_column(self._catalogue, table, path)
        except UnknownColumnError as error:
            yield StructureError("unknown_column", pointer, str(error))


def _missing_inputs(
    part: Trigger | Component, entry: TriggerType | Step, pointer: str
) -> Iterator[StructureError]:
    given = list(enumerate(part.inputs or ()))
    filled = {one.name for _, one in given if one.value.strip()}
    empty = {one.name: f"{pointer}/inputs/{place}/value" for place, one in given}
    for name in entry.inputs:
        if name not in filled and name not in entry.optional:
            where, fault = empty.get(name, pointer), "empty" if name in empty else "missing"
            yield StructureError("missing_input", where, f"{name} is {fault}")


def _comparisons(text: str) -> Sequence[Comparison]:
    try:
        return parse_query(text).comparisons
    except QueryError:
        return ()  # a warning of the structure rules


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
    if column.type == "boolean":
        return value in _BOOLEANS
    return column.type not in ("choice", "state") or value in column.choices


def _is_worked_out(value: str) -> bool:
    """Say whether a value is known only when the workflow runs: it holds a pill or is a script."""
    return "{{" in value or value.startswith("javascript:")


def _no_table(name: str) -> str:
    return f"there is no table {name[:60]!r}"


def _no_definition(part: Trigger | Component) -> str:
    if isinstance(part, Trigger):
        return f"there is no trigger {part.type[:60]!r}"
    return f"there is no {part.category} {part.definition[:60]!r} in scope {part.scope[:60]!r}"
