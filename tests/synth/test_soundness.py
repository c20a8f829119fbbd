"""Every generated document is sound, short, and made of the environment's own steps."""

from __future__ import annotations

from collections import Counter

import pytest

from sketch2flow.workflow import (
    features,
    load_catalogue,
    parse_document,
    read_answer,
    structure_errors,
    to_answer,
    to_json,
)
from synth.generate import GeneratedWorkflow, from_line, generate_workflows, to_line

# Features that only workflows of others have: none.
NOT_WRITTEN: set[str] = set()
# In one to ten of the sample's 2,000 documents: in none of them, once in a while.
RARE = {"decision", "dynamic_flow", "flow_variables", "nested_loop"}


def test_every_document_passes_every_rule(both: list[GeneratedWorkflow]) -> None:
    for one in both:
        assert structure_errors(one.workflow) == (), one.seed
        orders = [component.order for component in one.workflow.components]
        assert orders == list(range(1, len(orders) + 1))


def test_documents_go_through_json_and_back(both: list[GeneratedWorkflow]) -> None:
    for one in both[:: len(both) // 300]:
        assert parse_document(to_json(one.workflow)) == one.workflow
        answer = read_answer(to_answer(one.workflow))
        assert (answer.workflow, answer.errors) == (one.workflow, ())
        assert from_line(to_line(one)) == one


def test_features_are_those_of_the_document(sample: list[GeneratedWorkflow]) -> None:
    for one in sample[:200]:
        found = [name for name, present in features(one.workflow).items() if present]
        assert list(one.features) == found
    of_all = {name for one in sample for name in one.features}
    missing = set(features(sample[0].workflow)) - of_all
    assert NOT_WRITTEN <= missing <= NOT_WRITTEN | RARE


def test_components_stay_short(sample: list[GeneratedWorkflow]) -> None:
    sizes = [
        len(to_json(one.workflow))
        - len(to_json(one.workflow.model_copy(update={"components": ()})))
        for one in sample
    ]
    components = sum(len(one.workflow.components) for one in sample)
    assert 250 <= sum(sizes) / components <= 360


def test_steps_are_the_environments_own(both: list[GeneratedWorkflow]) -> None:
    catalogue = load_catalogue()
    known = {**catalogue.actions, **catalogue.subflows}
    for one in both:
        for component in one.workflow.components:
            names = [value.name for value in component.inputs or ()]
            assert len(names) <= 3
            if component.category == "flowlogic":
                assert set(names) <= set(catalogue.logic[component.definition].inputs)
            else:
                allowed = known[f"{component.scope}/{component.definition}"].inputs
                assert set(names) <= set(allowed)


@pytest.mark.slow
def test_a_hundred_thousand_documents_pass_every_rule_and_use_the_whole_catalogue() -> None:
    catalogue = load_catalogue()
    steps: Counter[tuple[str, str, str]] = Counter()
    triggers: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for one in generate_workflows("synthetic", 100_000, 2, 40, workers=2):
        assert not structure_errors(one.workflow)
        triggers[one.workflow.trigger.type if one.workflow.trigger else ""] += 1
        steps.update((c.category, c.scope, c.definition) for c in one.workflow.components)
        found.update(one.features)
    assert triggers.total() == 100_000
    assert set(features(one.workflow)) - set(found) == NOT_WRITTEN
    assert set(triggers) == {*catalogue.triggers, ""}
    kinds = {
        "action": catalogue.actions,
        "subflow": catalogue.subflows,
        "flowlogic": catalogue.logic,
    }
    wanted = {
        (category, step.scope, step.definition)
        for category, known in kinds.items()
        for step in known.values()
    }
    assert set(steps) == wanted
