"""The strict door: a sound document or a DocumentError that names the place."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sketch2flow.workflow import DocumentError, parse_document
from tests.workflow.documents import flow, step

CIRCLE: dict[str, Any] = {}
CIRCLE["again"] = CIRCLE
DEEP: list[Any] = []
for _ in range(100_000):
    DEEP = [DEEP]

REFUSED: dict[str, tuple[Any, str]] = {
    "no JSON": ('{"type"', "plant.json: no readable JSON (Expecting"),
    "no text": (b"\xff", "plant.json: no readable JSON ("),
    "a key twice": (
        '{"type": "flow", "type": "subflow"}',
        "plant.json: no readable JSON (the key 'type' stands twice in one object; keep one",
    ),
    "a key twice deep inside": (
        b'{"components": [{"order": 1, "block": null, "order": 2}]}',
        "plant.json: no readable JSON (the key 'order' stands twice",
    ),
    "a lone surrogate in JSON": (r'{"type": "\ud800"}', "plant.json: Invalid JSON"),
    "a lone surrogate in text": ('{"type": "\ud800"}', "plant.json: Input should be a valid"),
    "depth in JSON": ("[" * 100_000, "plant.json: no readable JSON (maximum recursion"),
    "no object": ([], "plant.json: Input should be an object"),
    "a missing key": ({}, "plant.json.type: Field required"),
    "a key too many": (flow(colour="red"), "plant.json.colour: Extra inputs"),
    "a key that is a number": (flow() | {7: 1}, "plant.json.7: Extra inputs"),
    "a key that is none of JSON's": (
        flow() | {("a", 1): 1},
        "plant.json: the key ('a', 1) is no text",
    ),
    "a key deep inside": (
        flow(step(1) | {date(2027, 1, 1): 1}),
        "plant.json.components[0]: the key datetime.date(2027, 1, 1) is no text",
    ),
    "a set": (flow(scope={"global"}), "plant.json.scope: set is no JSON value"),
    "bytes": (flow(step(1) | {"scope": b"x"}), "plant.json.components[0].scope: bytes is no JSON"),
    "an object": (flow(step(1), object()), "plant.json.components[1]: object is no JSON value"),
    "a value that is no source": (bytearray(b"{}"), "plant.json: bytearray is no JSON value"),
    "a set before a circle": (
        flow(step(1, inputs=[set()]), x=CIRCLE),
        "plant.json.components[0].inputs[0]: set is no JSON value",
    ),
    "a circle": (CIRCLE, "plant.json: no readable JSON (Circular reference"),
    "depth": (flow(components=DEEP), "plant.json: no readable JSON (maximum recursion"),
    "a lone surrogate": (flow(scope="\ud800"), "plant.json: Invalid JSON"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_document_is_named_with_its_place(case: str) -> None:
    source, message = REFUSED[case]
    with pytest.raises(DocumentError) as caught:
        parse_document(source, "plant.json")
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
