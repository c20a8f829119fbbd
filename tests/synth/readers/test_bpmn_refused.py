"""BPMN files: what has no place is told, what cannot be read is refused by element and reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sketch2flow.workflow import structure_errors
from tests.synth.readers.bpmn_files import (
    INVOICE,
    bpmn,
    definitions,
    event,
    flows,
    node,
    outline,
    read,
)
from tests.synth.readers.test_pictures import reasons


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
