"""Data pills: read, written, and found where they point to nothing."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketch2flow.workflow import (
    CODES,
    PILL_CODES,
    Pill,
    find_pills,
    parse_document,
    parse_pill,
    pill_errors,
    structure_errors,
)
from tests.workflow.documents import flow, step
from tests.workflow.strategies import documents

PILLS = {
    "{{trigger.current}}": Pill("trigger", "current"),
    "{{trigger.current.priority}}": Pill("trigger", "current", "priority"),
    "{{step_3.record}}": Pill("step_3", "record"),
    "{{step_2.records}}": Pill("step_2", "records"),
    "{{step_4.item.caller_id.name}}": Pill("step_4", "item", "caller_id.name"),
    "{{subflow.record}}": Pill("subflow", "record"),
    "{{record_update.current}}": Pill("record_update", "current"),
}


@pytest.mark.parametrize("text", PILLS)
def test_pills_are_read_and_written(text: str) -> None:
    pill = parse_pill(text)
    assert pill == PILLS[text]
    assert pill.text == text
    assert find_pills(f"a{text}b{text}") == (pill, pill)
    assert find_pills(f'{{"json": {text}}}') == (pill,)
    assert find_pills(f"{{{text}}}") == (pill,)


def test_a_pill_names_its_step() -> None:
    assert parse_pill("{{step_12.item.name}}").step == 12
    assert parse_pill("{{step_12.item.name}}").path == "step_12.item"
    assert parse_pill("{{trigger.current}}").step is None


NO_PILLS = ["", "{{}}", "{{step_2}}", "{{step 2.record}}", "{{a.b", "{{a.b}", "a.b", "{{a..b}}",
            "{{a.b.}}", " {{a.b}}", "{{a.b}}{{c.d}}"]  # fmt: skip


@pytest.mark.parametrize("text", NO_PILLS)
def test_what_is_no_pill_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no data pill"):
        parse_pill(text)


@pytest.mark.parametrize("parts", [("", "a", ""), ("a", "", ""), ("a.b", "c", ""), ("a", "b", ".")])
def test_parts_that_no_text_can_say_are_refused(parts: tuple[str, str, str]) -> None:
    with pytest.raises(ValueError, match="no data pill"):
        Pill(*parts)


WORDS = st.from_regex(r"[A-Za-z0-9_]{1,6}", fullmatch=True)


@given(st.builds(Pill, WORDS, WORDS, st.lists(WORDS, max_size=3).map(".".join)))
def test_what_is_written_is_read_back(pill: Pill) -> None:
    assert parse_pill(pill.text) == pill


def takes(order: int, pill: str, block: int | None = None, word: str = "log") -> Any:
    """Return a step with an input that holds a pill."""
    return step(order, word, block, inputs=[{"name": "values", "value": f"a={{{{{pill}}}}}"}])


ON_RECORD = {"annotation": "", "type": "record_update"}
SUBFLOW = {"type": "subflow", "trigger": None,
           "inputs": {"items": [{"name": "record", "type": "reference"}]}}  # fmt: skip
LOOP = (step(1, "look_up_records"), step(2, "FOREACH"))

SOUND = {
    "the record that started it": flow(takes(1, "trigger.current.state"), trigger=ON_RECORD),
    "the same by the trigger's type": flow(takes(1, "record_update.current"), trigger=ON_RECORD),
    "the subflow's input": flow(takes(1, "subflow.record"), **SUBFLOW),
    "a step before": flow(step(1), takes(2, "step_1.record")),
    "a step before, inside a block": flow(
        step(1), step(2, "IF"), step(3, "IF", 2), takes(4, "step_1.record", 3)
    ),
    "a step before in the same block": flow(
        step(1, "IF"), step(2, block=1), takes(3, "step_2.x", 1)
    ),
    "what the loop goes over": flow(
        step(1, "look_up_records"), takes(2, "step_1.records", word="FOREACH"), step(3, block=2)
    ),
    "the loop's record, deep inside": flow(
        *LOOP, step(3, "IF", 2), takes(4, "step_2.item.name", 3)
    ),
    "a loop until what happens inside": flow(
        takes(1, "step_2.record.state", word="DOUNTIL"), step(2, "look_up_record", 1)
    ),
}

# document, code, pointer
WRONG: dict[str, tuple[Any, str, str]] = {
    "no pill": (flow(takes(1, "step 2")), "pill_unreadable", "/components/0"),
    "not closed": (
        flow(step(1, inputs=[{"name": "a", "value": "{{step_1.record"}])),
        "pill_unreadable",
        "/components/0",
    ),
    "an unknown source": (flow(takes(1, "stage_1.record")), "pill_points_nowhere", "/components/0"),
    "no such step": (flow(takes(1, "step_7.record")), "pill_points_nowhere", "/components/0"),
    "the step itself": (flow(takes(1, "step_1.record")), "pill_points_nowhere", "/components/0"),
    "a later step": (flow(takes(1, "step_2.x"), step(2)), "pill_points_nowhere", "/components/0"),
    "the record of a clock": (
        flow(takes(1, "trigger.current.state")), "pill_points_nowhere", "/components/0",
    ),
    "the trigger of a subflow": (
        flow(takes(1, "trigger.current"), **SUBFLOW), "pill_points_nowhere", "/components/0",
    ),
    "an input that the subflow has not": (
        flow(takes(1, "subflow.user"), **SUBFLOW), "pill_points_nowhere", "/components/0",
    ),
    "a subflow's input in a flow": (
        flow(takes(1, "subflow.record")), "pill_points_nowhere", "/components/0",
    ),
    "the record of an IF": (
        flow(step(1, "IF"), takes(2, "step_1.record", 1)), "pill_points_nowhere", "/components/1",
    ),
    "the item of an action": (
        flow(step(1), takes(2, "step_1.item")), "pill_points_nowhere", "/components/1",
    ),
    "the loop's record behind the loop": (
        flow(*LOOP, step(3, block=2), takes(4, "step_2.item")),
        "pill_out_of_scope",
        "/components/3",
    ),
    "what a branch found, behind it": (
        flow(step(1, "IF"), step(2, block=1), takes(3, "step_2.record")),
        "pill_out_of_scope",
        "/components/2",
    ),
    "what another branch found": (
        flow(step(1, "PARALLEL"), step(2, block=1), step(3, "PARALLEL"), takes(4, "step_2.x", 3)),
        "pill_out_of_scope",
        "/components/3",
    ),
    "what an IF's branch finds, in its condition": (
        flow(takes(1, "step_2.record", word="IF"), step(2, block=1)),
        "pill_points_nowhere",
        "/components/0",
    ),
    "a pill before anything ran": (
        flow(trigger={**ON_RECORD, "inputs": [{"name": "a", "value": "{{trigger.current}}"}]}),
        "pill_points_nowhere",
        "/trigger",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SOUND)
def test_pills_that_point_to_what_is_there(case: str) -> None:
    assert pill_errors(parse_document(SOUND[case])) == ()


@pytest.mark.parametrize("case", WRONG)
def test_pills_that_point_to_nothing(case: str) -> None:
    document, code, pointer = WRONG[case]
    (error,) = pill_errors(parse_document(document))
    assert (error.code, error.pointer) == (code, f"{pointer}/inputs/0/value")
    assert error.message
    assert "\n" not in error.message


def test_pill_codes_are_no_structure_errors() -> None:
    assert {code for _, code, _ in WRONG.values()} == set(PILL_CODES)
    assert set(PILL_CODES).isdisjoint(CODES)
    assert structure_errors(parse_document(flow(takes(1, "step_7.record")))) == ()


@given(documents(), st.integers(0, 9))
def test_any_document_is_looked_through(workflow: Any, order: int) -> None:
    pill_errors(workflow)
    shifted = [one.model_copy(update={"block": order}) for one in workflow.components]
    pill_errors(workflow.model_copy(update={"components": tuple(shifted)}))


def test_deep_documents_with_many_pills_take_little_time() -> None:
    pills = [{"name": "a", "value": "{{step_1.record}}" * 200}]
    components = [step(1), *(step(n, "IF", n - 1 if n > 2 else None) for n in range(2, 1_000))]
    components.append(step(1_000, block=999, inputs=pills * 20))
    started = time.process_time()
    assert pill_errors(parse_document(flow(*components))) == ()
    assert time.process_time() - started < 2
