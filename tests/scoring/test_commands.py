"""`sketch2flow score` and `sketch2flow bench`."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sketch2flow.cli import pairs_file
from sketch2flow.cli.bench import BENCHES
from sketch2flow.cli.bench import command as bench
from sketch2flow.cli.score import command as score
from sketch2flow.scoring import METRICS, metrics_of
from sketch2flow.scoring.engines import zhang_shasha

GOOD = {"id": "a", "candidate": '{"trigger": null}', "reference": '{"trigger": {"type": "daily"}}'}
DEEP = {"id": "b", "candidate": "[" * 5_000, "reference": "{}"}


def written(path: Path, *lines: object) -> Path:
    path.write_bytes(
        b"".join((v if isinstance(v, bytes) else json.dumps(v).encode()) + b"\n" for v in lines)
    )
    return path


def test_scores_are_written_under_the_names_of_the_vectors(tmp_path: Path) -> None:
    pairs, output = written(tmp_path / "pairs.jsonl", GOOD, DEEP), tmp_path / "scores.jsonl"
    result = CliRunner().invoke(score, [str(pairs), "--json", str(output)])
    assert result.exit_code == 0, result.output
    first, second = (json.loads(line) for line in output.read_text().splitlines())
    assert (first["id"], first["mode"], first["error"]) == ("a", "starflow", None)
    assert first["flow_sim_no_inputs"] == 0.0
    assert first["flow_component_match_score"] is None
    assert "missing_key" in first["structure_errors"]
    assert second["id"] == "b"
    assert second["error"].startswith("RecursionError")
    assert all(second[metric] is None for metric in METRICS)
    assert [path.name for path in tmp_path.iterdir() if "partial" in path.name] == []
    for heading in ("n/a", "mean", "median", "95 % interval", *METRICS):
        assert heading in result.stdout
    assert "1 pairs without scores" in result.stdout


def test_bad_lines_are_named_and_the_rest_is_scored(tmp_path: Path) -> None:
    bad = ({**GOOD, "candidate": 3}, b"{", b"\xff", [1], {"id": "x"}, b"[" * 100_000)
    pairs, output = written(tmp_path / "pairs.jsonl", *bad, b"", GOOD), tmp_path / "scores.jsonl"
    result = CliRunner().invoke(score, [str(pairs), "--json", str(output)])
    assert result.exit_code == 1
    assert [json.loads(line)["id"] for line in output.read_text().splitlines()] == ["a"]
    for number, reason in ((1, "candidate is not text"), (4, "not a JSON"), (5, "candidate is m")):
        assert f"line {number}: {reason}" in result.stderr
    assert result.stderr.count("line ") >= 6
    assert "line 7" not in result.stderr
    assert "6 bad lines" in result.stdout


def test_strict_scores_come_out_in_full(tmp_path: Path) -> None:
    pairs, output = written(tmp_path / "pairs.jsonl", GOOD, DEEP), tmp_path / "scores.jsonl"
    bad = {"id": "c", "candidate": "{}", "reference": "no workflow"}
    written(pairs, GOOD, DEEP, bad)
    arguments = ["--mode", "strict", "--soft", "--catalogue", "built-in", "--json", str(output)]
    result = CliRunner().invoke(score, [str(pairs), *arguments])
    assert result.exit_code == 0, result.output
    first, _, last = (json.loads(line) for line in output.read_text().splitlines())
    assert set(metrics_of("strict")) < set(first)
    assert first["mode"] == "strict"
    assert first["would_activate"] == first["node_recall_no_inputs"] == 0.0
    assert (first["is_broken"], first["activation_errors"]) == (True, [])
    assert last["error"].startswith("the reference: ")
    assert all(last[metric] is None for metric in metrics_of("strict")[:-1])
    assert last["would_activate"] == 0.0
    for line in ("3 of 3 (100.0%) broken by a structure rule", "1 of 3 (33.3%) strictly"):
        assert line in result.stdout
    for metric in metrics_of("strict"):
        assert f" {metric} " in result.stdout
    assert "…" not in result.stdout


def test_of_several_references_the_nearest_is_named(tmp_path: Path) -> None:
    candidate, other = '{"trigger": {"type": "daily"}}', '{"trigger": {"type": "weekly"}}'
    several = {"id": "a", "candidate": candidate, "references": [other, candidate]}
    pairs, output = written(tmp_path / "pairs.jsonl", several, GOOD), tmp_path / "scores.jsonl"
    result = CliRunner().invoke(score, [str(pairs), "--json", str(output)])
    assert result.exit_code == 0, result.output
    first, second = (json.loads(line) for line in output.read_text().splitlines())
    assert (first["reference"], first["flow_sim_no_inputs"]) == (1, 1.0)
    assert "reference" not in second


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"references": ["{}"]}, "reference and references are both there: leave one out"),
        ({"reference": None, "references": "{}"}, "reference and references are both there"),
        ({"reference": ...}, "reference is missing"),
        ({"reference": ..., "references": "{}"}, "references is no list of texts"),
        ({"reference": ..., "references": ["{}", 1]}, "references is no list of texts"),
        ({"reference": ..., "references": []}, "0 references: 1 to 100 are possible"),
        ({"reference": ..., "references": ["{}"] * 101}, "101 references: 1 to 100 are possible"),
    ],
)
def test_bad_references_are_named(tmp_path: Path, change: dict[str, Any], reason: str) -> None:
    line = {key: value for key, value in {**GOOD, **change}.items() if value is not ...}
    result = CliRunner().invoke(score, [str(written(tmp_path / "p.jsonl", GOOD, line))])
    assert result.exit_code == 1
    assert f"line 2: {reason}" in result.stderr


def test_a_line_over_the_limit_is_named_and_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = json.dumps(GOOD).encode()
    monkeypatch.setattr(pairs_file, "MAX_LINE_BYTES", len(whole) + 1)
    long = (b"x" * (len(whole) + 2), b"y" * 10 * len(whole), b"z" * (2 * len(whole) + 2))
    result = CliRunner().invoke(score, [str(written(tmp_path / "p.jsonl", *long, whole))])
    assert result.exit_code == 1
    for number in (1, 2, 3):
        assert f"line {number}: longer than {len(whole) + 1:,} bytes" in result.stderr
    assert result.stderr.count("line ") == 3
    assert "pairs scored: 1" in result.stdout


def test_arguments_that_do_not_go_together_are_refused_in_one_line(tmp_path: Path) -> None:
    pairs = str(written(tmp_path / "p.jsonl", GOOD))
    (tmp_path / "bad.yaml").write_text("tables: 1")
    for arguments, reason in (
        (["--soft"], "mode 'starflow' has no soft match; it is in strict"),
        (["--catalogue", str(tmp_path / "none.yaml")], "does not exist"),
        (["--catalogue", str(tmp_path / "bad.yaml")], "bad.yaml: tables: a mapping is wanted"),
    ):
        result = CliRunner().invoke(score, [pairs, *arguments])
        assert result.exit_code == 2
        assert reason in result.stderr.splitlines()[-1]


def test_a_file_without_any_pair_is_an_error(tmp_path: Path) -> None:
    result = CliRunner().invoke(score, [str(written(tmp_path / "none.jsonl", b""))])
    assert result.exit_code == 1
    assert "no pair to score" in result.stderr


@pytest.mark.parametrize("option", ["--mode", "--engine"])
def test_an_unknown_mode_or_engine_is_refused(tmp_path: Path, option: str) -> None:
    result = CliRunner().invoke(score, [str(written(tmp_path / "p.jsonl", GOOD)), option, "lax"])
    assert result.exit_code == 2
    assert "'lax' is not" in result.stderr
    assert ("starflow" if option == "--mode" else "apted") in result.stderr


@pytest.mark.parametrize("place", ["missing/scores.json", "."])
def test_a_file_that_cannot_be_written_is_refused_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setattr("sketch2flow.cli.score.score_pairs", pytest.fail)
    monkeypatch.setattr("sketch2flow.cli.benches.score.generated_flows", pytest.fail)
    pairs = str(written(tmp_path / "p.jsonl", GOOD))
    for command, arguments in ((score, [pairs]), (bench, ["score"])):
        result = CliRunner().invoke(command, [*arguments, "--json", str(tmp_path / place)])
        assert result.exit_code == 2
        last = result.stderr.splitlines()[-1]
        assert last.startswith("Error: Invalid value for '--json': ")
        assert str((tmp_path / place).parent) in last


def test_scoring_starts_without_the_heavy_packages() -> None:
    code = (
        "import sys, sketch2flow.cli.score, sketch2flow.cli.bench;"
        "print([m for m in ('torch', 'dagster', 'pandas', 'numpy', 'numba', 'apted', 'rich')"
        " if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_bench_score_prints_ratios_and_the_time_of_an_evaluation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sketch2flow.cli.benches.score.PAIRS_OF_SIZE", {10: 2, 25: 1})
    monkeypatch.setattr("sketch2flow.cli.benches.score.EVALUATION", 30)
    output = tmp_path / "figures.json"
    result = CliRunner().invoke(bench, ["score", "--seconds", "0.01", "--json", str(output)])
    assert result.exit_code == 0, result.output
    value = json.loads(output.read_text())
    has_zss = find_spec("zss") is not None
    engines = ["numba", "python", "apted"] if has_zss else ["numba", "python"]
    baseline = "zss" if has_zss else "apted, mended"
    assert (value["benchmark"], value["baseline"]) == ("score", baseline)
    assert set(value["machine"]) >= {"cores", "python"}
    cases = [f"{size} nodes, {name}" for size in (10, 25) for name in engines]
    assert [figure["case"] for figure in value["figures"]] == cases
    for figure in value["figures"]:
        assert figure["ratio"] == pytest.approx(figure["measured"] / figure["baseline"])
    assert [(one["pairs"], one["workers"]) for one in value["evaluations"]] == [(30, 1), (30, 2)]
    assert "30 pairs, all metrics, engine numba, workers 2: " in result.stdout
    assert "targets: numba / zss from 60 nodes on 1,000" in result.stdout


def test_bench_score_ends_where_the_engines_disagree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sketch2flow.cli.benches.score.PAIRS_OF_SIZE", {10: 1})
    monkeypatch.setattr("sketch2flow.cli.benches.score.EVALUATION", 30)
    monkeypatch.setattr(zhang_shasha, "zhang_shasha", lambda first, second: -1)
    result = CliRunner().invoke(bench, ["score", "--seconds", "0.01"])
    assert result.exit_code == 1
    assert "the engines disagree" in result.stderr


def test_every_bench_is_listed_and_found() -> None:
    result = CliRunner().invoke(bench, ["--help"])
    assert all(name in result.output for name in BENCHES)
    for name in BENCHES:
        assert CliRunner().invoke(bench, [name, "--help"]).exit_code == 0
    assert CliRunner().invoke(bench, ["nothing"]).exit_code == 2
