"""The JSON Schema of the document, judged by a validator that is not ours."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from sketch2flow.workflow import Workflow, json_schema, load_catalogue, to_object
from synth.generate import generate_workflows
from tests.workflow.documents import flow, step, without
from tests.workflow.strategies import documents

ANY = Draft202012Validator(json_schema())
CATALOGUE = load_catalogue()
OURS = Draft202012Validator(json_schema(CATALOGUE))


def test_both_are_schemas() -> None:
    for validator in (ANY, OURS):
        Draft202012Validator.check_schema(validator.schema)
        assert validator.schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]


def test_generated_documents_are_what_both_describe() -> None:
    for generated in generate_workflows("schema", 200, 4, 20):
        document = to_object(generated.workflow)
        assert not list(ANY.iter_errors(document))
        assert not list(OURS.iter_errors(document))


@given(documents())
def test_sound_documents_are_what_it_describes(workflow: Workflow) -> None:
    assert ANY.is_valid(to_object(workflow))


SUBFLOW = flow(type="subflow", trigger=None, inputs={"items": []})
REFUSED: dict[str, Any] = {
    "a wrong category": flow(step(1, category="event")),
    "an extra key": {**flow(), "name": "x"},
    "an extra key in a step": flow(step(1, name="x")),
    "an extra key in an input": flow(step(1, inputs=[{"name": "a", "value": "b", "type": "c"}])),
    "a missing key": without(flow(), "scope"),
    "a missing key in a step": flow(without(step(1), "annotation")),
    "an unknown trigger": flow(trigger={"annotation": "", "type": "hourly"}),
    "flow logic in small letters": flow(step(1, "if", category="flowlogic")),
    "unknown flow logic": flow(step(1, "WHILE")),
    "a flow without a trigger": flow(trigger=None),
    "inputs of a flow": flow(inputs={"items": []}),
    "the trigger of a subflow": {**SUBFLOW, "trigger": flow()["trigger"]},
    "an order that is text": flow({**step(1), "order": "1"}),
    "an order of 0": flow(step(0)),
    "null for what is absent": flow(step(1, inputs=None)),
    "a value that is no text": flow(step(1, inputs=[{"name": "a", "value": 1}])),
    "a list": [],
}


@pytest.mark.parametrize("case", REFUSED)
def test_other_documents_are_refused(case: str) -> None:
    assert ANY.is_valid(flow(step(1)))
    assert ANY.is_valid(SUBFLOW)
    assert not ANY.is_valid(REFUSED[case])
    assert not OURS.is_valid(REFUSED[case])


def test_with_a_catalogue_only_what_it_offers_can_be_used() -> None:
    assert OURS.is_valid(flow(step(1, "send_email"), step(2, "FOREACH")))
    for other in (
        step(1, "send_pigeon"),
        step(1, "send_email", scope="sn_pigeon"),
        step(1, "send_email", scope="sn_ms_teams_ah"),  # there is such a scope, not with it
        step(1, "send_email", category="subflow"),
        step(1, "FOREACH", scope="sn_ms_teams_ah"),
    ):
        assert ANY.is_valid(flow(other))
        assert not OURS.is_valid(flow(other))
    alone = CATALOGUE.changed(logic={"IF": CATALOGUE.logic["IF"]}, subflows={})
    fewer = Draft202012Validator(json_schema(alone))
    assert fewer.is_valid(flow(step(1, "IF")))
    assert not fewer.is_valid(flow(step(1, "FOREACH")))


def test_properties_stand_in_canonical_order() -> None:
    definitions = ANY.schema["$defs"]
    workflow = [*flow(), "inputs", "outputs"]
    assert set(definitions["subflow"]["properties"]) == set(workflow)
    assert list(definitions["subflow"]["properties"]) == list(Workflow.model_fields)
    (action, _, _) = definitions["components"]["items"]["anyOf"]
    assert list(action["properties"]) == [*step(1, block=1), "inputs"]
