"""A narrow language: fewer tables, columns, phrasings and words, in sensible workflows still."""

from __future__ import annotations

import pytest

from sketch2flow.workflow import load_catalogue, structure_errors
from synth.breadth import EVERYTHING, Breadth, environment
from synth.generate import generate_workflows

NARROW = Breadth(tables=14, columns=3, steps=12, phrasings=2, words=3)


def test_the_most_common_tables_stay_with_their_first_columns() -> None:
    narrow, whole = environment(None, NARROW), load_catalogue()
    assert len(narrow.all_tables) == 14
    assert "incident" in narrow.tables
    lightest = min(table.weight for table in narrow.all_tables)
    left = [table for table in whole.all_tables if table.name not in narrow.tables]
    assert all(table.weight <= lightest for table in left if table.name != "sys_user")
    for table in narrow.tables.values():
        usable = [*table.closed, *table.references]
        assert len(usable) <= 3
        assert all(c.reference in narrow.tables for c in table.references)


def test_steps_without_a_table_to_act_on_are_left_out() -> None:
    narrow = environment(None, Breadth(tables=2))
    assert all(set(step.applies_to) <= set(narrow.tables) for step in narrow.steps)
    assert len(narrow.steps) < len(load_catalogue().steps)


def test_the_most_common_steps_stay_and_what_a_loop_needs() -> None:
    narrow, whole = environment(None, NARROW), load_catalogue()
    assert len(narrow.steps) <= 13
    assert "global/look_up_records" in narrow.actions
    assert {"global/update_record", "global/send_email"} <= set(narrow.actions)
    assert set(narrow.actions) < set(whole.actions)


def test_without_limits_the_catalogue_is_whole() -> None:
    assert environment(None, EVERYTHING) == load_catalogue()


def test_narrow_workflows_speak_of_less() -> None:
    narrow = list(generate_workflows("synthetic", 400, 1, 8, breadth=NARROW))
    whole = list(generate_workflows("synthetic", 400, 1, 8))
    assert not any(structure_errors(one.workflow) for one in narrow)

    def annotations(found: list) -> int:  # type: ignore[type-arg]
        return len({c.annotation for one in found for c in one.workflow.components})

    assert annotations(narrow) < 0.7 * annotations(whole)


def test_few_words_are_those_that_suit_every_record() -> None:
    teams = load_catalogue().vocabularies["team"].entries(None)
    narrow = generate_workflows("synthetic", 400, 1, 8, breadth=NARROW)
    inputs = [v for one in narrow for c in one.workflow.components for v in c.inputs or ()]
    addresses = {v.value for v in inputs if v.value.endswith("@example.com")}
    assert addresses == {f"{value}@example.com" for value, _ in teams[:3]}


def test_few_tables_are_enough_or_refused_in_words() -> None:
    assert len(list(generate_workflows("synthetic", 50, 1, 4, breadth=Breadth(tables=3)))) == 50


@pytest.mark.parametrize("limit", ["tables", "columns", "steps", "phrasings", "words"])
def test_a_limit_below_one_is_named(limit: str) -> None:
    with pytest.raises(ValueError, match=limit):
        Breadth(**{limit: 0})


def test_it_says_its_limits() -> None:
    assert str(Breadth(tables=14, columns=3)) == "14 tables, 3 columns of a table"
    assert str(EVERYTHING) == "the whole language"
