"""The catalogue: what is built in, what a user adds, and how a bad file is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from sketch2flow.workflow import CatalogueError, load_catalogue
from sketch2flow.workflow.rules import LOGIC_WORDS, TRIGGER_TYPES

TABLE = """\
tables:
  u_pump:
    label: Pump
    columns:
      number: {label: Number, type: string}
"""


def test_the_built_in_catalogue_is_an_enterprise_s() -> None:
    catalogue = load_catalogue()
    assert set(catalogue.triggers) == TRIGGER_TYPES
    assert set(catalogue.logic) == LOGIC_WORDS
    assert len(catalogue.actions) >= 150
    assert len(catalogue.all_tables) >= 300
    assert all(len(table.columns) >= 3 for table in catalogue.tables.values())
    assert len({action.scope for action in catalogue.actions.values()}) >= 60
    labels = [table.label for table in catalogue.tables.values()]
    assert len(set(labels)) == len(labels)


def test_choices_are_told_apart_by_their_labels() -> None:
    for table in load_catalogue().tables.values():
        for column in table.columns.values():
            labels = list(column.choices.values())
            assert len(set(labels)) == len(labels), f"{table.name}.{column.name}"


def test_an_environment_is_one_more_file(tmp_path: Path) -> None:
    (tmp_path / "plant.yaml").write_text(
        TABLE
        + "actions:\n  x_plant:\n    start_pump: {label: start pump, inputs: {pump: record}}\n"
    )
    for path in (tmp_path / "plant.yaml", tmp_path):
        catalogue = load_catalogue(path)
        assert catalogue.tables["u_pump"].plural == "Pumps"
        assert catalogue.actions["x_plant/start_pump"].scope == "x_plant"
        assert "incident" in catalogue.tables


def test_numbers_and_truth_values_of_yaml_are_texts_as_choices(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        TABLE + "      mode: {label: Mode, type: choice, choices: {1: low, false: full}}\n"
    )
    choices = load_catalogue(tmp_path / "a.yaml").tables["u_pump"].columns["mode"].choices
    assert choices == {"1": "low", "false": "full"}


def test_a_table_has_the_columns_of_those_that_it_extends(tmp_path: Path) -> None:
    (tmp_path / "plant.yaml").write_text("""
tables:
  u_pump_order: {label: Pump Order, extends: change_request, columns: {
    state: {label: State, type: state, choices: {"1": new, "2": done}}}}
