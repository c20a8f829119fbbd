"""The template of an annotation, told from the document."""

from __future__ import annotations

import pytest

from sketch2flow.workflow import Component
from synth.generate import generate_workflows
from synth.phrasing import all_phrasings
from synth.templates import template_of


def step(definition: str, annotation: str, scope: str = "global") -> Component:
    return Component(
        annotation=annotation,
        category="flowlogic" if definition.isupper() else "action",
        definition=definition,
        scope=scope,
        order=1,
    )


@pytest.mark.parametrize(
    ("definition", "annotation", "template"),
    [
        ("ELSE", "otherwise", "otherwise"),
        ("FOREACH", "for each change request", "for each {table}"),
        ("FOREACH", "for each change request found", "for each {table} found"),
        ("ELSE", "otherwize", None),
        ("no_such_step", "otherwise", None),
    ],
)
def test_the_template_with_most_letters_of_its_own(
    definition: str, annotation: str, template: str | None
) -> None:
    assert template_of(step(definition, annotation)) == template


def test_the_scope_decides_about_steps_of_one_name() -> None:
    key = "sn_jira_spoke/create_issue"
    (first, *_) = all_phrasings()[key].plain
    words = dict.fromkeys(first.wants, "x")
    scope, definition = key.split("/")
    assert template_of(step(definition, first.fill(words), scope)) == first.template
    assert template_of(step(definition, first.fill(words))) is None


def test_most_annotations_of_the_generator_can_be_traced() -> None:
    steps = [c for one in generate_workflows("trace", 100, 3, 20) for c in one.workflow.components]
    assert sum(template_of(one) is not None for one in steps) > 0.8 * len(steps)
