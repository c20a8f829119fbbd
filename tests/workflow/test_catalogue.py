"""The catalogue: what is built in, what a user adds, and how a bad file is named."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
    "a tag that lies": ("tables: !!timestamp x", "bad.yaml: no readable YAML"),
    "a word": ("plant", "bad.yaml: a mapping with keys of"),
    "nothing": ("", "bad.yaml: a mapping with keys of"),
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
    "choices of a boolean": (
        TABLE.replace("string", "boolean, choices: {1: low, 2: high}"),
        "bad.yaml: tables.u_pump.columns.number: choices: only a choice or state has them, not a",
    ),
    "a reference of a text": (
        TABLE.replace("string", "string, reference: incident"),
        "bad.yaml: tables.u_pump.columns.number: reference: only a reference has one, not a string",
    ),
    "no columns": (
        "tables: {u_pump: {label: Pump, columns: {}}}",
        "bad.yaml: tables.u_pump.columns: a table has at least one column",
    ),
    "a label with braces": (
        TABLE.replace("Number", "'{{step_1}}'"),
        "bad.yaml: tables.u_pump.columns.number.label: '{{step_1}}': a label is of printable",
    ),
    "a label of two lines": (
        TABLE.replace("label: Pump", r'label: "Pu\nmp"'),
        r"bad.yaml: tables.u_pump.label: 'Pu\nmp': a label is of printable characters",
    ),
    "a label of blanks": (
        TABLE.replace("string", "choice, choices: {1: '  ', 2: high}"),
        "bad.yaml: tables.u_pump.columns.number.choices.1: '  ': a label is of printable",
    ),
    "a blank before a label": (
        "actions: {global: {start_pump: {label: ' start'}}}",
        "bad.yaml: actions.global.start_pump.label: ' start': a label is",
    ),
    "a blank behind a word": (
        "vocabularies: {mood: {ok: 'well '}}",
        "bad.yaml: vocabularies.mood.words.ok.said: 'well ': a label is",
    ),
    "a weight that is none": (
        TABLE.replace("label: Pump", "label: Pump\n    weight: .nan"),
        "bad.yaml: tables.u_pump.weight: Input should be a finite number",
    ),
    "an endless weight": (
        TABLE.replace("label: Pump", "label: Pump\n    weight: .inf"),
        "bad.yaml: tables.u_pump.weight: Input should be a finite number",
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
    "a table twice": (
        TABLE + "  u_valve: {label: Valve, columns: {}}\n  u_pump: {label: Pump, columns: {}}\n",
        "bad.yaml: tables.u_pump: twice, in lines 2 and 7; rename or remove one of them",
    ),
    "a column twice": (
        TABLE + "      number: {label: Serial Number, type: string}\n",
        "bad.yaml: tables.u_pump.columns.number: twice, in lines 5 and 6",
    ),
    "an action twice": (
        "actions:\n  global:\n    a: {label: a}\n    b: {label: b}\n    a: {label: c}\n",
        "bad.yaml: actions.global.a: twice, in lines 3 and 5",
    ),
    "a scope twice": (
        "actions:\n  x_a: {a: {label: a}}\n  x_a: {b: {label: b}}\n",
        "bad.yaml: actions.x_a: twice, in lines 2 and 3",
    ),
    "a vocabulary's entry twice": (
        "vocabularies:\n  pump:\n    p1: one\n    p2: two\n    p1: three\n",
        "bad.yaml: vocabularies.pump.p1: twice, in lines 3 and 5",
    ),
    "a choice twice, once as a number": (
        TABLE + '      mode: {label: M, type: choice, choices: {1: low, 2: full, "1": off}}\n',
        "bad.yaml: tables.u_pump.columns.mode.choices.1: twice, in lines 6 and 6",
    ),
    "keys that are one to Python": (
        TABLE + "      mode: {label: M, type: choice, choices: {1: low, true: full}}\n",
        "bad.yaml: tables.u_pump.columns.mode.choices.true: twice, in lines 6 and 6",
    ),
    "a kind twice": (TABLE + TABLE, "bad.yaml: tables: twice, in lines 1 and 6"),
    "deep lists": ("[" * 100_000, "bad.yaml: line 1: nested deeper than 50"),
    "deep mappings": ("{a: " * 100_000, "bad.yaml: line 1: nested deeper than 50"),
    "a long file": (" " * 5_000_001, "bad.yaml: larger than 5,000,000 bytes"),
    "a table with another name": (
        TABLE + "    name: u_motor\n",
        "bad.yaml: tables.u_pump.name: remove it; the key says it",
    ),
    "a column with another name": (
        TABLE.replace("type: string", "type: string, name: serial"),
        "bad.yaml: tables.u_pump.columns.number.name: remove it; the key says it",
    ),
    "an action with another definition": (
        "actions: {global: {start_pump: {label: start, definition: stop_pump}}}",
        "bad.yaml: actions.global.start_pump.definition: remove it; the key says it",
    ),
    "a subflow with another scope": (
        "subflows: {x_plant: {start_pump: {label: start, scope: global}}}",
        "bad.yaml: subflows.x_plant.start_pump.scope: remove it; the key says it",
    ),
    "a trigger with another type": (
        "triggers: {daily: {label: daily, type: weekly}}",
        "bad.yaml: triggers.daily.type: remove it; the key says it",
    ),
    "logic with another definition": (
        "logic: {IF: {label: if, holds: true, definition: ELSE}}",
        "bad.yaml: logic.IF.definition: remove it; the key says it",
    ),
    "optional inputs in a list": (
        "actions: {global: {start_pump: {label: start, inputs: {at: date}, optional: [at]}}}",
        "bad.yaml: actions.global.start_pump.optional: remove it; a ? behind the type of an input",
    ),
    "ancestors in a list": (
        TABLE + "    ancestors: [task]\n",
        "bad.yaml: tables.u_pump.ancestors: remove it; extends says it",
    ),
    "an entry that stands already": (
        TABLE.replace("u_pump", "incident"),
        "bad.yaml: tables.incident is already defined in tables_itsm.yaml",
    ),
}


def test_an_entry_may_take_over_what_another_says(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("""
actions:
  x_plant:
    start_pump: &pump {weight: 2, <<: &base {weight: 1, inputs: {pump: record}}, label: start pump}
    stop_pump: {<<: *pump, label: stop pump, weight: 3}
    turn_pump: {<<: [*pump, *base], label: turn pump}
