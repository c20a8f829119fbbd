"""Generated workflows: sound, sensible, distinct, and the same for any number of workers."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import islice
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner

from sketch2flow.cli.workflows import command
from sketch2flow.workflow import (
    CatalogueError,
    Component,
    DocumentError,
    content_digest,
    depth,
    features,
    load_catalogue,
    parse_document,
    read_answer,
    split_of,
    structure_errors,
    to_answer,
    to_json,
)
from sketch2flow.workflow.rules import TRIGGER_TYPES
from synth.generate import (
    GeneratedWorkflow,
    from_line,
    generate_lessons,
    generate_workflows,
    to_line,
)
from synth.heuristics import HEURISTICS
from synth.wording import MESSAGES, WORDS, phrasings, say_time, with_article

PILL = re.compile(r"\{\{([a-z]+)(?:_(\d+))?\.([a-z]+)(?:\.([a-z_]+))?\}\}")

# Features that generated workflows could have, but need not have.
NOT_WRITTEN = {
    "alternatives", "change_condition", "complex_input", "date_time", "decision", "do_until",
    "dynamic_flow", "dynamic_me", "early_end", "flow_variables", "script",
}  # fmt: skip


@pytest.fixture(scope="module")
def sample() -> list[GeneratedWorkflow]:
    """2,000 workflows of the size that the demo learns from."""
    return list(generate_workflows("synthetic", 2_000, 0, 8))


@pytest.fixture(scope="module")
def large() -> list[GeneratedWorkflow]:
    return list(generate_workflows("large", 200, 0, 40))


@pytest.fixture(scope="module")
def both(
    sample: list[GeneratedWorkflow], large: list[GeneratedWorkflow]
) -> list[GeneratedWorkflow]:
    return sample + large


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


def test_the_seed_gives_the_same_bytes_for_any_number_of_workers() -> None:
    alone, together = (
        [to_line(one) for one in generate_workflows("plant_2", 600, 7, 8, workers)]
        for workers in (1, 2)
    )
    assert alone == together
    others = [to_line(one) for one in generate_workflows("plant_2", 600, 8, 8)]
    assert not {json.dumps(json.loads(line)["document"]) for line in alone[:100]} & {
        json.dumps(json.loads(line)["document"]) for line in others[:100]
    }


def test_a_longer_run_begins_like_a_shorter_one() -> None:
    short = list(generate_workflows("synthetic", 30, 5, 8))
    assert list(islice(generate_workflows("synthetic", 60, 5, 8), 30)) == short


def test_no_two_are_equal_in_content_and_words(
    sample: list[GeneratedWorkflow], large: list[GeneratedWorkflow]
) -> None:
    for made in (sample, large):
        texts = Counter(to_json(one.workflow) for one in made)
        assert max(texts.values()) == 1
        assert len({one.identifier for one in made}) == len(made)


def test_lessons_are_one_step_documents_of_the_training_split() -> None:
    lessons = list(generate_lessons("synthetic", 400, 0))
    assert 300 < len(lessons) < 400
    assert {one.split for one in lessons} == {"train"}
    assert {len(one.workflow.components) for one in lessons} == {1}
    assert not {one.identifier for one in lessons} & {
        one.identifier for one in generate_workflows("synthetic", 400, 0, 6)
    }


def test_one_step_documents_stay_distinct_when_they_are_many() -> None:
    many = list(generate_workflows("small", 3_000, 1, 1))
    assert len({to_json(one.workflow) for one in many}) == 3_000
    assert any(one.attempt for one in many)


def test_a_content_is_on_one_side_of_the_split_only(sample: list[GeneratedWorkflow]) -> None:
    again = list(generate_workflows("again", 2_000, 3, 2))
    sides: dict[str, set[str]] = {}
    for one in (*sample, *again):
        digest = content_digest(one.workflow)
        assert one.split == split_of(digest)
        sides.setdefault(digest, set()).add(one.split)
    assert len(sides) < 4_000, "some contents come twice, in other words"
    assert all(len(splits) == 1 for splits in sides.values())
    assert {one.split for one in sample} == {"train", "validation", "test"}


def test_short_ones_are_more_common_and_everything_occurs(
    sample: list[GeneratedWorkflow],
) -> None:
    sizes = Counter(len(one.workflow.components) for one in sample)
    assert set(sizes) == set(range(1, 9))
    assert min(sizes.values()) > 80
    assert 3 < sizes[1] / sizes[8] < 12
    assert {one.heuristic for one in sample} == set(HEURISTICS)
    triggers = {one.workflow.trigger.type for one in sample if one.workflow.trigger}
    assert triggers == TRIGGER_TYPES
    words = {c.definition for one in sample for c in one.workflow.components}
    catalogue = load_catalogue()
    steps = {key.split("/")[1] for key in (*catalogue.actions, *catalogue.subflows)}
    assert words >= steps | {"IF", "ELSEIF", "ELSE", "FOREACH", "TRY", "CATCH", "PARALLEL"}


def test_sizes_up_to_the_limit(large: list[GeneratedWorkflow]) -> None:
    sizes = [len(one.workflow.components) for one in large]
    assert min(sizes) <= 3
    assert max(sizes) == 40
    assert max(depth(one.workflow) for one in large) == 4


@pytest.mark.parametrize("name", HEURISTICS)
def test_a_heuristic_hits_every_size_it_says_it_can(name: str) -> None:
    heuristic = HEURISTICS[name]
    assert heuristic.description.endswith(".")
    for size in range(heuristic.least, min(heuristic.most, 20) + 1):
        workflow = heuristic(Random(f"{name}/{size}"), load_catalogue(), size)
        assert len(workflow.components) == size
        assert structure_errors(workflow) == ()


def test_features_are_those_of_the_document(sample: list[GeneratedWorkflow]) -> None:
    for one in sample[:200]:
        found = [name for name, present in features(one.workflow).items() if present]
        assert list(one.features) == found
    written = {name for one in sample for name in one.features}
    assert set(features(sample[0].workflow)) - written <= NOT_WRITTEN


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


def scope_of(workflow_steps: tuple[Component, ...], component: Component) -> set[int]:
    """Return the orders of the steps whose results `component` can see."""
    by_order = {one.order: one for one in workflow_steps}
    visible: set[int] = set()
    block = component.block
    before = component.order
    while True:
        visible |= {
            one.order for one in workflow_steps if one.block == block and one.order < before
        }
        if block is None:
            return visible
        visible.add(block)
        before, block = block, by_order[block].block


def test_data_pills_point_to_earlier_steps_in_scope(both: list[GeneratedWorkflow]) -> None:
    """A pill's step stands before, in the same block or one around it, and gives that."""
    catalogue = load_catalogue()
    pills = 0
    for one in both:
        workflow = one.workflow
        by_order = {component.order: component for component in workflow.components}
        for component in workflow.components:
            for value in component.inputs or ():
                assert value.value.count("{{") == len(PILL.findall(value.value))
                for origin, order, part, _ in PILL.findall(value.value):
                    pills += 1
                    if origin == "trigger":
                        assert workflow.trigger is not None
                        assert part == "current"
                        continue
                    if origin == "subflow":
                        assert workflow.inputs is not None
                        assert part in [item.name for item in workflow.inputs.items]
                        continue
                    assert int(order) in scope_of(workflow.components, component), one.seed
                    source = by_order[int(order)]
                    if source.definition == "FOREACH":
                        assert part == "item"
                    else:
                        gives = catalogue.actions[f"{source.scope}/{source.definition}"].gives
                        assert part == gives
    assert pills > 1_000


