"""What subflows take and give back: drawn in full, and usable by their steps."""

from __future__ import annotations

from collections import Counter
from random import Random

from sketch2flow.workflow import Parameter, Workflow, load_catalogue, structure_errors
from sketch2flow.workflow.pills import find_pills, pill_errors
from synth.breadth import Breadth, environment
from synth.diagram import diagram_of
from synth.heuristics import HEURISTICS
from synth.heuristics.lots import NotPossible


def subflows(count: int, breadth: Breadth) -> list[Workflow]:
    """Return up to `count` subflows of 1 to 9 steps."""
    made = []
    for seed in range(count):
        try:
            known = environment(None, breadth)
            made.append(HEURISTICS["subflow"](Random(seed), known, seed % 9 + 1, breadth))
        except NotPossible:
            continue
    assert len(made) > 0.8 * count
    return made


def taken(workflow: Workflow) -> tuple[Parameter, ...]:
    return workflow.inputs.items if workflow.inputs else ()


def given(workflow: Workflow) -> tuple[Parameter, ...]:
    return workflow.outputs.items if workflow.outputs else ()


def test_subflows_take_one_to_three_inputs_and_give_up_to_two() -> None:
    made = subflows(600, Breadth())
    assert set(Counter(len(taken(one)) for one in made)) == {1, 2, 3}
    assert set(Counter(len(given(one)) for one in made)) == {0, 1, 2}
    types = {"string", "boolean", "integer", "reference"}
    assert {item.type for one in made for item in taken(one)} == types
    assert {item.type for one in made for item in given(one)} == types
    for workflow in made:
        assert structure_errors(workflow) == ()
        assert pill_errors(workflow) == ()
        for items in (taken(workflow), given(workflow)):
            assert len({item.name for item in items}) == len(items)
            assert all((item.type == "reference") == bool(item.reference) for item in items)
        tables = [item.reference for item in taken(workflow) if item.reference]
        assert len(set(tables)) == len(tables), "of a table one record is meant"


def test_steps_use_a_second_record() -> None:
    used = 0
    for workflow in subflows(600, Breadth()):
        values = [v.value for step in workflow.components for v in step.inputs or ()]
        pills = {pill.path for value in values for pill in find_pills(value)}
        seconds = [item.name for item in taken(workflow)[1:] if item.reference]
        used += any(f"subflow.{name}" in pills for name in seconds)
    assert used > 10


def test_all_of_it_is_drawn() -> None:
    for workflow in subflows(100, Breadth()):
        drawn: dict[str, str] = {node.kind: node.text for node in diagram_of(workflow).nodes}
        for kind, items in (("inputs", taken(workflow)), ("outputs", given(workflow))):
            for item in items:
                assert f"{item.name} ({item.type}" in drawn[kind]
                assert (item.reference or "") in drawn[kind]


def test_a_narrow_language_has_one_signature() -> None:
    made = subflows(60, Breadth(tables=14, columns=3, steps=12, phrasings=2, words=3))
    for workflow in made:
        (record,) = taken(workflow)
        assert (record.name, record.type) == ("record", "reference")
        assert record.reference in load_catalogue().tables
        assert given(workflow) == (Parameter(name="status", type="string"),)