""")
    table = load_catalogue(tmp_path / "plant.yaml").tables["u_pump_order"]
    assert table.ancestors == ("change_request", "task")
    assert table.is_task
    assert {"short_description", "risk"} <= set(table.columns)
    assert table.columns["state"].choices == {"1": "new", "2": "done"}


def test_a_question_mark_makes_an_input_optional() -> None:
    step = load_catalogue().actions["global/look_up_records"]
    assert step.inputs == {"table": "table", "conditions": "query"}
    assert step.optional == {"conditions"}


def test_words_are_said_of_the_tables_that_they_are_about(tmp_path: Path) -> None:
    (tmp_path / "plant.yaml").write_text(
        "vocabularies: {mood: {bad: broken down, ok: {said: all is well}, "
        "late: {said: overdue, tables: [sn_hr_core_case, incident]}}}"
    )
    catalogue = load_catalogue(tmp_path / "plant.yaml")
    mood = catalogue.vocabularies["mood"]
    general = [("bad", "broken down"), ("ok", "all is well")]
    for name in (None, "problem"):
        assert list(mood.entries(catalogue.tables[name] if name else None)) == general
    for name in ("incident", "sn_hr_core_case", "sn_hr_le_case"):  # the last one extends a case
        found = mood.entries(catalogue.tables[name])
        assert list(dict.fromkeys(found)) == [*general, ("late", "overdue")]


def test_every_vocabulary_has_words_for_every_record() -> None:
    for vocabulary in load_catalogue().vocabularies.values():
        assert len(vocabulary.entries(None)) >= 4, vocabulary.name
        said = [word.said for word in vocabulary.words.values()]
        assert len(set(said)) == len(said), vocabulary.name


BAD = {
    "no YAML": ("tables: [", "bad.yaml: no readable YAML"),
    "no mapping": ("- 1", "bad.yaml: a mapping with keys of"),
    "unknown kind": ("widgets: {}", "bad.yaml: a mapping with keys of"),
    "a kind without entries": ("tables: 7", "bad.yaml: tables: a mapping"),
    "an entry that is none": ("tables: {u_pump: 7}", "bad.yaml: tables.u_pump: a mapping"),
    "a key that is no text": ("tables: {7: {}}", "bad.yaml: tables: the key 7 is no text"),
    "a missing field": (
        "tables: {u_pump: {label: Pump}}",
        "bad.yaml: tables.u_pump.columns: a mapping",
    ),
    "a field too many": (TABLE + "    colour: red", "bad.yaml: tables.u_pump.colour: Extra"),
    "a bad column type": (
        TABLE.replace("string", "colour"),
        "bad.yaml: tables.u_pump.columns.number.type: Input should be",
    ),
    "a bad name": (TABLE.replace("u_pump", "U Pump"), "bad.yaml: tables.U Pump.name: String"),
    "a choice without choices": (
        TABLE.replace("string", "choice"),
        "bad.yaml: tables.u_pump.columns.number.choices: a choice",
    ),
    "a reference to nothing": (
        TABLE.replace("string", "reference, reference: u_motor"),
        "bad.yaml: tables.u_pump.columns.number.reference: no table 'u_motor'",
    ),
    "an input type that is none": (
        "actions: {global: {start_pump: {label: start, inputs: {pump: pump}}}}",
        "bad.yaml: actions.global/start_pump.inputs.pump: 'pump' is no type of input",
    ),
    "a word about no table": (
        "vocabularies: {mood: {ok: well, bad: {said: broken, tables: [u_motor]}}}",
        "bad.yaml: vocabularies.mood.words.bad.tables: no table 'u_motor'",
    ),
    "words about some tables only": (
        "vocabularies: {mood: {bad: {said: broken, tables: [incident]}}}",
        "bad.yaml: vocabularies.mood.words: all are about some tables",
    ),
    "a field too many of a word": (
        "vocabularies: {mood: {ok: {said: well, table: incident}}}",
        "bad.yaml: vocabularies.mood.words.ok.table: Extra",
    ),
    "a word that is none": (
        "vocabularies: {mood: {ok: 7}}",
        "bad.yaml: vocabularies.mood.words.ok: Input should be",
    ),
    "a date that is none": (
        "tables: {u_pump: {label: Pump, columns: {mode: {label: M, choices: {2024-13-01: x}}}}}",
        "bad.yaml: no readable YAML",
    ),
    "an input of triggers": (
        "actions: {global: {start_pump: {label: start, inputs: {at: time}}}}",
        "bad.yaml: actions.global/start_pump.inputs.at: only triggers and loops hold 'time'",
    ),
    "a circle of tables": (
        "tables: {u_a: {label: A, extends: u_b, columns: {}}, "
        "u_b: {label: B, extends: u_a, columns: {}}}",
        "bad.yaml: tables.u_b.extends: 'u_a' extends it, too",
    ),
    "a parent that is none": (
        "tables: {u_a: {label: A, extends: u_b, columns: {}}}",
        "bad.yaml: tables.u_a.extends: no table 'u_b'",
    ),
    "an action on nothing": (
        "actions: {global: {start_pump: {label: start, applies_to: [u_motor]}}}",
        "bad.yaml: actions.global/start_pump.applies_to: no table 'u_motor'",
    ),
    "a trigger of no platform": (
        "triggers: {hourly: {label: hourly}}",
        "bad.yaml: triggers.hourly: the platform has no such trigger",
    ),
    "logic of no platform": (
        "logic: {WHILE: {label: while, holds: true}}",
        "bad.yaml: logic.WHILE: not the platform's word",
    ),
    "an entry that stands already": (
        TABLE.replace("u_pump", "incident"),
        "bad.yaml: tables.incident is already defined in tables_itsm.yaml",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_named_with_entry_and_field(case: str, tmp_path: Path) -> None:
    text, message = BAD[case]
    (tmp_path / "bad.yaml").write_text(text)
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(tmp_path / "bad.yaml")
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"none\.yaml: cannot be read"):
        load_catalogue(tmp_path / "none.yaml")
