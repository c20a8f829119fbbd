"""`sketch2flow workflows` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from sketch2flow.cli.benches.workflows import command as bench
from sketch2flow.cli.workflows import command
from sketch2flow.workflow import json_schema, load_catalogue
from synth.generate import generate_workflows, to_line


def test_the_command_writes_the_lines(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "workflows.jsonl"
    arguments = ["--count", "20", "--seed", "7", "--out", str(out), "--source", "plant_2"]
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 0, result.output
    assert "20 workflows" in result.output
    lines = out.read_text().splitlines()
    assert lines == [to_line(one) for one in generate_workflows("plant_2", 20, 7, 8, slips=0.05)]
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
        (["--slips", "nan"], "'--slips': nan is no finite number"),
        (["--slips", "1.5"], "1.5 is not in the range"),
        (["--catalogue", "none.yaml"], "'none.yaml' does not exist"),
    ],
)
def test_the_command_names_a_mistake(arguments: list[str], message: str, tmp_path: Path) -> None:
    out = tmp_path / "x.jsonl"
    result = CliRunner().invoke(command, ["--count", "3", "--out", str(out), *arguments])
    assert result.exit_code in (1, 2)
    assert message in result.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["--count", "3"],
        ["--out", "x.jsonl"],
        ["--describe", "--count", "3", "--out", "x.jsonl"],
        ["--describe", "--schema", "-"],
    ],
)
def test_the_command_wants_one_thing_to_do(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 2
    assert "--count and --out are wanted, or --describe, or --schema" in result.output
    assert list(tmp_path.iterdir()) == []


def test_the_command_describes_the_generator() -> None:
    result = CliRunner().invoke(command, ["--describe", "--count", "50"])
    assert result.exit_code == 0, result.output
    for word in ("scheduled_loop", "tables", "depth", "record_create", "50 samples", "46% +- 5"):
        assert word in result.output
    for word in ("phrasings", "spoke scopes", "ENTERPRISE", "7 to 8", "<= 2%"):
        assert word in result.output
    assert "21 to 40" in result.output


def test_a_description_is_of_workflows_as_long_as_asked_for() -> None:
    described = CliRunner().invoke(command, ["--describe", "--count", "5", "--max-components", "1"])
    assert "5 samples, 5 steps" in described.output


def test_the_command_marks_what_is_outside_the_limits() -> None:
    from rich.console import Console

    from sketch2flow.cli.description import print_shape
    from synth.shape import shape_of

    with (console := Console(width=200)).capture() as capture:
        print_shape(console, shape_of(generate_workflows("narrow", 3, 7, 1)))
    lines = capture.get().splitlines()
    for name in ("actions for one logic block", "most common template", "most common skeleton"):
        assert [line for line in lines if name in line and "! " in line], name
    assert [line for line in lines if "depth" in line and "! 100.0" in line]
    assert [line for line in lines if "FOREACH" in line and "! 0.0" in line]


def test_the_catalogue_counts_a_column_where_it_is_defined(tmp_path: Path) -> None:
    from sketch2flow.cli.description import catalogue_sizes

    file = tmp_path / "own.yaml"
    file.write_text(
        "tables: {own_thing: {label: thing, extends: task, columns:"
        " {colour: {label: colour, type: choice, choices: {r: red, g: green}}}}}"
    )
    before, after = catalogue_sizes(load_catalogue()), catalogue_sizes(load_catalogue(file))
    more = {name: after[name] - before[name] for name in after}
    assert {name: number for name, number in more.items() if number} == {
        "tables": 1, "columns": 1, "choice values": 2,
    }  # fmt: skip


def test_the_command_writes_the_schema(tmp_path: Path) -> None:
    out = tmp_path / "schema.json"
    result = CliRunner().invoke(command, ["--schema", str(out)])
    assert result.exit_code == 0, result.output
    assert json.loads(out.read_text()) == json_schema()
    own = tmp_path / "own.yaml"
    own.write_text("actions: {sn_own: {do_it: {label: do it}}}")
    result = CliRunner().invoke(command, ["--schema", "-", "--catalogue", str(own)])
    assert json.loads(result.output) == json_schema(load_catalogue(own))
    assert "do_it" in result.output


def test_a_schema_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = CliRunner().invoke(command, ["--schema", str(tmp_path / "file" / "schema.json")])
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert result.output.count("\n") == 1


def test_the_benchmark_splits_the_time(tmp_path: Path) -> None:
    output = tmp_path / "figures.json"
    arguments = ["--seconds", "0.01", "--count", "20", "--json", str(output)]
    done = CliRunner().invoke(bench, arguments)
    assert done.exit_code == 0, done.output
    assert "of the target of 1,000 a second" in done.output
    found = {one["case"].strip(): one for one in json.loads(output.read_text())["figures"]}
    assert {"of it, checking", "JSON, written", "JSON, read"} < set(found)
    whole = found["made, written and read"]["measured"]
    assert 0 < whole < found["generation, all in all"]["measured"]
    assert len({one["baseline"] for one in found.values()}) == 1


@pytest.mark.parametrize("seconds", ["nan", "inf"])
def test_the_benchmark_takes_no_endless_time(seconds: str) -> None:
    done = CliRunner().invoke(bench, ["--seconds", seconds])
    assert done.exit_code == 2
    assert f"'--seconds': {seconds} is no finite number" in done.output


def test_the_benchmark_names_a_mistake() -> None:
    done = CliRunner().invoke(bench, ["--count", "2", "--max-components", "99"])
    assert done.exit_code == 1
    assert "max_components is 99" in done.output
