"""`sketch2flow workflows` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from sketch2flow.cli.workflows import command
from synth.generate import generate_workflows, to_line


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
