"""`sketch2flow explain`: one pair's edits, or the roll-up of a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sketch2flow.cli import group
from tests.scoring.test_explanations import flow, step
from tests.scoring.test_hostile import HOSTILE


def pair(identifier: str, candidate: object, *references: object) -> dict[str, Any]:
    texts = [one if isinstance(one, str) else json.dumps(one) for one in (candidate, *references)]
    more = {"reference": texts[1]} if len(texts) == 2 else {"references": texts[1:]}
    return {"id": identifier, "candidate": texts[0], **more}


GOOD = flow(step("IF", 1, condition="a=1"), step("log", 2, 1, level="info"), step("stop", 3))
OTHER = flow(step("IF", 1, condition="a=1"), step("log", 2, 1), step("[red]end", 3), step("x", 4))
BROKEN = {"trigger": None, "components": None}
LARGE = HOSTILE["1,000 repeated orders"]


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    lines = [
        pair("flow-1", OTHER, GOOD),
        pair("flow-2", GOOD, BROKEN, flow(step("a", 1)), GOOD),
        pair("flow-3", BROKEN, GOOD),
        pair("flow-4", f"```json\n{json.dumps(GOOD)}\n```", GOOD),
        pair("flow-5", LARGE, GOOD),
    ]
    path = tmp_path / "pairs.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def run(*arguments: object, **environment: str) -> Any:
    return CliRunner(env=environment).invoke(group, ["explain", *map(str, arguments)])


def test_every_edit_of_a_pair_is_listed_with_its_cost(pairs: Path, tmp_path: Path) -> None:
    output = tmp_path / "told.json"
    result = run(pairs, "--id", "flow-1", "--json", output)
    assert result.exit_code == 0, result.output
    lines = [line.split() for line in result.stdout.splitlines()]
    for line in (
        "flow-1: FlowSim 0.7778 (mode starflow, with inputs)",
        "missed input level: info IF > log /components/1/inputs/0 1",
        "renamed component [red]end → stop top level /components/2 2",
        "extra component x top level /components/3 1",
        "sum of the costs 4, tree edit distance 4",
    ):
        assert line.split() in lines
    assert "\x1b" not in result.stdout
    value = json.loads(output.read_text())
    assert (value["id"], value["reference"], value["distance"]) == ("flow-1", 0, 4)
    assert [edit["operation"] for edit in value["edits"]] == ["missed", "renamed", "extra"]


def test_a_terminal_has_colours(pairs: Path) -> None:
    assert "\x1b[31mmissed" in run(pairs, "--id", "flow-1", FORCE_COLOR="1").stdout


def test_inputs_may_be_left_out(pairs: Path) -> None:
    result = run(pairs, "--id", "flow-1", "--no-inputs")
    assert "(mode starflow, no inputs)" in result.stdout
    assert "tree edit distance 3" in result.stdout
    assert "level: info" not in result.stdout


def test_the_nearest_of_several_references_is_explained(pairs: Path, tmp_path: Path) -> None:
    output = tmp_path / "told.json"
    result = run(pairs, "--id", "flow-2", "--json", output)
    assert "flow-2 (reference 3): FlowSim 1.0000" in result.stdout
    assert "tree edit distance 0" in result.stdout
    assert json.loads(output.read_text())["reference"] == 2


def test_a_pair_that_cannot_be_compared_says_why(pairs: Path) -> None:
    result = run(pairs, "--id", "flow-3")
    assert result.exit_code == 0
    assert "flow-3: FlowSim 0.0000" in result.stdout
    assert "the candidate has no tree that could be compared (/components: " in result.stdout
    result = run(pairs, "--id", "flow-5")
    assert result.exit_code == 1
    assert result.stderr == "Error: flow-5: a tree of more than 5,000 nodes\n"


def test_an_unknown_id_is_named_with_near_ones(pairs: Path) -> None:
    result = run(pairs, "--id", "flow1")
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"Error: {pairs}: no pair 'flow1'; it has 'flow-")
    assert run(pairs, "--id", "???").stderr.endswith("it has 'flow-1', 'flow-2', 'flow-3'\n")


def test_without_an_id_all_pairs_are_rolled_up(pairs: Path, tmp_path: Path) -> None:
    output = tmp_path / "told.json"
    result = run(pairs, "--json", output)
    assert result.exit_code == 0, result.output
    lines = [line.split() for line in result.stdout.splitlines()]
    head = "5 pairs (mode starflow, with inputs), 2 not compared; tree edit distances: 4"
    assert lines[0] == head.split()
    for line in ("renamed 2 50.0%", "component 3 75.0%", "x 1 of 1", "component [red]end stop 1"):
        assert line.split() in lines
    assert any(" ".join(line).startswith("flow-3 the candidate has no tree") for line in lines)
    value = json.loads(output.read_text())
    assert (value["mode"], value["with_inputs"], value["pairs"]) == ("starflow", True, 5)
    assert value["problems"]["flow-5"] == ["a tree of more than 5,000 nodes"]
    assert value["extra"] == [{"definition": "x", "times": 1, "total": 1}]


def test_long_tables_are_cut(tmp_path: Path) -> None:
    steps = [step(f"step_{n:02}", n + 1) for n in range(20)]
    path = tmp_path / "pairs.jsonl"
    path.write_text(json.dumps(pair("a", flow(), flow(*steps))))
    result = run(path)
    assert "step_14" in result.stdout
    assert "step_15" not in result.stdout
    assert "and 5 more (--json)" in result.stdout


def test_bad_lines_are_named_and_the_rest_is_explained(pairs: Path) -> None:
    with pairs.open("a") as file:
        file.write('{"id": "b"}\n')
    result = run(pairs, "--id", "flow-4")
    assert result.exit_code == 1
    assert result.stderr == f"{pairs}: line 6: candidate is missing\n"
    assert "FlowSim 1.0000" in result.stdout


def test_what_a_terminal_would_obey_is_not_printed(tmp_path: Path) -> None:
    names = ["\x1b[2Jx", "a\nb", "\ud800", "y" * 500]
    path = tmp_path / "pairs.jsonl"
    steps = [step(name, order) for order, name in enumerate(names, 1)]
    path.write_text(json.dumps(pair("\x1b[31m", flow(), flow(*steps))))
    for arguments in ([], ["--id", "\x1b[31m"]):
        result = run(path, *arguments)
        assert result.exit_code == 0, result.output
        assert "\x1b" not in result.stdout
        assert "y" * 79 + "…" in result.stdout


def test_an_unknown_mode_is_refused(pairs: Path) -> None:
    result = run(pairs, "--mode", "lax")
    assert result.exit_code == 2
    assert "'lax' is not" in result.stderr
