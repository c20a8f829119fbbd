"""What inputs refer to: steps in scope, and fields and values of the table that is meant."""

from __future__ import annotations

import re

from sketch2flow.workflow import Component, load_catalogue
from synth.generate import GeneratedWorkflow

COMPARISON = re.compile(
    r"(.+?)(=|!=|>=|>|<|ISEMPTY|ISNOTEMPTY|LIKE|STARTSWITH|RELATIVE[LG]T|VALCHANGES|CHANGESTO)"
    r"((?:\{\{.*|[^{}]*))"
)
PILL = re.compile(r"\{\{([a-z]+)(?:_(\d+))?\.([a-z0-9_]+)(?:\.([a-z_]+))?\}\}")


def scope_of(workflow_steps: tuple[Component, ...], component: Component) -> set[int]:
    """Return the orders of the steps whose results `component` can see."""
    by_order = {one.order: one for one in workflow_steps}
    visible: set[int] = set()
    block = component.block
    before = component.order
    while True:
        visible |= {
            one.order for one in workflow_steps if one.block == block and one.order < before
        }
        if block is None:
            return visible
        visible.add(block)
        before, block = block, by_order[block].block


def test_data_pills_point_to_earlier_steps_in_scope(both: list[GeneratedWorkflow]) -> None:
    """A pill's step stands before, in the same block or one around it, and gives that."""
    catalogue = load_catalogue()
    pills = 0
    for one in both:
        workflow = one.workflow
        by_order = {component.order: component for component in workflow.components}
        for component in workflow.components:
            for value in component.inputs or ():
                assert value.value.count("{{") == len(PILL.findall(value.value))
                for origin, order, part, _ in PILL.findall(value.value):
                    pills += 1
                    if origin == "trigger":
                        assert workflow.trigger is not None
                        assert part == "current"
                        continue
                    if origin == "subflow":
                        assert workflow.inputs is not None
                        assert part in [item.name for item in workflow.inputs.items]
                        continue
                    assert int(order) in scope_of(workflow.components, component), one.seed
                    source = by_order[int(order)]
                    if source.definition == "FOREACH":
                        assert part == "item"
                    else:
                        gives = catalogue.actions[f"{source.scope}/{source.definition}"].gives
                        assert part == gives
    assert pills > 1_000


def table_of(one: GeneratedWorkflow, origin: str, order: str, part: str) -> str:
    """Return the table of the record that a pill's first part points to."""
    workflow = one.workflow
    if origin == "subflow":
        assert workflow.inputs is not None
        return {item.name: item.reference for item in workflow.inputs.items}[part] or ""
    if origin == "trigger":
        assert workflow.trigger is not None
        tables = [value.value for value in workflow.trigger.inputs or () if value.name == "table"]
        of_type = {"service_catalog": "sc_req_item", "email": "sys_email"}
        return tables[0] if tables else of_type[workflow.trigger.type]
    source = workflow.components[int(order) - 1]
    values = {value.name: value.value for value in source.inputs or ()}
    if source.definition == "FOREACH":
        found = PILL.fullmatch(values["items"])
        assert found is not None
        return table_of(one, found[1], found[2], found[3])
    return values.get("table") or values["table_name"]


def test_fields_and_values_are_those_of_the_table(both: list[GeneratedWorkflow]) -> None:
    tables = load_catalogue().tables
    tested = 0
    for one in both:
        for component in one.workflow.components:
            values = {value.name: value.value for value in component.inputs or ()}
            table = values.get("table") or values.get("table_name")
            if table is None and "record" in values:
                found = PILL.fullmatch(values["record"])
                assert found is not None
                table = table_of(one, found[1], found[2], found[3])
            for name in ("condition", "conditions", "values", "field_values"):
                for part in re.split(r"\^(?:OR)?", values[name]) if name in values else ():
                    match = COMPARISON.fullmatch(part)
                    assert match is not None, part
                    field, operator, value = match.groups()
                    pill = PILL.fullmatch(field)
                    if pill is not None:
                        field, of = pill[4], table_of(one, pill[1], pill[2], pill[3])
                    else:
                        assert table is not None
                        of = table
                    column = tables[of].columns[field]
                    tested += 1
                    if value.startswith("{{"):
                        origin = PILL.fullmatch(value)
                        assert origin is not None
                        table_meant = tables[table_of(one, origin[1], origin[2], origin[3])]
                        if origin[4] is None:
                            kinds = (table_meant.name, *table_meant.ancestors)
                            assert column.reference in kinds
                        else:  # a title
                            assert column.type == table_meant.columns[origin[4]].type == "string"
                    elif value == "javascript:gs.getUserID()":
                        assert column.reference == "sys_user"
                    elif value.startswith("javascript:"):
                        assert column.type == "date_time"
                    elif operator in (">", "<", ">="):
                        assert column.type == "integer"
                        assert value.isdigit()
                    elif operator.startswith("RELATIVE"):
                        assert column.type == "date_time"
                    elif operator in ("LIKE", "STARTSWITH"):
                        assert column.type == "string"
                    elif column.choices:
                        assert value in column.choices or operator == "VALCHANGES"
                    elif value:
                        assert column.type == "boolean"
                        assert value in ("true", "false")
    assert tested > 1_000


