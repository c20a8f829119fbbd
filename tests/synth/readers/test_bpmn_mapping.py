"""The table that maps BPMN to the catalogue."""

from __future__ import annotations

from sketch2flow.workflow import load_catalogue
from sketch2flow.workflow.rules import TRIGGER_TYPES
from synth.readers.bpmn.mapping import Rule, rules, table_in
from synth.readers.bpmn.process import EVENTS, SUBPROCESSES, TASKS


def test_the_table_names_what_the_catalogue_has() -> None:
    catalogue = load_catalogue()
    for rule in rules().triggers:
        assert rule.trigger in TRIGGER_TYPES
        assert set(rule.inputs) <= set(catalogue.triggers[rule.trigger].inputs), rule
    for rule in rules().steps:
        assert (rule.step is None) != (rule.subflow is None)
        found = catalogue.actions if rule.step else catalogue.subflows
        step = found[rule.step or rule.subflow or ""]
        assert set(rule.inputs) <= set(step.inputs), rule


def test_every_kind_of_step_has_a_rule_that_asks_for_no_words() -> None:
    def is_known(kind: str, table: tuple[Rule, ...]) -> bool:
        return any(kind in one.kinds and not one.words and not one.table for one in table)

    tasks = TASKS - {"callActivity"}  # subflows of their own names, like closed subprocesses
    assert all(is_known(kind, rules().steps) for kind in tasks)
    kinds = {kind for one in (*rules().steps, *rules().triggers) for kind in one.kinds}
    assert {kind.partition(":")[0] for kind in kinds} <= TASKS | EVENTS | SUBPROCESSES
    starts = [f"startEvent:{word}" for word in ("timer", "message", "signal", "conditional")]
    assert all(is_known(kind, rules().triggers) for kind in ("startEvent", *starts))


def test_tables_are_found_by_label_the_longest_first() -> None:
    assert table_in("Open an incident task.") == "incident_task"
    assert table_in("all INCIDENTS of today") == "incident"
    assert table_in("coincident") is None
