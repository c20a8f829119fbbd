"""What people would build: each rule of sense, asked of a sample of documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from sketch2flow.workflow import Component, load_catalogue
from sketch2flow.workflow.rules import CLOCK_TRIGGERS
from synth.breadth import Breadth
from synth.generate import GeneratedWorkflow, generate_workflows
from synth.heuristics.fitting import RANKS, rank_of
from synth.texts import texts
from tests.synth.test_lives import inputs_of

MAKERS = ("create_task", "create_record")


def steps_of(
    documents: list[GeneratedWorkflow], *definitions: str
) -> Iterator[tuple[GeneratedWorkflow, Component]]:
    """Yield (document, step) for the platform's own steps of these names."""
    for one in documents:
        for component in one.workflow.components:
            if component.definition in definitions and component.scope == "global":
                yield one, component


def test_new_records_belong_to_what_is_there(both: list[GeneratedWorkflow]) -> None:
    made = [component for _, component in steps_of(both, *MAKERS)]
    tied = [one for one in made if any("{{" in value for value in inputs_of(one).values())]
    assert len(tied) > 0.6 * len(made)
    assert all("this " in one.annotation for one in tied)


def test_a_task_of_an_email_has_its_subject(both: list[GeneratedWorkflow]) -> None:
    made = 0
    for one, component in steps_of(both, "create_task"):
        if one.heuristic == "email_triage":
            values = inputs_of(component).get("field_values", "")
            made += "short_description={{trigger.current.subject}}" in values
    assert made > 20


def test_who_asks_for_approval_looks_at_the_answer(both: list[GeneratedWorkflow]) -> None:
    asked = answered = 0
    for one, question in steps_of(both, "ask_for_approval"):
        later = one.workflow.components[question.order :]
        asked += 1
        answered += any(
            step.definition == "wait_for_approval" or "appr" in inputs_of(step).get("condition", "")
            for step in later
        )
    assert asked > 100
    assert answered > 0.9 * asked


def test_no_workflow_approves_by_itself(both: list[GeneratedWorkflow]) -> None:
    updates = [c for _, c in steps_of(both, "update_record", "update_multiple_records")]
    assert updates
    assert not any("approval=" in inputs_of(one).get("values", "") for one in updates)


def test_a_loop_until_something_holds_pauses(both: list[GeneratedWorkflow]) -> None:
    loops = 0
    for one, loop in steps_of(both, "DOUNTIL"):
        inside = [c.definition for c in one.workflow.components if c.block == loop.order]
        loops += 1
        assert inside[-1] == "TIMER", one.seed
    assert loops > 10


def test_one_goes_back_to_what_can_end_otherwise(both: list[GeneratedWorkflow]) -> None:
    jumps = 0
    for one, jump in steps_of(both, "GOBACKTO"):
        target = inputs_of(jump).get("step")
        if target is None:
            continue
        again = one.workflow.components[int(target) - 1 : jump.order]
        jumps += 1
        assert {"TIMER", "ask_for_approval"} & {step.definition for step in again}, one.seed
    assert jumps > 10


def test_before_an_early_end_one_only_tells(both: list[GeneratedWorkflow]) -> None:
    told = {"log", "send_email", "update_record", "send_rest_request", "END"}
    ends = 0
    for one, end in steps_of(both, "END"):
        inside = {c.definition for c in one.workflow.components if c.block == end.block}
        ends += 1
        assert inside <= told, one.seed
    assert ends > 10


def test_by_the_clock_alone_nobody_knows_of_events(both: list[GeneratedWorkflow]) -> None:
    said = Counter[bool]()
    for one in both:
        trigger = one.workflow.trigger
        if trigger is None or trigger.type not in CLOCK_TRIGGERS:
            continue
        for step in one.workflow.components:
            if rank_of(step.definition) == RANKS["look"]:
                break
            said.update(value in texts("events") for value in inputs_of(step).values())
    assert said[False] > 300
    assert said[True] < 0.02 * said[False]


