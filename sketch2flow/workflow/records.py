"""Which table the records of a workflow belong to, as far as a catalogue can tell."""

from __future__ import annotations

from sketch2flow.workflow.document import Component, Trigger, Workflow
from sketch2flow.workflow.environment import Catalogue, Column, Step, Table, TriggerType
from sketch2flow.workflow.pills import Pill, parse_pill
from sketch2flow.workflow.rules import logic_word

TABLE_INPUTS = frozenset({"table", "task_table"})
RECORD_INPUTS = frozenset({"record", "records"})

# The platform keeps these columns in every table; a catalogue need not list them.
PLATFORM_COLUMNS = frozenset(
    {"sys_id", "sys_created_on", "sys_created_by", "sys_updated_on", "sys_updated_by"}
    | {"sys_mod_count", "sys_class_name", "sys_domain", "sys_tags"}
)
# The records of triggers that have no input to name their table.
_TABLE_OF_TRIGGER = {"email": "sys_email", "service_catalog": "sc_req_item"}
# Whether one record or several: of what triggers and steps give, and of a parameter by its type.
_GIVEN = {"current": "record", "record": "record", "item": "record", "records": "records"} | {
    "reference": "record"
}


class UnknownColumnError(LookupError):
    """A column that its table does not have; the message names both."""


def entry_of(part: Trigger | Component, catalogue: Catalogue) -> TriggerType | Step | None:
    """Return the catalogue's entry for a trigger or a step, None where it has none."""
    if isinstance(part, Trigger):
        return catalogue.triggers.get(part.type)
    entry: Step | None
    if part.category == "flowlogic":
        entry = catalogue.logic.get(logic_word(part))
    elif part.category == "action":
        entry = catalogue.actions.get(f"{part.scope}/{part.definition}")
    else:
        entry = catalogue.subflows.get(f"{part.scope}/{part.definition}")
    return entry if entry is not None and entry.scope == part.scope else None


def find_column(catalogue: Catalogue, table: Table, path: str) -> Column | None:
    """Return the column that `path` names, from `table` on and over its references.

    None where it cannot be told (a column that the platform keeps); UnknownColumnError where a
    name of the path is no column, or goes on behind a column that is no reference.
    """
    *references, last = path.split(".")
    for name in references:
        column = _column(table, name)
        if column is None:
            return None
        target = catalogue.tables.get(column.reference or "")
        if target is None:
            raise UnknownColumnError(f"{name[:60]} of {table.name} refers to no table")
        table = target
    return _column(table, last)


def known_column(catalogue: Catalogue, table: Table | None, path: str) -> Column | None:
    """Return the column that `path` names, None where there is none or it cannot be told."""
    if table is None or not path:
        return None
    try:
        return find_column(catalogue, table, path)
    except UnknownColumnError:
        return None


def whole_pill(text: str) -> Pill | None:
    """Return the data pill that is all of `text`, None if it is no single pill."""
    try:
        return parse_pill(text.strip())
    except ValueError:
        return None


class Records:
    """The tables of the records that a workflow's data pills point to."""

    def __init__(self, workflow: Workflow, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._trigger = workflow.trigger
        self._types: dict[str, str] = {}  # of the workflow's own inputs
        self._tables: dict[str, Table] = {}  # a pill's path -> the table of what it gives
        if workflow.trigger is not None:
            self._add("trigger.current", self.table_of(workflow.trigger))
        for item in workflow.inputs.items if workflow.inputs else ():
            self._types.setdefault(item.name, item.type)
            self._add(f"subflow.{item.name}", catalogue.tables.get(item.reference or ""))
        for component in workflow.components:
            self._add_given(component)

    def table_of(self, part: Trigger | Component) -> Table | None:
        """Return the table whose columns the queries and field values of a part name.

        That of its input that names a table, else that of the record it acts on.
        """
        entry = entry_of(part, self._catalogue)
        kinds = entry.inputs if entry is not None else {}
        for one in part.inputs or ():
            if kinds.get(one.name) in TABLE_INPUTS:
                return self._catalogue.tables.get(one.value)
        if isinstance(part, Trigger):
            return self._catalogue.tables.get(_TABLE_OF_TRIGGER.get(part.type, ""))
        records = (one.value for one in part.inputs or () if kinds.get(one.name) == "record")
        return self._at(next(records, ""))

    def origin_of(self, pill: Pill) -> Table | None:
        """Return the table of what `pill` takes its field from."""
        is_trigger = self._trigger is not None and pill.source == self._trigger.type
        return self._tables.get(f"trigger.{pill.output}" if is_trigger else pill.path)

    def given_by(self, pill: Pill) -> str | None:
        """Return what `pill` gives: "record", "records" or, of neither, "value".

        None where it cannot be told; a column of text may hold the sys_id of a record.
        """
        if not pill.field:
            is_own = pill.source == "subflow"
            return _GIVEN.get(self._types.get(pill.output, "") if is_own else pill.output)
        column = known_column(self._catalogue, self.origin_of(pill), pill.field)
        if column is None or column.type == "string":
            return None
        return "record" if column.type == "reference" else "value"

    def _at(self, text: str) -> Table | None:
        """Return the table of the record or records that an input's value points to."""
        pill = whole_pill(text)
        table = self.origin_of(pill) if pill else None
        if pill is None or not pill.field:
            return table
        column = known_column(self._catalogue, table, pill.field)
        return self._catalogue.tables.get(column.reference or "") if column else None

    def _add_given(self, component: Component) -> None:
        entry = entry_of(component, self._catalogue)
        if not isinstance(entry, Step):
            return
        if entry.gives is not None:
            self._add(f"step_{component.order}.{entry.gives}", self.table_of(component))
        if logic_word(component) == "FOREACH":
            kinds = entry.inputs
            items = (o.value for o in component.inputs or () if kinds.get(o.name) == "records")
            self._add(f"step_{component.order}.item", self._at(next(items, "")))

    def _add(self, path: str, table: Table | None) -> None:
        if table is not None:  # of steps with one order the first is meant, as elsewhere
            self._tables.setdefault(path, table)


def _column(table: Table, name: str) -> Column | None:
    found = table.columns.get(name)
    if found is None and name not in PLATFORM_COLUMNS:
        raise UnknownColumnError(f"{table.name} has no column {name[:60]!r}")
    return found