""")
    actions = load_catalogue(tmp_path / "a.yaml").actions
    steps = [actions[f"x_plant/{name}_pump"] for name in ("start", "stop", "turn")]
    assert [(step.label, step.weight) for step in steps] == [
        ("start pump", 2), ("stop pump", 3), ("turn pump", 2)
    ]  # fmt: skip
    assert {tuple(step.inputs) for step in steps} == {("pump",)}


PUMPS = "  u_pump_2: {label: Water Pump, columns: {number: {label: Number, type: string}}}\n"
SAME_LABELS = {
    "two tables": (
        TABLE + PUMPS.replace("Water Pump", "PUMP"),
        "bad.yaml: tables.u_pump_2: 'PUMP' is what a picture shows of tables.u_pump, too",
    ),
    "a table of the user's and a built-in one": (
        TABLE.replace("Pump", "Incident"),
        "bad.yaml: tables.u_pump: 'Incident' is what a picture shows of tables.incident, too",
    ),
    "the plural of another table": (
        TABLE + PUMPS.replace("label: Water", "plural: Pumps, label: Water"),
        "bad.yaml: tables.u_pump_2: 'Pumps' is what a picture shows of tables.u_pump, too",
    ),
    "two columns": (
        TABLE + "      serial: {label: number, type: string}\n",
        "bad.yaml: tables.u_pump.columns.serial: 'number' is what a picture shows of "
        "tables.u_pump.columns.number, too",
    ),
    "a column and an inherited one": (
        TABLE + "  u_child: {label: Child, extends: u_pump, columns: "
        "{serial: {label: Number, type: string}}}\n",
        "bad.yaml: tables.u_child.columns.serial: 'Number' is what a picture shows of "
        "tables.u_child.columns.number, too",
    ),
    "two actions of a scope": (
        "actions: {x_plant: {start_pump: {label: start}, stop_pump: {label: Start}}}",
        "bad.yaml: actions.x_plant/stop_pump: 'Start' is what a picture shows of "
        "actions.x_plant/start_pump, too",
    ),
    "two choices of a column": (
        TABLE + "      mode: {label: Mode, type: choice, choices: {eco: Slow, low: slow}}\n",
        "bad.yaml: tables.u_pump.columns.mode.choices.low: 'slow' is what a picture shows of "
        "tables.u_pump.columns.mode.choices.eco, too",
    ),
    "two entries of a vocabulary": (
        "vocabularies: {pump: {p1: the pump, p2: the pump}}",
        "bad.yaml: vocabularies.pump.p2: 'the pump' is what a picture shows of "
        "vocabularies.pump.p1, too",
    ),
    "two subflows of a scope": (
        "subflows: {global: {store_record: {label: archive}}}",
        "bad.yaml: subflows.global/store_record: 'archive' is what a picture shows of "
        "subflows.global/archive_record, too",
    ),
}


def test_one_label_serves_where_a_picture_tells_more(tmp_path: Path) -> None:
    """In two scopes, as table and column, and for a column that a child says anew."""
    (tmp_path / "a.yaml").write_text(
        TABLE + "  u_sheep: {label: Sheep, plural: Sheep, extends: u_pump, columns: "
        "{number: {label: Number, type: integer}, pump: {label: Pump, type: string}}}\n"
        "actions: {x_a: {start: {label: start}}, x_b: {start: {label: start}}}\n"
    )
    columns = load_catalogue(tmp_path / "a.yaml").tables["u_sheep"].columns
    assert columns["number"].type == "integer"


@pytest.mark.parametrize("case", SAME_LABELS)
def test_what_a_picture_cannot_tell_apart_is_refused(case: str, tmp_path: Path) -> None:
    text, message = SAME_LABELS[case]
    (tmp_path / "bad.yaml").write_text(text)
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(tmp_path / "bad.yaml")
    assert str(caught.value) == f"{message}; give it another label"


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_named_with_entry_and_field(case: str, tmp_path: Path) -> None:
    text, message = BAD[case]
    (tmp_path / "bad.yaml").write_text(text)
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(tmp_path / "bad.yaml")
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_both_endings_of_yaml_are_read_from_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(TABLE)
    (tmp_path / "b.yaml").write_text("vocabularies: {pump: {p1: the main pump}}")
    (tmp_path / "readme.txt").write_text("no YAML: [")
    catalogue = load_catalogue(tmp_path)
    assert "u_pump" in catalogue.tables
    assert "pump" in catalogue.vocabularies


def test_a_table_may_have_no_columns_but_those_that_it_inherits(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("tables: {u_job: {label: Job, extends: task, columns: {}}}")
    catalogue = load_catalogue(tmp_path / "a.yaml")
    assert catalogue.tables["u_job"].columns == catalogue.tables["task"].columns


def test_a_folder_without_a_catalogue_is_named(tmp_path: Path) -> None:
    (tmp_path / "plant.yaml.txt").write_text(TABLE)
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(tmp_path)
    assert str(caught.value) == f"{tmp_path}: no .yaml and no .yml file in it; put one there"


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    for path in (tmp_path / "none.yaml", tmp_path / "none"):
        with pytest.raises(CatalogueError, match=f"^{re.escape(str(path))}: cannot be read .No su"):
            load_catalogue(path)
    with pytest.raises(CatalogueError, match=r"folder\.yaml: cannot be read .Is a directory"):
        load_catalogue(tmp_path)


def test_a_folder_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = Path.iterdir

    def refuse(folder: Path) -> Iterator[Path]:
        if folder == tmp_path:
            raise PermissionError(13, "Permission denied")
        return listed(folder)

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(tmp_path)
    assert str(caught.value) == f"{tmp_path}: cannot be read (Permission denied)"