def table_of(one: GeneratedWorkflow, origin: str, order: str) -> str:
    """Return the table of the record that a pill's first part points to."""
    workflow = one.workflow
    if origin == "subflow":
        assert workflow.inputs is not None
        return workflow.inputs.items[0].reference or ""
    if origin == "trigger":
        assert workflow.trigger is not None
        tables = [value.value for value in workflow.trigger.inputs or () if value.name == "table"]
        return tables[0] if tables else "sc_req_item"
    source = workflow.components[int(order) - 1]
    values = {value.name: value.value for value in source.inputs or ()}
    if source.definition == "FOREACH":
        found = PILL.fullmatch(values["items"])
        assert found is not None
        return table_of(one, found[1], found[2])
    return values.get("table") or values["table_name"]


def test_fields_and_values_are_those_of_the_table(both: list[GeneratedWorkflow]) -> None:
    tables = load_catalogue().tables
    tested = 0
    for one in both:
        for component in one.workflow.components:
            values = {value.name: value.value for value in component.inputs or ()}
            table = values.get("table") or values.get("table_name")
            if table is None and "record" in values:
                found = PILL.fullmatch(values["record"])
                assert found is not None
                table = table_of(one, found[1], found[2])
            for name in ("condition", "conditions", "values", "field_values"):
                for part in values[name].split("^") if name in values else ():
                    match = re.fullmatch(r"(.+?)(=|!=|ISEMPTY|ISNOTEMPTY)((?:\{\{.*|[^{}]*))", part)
                    assert match is not None, part
                    field, _, value = match.groups()
                    pill = PILL.fullmatch(field)
                    if pill is not None:
                        field, of = pill[4], table_of(one, pill[1], pill[2])
                    else:
                        assert table is not None
                        of = table
                    column = tables[of].columns[field]
                    tested += 1
                    if value.startswith("{{"):
                        origin = PILL.fullmatch(value)
                        assert origin is not None
                        assert table_of(one, origin[1], origin[2]) == column.reference
                    elif column.choices:
                        assert value in column.choices
                    elif value:
                        assert column.type == "boolean"
                        assert value in ("true", "false")
    assert tested > 1_000


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
    assert loops > 300


def test_what_is_in_the_inputs_is_said(sample: list[GeneratedWorkflow]) -> None:
    """Recipients, messages, levels and choices can be read off the annotation."""
    for one in sample:
        for component in one.workflow.components:
            values = {value.name: value.value for value in component.inputs or ()}
            said = component.annotation
            for name in ("ah_subject", "message", "log_message", "log_level", "channel", "method"):
                assert values.get(name, "") in said
            if "path" in values:
                assert values["path"] in said
            words = said.split()
            assert 1 <= len(words) <= 22


