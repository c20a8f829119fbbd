"""The lenient door: reads what it can, names what it cannot, never raises."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketch2flow.workflow import CODES, Workflow, parse_document, read_answer, to_answer, to_json
from sketch2flow.workflow.coercion import MAX_NODES
from sketch2flow.workflow.document import MAX_TEXT_CHARACTERS
from sketch2flow.workflow.reading import MAX_DEPTH
from tests.workflow.documents import flow, step

DOCUMENT = flow(
    step(1, "IF", inputs=[{"name": "condition", "value": "{{trigger.current.active}}=true"}]),
    step(2, block=1),
)


def codes(text: str) -> set[str]:
    return {error.code for error in read_answer(text).errors}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(DOCUMENT),
        "\n  " + json.dumps(DOCUMENT, indent=2),
        f"```json\n{json.dumps(DOCUMENT)}\n```",
        f"```\n{json.dumps(DOCUMENT)}\n```",
        f"Here it is:\n```JSON\n{json.dumps(DOCUMENT)}\n```\nAnything else?",
        f"Here it is: {json.dumps(DOCUMENT)} Anything else?",
    ],
)
def test_takes_the_document_out_of_what_stands_around_it(text: str) -> None:
    answer = read_answer(text)
    assert answer.workflow == parse_document(DOCUMENT)
    assert answer.value == DOCUMENT
    assert answer.errors == ()


def test_backticks_inside_a_text_are_no_fence() -> None:
    document = flow(step(1, annotation="```json"))
    assert read_answer(json.dumps(document)).workflow == parse_document(document)


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7, 0.9, 0.99])
def test_an_answer_that_was_cut_off_is_read_up_to_its_last_whole_step(share: float) -> None:
    whole = parse_document(flow(*(step(order) for order in range(1, 21))))
    text = to_answer(whole)
    answer = read_answer(text[: int(len(text) * share)])
    assert {"truncated", "json_invalid"} <= {error.code for error in answer.errors}
    assert answer.workflow is not None
    kept = len(answer.workflow.components)
    assert abs(kept - 20 * share) < 3
    assert answer.workflow.components == whole.components[:kept]


def test_broken_components_are_left_out_and_the_others_keep_their_order() -> None:
    document = flow(step(1), 7, {**step(3), "order": "three"}, step(4, category="event"), step(5))
    answer = read_answer(json.dumps(document))
    assert answer.workflow is not None
    assert [component.order for component in answer.workflow.components] == [1, 5]
    assert [(error.code, error.pointer) for error in answer.errors] == [
        ("wrong_type", "/components/1"),
        ("wrong_type", "/components/2/order"),
        ("unknown_category", "/components/3/category"),
    ]


def test_places_are_those_of_the_answer_though_components_were_left_out() -> None:
    answer = read_answer(json.dumps(flow(7, step(1, "ELSE"), step(2, block=1))))
    assert ("else_without_if", "/components/1") in [error[:2] for error in answer.errors]


def test_values_that_are_no_text_are_read_as_text() -> None:
    inputs = [{"name": "active", "value": True}, {"name": "limit", "value": 7}]
    answer = read_answer(json.dumps(flow(step(1, inputs=inputs))))
    assert answer.workflow is not None
    found = answer.workflow.components[0].inputs
    assert found is not None
    assert [value.value for value in found] == ["true", "7"]
    assert codes(json.dumps(flow(step(1, inputs=inputs)))) == {"wrong_type"}


HOSTILE = {
    "empty": "",
    "null": "null",
    "number": "-1e999",
    "not a number": "NaN",
    "text": '"trigger"',
    "list": "[{}, {}]",
    "deep lists": "[" * 100_000,
    "deep objects": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "deep in components": '{"components":' + "[" * 5_000 + "]" * 5_000 + "}",
    "huge integer": '{"components":[{"order":' + "9" * 5_000 + "}]}",
    "large integer": json.dumps(flow(step(10**30))),
    "lone surrogates": r'{"type":"\ud800","components":[{"annotation":"\udfff"}]}',
    "quotes": '"' * 50_000,
    "backslashes": '{"' + "\\" * 50_001,
    "fences": "```json" * 10_000,
    "brackets crossed": "{[}]" * 1_000,
    "components is text": json.dumps(flow(components="x")),
    "components is null": json.dumps(flow(components=None)),
    "all of the wrong type": json.dumps({key: [1] for key in flow()}),
    "inputs of a flow are a list": json.dumps(flow(inputs=[1, 2])),
    "items of the wrong type": json.dumps(
        flow(type="subflow", inputs={"items": [1, {"name": []}]})
    ),
    "too long": " " * 1_000_001,
    "NUL": "\0" * 100,
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_answers_are_named_not_raised(case: str) -> None:
    started = time.process_time()
    answer = read_answer(HOSTILE[case])
    assert time.process_time() - started < 2
    assert answer.errors
    assert {error.code for error in answer.errors} <= set(CODES)
    if answer.workflow is not None:
        to_json(answer.workflow).encode()


@pytest.mark.parametrize("name", ["]]]", '"]', "\\", '\\"]', '\\\\"{', "[" * 200])
def test_brackets_within_strings_are_not_depth(name: str) -> None:
    def nested(levels: int) -> str:
        inner: Any = name
        for level in range(levels):
            inner = {name: inner} if level % 2 else [name, inner, name]
        return json.dumps(flow(extra=inner))

    assert "too_large" not in codes(nested(MAX_DEPTH - 1))
    assert codes(nested(MAX_DEPTH)) >= {"too_large"}
    assert codes(nested(MAX_DEPTH) + ",") >= {"too_large"}


def test_the_number_of_values_is_bounded() -> None:
    answer = read_answer(json.dumps(flow(*(step(order) for order in range(1, 5_000)))))
    assert answer.workflow is not None
    assert len(answer.workflow.components) < MAX_NODES
    assert [error.code for error in answer.errors] == ["too_large"]
    many = [{"name": "a", "value": "b"}] * 10_000
    answer = read_answer(json.dumps(flow(step(1, inputs=many))))
    assert [error.code for error in answer.errors] == ["too_large"]


def test_long_texts_are_cut() -> None:
    answer = read_answer(json.dumps(flow(step(1, annotation="x" * 100_000))))
    assert answer.workflow is not None
    assert len(answer.workflow.components[0].annotation) == MAX_TEXT_CHARACTERS
    assert [error.code for error in answer.errors] == ["too_large"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from([*DOCUMENT, *step(1), "inputs", "items", "name", "value",
                                       "reference", "block"]), inner, max_size=6),
    max_leaves=20,
)  # fmt: skip
COMPONENT: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {
        "annotation": st.text(max_size=5),
        "category": st.sampled_from(["action", "flowlogic", "subflow", "event"]),
        "definition": st.sampled_from(["log", "IF", "ELSE", "TRY", "CATCH", "PARALLEL", "END"]),
        "scope": st.just("global"),
        "order": st.integers(-1, 6) | st.text(max_size=1),
    },
    optional={"block": st.integers(-1, 6) | st.none(), "inputs": JSON},
)


@given(st.one_of(JSON, st.lists(COMPONENT, max_size=6).map(lambda steps: flow(*steps))))
@settings(max_examples=200, deadline=None)
def test_any_json_is_read_without_an_exception(value: Any) -> None:
    answer = read_answer(json.dumps(value))
    if answer.workflow is None:
        assert answer.errors
    elif not answer.errors:
        # What has no errors passes the strict door too, unless for keys that nobody asked for.
        assert isinstance(parse_document(to_json(answer.workflow)), Workflow)


@given(st.text())
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_without_an_exception(text: str) -> None:
    assert read_answer(text).errors
    read_answer(f"```json\n{text}\n```")
    read_answer('{"components": [' + text)


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_any_damage_to_a_sound_answer_is_survived(data: st.DataObject) -> None:
    text = to_answer(parse_document(DOCUMENT))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 20)))
    read_answer(text[:start] + data.draw(st.text(max_size=5)) + text[end:])
