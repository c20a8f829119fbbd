"""Every structure error code, on the smallest document that shows it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sketch2flow.workflow import CODES, WARNINGS, parse_document, read_answer, structure_errors
from tests.workflow.documents import flow, step, without

QUERY = [{"name": "conditions", "value": "nonsense"}]
ITEMS: dict[str, Any] = {"items": []}

# code -> (the smallest document, or text, that shows it; the place that is named)
SMALLEST: dict[str, tuple[Any, str]] = {
    "json_invalid": ("no JSON at all", ""),
    "not_object": ("[]", ""),
    "missing_key": (without(flow(), "scope"), "/scope"),
    "wrong_type": (flow(step(1, scope=7)), "/components/0/scope"),
    "too_large": ("[" * 101 + "]" * 101, ""),
    "truncated": ("```json\n" + json.dumps(flow()), ""),
    "unknown_category": (flow(step(1, category="event")), "/components/0/category"),
    "unknown_logic": (flow(step(1, "WHILE")), "/components/0/definition"),
    "unknown_trigger": (flow(trigger={"annotation": "", "type": "hourly"}), "/trigger/type"),
    "trigger_on_subflow": (flow(type="subflow"), "/trigger"),
    "io_on_flow": (flow(inputs=ITEMS), "/inputs"),
    "order_duplicate": (flow(step(1), step(1)), "/components/1/order"),
    "order_not_increasing": (flow(step(2), step(1)), "/components/1/order"),
    "block_unknown": (flow(step(1, block=7)), "/components/0/block"),
    "block_not_before": (flow(step(1, block=1)), "/components/0/block"),
    "block_not_flowlogic": (flow(step(1), step(2, block=1)), "/components/1/block"),
    "else_without_if": (flow(step(1, "ELSE"), step(2, block=1)), "/components/0"),
    "catch_without_try": (flow(step(1, "CATCH"), step(2, block=1)), "/components/0"),
    "try_without_catch": (flow(step(1, "TRY"), step(2, block=1)), "/components/0"),
    "parallel_branches_lt_2": (flow(step(1, "PARALLEL"), step(2, block=1)), "/components/0"),
    "empty_block": (flow(step(1, "FOREACH")), "/components/0"),
    "end_not_last": (flow(step(1, "END"), step(2)), "/components/0"),
    "query_unreadable": (flow(step(1, inputs=QUERY)), "/components/0/inputs/0/value"),
}


@pytest.mark.parametrize("code", CODES)
def test_the_smallest_document_shows_this_error_and_no_other(code: str) -> None:
    document, pointer = SMALLEST[code]
    text = document if isinstance(document, str) else json.dumps(document)
    answer = read_answer(text)
    assert [(error.code, error.pointer) for error in answer.errors] == [(code, pointer)]
    assert answer.errors[0].message
    assert "\n" not in answer.errors[0].message


def test_every_code_has_its_case() -> None:
    assert set(SMALLEST) == set(CODES)
    assert set(CODES) >= WARNINGS


SOUND = [
    flow(),
    flow(step(1, "IF"), step(2, block=1), step(3, "ELSEIF"), step(4, block=3), step(5, "ELSE"),
         step(6, block=5)),
    flow(step(1, "TRY"), step(2, block=1), step(3, "CATCH"), step(4, block=3), step(5)),
    flow(step(1, "PARALLEL"), step(2, block=1), step(3, "PARALLEL"), step(4, block=3)),
    flow(step(1, "FOREACH"), step(2, "IF", 1), step(3, "END", 2), step(4, "ELSE", 1),
         step(5, block=4), step(6)),
    flow(step(1, "DOUNTIL"), step(2, block=1), step(5)),
    # Models write the words in other letters; the structure is the same.
    flow(step(1, "If", category="flowlogic"), step(2, block=1),
         step(3, "else", category="flowlogic"), step(4, block=3)),
    {"type": "subflow", "scope": "global", "trigger": None, "inputs": ITEMS, "outputs": ITEMS,
     "components": []},
]  # fmt: skip


@pytest.mark.parametrize("document", SOUND)
def test_sound_documents_have_no_errors(document: dict[str, Any]) -> None:
    assert structure_errors(parse_document(document)) == ()


BROKEN = {
    "a step between IF and ELSE": (
        flow(step(1, "IF"), step(2, block=1), step(3), step(4, "ELSE"), step(5, block=4)),
        {"else_without_if"},
    ),
    "an ELSE inside its IF": (
        flow(step(1, "IF"), step(2, block=1), step(3, "ELSE", 1), step(4, block=3)),
        {"else_without_if"},
    ),
    "a step behind its closed block": (
        flow(step(1, "FOREACH"), step(2, block=1), step(3), step(4, block=1)),
        {"order_not_increasing"},
    ),
    "a block further down": (
        flow(step(1, block=2), step(2, "FOREACH"), step(3, block=2)),
        {"block_not_before"},
    ),
    "two blocks in each other": (
        flow(step(1, "FOREACH", 2), step(2, "FOREACH", 1)),
        {"block_not_before"},
    ),
    "END in a branch with a step behind it": (
        flow(step(1, "IF"), step(2, "END", 1), step(3, block=1)),
        {"end_not_last"},
    ),
    "parallel branches apart": (
        flow(step(1, "PARALLEL"), step(2, block=1), step(3), step(4, "PARALLEL"), step(5, block=4)),
        {"parallel_branches_lt_2"},
    ),
    "a flow without a trigger": (flow(trigger=None), {"missing_key"}),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_documents(case: str) -> None:
    document, codes = BROKEN[case]
    assert {error.code for error in structure_errors(parse_document(document))} == codes
