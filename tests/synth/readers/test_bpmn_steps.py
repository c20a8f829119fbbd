"""BPMN files: tasks and events are steps, told by their kind and name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.synth.readers.bpmn_files import (
    bpmn,
    event,
    flows,
    node,
    outline,
    read,
)


@pytest.mark.parametrize(
    ("kind", "name", "definition"),
    [
        ("userTask", "Pack the goods", "create_task"),
        ("task", "Approve request", "ask_for_approval"),
        ("serviceTask", "Check stock", "look_up_record"),
        ("userTask", "Check stock", "create_task"),
        ("serviceTask", "Search for open incidents", "look_up_records"),
        ("serviceTask", "Close incident", "update_record"),
        ("serviceTask", "Delete user", "delete_record"),
        ("serviceTask", "Register claim", "create_record"),
        ("serviceTask", "Calculate price", "send_rest_request"),
        ("scriptTask", "Compute", "log"),
        ("businessRuleTask", "Decide on credit", "look_up_record"),
        ("sendTask", "Tell Teams channel", "post_a_message"),
        ("sendTask", "Send SMS", "send_sms"),
        ("receiveTask", "Payment arrives", "wait_for_condition"),
        ("task", "Inform customer by e-mail", "send_email"),
        ("manualTask", "Postpone", "create_task"),
        ("callActivity", "Ship the order (fast)", "ship_the_order_fast"),
        ("subProcess", "Escalate to management", "escalate_record"),
        ("subProcess", "Ship", "ship"),
    ],
)
def test_steps_are_told_by_kind_and_name(
    kind: str, name: str, definition: str, tmp_path: Path
) -> None:
    text = bpmn(node(kind, "a", name), flows("start > a", "a > end"))
    reading = read(tmp_path, text)
    assert outline(reading) == [(None, definition, name)]
    category = reading.items[0].workflow.components[0].category
    assert category == ("subflow" if kind in ("callActivity", "subProcess") else "action")


def test_steps_act_on_the_record_that_started_the_flow(tmp_path: Path) -> None:
    start = node("startEvent", "start", "Incident created")
    ways = flows("start > a", "a > end")
    text = bpmn(node("serviceTask", "a", "Close it"), ways, start=start)
    (component,) = read(tmp_path, text).items[0].workflow.components
    assert component.inputs is not None
    assert [(one.name, one.value) for one in component.inputs] == [
        ("record", "{{trigger.current}}")
    ]


def test_events_on_the_way_are_steps(tmp_path: Path) -> None:
    duration = "<bpmn:timeDuration>P1DT12H</bpmn:timeDuration>"
    text = bpmn(
        event("intermediateCatchEvent", "wait", "A while", on="timer", of=duration),
        event("intermediateCatchEvent", "answer", "Answer came", on="message"),
        event("intermediateThrowEvent", "ask", "Ask back", on="message"),
        event("intermediateThrowEvent", "mark", "Half way"),
        event("endEvent", "told", "Customer told", on="message"),
        flows("start > wait", "wait > answer", "answer > ask", "ask > mark", "mark > told"),
    ).replace('<bpmn:endEvent id="end"/>', "")
    reading = read(tmp_path, text)
    assert outline(reading) == [
        (None, "TIMER", "A while"),
        (None, "wait_for_condition", "Answer came"),
        (None, "send_email", "Ask back"),
        (None, "log", "Half way"),
        (None, "send_email", "Customer told"),
    ]
    first = reading.items[0].workflow.components[0]
    assert first.inputs is not None
    assert (first.inputs[0].name, first.inputs[0].value) == ("duration", "36:00:00")