def test_components_stay_short(sample: list[GeneratedWorkflow]) -> None:
    sizes = [
        len(to_json(one.workflow))
        - len(to_json(one.workflow.model_copy(update={"components": ()})))
        for one in sample
    ]
    components = sum(len(one.workflow.components) for one in sample)
    assert 250 <= sum(sizes) / components <= 350


def test_a_subflow_takes_a_record_and_has_no_trigger(sample: list[GeneratedWorkflow]) -> None:
    subflows = [one.workflow for one in sample if one.heuristic == "subflow"]
    assert subflows
    for workflow in subflows:
        assert (workflow.type, workflow.trigger) == ("subflow", None)
        assert workflow.inputs is not None
        assert workflow.outputs is not None
        assert workflow.inputs.items[0].reference in load_catalogue().tables


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("../up", 1, 0, 8), "no name such as"),
        (("synthetic", 1, 0, 0), "max_components is 0"),
        (("synthetic", 1, 0, 41), "max_components is 41"),
        (("synthetic", -1, 0, 8), "count is -1"),
    ],
)
def test_bad_arguments_are_named(arguments: tuple[str, int, int, int], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        generate_workflows(*arguments)


def test_an_environment_brings_its_own_tables_and_steps(tmp_path: Path) -> None:
    file = tmp_path / "plant.yaml"
    file.write_text("""
tables:
  u_pump:
    label: Pump
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


@pytest.mark.parametrize("line", ["", "{}", "[]", '{"identifier": 7}', "[" * 10_000])
def test_a_line_that_is_none_is_named(line: str) -> None:
    with pytest.raises(DocumentError, match=r"^file:3: "):
        from_line(line, "file:3")


def test_phrasings_are_many_and_short() -> None:
    catalogue = load_catalogue()
    keys = [*catalogue.triggers, *catalogue.actions, *catalogue.subflows, *catalogue.logic]
    for key in keys:
        assert len(phrasings(key)) >= 4, key
        assert len({one.template for one in phrasings(key)}) == len(phrasings(key))
        for one in phrasings(key):
            assert one.wants <= set(WORDS)
            assert one.fill(dict.fromkeys(WORDS, "x"))


def test_words_of_times_and_articles() -> None:
    rng = Random(0)
    said = {say_time(rng, 16, 45) for _ in range(100)}
    assert said == {"16:45", "4:45 pm", "a quarter to 5 pm"}
    assert {say_time(rng, 0, 0) for _ in range(100)} == {"00:00", "12:00 am", "12 am"}
    assert "half past 12 pm" in {say_time(rng, 12, 30) for _ in range(100)}
    assert [with_article(noun) for noun in ("incident", "user", "hr case", "problem")] == [
        "an incident", "a user", "an hr case", "a problem",
    ]  # fmt: skip
    assert all(len(text.split()) <= 4 for text in MESSAGES)


def test_the_command_writes_the_lines(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "workflows.jsonl"
    arguments = ["--count", "20", "--seed", "7", "--out", str(out), "--source", "plant_2"]
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 0, result.output
    assert "20 workflows" in result.output
    lines = out.read_text().splitlines()
    assert lines == [to_line(one) for one in generate_workflows("plant_2", 20, 7, 8)]
    assert list(json.loads(lines[0])) == [
        "identifier", "heuristic", "seed", "split", "features", "document",
    ]  # fmt: skip
    assert [path.name for path in out.parent.iterdir()] == ["workflows.jsonl"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--source", "A B"], "no name such as"),
        (["--max-components", "99"], "max_components is 99"),
        (["--count", "0"], "0 is not in the range"),
        (["--catalogue", "none.yaml"], "'none.yaml' does not exist"),
    ],
)
def test_the_command_names_a_mistake(arguments: list[str], message: str, tmp_path: Path) -> None:
    out = tmp_path / "x.jsonl"
    result = CliRunner().invoke(command, ["--count", "3", "--out", str(out), *arguments])
    assert result.exit_code in (1, 2)
    assert message in result.output
    assert list(tmp_path.iterdir()) == []


def test_the_command_wants_a_file() -> None:
    result = CliRunner().invoke(command, ["--count", "3"])
    assert result.exit_code == 2
    assert "--count and --out are wanted" in result.output


def test_the_command_describes_the_generator() -> None:
    result = CliRunner().invoke(command, ["--describe", "--count", "50"])
    assert result.exit_code == 0, result.output
    for word in ("scheduled_loop", "tables", "depth", "record_create", "50 samples"):
        assert word in result.output


@pytest.mark.slow
def test_a_hundred_thousand_documents_pass_every_rule() -> None:
    count = 0
    for one in generate_workflows("synthetic", 100_000, 2, 40, workers=2):
        assert not structure_errors(one.workflow)
        count += 1
    assert count == 100_000
