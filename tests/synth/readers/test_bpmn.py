"""BPMN files: a whole process, the pictures beside files, and the names of both."""

from __future__ import annotations

from pathlib import Path

from sketch2flow.workflow import structure_errors
from synth.draw import draw
from synth.readers import read_folder
from tests.synth.readers.bpmn_files import (
    INVOICE,
    bpmn,
    flows,
    node,
    outline,
    read,
)
from tests.synth.readers.test_pictures import PNG, reasons


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