def test_in_a_block_no_record_is_updated_twice(both: list[GeneratedWorkflow]) -> None:
    updates = [
        (one.identifier, step.block, inputs_of(step)["record"])
        for one, step in steps_of(both, "update_record")
    ]
    assert len(updates) > 500
    assert len(set(updates)) == len(updates)


def test_an_error_is_logged_where_something_failed(both: list[GeneratedWorkflow]) -> None:
    errors = 0
    for one, step in steps_of(both, "log"):
        if inputs_of(step).get("log_level") == "error":
            blocks = {c.order: c for c in one.workflow.components}
            block = step.block
            while block is not None and blocks[block].definition != "CATCH":
                block = blocks[block].block
            errors += 1
            assert block is not None, one.seed
    assert errors


def test_a_single_step_is_of_use(sample: list[GeneratedWorkflow]) -> None:
    lone = {one.workflow.components[0] for one in sample if len(one.workflow.components) == 1}
    names = {step.definition for step in lone if step.category == "action"}
    assert len(names) > 50
    assert not names & {"log", "fire_event", "add_worknote_link_to_context", "ask_for_approval"}
    assert not any(name.startswith("get_") for name in names)


def test_what_is_unsaid_follows_a_convention(both: list[GeneratedWorkflow]) -> None:
    """A table that no word names is task."""
    tables = load_catalogue().tables
    unsaid = 0
    for one in both:
        trigger = one.workflow.trigger
        for part in (*one.workflow.components, *([trigger] if trigger else [])):
            values = {value.name: value.value for value in part.inputs or ()}
            name = values.get("table") or values.get("table_name")
            if name is None:
                continue
            labels = {tables[name].label.lower(), tables[name].plural.lower()}
            if not any(label in part.annotation for label in labels):
                unsaid += 1
                assert name == "task", (one.seed, part.annotation)
    assert unsaid > 10


@pytest.mark.parametrize(("feature", "words"), [("script", ("be", "me")), ("dynamic_me", ("me",))])
def test_what_the_platform_works_out_is_said(
    both: list[GeneratedWorkflow], feature: str, words: tuple[str, ...]
) -> None:
    having = [one for one in both if feature in one.features]
    assert 0.005 < len(having) / len(both) < 0.04
    for one in having:
        parts = [*one.workflow.components, *filter(None, [one.workflow.trigger])]
        said = [part.annotation for part in parts if "javascript:" in str(part.inputs)]
        assert any(word in text for text in said for word in words)
    narrow = generate_workflows("narrow", 300, 1, 8, breadth=Breadth(columns=3))
    assert not any(feature in one.features for one in narrow)


def test_workflows_set_what_workflows_decide(both: list[GeneratedWorkflow]) -> None:
    columns = Counter(
        part.split("=")[0]
        for _, step in steps_of(both, "update_record")
        for part in inputs_of(step)["values"].split("^")
    )
    decided = {"state", "priority", "escalation", "active", "status", "stage"}
    assert sum(columns[name] for name in decided) > 0.6 * columns.total()
    facts = {"contact_type", "monitor", "vip", "source", "category", "type", "environment"}
    assert sum(columns[name] for name in facts) < 0.05 * columns.total()


def test_a_row_neither_looks_up_nor_creates_too_much(both: list[GeneratedWorkflow]) -> None:
    rows = Counter[tuple[str, int | None]]()
    for one, step in steps_of(both, *MAKERS):
        rows[one.identifier, step.block] += 1
    assert sum(count > 2 for count in rows.values()) < 0.02 * len(rows)


def test_by_the_clock_one_mostly_looks_first(sample: list[GeneratedWorkflow]) -> None:
    clocked = [
        [step.definition for step in one.workflow.components]
        for one in sample
        if one.workflow.trigger is not None and one.workflow.trigger.type in CLOCK_TRIGGERS
        if len(one.workflow.components) > 1
    ]
    looking = [names for names in clocked if any(rank_of(name) == 0 for name in names)]
    assert len(looking) > 0.75 * len(clocked)
