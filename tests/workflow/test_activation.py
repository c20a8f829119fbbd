"""What would stop a workflow from running, told by an environment's catalogue."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings

from sketch2flow.workflow import (
    ACTIVATION_CODES,
    PILL_CODES,
    Workflow,
    activation_errors,
    load_catalogue,
    parse_document,
    read_answer,
    to_object,
)
from synth.generate import generate_workflows
from tests.workflow.documents import flow, step
from tests.workflow.strategies import documents

CATALOGUE = load_catalogue()


def found(value: Any) -> list[tuple[str, str]]:
    """Return (code, pointer) of everything that would stop a document."""
    errors = activation_errors(parse_document(value), CATALOGUE)
    assert {error.code for error in errors} <= set(ACTIVATION_CODES)
    return [(error.code, error.pointer) for error in errors]


def inputs(**values: str) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in values.items()]


def on(type_: str, **values: str) -> dict[str, Any]:
    return {"annotation": "", "type": type_, "inputs": inputs(**values)}


INCIDENT = on("record_update", table="incident")
LOOK_UP = step(1, "look_up_records", inputs=inputs(table="incident", conditions="active=true"))
EACH = step(2, "FOREACH", inputs=inputs(items="{{step_1.records}}"))


def log(order: int, message: str, block: int | None = None) -> Any:
    return step(order, "log", block, inputs=inputs(log_message=message))


def test_generated_workflows_would_run() -> None:
    """But for what their drawings leave open on purpose."""
    known = {**CATALOGUE.actions, **CATALOGUE.subflows, **CATALOGUE.logic}
    complete = 0
    for one in generate_workflows("synthetic", 1_000, seed=11, max_components=40):
        errors = activation_errors(one.workflow, CATALOGUE)
        complete += not errors
        for error in errors:
            step = one.workflow.components[int(error.pointer.split("/")[2])]
            key = step.definition if step.category == "flowlogic" else None
            entry = known[key or f"{step.scope}/{step.definition}"]
            name = error.message.split()[0]
            assert (error.code, name in entry.unsaid) == ("missing_input", True), one.identifier
    assert complete > 750


def run(*components: Any, trigger: Any = INCIDENT) -> Any:
    return flow(*components, trigger=trigger)


def created(condition: str) -> Any:
    return run(trigger=on("record_create", table="incident", condition=condition))


def updated(values: str, record: str = "{{trigger.current}}") -> Any:
    return step(1, "update_record", inputs=inputs(record=record, values=values))


WAIT = step(1, "DOUNTIL", inputs=inputs(condition="{{step_2.record.active}}=true"))
FIND = step(2, "look_up_record", 1, inputs=inputs(table="incident", conditions="active=true"))
SOUND = {
    "a chain of references": run(log(1, "{{trigger.current.caller_id.manager.email}}")),
    "the trigger by its type": run(log(1, "{{record_update.current.state}}")),
    "a column of a table that it extends": run(log(1, "{{trigger.current.short_description}}")),
    "a column of the platform": run(log(1, "{{trigger.current.sys_created_on}}")),
    "a loop's record": run(LOOK_UP, EACH, log(3, "{{step_2.item.caller_id.email}}", 2)),
    "values in lists, and none": run(
        trigger=on("record_create", table="incident", condition="active=1^stateIN1,2^priority!=")
    ),
    "values that are worked out": run(
        updated("state={{trigger.current.state}}^active=javascript:f()")
    ),
    "a table that is worked out": run(
        step(1, "look_up_records", inputs=inputs(table="{{trigger.current.short_description}}"))
    ),
    "what only the platform knows": run(
        log(1, "{{trigger.body.a}}"), log(2, "{{step_1.output.b}}"), trigger=on("rest_async")
    ),
    "a record by a reference": run(updated("active=false", "{{trigger.current.caller_id}}")),
    "a record by its sys_id": run(updated("active=false", "0123456789abcdef" * 2)),
    "a record by a column of text": run(
        updated("active=0", "{{trigger.current.short_description}}")
    ),
    "a record by a script": run(updated("active=0", "javascript:f()")),
    "records that cannot be told": run(
        step(1, "FOREACH", inputs=inputs(items="{{trigger.body}}")), trigger=on("rest_async")
    ),
    "a query that is worked out": created("javascript:f()"),
    "a condition that is one pill": run(
        step(1, "IF", inputs=inputs(condition="{{trigger.current.active}}"))
    ),
    "a query that ends": created("active=true^EQ"),
    "an empty query": created(""),
    "columns to sort by": created("active=true^ORDERBYpriority^ORDERBYDESCcaller_id.name"),
    "nothing but columns to sort by": created("ORDERBYsys_created_on"),
    "a column like another": created("prioritySAMEASimpact^opened_byNSAMEAScaller_id.manager"),
    "a column like a pill": run(
        step(
            1,
            "look_up_records",
            inputs=inputs(table="incident", conditions="prioritySAMEAS{{trigger.current.impact}}"),
        )
    ),
    "a pill like another column": run(
        step(1, "IF", inputs=inputs(condition="{{trigger.current.priority}}SAMEASimpact"))
    ),
    "no value": created("priority=NULL^stateIN1,NULL^active=NULL"),
    "what people are called": created(
        "caller_id.name=x^caller_id.first_name=x^caller_id.last_name=x^caller_id.title=x"
    ),
    "a log level": run(step(1, "log", inputs=inputs(log_message="x", log_level="Warning"))),
    "a name that the catalogue does not list": run(
        step(1, "ask_for_approval", inputs=inputs(record="{{trigger.current}}", approvers="moon"))
    ),
    "every week": run(trigger=on("weekly", day_of_week="7", time="23:59:59")),
    "every month": run(trigger=on("monthly", day_of_month="31", time="00:00:00")),
    "again and again": run(trigger=on("repeat", repeat="2 12:00:00")),
    "once": run(trigger=on("run_once", time="2028-02-29 08:00:00")),
    "a loop that waits for what is inside": run(WAIT, FIND, trigger=on("daily", time="08:00:00")),
}


@pytest.mark.parametrize("name", SOUND)
def test_what_would_run_or_cannot_be_told(name: str) -> None:
    assert found(SOUND[name]) == []


CURRENT = "{{trigger.current}}"
VALUE = "/components/0/inputs/{}/value"
BROKEN = {
    "a trigger": (run(trigger=on("hourly")), "unknown_definition", "/trigger/type"),
    "an action": (run(step(1, "fly")), "unknown_definition", "/components/0/definition"),
    "an action of another scope": (
        run({**log(1, "x"), "scope": "x_app"}), "unknown_definition", "/components/0/definition",
    ),
    "flow logic": (run(step(1, "UNLESS")), "unknown_definition", "/components/0/definition"),
    "a subflow": (
        run({**step(1, "archive"), "category": "subflow"}),
        "unknown_definition", "/components/0/definition",
    ),
    "the trigger's table": (
        run(trigger=on("record_create", table="incidents")),
        "unknown_table", "/trigger/inputs/0/value",
    ),
    "a step's table": (
        run(step(1, "look_up_records", inputs=inputs(table="x"))), "unknown_table", VALUE.format(0),
    ),
    "a table without tasks": (
        run(step(1, "create_task", inputs=inputs(table_name="sys_user"))),
        "unknown_table", VALUE.format(0),
    ),
    "a column in a trigger's query": (
        run(trigger=on("record_create", table="incident", condition="colour=red")),
        "unknown_column", "/trigger/inputs/1/value",
    ),
    "a column in a step's query": (
        run(step(1, "look_up_records", inputs=inputs(table="sys_user", conditions="priority=1"))),
        "unknown_column", VALUE.format(1),
    ),
    "a column of the record": (run(updated("colour=red")), "unknown_column", VALUE.format(1)),
    "a column behind a reference": (
        run(updated("caller_id.colour=1")), "unknown_column", VALUE.format(1),
    ),
    "a column behind what is no reference": (
        run(updated("state.name=1")), "unknown_column", VALUE.format(1),
    ),
    "a column of a referred record": (
        run(updated("priority=1", "{{trigger.current.caller_id}}")),
        "unknown_column", VALUE.format(1),
    ),
    "a pill's field": (
        run(log(1, "{{trigger.current.colour}}")), "unknown_column", VALUE.format(0),
    ),
    "a field of a created record": (
        run(
            step(1, "create_task", inputs=inputs(table_name="incident")),
            log(2, "{{step_1.record.colour}}"),
        ),
        "unknown_column", "/components/1/inputs/0/value",
    ),
    "a field of a loop's record": (
        run(LOOK_UP, EACH, log(3, "{{step_2.item.colour}}", 2)),
        "unknown_column", "/components/2/inputs/0/value",
    ),
    "a pill's field in a condition": (
        run(step(1, "IF", inputs=inputs(condition="{{trigger.current.colour}}=red"))),
        "unknown_column", VALUE.format(0),
    ),
    "a label in the place of a value": (
        run(updated("priority=Critical")), "unknown_value", VALUE.format(1),
    ),
    "a value of a condition": (
        run(step(1, "IF", inputs=inputs(condition="{{trigger.current.priority}}=77"))),
        "unknown_value", VALUE.format(0),
    ),
    "one of several values": (
        run(trigger=on("record_create", table="incident", condition="priorityIN1,77")),
        "unknown_value", "/trigger/inputs/1/value",
    ),
    "a truth value": (run(updated("active=yes")), "unknown_value", VALUE.format(1)),
    "an input": (run(step(1, "delete_record")), "missing_input", "/components/0"),
    "an empty input": (
        run(step(1, "delete_record", inputs=inputs(record=" "))), "missing_input", VALUE.format(0),
    ),
    "an input of the trigger": (run(trigger=on("daily")), "missing_input", "/trigger"),
    "an input that is given twice, once empty": (
        run(step(1, "delete_record", inputs=[*inputs(record=CURRENT), *inputs(record="")])),
        "missing_input", VALUE.format(1),
    ),
    "an input that a step does not have": (
        run(step(1, "log", inputs=inputs(log_message="x", bogus="y"))),
        "unknown_input", "/components/0/inputs/1/name",
    ),
    "an input that a trigger does not have": (
        run(trigger=on("daily", time="08:00:00", bogus="")),
        "unknown_input", "/trigger/inputs/1/name",
    ),
    "a text for a query": (created("garbage"), "query_invalid", "/trigger/inputs/1/value"),
    "a text for values": (run(updated("garbage")), "query_invalid", VALUE.format(1)),
    "a text for a condition": (
        run(step(1, "IF", inputs=inputs(condition="if {{trigger.current.active}}"))),
        "query_invalid", VALUE.format(0),
    ),
    "a column to sort by": (
        created("active=true^ORDERBYcolour"), "unknown_column", "/trigger/inputs/1/value",
    ),
    "nothing but a column to sort by": (
        run(step(1, "look_up_records", inputs=inputs(table="incident", conditions="ORDERBYx"))),
        "unknown_column", VALUE.format(1),
    ),
    **{
        f"a column behind {operator}": (
            created(f"priority{operator}colour"), "unknown_column", "/trigger/inputs/1/value",
        )
        for operator in (
            "SAMEAS", "NSAMEAS", "GT_FIELD", "LT_FIELD", "GT_OR_EQUALS_FIELD", "LT_OR_EQUALS_FIELD"
        )
    },
    "a column that a pill is like": (
        run(step(1, "IF", inputs=inputs(condition="{{trigger.current.priority}}SAMEAScolour"))),
        "unknown_column", VALUE.format(0),
    ),
    "records for a record": (
        run(LOOK_UP, step(2, "update_record", inputs=inputs(
            record="{{step_1.records}}", values="short_description=x"
        ))),
        "not_a_record", "/components/1/inputs/0/value",
    ),
    "a text for a record": (
        run(step(1, "delete_record", inputs=inputs(record="abc"))),
        "not_a_record", VALUE.format(0),
    ),
    "a text around a record": (
        run(step(1, "delete_record", inputs=inputs(record="the {{trigger.current}}"))),
        "not_a_record", VALUE.format(0),
    ),
    "a value for a record": (
        run(step(1, "delete_record", inputs=inputs(record="{{trigger.current.priority}}"))),
        "not_a_record", VALUE.format(0),
    ),
    "a record for records": (
        run(step(1, "FOREACH", inputs=inputs(items="{{trigger.current}}"))),
        "not_a_record", VALUE.format(0),
    ),
    "a referred record for records": (
        run(step(1, "FOREACH", inputs=inputs(items="{{trigger.current.caller_id}}"))),
        "not_a_record", VALUE.format(0),
    ),
    "a text for records": (
        run(step(1, "FOREACH", inputs=inputs(items="banana"))), "not_a_record", VALUE.format(0),
    ),
    "a sys_id for records": (
        run(step(1, "FOREACH", inputs=inputs(items="0" * 32))), "not_a_record", VALUE.format(0),
    ),
    "a log level that there is not": (
        run(step(1, "log", inputs=inputs(log_message="x", log_level="zzz"))),
        "unknown_value", VALUE.format(1),
    ),
    "a method that there is not": (
        run({
            **step(1, "send_rest_request", inputs=inputs(method="fetch", path="users")),
            "scope": "sn_rest_ah",
        }),
        "unknown_value", VALUE.format(0),
    ),
    **{
        f"{value} as the {name} of {type_}": (
            run(trigger=on(type_, **{name: value, **more})),
            "unknown_value", "/trigger/inputs/0/value",
        )
        for type_, name, value, more in (
            ("daily", "time", "banana", {}),
            ("daily", "time", "24:00:00", {}),
            ("weekly", "day_of_week", "8", {"time": "08:00:00"}),
            ("weekly", "day_of_week", "monday", {"time": "08:00:00"}),
            ("monthly", "day_of_month", "0", {"time": "08:00:00"}),
            ("monthly", "day_of_month", "32", {"time": "08:00:00"}),
            ("repeat", "repeat", "often", {}),
            ("run_once", "time", "08:00:00", {}),
            ("run_once", "time", "2027-02-30 08:00:00", {}),
        )
    },
    "a pill": (run(log(1, "{{step_9.record}}")), "pill_points_nowhere", VALUE.format(0)),
    "a record that a step does not give": (
        run(LOOK_UP, log(2, "{{step_1.record}}")),
        "pill_points_nowhere", "/components/1/inputs/0/value",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_would_stop_it_is_named_with_its_place(name: str) -> None:
    value, code, pointer = BROKEN[name]
    assert found(value) == [(code, pointer)]


def test_tables_of_a_subflow() -> None:
    given = {"items": [{"name": "record", "type": "reference", "reference": "incident"}]}
    value = flow(updated("colour=red", "{{subflow.record}}"), type="subflow", trigger=None)
    assert found({**value, "inputs": given}) == [("unknown_column", VALUE.format(1))]
    loop = step(1, "FOREACH", inputs=inputs(items="{{subflow.record}}"))
    assert found({**value, "components": [loop], "inputs": given}) == [
        ("not_a_record", VALUE.format(0))
    ]
    given["items"][0]["type"] = "array"
    assert found({**value, "components": [loop], "inputs": given}) == []
    given["items"][0]["reference"] = "x"
    assert found({**value, "inputs": given}) == [("unknown_table", "/inputs/items/0/reference")]


def test_every_code_has_its_case() -> None:
    cases = {code for _, code, _ in BROKEN.values()}
    assert cases >= set(ACTIVATION_CODES) - set(PILL_CODES)


def test_pointers_lead_into_the_json_that_was_read() -> None:
    value = run({"annotation": "no order"}, log(1, "{{trigger.current.colour}}"), log(2, "{{a.b}}"))
    answer = read_answer(json.dumps(value))
    assert answer.workflow is not None
    errors = activation_errors(answer.workflow, CATALOGUE, answer.positions)
    assert [error.pointer for error in errors] == [
        "/components/1/inputs/0/value",
        "/components/2/inputs/0/value",
    ]


def _definition(part: dict[str, Any]) -> None:
    part["definition"] += "_x"


def _input(part: dict[str, Any]) -> None:
    part["inputs"] = []


def _field(part: dict[str, Any]) -> None:
    for one in part["inputs"]:
        if one["name"] in ("values", "field_values"):
            one["value"] = "no_such_column_" + one["value"]


@pytest.mark.parametrize(
    ("change", "wanted", "code"),
    [
        (_definition, "definition", "unknown_definition"),
        (_input, "record", "missing_input"),
        (_field, "values", "unknown_column"),
    ],
)
def test_a_broken_part_of_a_generated_workflow_is_found(
    change: Callable[[dict[str, Any]], None], wanted: str, code: str
) -> None:
    rng, changed = random.Random(3), 0
    for one in generate_workflows("synthetic", 300, seed=12, max_components=20):
        value = to_object(one.workflow)
        parts = [
            (place, part)
            for place, part in enumerate(value["components"])
            if wanted == "definition" or wanted in {i["name"] for i in part.get("inputs", ())}
        ]
        if not parts:
            continue
        place, part = rng.choice(parts)
        change(part)
        changed += 1
        assert any(
            (found_code, pointer.split("/")[2]) == (code, str(place))
            for found_code, pointer in found(value)
        ), one.identifier
    assert changed > 50


@given(documents())
@settings(max_examples=150, deadline=None)
def test_no_document_is_too_odd(document: Workflow) -> None:
    errors = activation_errors(document, CATALOGUE)
    assert {error.code for error in errors} <= set(ACTIVATION_CODES)


def test_linear_time_for_many_steps_and_loops_in_a_circle() -> None:
    loops = [
        step(i + 1, "FOREACH", inputs=inputs(items=f"{{{{step_{(i + 1) % 500 + 1}.item}}}}"))
        for i in range(500)
    ]
    logs = [log(i + 501, "{{trigger.current.state}}" * 100) for i in range(500)]
    value = parse_document(run(*loops, *logs))
    start = time.process_time()
    assert activation_errors(value, CATALOGUE)
    assert time.process_time() - start < 3