def tables_in(one: GeneratedWorkflow) -> set[str]:
    """Return the tables of all records that a document speaks of."""
    trigger, steps, given = one.workflow.trigger, one.workflow.components, one.workflow.inputs
    of_type = {"service_catalog": "sc_req_item", "email": "sys_email"}
    found = {of_type.get(trigger.type) if trigger else None}
    found |= {item.reference for item in (given.items if given else ())}
    inputs = [*(step.inputs for step in steps), trigger.inputs if trigger else ()]
    values = (value for part in inputs for value in part or ())
    found |= {value.value for value in values if value.name in ("table", "table_name")}
    return {table for table in found if table is not None}


def test_words_about_some_tables_are_said_of_their_records(both: list[GeneratedWorkflow]) -> None:
    """Of the record that the step acts on, else of one that the document speaks of."""
    catalogue = load_catalogue()
    steps = {**catalogue.actions, **catalogue.subflows}
    tested = 0
    for one in both:
        for component in one.workflow.components:
            step = steps.get(f"{component.scope}/{component.definition}")
            step = step or catalogue.logic[component.definition]
            values = {value.name: value.value for value in component.inputs or ()}
            acted_on = [
                table_of(one, *pill[:3])
                for name, value in values.items()
                if step.inputs[name] in ("record", "person")
                for pill in PILL.findall(value)
            ]
            names = {
                name
                for table in acted_on or tables_in(one)
                for name in (table, *catalogue.tables[table].ancestors)
            }
            for name, value in values.items():
                vocabulary = catalogue.vocabularies.get(step.inputs[name])
                if step.inputs[name] == "recipient" and "{" not in value:
                    vocabulary, value = catalogue.vocabularies["team"], value.split("@")[0]
                tables = vocabulary.words[value].tables if vocabulary is not None else ()
                tested += bool(tables)
                assert not tables or not names.isdisjoint(tables), (one.seed, component)
    assert tested > 300


def test_accounts_are_those_of_whom_a_record_is_about(both: list[GeneratedWorkflow]) -> None:
    """Of a user's record the user's own, of a task not those of who works on it."""
    catalogue = load_catalogue()
    users = tasks = 0
    for one in both:
        for component in one.workflow.components:
            step = catalogue.actions.get(f"{component.scope}/{component.definition}")
            if step is None or step.area not in ("identity", "people"):
                continue
            values = {value.name: value.value for value in component.inputs or ()}
            for name in (name for name, kind in step.inputs.items() if kind == "person"):
                pill = PILL.fullmatch(values[name])
                assert pill is not None
                table = catalogue.tables[table_of(one, pill[1], pill[2], pill[3])]
                is_user = "sys_user" in (table.name, *table.ancestors)
                users += is_user
                tasks += table.is_task
                assert (pill[4] is None) == is_user, component
                assert not table.is_task or pill[4] != "assigned_to", component
    assert users > 3
    assert tasks > 10


def test_nothing_speaks_of_a_record_that_is_gone(both: list[GeneratedWorkflow]) -> None:
    """Within a block, and around what happens several times, no step follows on a removal."""
    removals = ("delete_record", "archive_record")
    repeated = ("FOREACH", "DOUNTIL", "PARALLEL")
    removed = 0
    for one in both:
        steps = one.workflow.components
        by_order = {step.order: step for step in steps}
        for step in steps:
            if step.definition not in removals:
                continue
            (gone,) = [v.value for v in step.inputs or () if v.name == "record"]
            removed += 1
            block = step.block
            while block is not None:
                outer = by_order[block]
                if outer.definition in repeated:
                    found = PILL.match(gone)
                    assert found is not None
                    assert found[2] is not None, one.seed
                    assert int(found[2]) >= outer.order, one.seed
                block = outer.block
    assert removed > 100
