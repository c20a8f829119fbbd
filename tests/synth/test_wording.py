"""Annotations say what is in the inputs, in many short phrasings."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from sketch2flow.workflow import Table, load_catalogue
from synth.generate import GeneratedWorkflow
from synth.phrasing import WORDS, WordingError, all_phrasings, phrasings
from synth.texts import texts
from synth.wording import say_time, with_article


def test_what_is_in_the_inputs_is_said(sample: list[GeneratedWorkflow]) -> None:
    """Messages and entries of vocabularies can be read off nearly every annotation.

    What is not said is missing; nothing is left to be guessed.
    """
    catalogue = load_catalogue()
    known = {step.definition + step.scope: step for step in catalogue.steps}
    tested = 0
    for one in sample:
        for component in one.workflow.components:
            assert 1 <= len(component.annotation.split()) <= 25
            step = known.get(component.definition + component.scope)
            for value in (component.inputs or ()) if step else ():
                kind = step.inputs[value.name]
                if kind == "text":
                    expected = value.value
                elif kind in catalogue.vocabularies:
                    expected = catalogue.vocabularies[kind].words[value.value].said
                else:
                    continue
                tested += 1
                assert expected in component.annotation, (one.seed, component)
    assert tested > 1_000


def test_phrasings_are_many_and_say_what_the_step_can_fill_in() -> None:
    catalogue = load_catalogue()
    steps = {step.key: step for step in (*catalogue.steps, *catalogue.logic.values())}
    for key in [*steps, *catalogue.triggers]:
        known = phrasings(key)
        assert len(known.plain) >= 8, key
        templates = [one.template for one in (*known.plain, *known.vague)]
        assert len(set(templates)) == len(templates), key
        for one in (*known.plain, *known.vague):
            assert one.wants <= {*WORDS, *catalogue.vocabularies}, (key, one.template)
            if key in steps:
                of_vocabulary = one.wants & set(catalogue.vocabularies) - set(WORDS)
                assert of_vocabulary <= set(steps[key].inputs.values()), (key, one.template)


# Steps that may share a template, and why a reader can still tell them apart.
SHARED = {frozenset({"global/create_record", "global/create_task"}): "the table decides"}


def test_no_two_definitions_share_a_plain_template() -> None:
    keys: dict[str, set[str]] = {}
    for key, known in all_phrasings().items():
        for one in known.plain:
            keys.setdefault(one.template, set()).add(key)
    shared = {frozenset(found) for found in keys.values() if len(found) > 1}
    assert shared == set(SHARED)


def test_the_table_decides_how_a_record_is_created(both: list[GeneratedWorkflow]) -> None:
    tables = load_catalogue().tables
    made = {"create_record": set[bool](), "create_task": set[bool]()}
    for component in (c for one in both for c in one.workflow.components):
        if component.definition in made and component.scope == "global":
            (table,) = [v.value for v in component.inputs or () if v.name == "table_name"]
            made[component.definition].add(tables[table].is_task)
    assert made == {"create_record": {False}, "create_task": {True}}


def test_no_two_definitions_say_the_same_of_a_table() -> None:
    """Such as "create a catalog task": a template of one, of another with the table filled in."""
    catalogue = load_catalogue()
    tables = dict.fromkeys(all_phrasings(), catalogue.all_tables)
    for step in catalogue.steps:
        if step.acts_on_record:
            tables[step.key] = tuple(one for one in catalogue.all_tables if step.takes(one))
    tables["global/create_record"] = catalogue.record_tables
    tables["global/create_task"] = catalogue.task_tables
    keys: dict[str, set[str]] = {}
    for key, known in all_phrasings().items():
        words = [table_words(table) for table in tables[key]]
        for one in known.plain:
            others = {word: f"{{{word}}}" for word in one.wants}
            for said in {one.template.format_map({**others, **labels}) for labels in words}:
                keys.setdefault(said, set()).add(key)
    assert not {said: found for said, found in keys.items() if len(found) > 1}


def table_words(table: Table) -> dict[str, str]:
    label = table.label.lower()
    plural = table.plural.lower()
    return {"table": label, "record": label, "tables": plural, "a_table": with_article(label)}


def test_alternatives_stand_for_as_many_phrasings(tmp_path: Path) -> None:
    file = tmp_path / "phrasings.yaml"
    file.write_text('a: ["[find|get] [all |]{tables}", "look up {tables}", "~look [it|them] up"]')
    (found,) = all_phrasings(file).values()
    assert [one.template for one in found.plain] == [
        "find all {tables}",
        "look up {tables}",
        "find {tables}",
        "get all {tables}",
        "get {tables}",
    ]
    assert [one.template for one in found.vague] == ["look it up", "look them up"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1, 2]", "a mapping of keys"),
        ("a: find", "a: a list of phrasings"),
        ("a: ['find [one|two']", "has no partner"),
        ("a: ['find {0}']", "no word that a step could fill in"),
        ("a: ['~find']", "that is not vague"),
    ],
)
def test_a_bad_file_of_phrasings_is_named(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(text)
    with pytest.raises(WordingError, match=r"bad\.yaml") as caught:
        all_phrasings(tmp_path / "bad.yaml")
    assert message in str(caught.value)


def test_words_of_times_and_articles() -> None:
    rng = Random(0)
    said = {say_time(rng, 16, 45) for _ in range(100)}
    assert said == {"16:45", "4:45 pm", "a quarter to 5 pm"}
    assert {say_time(rng, 0, 0) for _ in range(100)} == {"00:00", "12:00 am", "12 am"}
    assert "half past 12 pm" in {say_time(rng, 12, 30) for _ in range(100)}
    assert [with_article(noun) for noun in ("incident", "user", "hr case", "problem")] == [
        "an incident", "a user", "an hr case", "a problem",
    ]  # fmt: skip
    assert with_article("sla definition") == "an sla definition"
    assert with_article("ups device") == "a ups device"
    assert all(len(text.split()) <= 5 for text in texts("general"))
