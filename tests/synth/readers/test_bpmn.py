"""BPMN files: triggers, steps, conditions, pictures beside them; what is refused and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sketch2flow.workflow import load_catalogue, structure_errors
from sketch2flow.workflow.rules import TRIGGER_TYPES
from synth.draw import draw
from synth.readers import read_folder
from synth.readers.bpmn.mapping import Rule, rules, table_in
from synth.readers.bpmn.process import EVENTS, SUBPROCESSES, TASKS
from tests.synth.readers.bpmn_files import (
    bpmn,
    definitions,
    event,
    flows,
    node,
    outline,
    read,
)
from tests.synth.readers.test_pictures import PNG, reasons

INVOICE = bpmn(
    node("serviceTask", "look_up", "Look up incidents"),
    node(
        "subProcess",
        "each",
        "Chase",
        '<bpmn:multiInstanceLoopCharacteristics><bpmn:inputDataItem name="incident"/>'
        "</bpmn:multiInstanceLoopCharacteristics>" + node("sendTask", "remind", "Remind the owner"),
    ),
    node("exclusiveGateway", "check", "Invoice correct?"),
    node("userTask", "approve", "Approve the invoice"),
    node("userTask", "clarify", "Clarify with the supplier"),
    node("endEvent", "rejected", "Invoice rejected"),
    node("exclusiveGateway", "join"),
    node("parallelGateway", "fork"),
    node("serviceTask", "post", "Post to Slack"),
    node("sendTask", "mail", "Send confirmation"),
    node("parallelGateway", "meet"),
    node("callActivity", "archive", "Archive invoice"),
    flows(
        "start > look_up",
        "look_up > each",
        "each > check",
        "check > approve: yes",
        "check > clarify: amount > 1,000 €",
        "check > rejected: no",
        "approve > join",
        "clarify > join",
        "join > fork",
        "fork > post",
        "fork > mail",
        "post > meet",
        "mail > meet",
        "meet > archive",
        "archive > end",
    ),
)


def test_a_whole_process_reads_as_a_platform_would_build_it(tmp_path: Path) -> None:
    reading = read(tmp_path, INVOICE)
    assert outline(reading) == [
        (None, "look_up_records", "Look up incidents"),
        (None, "FOREACH", "for each incident: Chase"),
        (2, "send_email", "Remind the owner"),
        (None, "IF", "Invoice correct? yes"),
        (4, "ask_for_approval", "Approve the invoice"),
        (None, "ELSEIF", "Invoice correct? amount > 1,000 €"),
        (6, "create_task", "Clarify with the supplier"),
        (None, "ELSE", "Invoice correct? no"),
        (8, "END", "Invoice rejected"),
        (None, "PARALLEL", "in parallel"),
        (10, "post_message", "Post to Slack"),
        (None, "PARALLEL", "in parallel"),
        (12, "send_email", "Send confirmation"),
        (None, "archive_record", "Archive invoice"),
    ]
    (item,) = reading.items
    assert item.identifier == "plant_a"
    assert item.picture is None
    assert structure_errors(item.workflow) == ()
    inputs = {
        one.order: {value.name: value.value for value in one.inputs or ()}
        for one in item.workflow.components
    }
    assert inputs[1] == {"table": "incident"}
    assert inputs[2] == {"items": "{{step_1.records}}"}
    assert inputs[3] == {"ah_subject": "Remind the owner"}
    assert inputs[4] == {"condition": "invoice_correct=true"}
    assert inputs[6] == {"condition": "amount>1_000"}
    assert inputs[7] == {
        "table_name": "task",
        "field_values": "short_description=clarify with the supplier",
    }
    assert inputs[8] == {}
    assert item.workflow.trigger is not None
    assert item.workflow.trigger.annotation == "Request received"
    draw(item.workflow, "manual", "1")


def test_a_picture_beside_it_is_its_own(tmp_path: Path) -> None:
    text = bpmn(node("task", "a", "Do it"), flows("start > a", "a > end"))
    for name in ("one.bpmn", "two.bpmn20.xml", "three.xml", "four.bpmn"):
        (tmp_path / name).write_text(text)
    (tmp_path / "one.png").write_bytes(PNG)
    (tmp_path / "three.PNG").write_bytes(PNG)
    (tmp_path / "four.png").write_bytes(b"no picture")
    (tmp_path / "alone.jpg").write_bytes(b"\xff\xd8\xff")
    (tmp_path / "two.bpmn20.svg").write_text("<svg/>")
    (tmp_path / "other.xml").write_text("<other/>")
    reading = read_folder(tmp_path, "plant")
    found = {item.identifier: item.picture and item.picture.read_bytes() for item in reading.items}
    assert found["plant_one"] == found["plant_three"] == PNG
    assert len(found) == 3
    assert reasons(reading) == {
        "alone.jpg": "no BPMN file beside it",
        "four.bpmn": "no PNG, JPEG or WebP inside",
        "other.xml": "no BPMN 2.0 inside (no definitions of "
        "http://www.omg.org/spec/BPMN/20100524/MODEL)",
        "two.bpmn20.svg": "is none of .png, .jpg, .jpeg, .webp",
    }


def test_two_files_of_one_name_are_not_two_documents(tmp_path: Path) -> None:
    text = bpmn(node("task", "a", "Do it"), flows("start > a", "a > end"))
    (tmp_path / "a.bpmn").write_text(text)
    (tmp_path / "a.xml").write_text(text)
    reading = read_folder(tmp_path, "plant")
    assert len(reading.items) == 1
    assert reasons(reading) == {"a.xml": "a.bpmn has the same name; keep one of them"}


def started(folder: Path, start: str, *names: str) -> Any:
    """Return the trigger, as (type, inputs), of a process with this start."""
    task = node("task", "a", "Do it")
    text = bpmn(task, flows("start > a", "a > end"), *names, start=start)
    reading = read(folder, text)
    assert reading.skipped == []
    trigger = reading.items[0].workflow.trigger
    assert reading.items[0].workflow.type == ("flow" if trigger else "subflow")
    return trigger and (trigger.type, {one.name: one.value for one in trigger.inputs or ()})


@pytest.mark.parametrize(
    ("name", "on", "trigger", "inputs"),
    [
        ("Order received", "", "service_catalog", {}),
        ("Incident reported", "", "record_create", {"table": "incident"}),
        ("New problem", "", "record_create", {"table": "problem"}),
        ("Incident updated", "", "record_update", {"table": "incident"}),
        ("Incident created or updated", "", "record_create_or_update", {"table": "incident"}),
        ("E-mail arrives", "", "email", {}),
        ("Request over REST", "message", "rest_async", {}),
        ("Claim received", "message", "email", {}),
        ("SLA of the incident breached", "", "sla_task", {"table": "incident"}),
        ("Threshold exceeded", "signal", "metric", {}),
        ("Deployment finished", "signal", "rest_async", {}),
        ("Incident is open", "conditional", "record_update", {"table": "incident"}),
        ("", "message", "email", {}),
    ],
)
def test_starts_are_triggers(
    name: str, on: str, trigger: str, inputs: dict[str, str], tmp_path: Path
) -> None:
    assert started(tmp_path, event("startEvent", "start", name, on)) == (trigger, inputs)


def test_a_start_that_says_nothing_is_a_subflows(tmp_path: Path) -> None:
    assert started(tmp_path, node("startEvent", "start")) is None


def test_a_message_is_named_elsewhere(tmp_path: Path) -> None:
    start = event("startEvent", "start", on="message", of="message_1")
    text = bpmn(node("task", "a"), flows("start > a", "a > end"), start=start)
    message = '<bpmn:message id="message_1" name="Webhook call"/>'
    text = text.replace("<bpmn:process", f"{message}<bpmn:process")
    trigger = read(tmp_path, text).items[0].workflow.trigger
    assert trigger is not None
    assert (trigger.type, trigger.annotation) == ("rest_async", "Webhook call")


TIMERS: list[tuple[str, str, str, dict[str, str]]] = [
    ("timeCycle", "R/PT1H", "repeat", {"repeat": "01:00:00"}),
    ("timeCycle", "R5/PT90M", "repeat", {"repeat": "01:30:00"}),
    ("timeCycle", "R3/2027-03-01T09:30:00Z/P1D", "daily", {"time": "09:30:00"}),
    ("timeCycle", "R/P1D", "daily", {}),
    ("timeCycle", "R/2027-03-03T09:00Z/P7D", "weekly", {"day_of_week": "3", "time": "09:00:00"}),
    ("timeCycle", "R/P1W", "weekly", {}),
    ("timeCycle", "R/2027-03-15T08:00/P1M", "monthly", {"day_of_month": "15", "time": "08:00:00"}),
    ("timeCycle", "R/P2D", "repeat", {"repeat": "48:00:00"}),
    ("timeCycle", "0 0 9 * * ?", "daily", {"time": "09:00:00"}),
    ("timeCycle", "30 17 * * *", "daily", {"time": "17:30:00"}),
    ("timeCycle", "0 0 9 ? * MON", "weekly", {"day_of_week": "1", "time": "09:00:00"}),
    ("timeCycle", "0 0 9 ? * 1", "weekly", {"day_of_week": "7", "time": "09:00:00"}),
    ("timeCycle", "0 0 9 * * 0", "weekly", {"day_of_week": "7", "time": "09:00:00"}),
    ("timeCycle", "0 9 * * 5", "weekly", {"day_of_week": "5", "time": "09:00:00"}),
    ("timeCycle", "0 0 6 1 * ?", "monthly", {"day_of_month": "1", "time": "06:00:00"}),
    ("timeCycle", "0 */15 * * * ?", "repeat", {"repeat": "00:15:00"}),
    ("timeCycle", "0 0 0/6 * * ?", "repeat", {"repeat": "06:00:00"}),
    ("timeCycle", "@daily", "daily", {"time": "00:00:00"}),
    ("timeDate", "2027-03-01T09:00:00Z", "run_once", {"time": "2027-03-01 09:00:00"}),
]  # fmt: skip


@pytest.mark.parametrize(("element", "text", "trigger", "inputs"), TIMERS)
def test_timers_are_schedules(
    element: str, text: str, trigger: str, inputs: dict[str, str], tmp_path: Path
) -> None:
    timer = f"<bpmn:{element}>{text}</bpmn:{element}>"
    start = event("startEvent", "start", on="timer", of=timer)
    assert started(tmp_path, start) == (trigger, inputs)


@pytest.mark.parametrize(
    ("name", "text", "trigger"),
    [
        ("Every Monday", "0 0 9 ? * MON-FRI", "weekly"),
        ("Each night", "${cron}", "daily"),
        ("Month's end", "0 0 9 L * ?", "monthly"),
        ("Now and then", "PT5M", "repeat"),
        ("Now and then", "R/PT0S", "repeat"),
        ("Now and then", "R/P1Y", "repeat"),
        ("Now and then", "99 99 99 99 99 99", "repeat"),
    ],
)
def test_a_timer_that_no_trigger_has_is_told_and_its_name_decides(
    name: str, text: str, trigger: str, tmp_path: Path
) -> None:
    timer = f"<bpmn:timeCycle>{text}</bpmn:timeCycle>"
    start = event("startEvent", "start", name, on="timer", of=timer)
    assert started(tmp_path, start) == (trigger, {})
    (unmapped,) = read_folder(tmp_path, "plant").unmapped
    assert (unmapped.file, unmapped.reason) == (
        "a.bpmn",
        f"not in its document: timeCycle {text!r} of 'start'",
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


def test_what_has_no_place_is_told_by_file(tmp_path: Path) -> None:
    text = bpmn(
        '<bpmn:laneSet id="l"><bpmn:lane id="x" name="Sales"/><bpmn:lane id="y"/></bpmn:laneSet>',
        '<bpmn:dataObjectReference id="d"/>',
        node("subProcess", "sub", "Inner part", node("task", "b", "Do it")),
        node("exclusiveGateway", "s", "Idle?"),
        node("exclusiveGateway", "j"),
        flows("start > sub", "sub > s", "s > j: a", "s > j: b", "j > end"),
    )
    reading = read(tmp_path, text)
    assert outline(reading) == [(None, "create_task", "Do it")]
    assert [one.reason for one in reading.unmapped] == [
        "not in its document: the name 'Inner part' of an inlined subprocess",
        "not in its document: 1 data objects",
        "not in its document: 2 lanes",
    ]


TASK = node("task", "a", "A")
REFUSED: dict[str, tuple[str, str]] = {
    "no process": (definitions(), "no process with steps; a file with one is wanted"),
    "two processes": (
        definitions(
            *(
                node("process", f"p{one}", inside=node("startEvent", "s") + node("task", "t"))
                for one in (1, 2)
            )
        ),
        "2 processes (p1, p2); a file with one is wanted",
    ),
    "no steps": (bpmn(flows("start > end")), "process 'process': no step in it"),
    "no start": (
        definitions(node("process", "p", inside=TASK)),
        "process 'p': it has no start event",
    ),
    "two starts": (
        bpmn(node("startEvent", "other"), TASK, flows("start > a", "other > a", "a > end")),
        "startEvent 'other': nothing leads to it: a second start",
    ),
    "a step apart": (
        bpmn(TASK, node("task", "b", "Alone"), flows("start > a", "a > end")),
        "task 'b' (Alone): nothing leads to it: a second start",
    ),
    "a ring apart": (
        bpmn(TASK, node("task", "b"), flows("start > a", "a > end", "b > b")),
        "task 'b': nothing leads to it from the start",
    ),
    "an event gateway": (
        bpmn(node("eventBasedGateway", "g"), flows("start > g", "g > end")),
        "eventBasedGateway 'g': no flow logic waits for whichever event comes first",
    ),
    "an inclusive gateway": (
        bpmn(node("inclusiveGateway", "g", "Which?"), flows("start > g", "g > end")),
        "inclusiveGateway 'g' (Which?): no flow logic takes several of its branches",
    ),
    "crossing branches": (
        bpmn(
            *(node("exclusiveGateway", one) for one in ("s", "t", "j", "k")),
            *(node("task", one) for one in "abcd"),
            flows(
                *("start > s", "s > a", "s > b", "a > t", "t > c", "t > d", "b > j"),
                *("c > j", "d > k", "j > k", "k > end"),
            ),
        ),
        "exclusiveGateway 's': not block-structured: its branches neither meet again nor end by "
        "themselves",
    ),
    "a loop for ever": (
        bpmn(TASK, node("exclusiveGateway", "m"), flows("start > m", "m > a", "a > m")).replace(
            '<bpmn:endEvent id="end"/>', ""
        ),
        "exclusiveGateway 'm': not block-structured: a loop that nothing leaves",
    ),
    "parallel branches that meet at a test": (
        bpmn(
            TASK,
            node("task", "b"),
            node("parallelGateway", "s"),
            node("exclusiveGateway", "j"),
            flows("start > s", "s > a", "s > b", "a > j", "b > j", "j > end"),
        ),
        "exclusiveGateway 'j': parallel branches meet here: what follows would run for each",
    ),
    "a test that meets at a parallel gateway": (
        bpmn(
            TASK,
            node("task", "b"),
            node("exclusiveGateway", "s"),
            node("parallelGateway", "j"),
            flows("start > s", "s > a", "s > b", "a > j", "b > j", "j > end"),
        ),
        "parallelGateway 'j': it waits for branches of which only one is taken",
    ),
    "parallel branches behind parallel branches": (
        bpmn(
            *(node("task", one) for one in "abcd"),
            *(node("parallelGateway", one) for one in ("s", "t")),
            flows(
                *("start > s", "s > a", "s > b", "a > t", "b > t"),
                *("t > c", "t > d", "c > end", "d > end"),
            ),
        ),
        "parallelGateway 't': parallel branches directly behind others; a document cannot tell "
        "them apart",
    ),
    "conditional flows without a gateway": (
        bpmn(TASK, node("task", "b"), flows("start > a", "a > b if ${x}", "a > end", "b > end")),
        "task 'a' (A): conditional flows leave it without a gateway",
    ),
    "a timer at the border": (
        bpmn(
            TASK,
            event("boundaryEvent", "t", "Late", on="timer", attachedToRef="a"),
            flows("start > a", "a > end", "t > end"),
        ),
        "boundaryEvent 't' (Late): no flow logic leaves a running step but at an error",
    ),
    "an event at no border": (
        bpmn(TASK, event("boundaryEvent", "t", on="error"), flows("start > a", "a > end")),
        "boundaryEvent 't': it is at the border of no step of its process",
    ),
    "an error that is raised": (
        bpmn(
            node(
                "subProcess",
                "sub",
                inside=node("task", "b")
                + event("endEvent", "bad", "Broken", on="error")
                + flows("b > bad"),
            ),
            flows("start > sub", "sub > end"),
        ),
        "endEvent 'bad' (Broken): no flow logic raises an error",
    ),
    "a link": (
        bpmn(event("intermediateThrowEvent", "l", on="link"), flows("start > l", "l > end")),
        "intermediateThrowEvent 'l': no flow logic is a link event",
    ),
    "an event subprocess": (
        bpmn(TASK, node("subProcess", "s", triggeredByEvent="true"), flows("start > a", "a > end")),
        "subProcess 's': no flow logic starts steps at an event",
    ),
    "a flow to nowhere": (
        bpmn(TASK, flows("start > a", "a > nowhere")),
        "sequenceFlow 'flow_a_nowhere_1': it does not join two elements of its process",
    ),
    "an id twice": (
        bpmn(TASK, TASK, flows("start > a")),
        "task 'a' (A): another element has its id",
    ),
    "no id": (bpmn("<bpmn:task/>"), "task '': it has no id"),
    "a call of nothing": (
        bpmn(node("callActivity", "c"), flows("start > c", "c > end")),
        "callActivity 'c': neither its name nor calledElement says what is called",
    ),
    "a start that only subprocesses have": (
        bpmn(TASK, flows("start > a", "a > end"), start=event("startEvent", "start", on="error")),
        "startEvent 'start': no trigger is an error",
    ),
    "an end inside parallel branches": (
        bpmn(
            *(node("task", one) for one in "abcd"),
            *(node("parallelGateway", one) for one in ("f", "m")),
            node("exclusiveGateway", "s", "Go on?"),
            node("endEvent", "stop"),
            flows(
                *("start > f", "f > a", "f > s", "s > b: yes", "s > stop: no", "b > c"),
                *("a > m", "c > m", "m > d", "d > end"),
            ),
        ),
        "exclusiveGateway 's' (Go on?): a branch ends inside parallel ones; END would end the flow",
    ),
    "a huge name": (
        bpmn(node("task", "a", "x" * 4_001), flows("start > a", "a > end")),
        "a name of more than 4,000 characters",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_such_process_is_refused_by_element_and_reason(
    case: str, tmp_path: Path
) -> None:
    text, reason = REFUSED[case]
    assert reasons(read(tmp_path, text)) == {"a.bpmn": reason}


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "no readable XML (no element found"),
    "text": ("no XML", "no readable XML (syntax error"),
    "cut off": (INVOICE[: len(INVOICE) // 2], "no readable XML ("),
    "another language": ("<html/>", "no BPMN 2.0 inside"),
    "entities in entities": (
        f'<!DOCTYPE d [<!ENTITY l0 "ha">{LAUGHS}]><d>&l9;</d>',
        "a document type declaration",
    ),
    "a file from outside": (
        '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><d>&e;</d>',
        "a document type declaration",
    ),
    "an address from outside": (
        '<!DOCTYPE d SYSTEM "http://localhost/x.dtd"><d/>',
        "a document type declaration",
    ),
    "an unknown entity": ("<d>&e;</d>", "no readable XML (undefined entity"),
    "an unknown encoding": ('<?xml version="1.0" encoding="utf-99"?><d/>', "no readable XML ("),
    "bad UTF-8": (INVOICE.encode().replace(b"Invoice", b"\xff\xfe"), "no readable XML (not well"),
    "zeros": (b"\0" * 1_000, "no readable XML ("),
    "depth": ("<d>" * 200_000, "elements are nested deeper than 100"),
    "width": (INVOICE.replace("</bpmn:process>", "<x/>" * 50_001), "over 50,000 elements"),
    "size": (" " * 5_000_001, "a.bpmn: over 5,000,000 bytes"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_files_are_skipped_and_named(case: str, tmp_path: Path) -> None:
    text, reason = HOSTILE[case]
    ((name, said),) = reasons(read(tmp_path, text)).items()
    assert name == "a.bpmn"
    assert said.startswith(reason)
    assert "\n" not in said


def test_other_encodings_are_read(tmp_path: Path) -> None:
    text = INVOICE.replace("UTF-8", "UTF-16")
    assert len(outline(read(tmp_path, text.encode("utf-16")))) == 14
    latin = INVOICE.replace("UTF-8", "ISO-8859-1").replace("€", "ä")
    assert len(outline(read(tmp_path, latin.encode("latin-1")))) == 14


PIECES = [piece for piece in INVOICE.replace("<", "\0<").split("\0") if piece]


@settings(max_examples=400, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_a_mutilated_file_never_raises(data: st.DataObject, tmp_path: Path) -> None:
    """Elements are lost, doubled, moved and swapped, words replaced, bytes broken."""
    pieces = list(PIECES)
    words = ["start", "end", "check", "join", "fork", "each", "", "exclusiveGateway", "endEvent"]
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(pieces) - 1))
        match data.draw(st.integers(0, 4)):
            case 0:
                del pieces[place]
            case 1:
                pieces.insert(data.draw(st.integers(0, len(pieces))), pieces[place])
            case 2:
                other = data.draw(st.integers(0, len(pieces) - 1))
                pieces[place], pieces[other] = pieces[other], pieces[place]
            case 3:
                old, new = data.draw(st.sampled_from(words[:6])), data.draw(st.sampled_from(words))
                pieces[place] = pieces[place].replace(f'"{old}"', f'"{new}"')
            case _:
                pieces[place] = data.draw(st.text(max_size=20)) + pieces[place]
        pieces = pieces or [""]
    text = "".join(pieces).encode(errors="replace")
    reading = read(tmp_path, text)
    assert len(reading.items) + len(reading.skipped) == 1
    for item in reading.items:
        assert structure_errors(item.workflow) == ()
        json.dumps(item.workflow.model_dump())
    assert all(one.reason and "\n" not in one.reason for one in reading.skipped)


def test_the_table_names_what_the_catalogue_has() -> None:
    catalogue = load_catalogue()
    for rule in rules().triggers:
        assert rule.trigger in TRIGGER_TYPES
        assert set(rule.inputs) <= set(catalogue.triggers[rule.trigger].inputs), rule
    for rule in rules().steps:
        assert (rule.step is None) != (rule.subflow is None)
        found = catalogue.actions if rule.step else catalogue.subflows
        step = found[rule.step or rule.subflow or ""]
        assert set(rule.inputs) <= set(step.inputs), rule


def test_every_kind_of_step_has_a_rule_that_asks_for_no_words() -> None:
    def is_known(kind: str, table: tuple[Rule, ...]) -> bool:
        return any(kind in one.kinds and not one.words and not one.table for one in table)

    tasks = TASKS - {"callActivity"}  # subflows of their own names, like closed subprocesses
    assert all(is_known(kind, rules().steps) for kind in tasks)
    kinds = {kind for one in (*rules().steps, *rules().triggers) for kind in one.kinds}
    assert {kind.partition(":")[0] for kind in kinds} <= TASKS | EVENTS | SUBPROCESSES
    starts = [f"startEvent:{word}" for word in ("timer", "message", "signal", "conditional")]
    assert all(is_known(kind, rules().triggers) for kind in ("startEvent", *starts))


def test_tables_are_found_by_label_the_longest_first() -> None:
    assert table_in("Open an incident task.") == "incident_task"
    assert table_in("all INCIDENTS of today") == "incident"
    assert table_in("coincident") is None
