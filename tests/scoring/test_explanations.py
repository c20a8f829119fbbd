"""Explanations: the readable choice by examples, and what holds for all of them."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings

from sketch2flow.scoring import explain
from sketch2flow.scoring.explanations import OPERATIONS, Explanation
from sketch2flow.scoring.explanations.anatomy import Anatomy
from sketch2flow.scoring.modes import marked
from sketch2flow.scoring.source import Source
from sketch2flow.scoring.starflow.answers import read_value
from sketch2flow.scoring.tree import KINDS, TooLargeError
from tests.scoring.test_hostile import FLOWS, HOSTILE, REFERENCE
from tests.scoring.vector_files import FUZZED, PUBLIC, leads_to, scored_vectors

DAILY = {"type": "daily", "inputs": [{"name": "time", "value": "08:00"}]}


def step(definition: str, order: int, block: int | None = None, **inputs: str) -> dict[str, Any]:
    category = "flowlogic" if definition.isupper() else "action"
    entries = [{"name": name, "value": value} for name, value in inputs.items()]
    place = {"order": order, "block": block, "inputs": entries}
    return {"category": category, "definition": definition, "scope": "global", **place}


def flow(*components: Any, **more: Any) -> dict[str, Any]:
    return {"trigger": DAILY, "components": list(components), **more}


def told(candidate: object, reference: object, with_inputs: bool = True) -> list[str]:
    """Return the edits of a pair as lines: operation, kind, what, where, nodes, cost."""
    found = explain(json.dumps(candidate), json.dumps(reference), with_inputs=with_inputs)
    lines = []
    for edit in found.edits:
        names = " -> ".join(dict.fromkeys(place.label for place in edit.places))
        paths = " -> ".join(dict.fromkeys(place.path for place in edit.places))
        lines.append(
            f"{edit.operation} {edit.kind} {names} @ {paths} {len(edit.parts)} {edit.cost}"
        )
    assert sum(edit.cost for edit in found.edits) == found.distance
    return lines


def test_equal_flows_need_no_edit() -> None:
    value = flow(step("IF", 1, condition="a=1"), step("log", 2, 1, level="info"))
    found = explain(json.dumps(value), json.dumps(value))
    assert (found.distance, found.similarity, found.edits, found.problems) == (0, 1.0, (), ())


def test_a_renamed_step_is_one_edit() -> None:
    candidate = flow(step("log", 1, level="1"), step("send_email", 2))
    reference = flow(step("log_message", 1, level="1"), step("send_email", 2))
    assert told(candidate, reference) == ["renamed component log -> log_message @  1 2"]


def test_a_renamed_trigger_and_scope_and_category_are_one_edit_each() -> None:
    one = {**step("notify", 1), "category": "subflow"}
    two = {**step("notify", 1), "scope": "x_app"}
    candidate, reference = flow(one), flow(two, trigger={**DAILY, "type": "weekly"})
    assert told(candidate, reference) == [
        "renamed trigger daily -> weekly @  1 2",
        "renamed component subflow notify -> notify [x_app] @  1 2",
    ]


def test_of_equal_choices_what_has_the_same_names_is_the_same() -> None:
    assert told(flow(step("a", 1, x="1", y="2")), flow(step("a", 1, y="3"))) == [
        "extra input x: 1 @ a 1 1",
        "renamed input y: 2 -> y: 3 @ a 1 1",
    ]
    candidate = flow(step("a", 1, x="1", y="1"), step("b", 2, u="1", v="1"))
    assert told(candidate, flow(step("c", 1, u="2", v="2"))) == [
        "extra component a @  3 3",
        "renamed component b -> c @  1 2",
        "renamed input u: 1 -> u: 2 @ b -> c 1 1",
        "renamed input v: 1 -> v: 2 @ b -> c 1 1",
    ]


def test_of_equal_choices_the_first_in_the_document_is_taken() -> None:
    assert told(flow(step("a", 1), step("b", 2)), flow(step("c", 1))) == [
        "renamed component a -> c @  1 2",
        "extra component b @  1 1",
    ]
    found = explain(json.dumps(flow(step("a", 1))), json.dumps(flow(*[step("a", 1)] * 3)))
    pointers = [edit.reference.pointer for edit in found.edits if edit.reference]
    assert pointers == ["/components/1", "/components/2"]


def test_a_missing_input_is_one_edit_at_its_pointer() -> None:
    reference = flow(step("FOREACH", 1), step("log", 2, 1, level="info", message="hello"))
    candidate = flow(step("FOREACH", 1), step("log", 2, 1, level="info"))
    (edit,) = explain(json.dumps(candidate), json.dumps(reference)).edits
    assert (edit.operation, edit.kind, edit.cost, edit.candidate) == ("missed", "input", 1, None)
    assert edit.reference is not None
    assert edit.reference.label == "message: hello"
    assert edit.reference.path == "FOREACH > log"
    assert edit.reference.pointer == "/components/1/inputs/1"
    (other,) = explain(json.dumps(reference), json.dumps(candidate)).edits
    assert (other.operation, other.reference, other.candidate) == ("extra", None, edit.reference)


def test_a_moved_step_goes_with_its_inputs() -> None:
    steps = [step("IF", 1), step("log", 2, 1, level="info"), step("FOREACH", 3), step("stop", 4, 3)]
    moved = [step("IF", 1), step("FOREACH", 2), step("stop", 3, 2), step("log", 4, 2, level="info")]
    assert told(flow(*steps), flow(*moved)) == ["moved component log @ IF -> FOREACH 2 4"]


def test_a_block_moves_as_a_whole_and_a_changed_step_with_what_is_equal() -> None:
    block = [step("FOREACH", 2, 1), step("log", 3, 2, level="info")]
    rest = [step("IF", 4), step("a", 5, 4), step("b", 6, 4), step("c", 7, 4)]
    before = [step("TRY", 1), *block, *rest]
    after = [step("TRY", 1), *rest, step("FOREACH", 8, 4), step("log", 9, 8, level="info")]
    assert told(flow(*before), flow(*after)) == ["moved component FOREACH @ TRY -> IF 3 6"]
    changed = [*after[:-1], step("log", 9, 8, level="info", text="x")]
    assert told(flow(*before), flow(*changed)) == [
        "moved component FOREACH @ TRY -> IF 1 2",
        "moved component log @ TRY > FOREACH -> IF > FOREACH 2 4",
        "missed input text: x @ IF > FOREACH > log 1 1",
    ]


def test_steps_that_changed_places_are_one_move() -> None:
    one, two = step("a", 1, x="1"), step("b", 2, y="2")
    swapped = flow({**two, "order": 1}, {**one, "order": 2})
    (line,) = told(flow(one, two), swapped)
    assert line in ("moved component a @  2 4", "moved component b @  2 4")


def test_an_input_moves_between_steps_that_stay() -> None:
    candidate = flow(step("a", 1, x="1", y="2"), step("b", 2))
    reference = flow(step("a", 1, x="1"), step("b", 2, y="2"))
    assert told(candidate, reference) == ["moved input y: 2 @ a -> b 1 2"]


def test_what_is_missed_takes_its_inputs_and_queries_along() -> None:
    reference = flow(step("a", 1), step("IF", 2, condition="x=1^yISEMPTY"), step("b", 3, 2, z="1"))
    assert told(flow(step("a", 1)), reference) == ["missed component IF @  9 9"]
    assert told(flow(step("a", 1)), reference, with_inputs=False) == ["missed component IF @  2 2"]


def test_queries_are_told_by_comparison() -> None:
    def query(text: str) -> dict[str, Any]:
        return flow(step("IF", 1, condition=text))

    assert told(flow(step("IF", 1)), query("x=1^ORyISEMPTY")) == [
        "missed input condition: x = 1 ^OR y ISEMPTY @ IF 6 6"
    ]
    assert told(query("x=1"), query("x=1^y=2")) == [
        "missed connective ^ @ IF > condition 1 1",
        "missed field y = 2 @ IF > condition 3 3",
    ]
    assert told(query("x=1"), query("x>1")) == ["renamed operator = -> > @ IF > condition > x 1 1"]
    assert told(query("xISEMPTY"), query("xSAMEASy")) == [
        "renamed operator ISEMPTY -> SAMEAS @ IF > condition > x 1 1",
        "missed value y @ IF > condition > x 1 1",
    ]
    assert told(query("=1"), flow(step("IF", 1))) == ["extra input condition: = 1 @ IF 2 2"]


def test_a_comparison_moves_between_queries() -> None:
    def queries(first: str, second: str) -> dict[str, Any]:
        between = [step(name, order) for order, name in enumerate("abcdefg", 2)]
        return flow(step("IF", 1, condition=first), *between, step("TRY", 9, condition=second))

    assert told(queries("x=1^y=2", "z=3"), queries("x=1", "y=2^z=3")) == [
        "extra connective ^ @ IF > condition 1 1",
        "missed connective ^ @ TRY > condition 1 1",
        "moved field y = 2 @ IF > condition -> TRY > condition 3 6",
    ]


def test_inputs_and_outputs_of_a_subflow_are_told_apart() -> None:
    parameters = {"inputs": {"items": [{"name": "a"}]}, "outputs": {"items": [{"name": "b"}]}}
    assert told(flow(), flow(**parameters)) == [
        "missed parameter a: string @ inputs 1 1",
        "missed parameter b: string @ outputs 1 1",
    ]


def test_edits_stand_in_document_order_and_extra_ones_where_they_were() -> None:
    candidate = flow(step("a", 1), step("x", 2), step("c", 3), step("y", 4))
    reference = flow(step("a", 1), step("c", 2), step("d", 3), trigger={"type": "daily"})
    assert told(candidate, reference) == [
        "extra input time: 08:00 @ daily 1 1",
        "extra component x @  1 1",
        "renamed component y -> d @  1 2",
    ]


def test_free_nodes_are_never_told() -> None:
    blank = flow(step("IF", 1, condition="no query"), inputs={"items": []}, outputs=None)
    assert told(flow(step("IF", 1)), blank) == []


def test_what_cannot_be_compared_says_why() -> None:
    good = json.dumps(flow(step("a", 1)))
    found = explain(json.dumps(flow(step("a", 1), {"order": None}, "x")), good)
    assert (found.similarity, found.distance, found.edits) == (0.0, None, ())
    (problem,) = found.problems
    assert problem.startswith("the candidate has no tree that could be compared (")
    assert "/components/2: a component is an object, not text" in problem
    (problem,) = explain(good, "[" * 5_000).problems
    assert problem.startswith("the reference stops the scorer: ")
    (problem,) = explain(good, HOSTILE["400 clauses"]).problems
    assert "nested too deeply" in problem
    (problem,) = explain('{"components": [5, {"definition": 1}, 6, 7, 8]}', good).problems
    assert problem.endswith("; 2 more)")


def test_an_explanation_is_plain_values() -> None:
    candidate, reference = flow(step("a", 1)), flow(step("b", 1, x="1"))
    value = explain(json.dumps(candidate), json.dumps(reference)).to_object()
    assert json.loads(json.dumps(value)) == value
    assert (value["mode"], value["with_inputs"], value["distance"]) == ("starflow", True, 3)
    assert value["edits"][0] == {
        "operation": "renamed",
        "kind": "component",
        "cost": 2,
        "candidate": {"kind": "component", "label": "a", "path": "", "pointer": "/components/0"},
        "reference": {"kind": "component", "label": "b", "path": "", "pointer": "/components/0"},
        "parts": [{"kind": "component", "label": "b", "cost": 2}],
    }


def test_an_unknown_mode_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown mode 'lax'"):
        explain("{}", "{}", mode="lax")


@pytest.mark.parametrize("with_inputs", [False, True])
def test_edits_of_all_vectors_lead_to_the_reference(with_inputs: bool) -> None:
    compared = 0
    for vector in scored_vectors(PUBLIC, FUZZED):
        texts = vector["candidate"], vector["reference"]
        found = explain(*texts, with_inputs=with_inputs)
        official = vector["flow_sim_with_inputs" if with_inputs else "flow_sim_no_inputs"]
        assert found.similarity == pytest.approx(official, abs=1e-12)
        assert (found.distance is None) == bool(found.problems)
        if found.distance is not None:
            check(found, *texts)
            compared += 1
    assert compared > 450


def check(found: Explanation, candidate: str, reference: str) -> None:
    """Assert that costs, nodes and pointers are right."""
    assert sum(edit.cost for edit in found.edits) == found.distance
    nodes, wanted = (paid(text, found.with_inputs) for text in (candidate, reference))
    for edit in found.edits:
        assert edit.operation in OPERATIONS
        assert "structure" not in {part.kind for part in edit.parts}
        assert {edit.kind, *(part.kind for part in edit.parts)} <= set(KINDS)
        labels = Counter(part.label for part in edit.parts)
        assert (edit.candidate is None) == (edit.operation == "missed")
        assert (edit.reference is None) == (edit.operation == "extra")
        if edit.operation == "missed":
            nodes += labels
        elif edit.operation == "extra":
            nodes -= labels
        elif edit.candidate is not None and edit.operation == "renamed":
            nodes -= Counter([edit.candidate.label])
            nodes += labels
        for place, text in ((edit.candidate, candidate), (edit.reference, reference)):
            if place is not None:
                assert leads_to(read_value(text), place.pointer, place.kind, place.label)
    assert nodes == wanted


def paid(text: str, with_inputs: bool) -> Counter[str]:
    """Return the words for all paid nodes."""
    tree = marked("starflow")(Source(text), with_inputs)
    assert tree is not None
    side = Anatomy(tree)
    return Counter(side.words(node) for node in side.paid(len(side.tree) - 1))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_explained_or_reported(name: str) -> None:
    for pair in ((HOSTILE[name], REFERENCE), (REFERENCE, HOSTILE[name])):
        if name in ("1,000 repeated orders", "100,000 components", "20,000 clauses"):
            with pytest.raises(TooLargeError, match="more than 5,000"):
                explain(*pair)
            continue
        found = explain(*pair)
        assert "\n" not in "".join(found.problems)
        assert bool(found.problems) == (found.distance is None)
        json.dumps(found.to_object())


@given(FLOWS, FLOWS)
@settings(max_examples=200, deadline=None)
def test_any_json_is_explained(candidate: object, reference: object) -> None:
    texts = json.dumps(candidate), json.dumps(reference)
    found = explain(*texts)
    if found.distance is not None:
        check(found, *texts)
