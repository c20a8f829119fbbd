"""Records live forward: states only advance, loops wait for others, the new have no past."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

import pytest

from sketch2flow.workflow import Component, load_catalogue
from synth.generate import GeneratedWorkflow
from synth.heuristics.draft import Draft, Record
from synth.heuristics.queries import Comparison, conditions, goal, reached
from synth.heuristics.queries import assignments as set_fields
from tests.synth.test_data_pills import PILL, scope_of, table_of

PART = re.compile(r"(?:\{\{(\w+)\.(\w+)\.(\w+)\}\}|(\w+?))=([^^{}]+)")
INCIDENT = load_catalogue().tables["incident"]
STATES = list(INCIDENT.columns["state"].choices)


def inputs_of(component: Component) -> dict[str, str]:
    return {value.name: value.value for value in component.inputs or ()}


def assignments(one: GeneratedWorkflow) -> Iterator[tuple[Component, str, str, str, str]]:
    """Yield (step, its record, that record's table, column, new value) of each update."""
    for component in one.workflow.components:
        values = inputs_of(component)
        record = PILL.fullmatch(values.get("record", ""))
        if component.definition != "update_record" or record is None:
            continue
        table = table_of(one, record[1], record[2], record[3])
        for part in PART.finditer(values["values"]):
            yield component, record[0], table, part[4], part[5]


def test_states_are_never_set_back(both: list[GeneratedWorkflow]) -> None:
    tables = load_catalogue().tables
    states = 0
    for one in both:
        last: dict[tuple[str, str], dict[int, int]] = {}  # order -> place of the state set there
        for component, record, table, name, value in assignments(one):
            column = tables[table].columns[name]
            if column.type == "state":
                place = list(column.choices).index(value)
                earlier = last.setdefault((record, name), {})
                for order in scope_of(one.workflow.components, component) & set(earlier):
                    assert place > earlier[order], one.seed
                assert place > 0, one.seed
                earlier[component.order] = place
                states += 1
    assert states > 100


def test_a_state_is_set_to_a_later_one_than_is_known() -> None:
    draft = Draft(Random(0), load_catalogue(), 5)
    record = Record(INCIDENT, "trigger.current")
    for place, state in enumerate(STATES[:-1]):
        draft.facts[record.path, "state"] = state
        found = [one for _ in range(300) for one in set_fields(draft, INCIDENT, record)]
        values = {one.comparison[1:] for one in found if one.column.name == "state"}
        assert values == set(STATES[place + 1 :])


def test_a_loop_does_not_set_itself_what_it_waits_for(both: list[GeneratedWorkflow]) -> None:
    loops = 0
    for one in both:
        by_order = {component.order: component for component in one.workflow.components}
        for component, record, _, name, _ in assignments(one):
            block = component.block
            while block is not None:
                if by_order[block].definition == "DOUNTIL":
                    loops += 1
                    awaited = f"{record[:-2]}.{name}}}}}"
                    assert awaited not in inputs_of(by_order[block]).get("condition", ""), one.seed
                block = by_order[block].block
    assert loops


def test_a_new_record_is_not_asked_for_its_past() -> None:
    draft = Draft(Random(0), load_catalogue(), 5)
    new, old = (Record(INCIDENT, "trigger.current", is_new=new) for new in (True, False))
    for record, types in ((new, set[str]()), (old, {"state", "date_time"})):
        asked = {
            one.column.type for _ in range(2_000) for one in conditions(draft, INCIDENT, record)
        }
        assert asked & {"state", "date_time"} == types


def test_a_goal_lies_ahead_and_is_said_once_it_is_reached() -> None:
    draft = Draft(Random(0), load_catalogue(), 5)
    record = Record(INCIDENT, "trigger.current")
    assert reached(draft, record) == ""
    for place, state in enumerate(STATES):
        draft.facts[record.path, "state"] = state
        goals = {one.comparison[1:] for _ in range(100) for one in goal(draft, record)}
        assert goals == set(STATES[place + 1 :])
        assert reached(draft, record) == INCIDENT.columns["state"].choices[state]


@pytest.mark.parametrize(
    ("column", "comparison", "said", "verb", "having"),
    [
        ("priority", "=1", "critical", "is", "priority critical"),
        ("short_description", "LIKEvpn", "vpn", "contains", "short description containing vpn"),
        ("state", "VALCHANGES", "", "changes", "state changing"),
        ("state", "CHANGESTO2", "closed", "changes to", "state changing to closed"),
        ("problem_id", "={{x}}", "this defect", "is", "this defect as problem"),
        ("caller_id", "={{x}}", "this caller", "is", "this caller"),
    ],
)
def test_conditions_read_well_behind_with(
    column: str, comparison: str, said: str, verb: str, having: str
) -> None:
    found = INCIDENT.columns[column]
    assert Comparison(found, comparison, said, verb).having == having
