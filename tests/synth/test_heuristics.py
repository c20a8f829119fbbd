"""Heuristics: every size that they promise, and the flows that each is about."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from sketch2flow.workflow import (
    CatalogueError,
    Workflow,
    depth,
    load_catalogue,
    structure_errors,
)
from synth.generate import GeneratedWorkflow, generate_workflows
from synth.heuristics import HEURISTICS
from synth.heuristics.blocks import compose
from synth.heuristics.draft import Draft
from synth.heuristics.lots import NotPossible
from synth.heuristics.triggers import start


def written(name: str, size: int) -> Workflow:
    """Return what a heuristic writes, at the first of 50 attempts at which it is possible."""
    for attempt in range(50):
        try:
            return HEURISTICS[name](Random(f"{name}/{size}/{attempt}"), load_catalogue(), size)
        except NotPossible:
            continue
    pytest.fail(f"{name} of {size} components was not possible 50 times")


@pytest.mark.parametrize("name", HEURISTICS)
def test_a_heuristic_hits_every_size_it_says_it_can(name: str) -> None:
    heuristic = HEURISTICS[name]
    assert heuristic.description.endswith(".")
    for size in range(heuristic.least, min(heuristic.most, 20) + 1):
        workflow = written(name, size)
        assert len(workflow.components) == size
        assert structure_errors(workflow) == ()


def test_an_environment_brings_its_own_tables_and_steps(tmp_path: Path) -> None:
    file = tmp_path / "plant.yaml"
    file.write_text("""
tables:
  u_pump:
    label: Pump
    weight: 90
    columns:
      running: {label: Running, type: boolean}
      mode: {label: Mode, type: choice, choices: {eco: eco, full: full}}
actions:
  x_plant:
    start_pump: {label: Start pump, weight: 50, applies_to: [u_pump], inputs: {pump: record}}
    call_plant: {label: Call plant, weight: 20, inputs: {to: team, text: text}}
""")
    made = list(generate_workflows("plant", 400, 0, 6, catalogue=file))
    steps = [c for one in made for c in one.workflow.components if c.scope == "x_plant"]
    assert {step.definition for step in steps} == {"start_pump", "call_plant"}
    called = next(step for step in steps if step.definition == "call_plant")
    assert called.inputs is not None
    assert called.annotation.startswith("call plant") or "call plant" in called.annotation
    assert called.inputs[1].value in called.annotation
    file.with_name("bad.yaml").write_text("tables: {u_pump: {label: Pump}}")
    with pytest.raises(CatalogueError, match=r"bad\.yaml: tables\.u_pump"):
        generate_workflows("plant", 1, 0, 8, catalogue=file.with_name("bad.yaml"))


def test_a_loop_goes_over_what_the_look_up_before_it_found(both: list[GeneratedWorkflow]) -> None:
    loops = 0
    for one in both:
        for before, component in zip(
            one.workflow.components, one.workflow.components[1:], strict=False
        ):
            if component.definition == "FOREACH":
                loops += 1
                assert before.definition == "look_up_records"
                assert component.inputs is not None
                assert component.inputs[0].value == f"{{{{step_{before.order}.records}}}}"
    assert loops > 200


def test_a_subflow_takes_a_record_and_has_no_trigger(sample: list[GeneratedWorkflow]) -> None:
    subflows = [one.workflow for one in sample if one.heuristic == "subflow"]
    assert subflows
    for workflow in subflows:
        assert (workflow.type, workflow.trigger) == ("subflow", None)
        assert workflow.inputs is not None
        assert workflow.inputs.items[0].reference in load_catalogue().tables


@pytest.mark.parametrize("wanted", [1, 2, 3, 4])
@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 12, 40])
def test_the_free_grammar_reaches_the_depth_that_is_asked(size: int, wanted: int) -> None:
    made = 0
    for attempt in range(40):
        draft = Draft(Random(f"{size}/{wanted}/{attempt}"), load_catalogue(), size)
        try:
            start(draft)
            compose(draft, size, wanted)
        except NotPossible:
            continue
        workflow = draft.build()
        assert len(workflow.components) == size
        assert structure_errors(workflow) == ()
        assert depth(workflow) == min(wanted, (size + 1) // 2)
        made += 1
    assert made > 20
