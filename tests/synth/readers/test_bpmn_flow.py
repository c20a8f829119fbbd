"""BPMN files: gateways, loops and errors are flow logic."""

from __future__ import annotations

from pathlib import Path

import pytest

from sketch2flow.workflow import structure_errors
from tests.synth.readers.bpmn_files import (
    bpmn,
    event,
    flows,
    node,
    outline,
    read,
)


def branches(*ways: str, name: str = "", **attributes: str) -> str:
    """Return a split into tasks a, b, c that meet again."""
    return bpmn(
        node("exclusiveGateway", "s", name, **attributes),
        *(node("task", one, one) for one in "abc" if any(f"> {one}" in way for way in ways)),
        node("exclusiveGateway", "j"),
        flows("start > s", *ways, "j > end"),
    )


def conditions(folder: Path, text: str) -> list[tuple[str, str, str]]:
    (item,) = read(folder, text).items
    assert structure_errors(item.workflow) == (), "every condition is a readable query"
    return [
        (one.definition, one.annotation, one.inputs[0].value if one.inputs else "")
        for one in item.workflow.components
        if one.category == "flowlogic"
    ]


def test_the_default_flow_is_the_else(tmp_path: Path) -> None:
    ways = ("s > a", "s > b: gold", "s > c: silver", "a > j", "b > j", "c > j")
    text = branches(*ways, name="Which customer?", default="flow_s_a_1")
    assert conditions(tmp_path, text) == [
        ("IF", "Which customer? gold", "which_customer=gold"),
        ("ELSEIF", "Which customer? silver", "which_customer=silver"),
        ("ELSE", "otherwise", ""),
    ]


def test_an_empty_way_is_what_happens_otherwise(tmp_path: Path) -> None:
    text = branches("s > a: yes", "s > j: no", "a > j", name="Is it urgent?")
    assert conditions(tmp_path, text) == [("IF", "Is it urgent? yes", "it_urgent=true")]


def test_steps_on_the_way_that_has_no_name_get_the_opposite(tmp_path: Path) -> None:
    text = branches("s > j: in stock", "s > a", "a > j", name="", default="flow_s_a_2")
    assert conditions(tmp_path, text) == [("IF", "if", "in_stock!=true")]


def test_steps_on_two_ways_and_none_on_the_third(tmp_path: Path) -> None:
    text = branches("s > j: low", "s > a: high", "s > b: other", "a > j", "b > j", name="Risk?")
    assert conditions(tmp_path, text) == [
        ("IF", "Risk? high", "risk=high"),
        ("ELSEIF", "Risk? other", "risk=other"),
    ]


@pytest.mark.parametrize(
    ("way", "question", "query"),
    [
        (": > 100 EUR", "Amount?", "amount>100_eur"),
        (": Amount ≤ 100", "", "amount<=100"),
        (": = IN OR ON ^EQ", "State?", "state=in_or_on_eq"),
        (": x<y<z", "", "x_y_z=true"),
        (": !!!", "", ""),
        (": ÄÖ 1", "Straße?", "straße=äö_1"),
        (" if ${amount > 100}", "", "amount>100"),
        (" if =order.paid", "", "order_paid=true"),
        (" if #{!approved}", "", "approved=false"),
        (" if ${state == 'open'}", "", "state=open"),
        (" if ${a && b}", "", ""),
        ("", "Really?", "really=rejected"),
    ],
)
def test_conditions_are_what_is_drawn(way: str, question: str, query: str, tmp_path: Path) -> None:
    text = branches(f"s > a{way}", "s > b: rejected", "a > j", "b > j", name=question)
    assert conditions(tmp_path, text)[0][2] == query


def test_a_loop_ends_by_the_opposite_of_its_way_back(tmp_path: Path) -> None:
    text = bpmn(
        node("exclusiveGateway", "m"),
        node("task", "a", "Poll"),
        node("exclusiveGateway", "s", "Done?"),
        flows("start > m", "m > a", "a > s", "s > m: no", "s > end"),
    )
    assert outline(read(tmp_path, text)) == [
        (None, "DOUNTIL", "repeat while Done? no"),
        (1, "create_task", "Poll"),
    ]
    assert conditions(tmp_path, text)[0][2] == "done!=false"


def test_a_marked_task_is_repeated(tmp_path: Path) -> None:
    loop = "<bpmn:loopCondition>${open}</bpmn:loopCondition>"
    marker = f"<bpmn:standardLoopCharacteristics>{loop}</bpmn:standardLoopCharacteristics>"
    each = "<bpmn:multiInstanceLoopCharacteristics/>"
    text = bpmn(
        node("userTask", "a", "Try", marker),
        node("userTask", "b", "Pack", each),
        flows("start > a", "a > b", "b > end"),
    )
    assert outline(read(tmp_path, text)) == [
        (None, "DOUNTIL", "repeat while ${open}"),
        (1, "create_task", "Try"),
        (None, "FOREACH", "for each item"),
        (3, "create_task", "Pack"),
    ]
    assert conditions(tmp_path, text)[0][2] == "open!=true"


def test_a_step_is_tried_until_it_succeeds(tmp_path: Path) -> None:
    text = bpmn(
        node("exclusiveGateway", "m"),
        node("serviceTask", "a", "Call"),
        event("boundaryEvent", "e", "Timeout", on="error", attachedToRef="a"),
        node("scriptTask", "b", "Write it down"),
        node("task", "c", "Go on"),
        flows("start > m", "m > a", "e > b", "b > m", "a > c", "c > end"),
    )
    assert outline(read(tmp_path, text)) == [
        (None, "DOUNTIL", "until Call"),
        (1, "TRY", "try: Call"),
        (2, "send_rest_request", "Call"),
        (1, "CATCH", "Timeout"),
        (4, "log", "Write it down"),
        (None, "create_task", "Go on"),
    ]


def test_an_error_that_leads_past_later_steps_takes_them_into_the_try(tmp_path: Path) -> None:
    text = bpmn(
        node("serviceTask", "a", "A"),
        event("boundaryEvent", "e", "Failed", on="error", attachedToRef="a"),
        node("serviceTask", "b", "B"),
        node("serviceTask", "c", "C"),
        node("exclusiveGateway", "j"),
        node("serviceTask", "d", "D"),
        flows("start > a", "a > b", "b > j", "e > c", "c > j", "j > d", "d > end"),
    )
    assert [(block, name) for block, _, name in outline(read(tmp_path, text))] == [
        (None, "try: A"),
        (1, "A"),
        (1, "B"),
        (None, "Failed"),
        (4, "C"),
        (None, "D"),
    ]


def test_a_step_that_ends_the_flow_unless_it_fails(tmp_path: Path) -> None:
    text = bpmn(
        node("exclusiveGateway", "s", "Try?"),
        node("serviceTask", "a", "A"),
        event("boundaryEvent", "e", "Failed", on="error", attachedToRef="a"),
        node("exclusiveGateway", "j"),
        node("serviceTask", "d", "D"),
        flows("start > s", "s > a: yes", "s > j: no", "e > j", "j > d", "d > end"),
    )
    assert outline(read(tmp_path, text)) == [
        (None, "IF", "Try? yes"),
        (1, "TRY", "try: A"),
        (2, "send_rest_request", "A"),
        (2, "END", "end"),
        (1, "CATCH", "Failed"),
        (5, "log", "Failed"),
        (None, "send_rest_request", "D"),
    ]
