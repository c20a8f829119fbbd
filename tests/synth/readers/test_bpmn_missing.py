"""BPMN files: what a document needs and they do not say is told, a line each."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.synth.readers.bpmn_files import bpmn, event, flows, node, read

EACH = "<bpmn:multiInstanceLoopCharacteristics/>"
CREATED = node("startEvent", "start", "Incident created")


def told(folder: Path, text: str) -> list[str]:
    """Return what is told of the only document, without the words that begin each line."""
    reading = read(folder, text)
    assert reading.skipped == []
    return [one.reason.removeprefix("not in its document: ") for one in reading.unmapped]


def test_inputs_that_a_step_must_have_are_told(tmp_path: Path) -> None:
    text = bpmn(
        node("subProcess", "each", "Chase", EACH + node("scriptTask", "b", "Write it down")),
        node("businessRuleTask", "look", "Decide on credit"),
        node("serviceTask", "call", "Calculate price"),
        event("intermediateCatchEvent", "wait", "A while", on="timer"),
        flows("start > each", "each > look", "look > call", "call > wait", "wait > end"),
        start=node("startEvent", "start", "Order by e-mail"),
    )
    assert told(tmp_path, text) == [
        "the input 'items' of FOREACH 'for each item: Chase'",
        "the input 'table' of look_up_record 'Decide on credit'",
        "the input 'conditions' of look_up_record 'Decide on credit'",
        "the input 'method' of send_rest_request 'Calculate price'",
        "the input 'path' of send_rest_request 'Calculate price'",
        "the input 'duration' of TIMER 'A while'",
    ]


def test_inputs_that_are_there_are_not_told(tmp_path: Path) -> None:
    text = bpmn(
        node("serviceTask", "find", "Look up incidents"),
        node("userTask", "each", "Chase", EACH),
        node("callActivity", "call", "Ship it"),
        flows("start > find", "find > each", "each > call", "call > end"),
        start=CREATED,
    )
    assert told(tmp_path, text) == []


def branch(question: str, start: str) -> str:
    return bpmn(
        node("exclusiveGateway", "s", question),
        node("task", "a", "A"),
        node("exclusiveGateway", "j"),
        flows("start > s", "s > a: > 100", "s > j: else", "a > j", "j > end"),
        start=start,
    )


def test_conditions_on_variables_of_the_process_are_told(tmp_path: Path) -> None:
    assert told(tmp_path, branch("Amount?", CREATED)) == [
        "whose field the condition 'amount>100' of IF 'Amount? > 100' tests: "
        "amount is a variable of the process"
    ]
    assert told(tmp_path, branch("Priority?", CREATED)) == [], "a column of the incident"


def test_a_column_of_no_record_is_a_variable(tmp_path: Path) -> None:
    start = node("startEvent", "start", "Order by e-mail")
    (line,) = told(tmp_path, branch("Priority?", start))
    assert line.endswith("priority is a variable of the process")


def test_records_that_were_looked_up_have_columns(tmp_path: Path) -> None:
    text = branch("Priority?", node("startEvent", "start", "Order by e-mail"))
    look = node("serviceTask", "look", "Look up incidents")
    text = text.replace("<bpmn:exclusiveGateway", f"{look}<bpmn:exclusiveGateway", 1)
    text = text.replace('targetRef="s"', 'targetRef="look"')
    text = text.replace("</bpmn:process>", f"{flows('look > s')}</bpmn:process>")
    assert told(tmp_path, text) == []


@pytest.mark.parametrize(
    ("name", "on", "line"),
    [
        ("Claim received", "message", "what starts it: nothing in 'Claim received' says email"),
        ("", "message", "what starts it: nothing in 'start' says email"),
        ("Order ready", "", "what starts it: nothing in 'Order ready' says service_catalog"),
        ("E-mail arrives", "message", None),
    ],
)
def test_a_trigger_that_the_start_does_not_say_is_told(
    name: str, on: str, line: str | None, tmp_path: Path
) -> None:
    start = event("startEvent", "start", name, on)
    text = bpmn(node("task", "a", "Do it"), flows("start > a", "a > end"), start=start)
    assert told(tmp_path, text) == ([line] if line else [])
