from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from sketch2flow.cli.benches.draw import command as bench
from sketch2flow.cli.benches.pool import command as bench_pool
from sketch2flow.cli.draw import command
from sketch2flow.workflow import parse_document
from synth.draw import SOURCES, DrawingFailure
from synth.pictures import inspect_picture


def draw(out: Path, *more: str) -> str:
    arguments = ["--source", "whiteboard", "--count", "6", "--seed", "4", "--out", str(out), *more]
    done = CliRunner().invoke(command, arguments)
    assert done.exit_code == 0, done.output
    return done.output


def test_pictures_and_manifest_agree(tmp_path: Path) -> None:
    assert "6 pictures" in draw(tmp_path)
    rows = [json.loads(line) for line in (tmp_path / "manifest.jsonl").read_text().splitlines()]
    assert [row["identifier"] for row in rows] == [f"whiteboard_{n:06d}" for n in range(6)]
    for row in rows:
        facts = inspect_picture((tmp_path / row["picture"]).read_bytes())
        assert (facts.width, facts.height) == (row["width"], row["height"])
        assert facts.orientation == row["orientation"]
        assert row["provenance"] == "simulated"
        workflow = parse_document(row["document"])
        assert len(workflow.components) == row["components"]
        assert {f"step{one.order}" for one in workflow.components} <= {b[0] for b in row["boxes"]}
    assert len(list(tmp_path.iterdir())) == 7


def test_workers_and_repetition_change_nothing(tmp_path: Path) -> None:
    draw(tmp_path / "one")
    draw(tmp_path / "two", "--workers", "2")
    first = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    assert {path.name: path.read_bytes() for path in (tmp_path / "two").iterdir()} == first
    draw(tmp_path / "one")
    assert {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()} == first


def test_a_failure_is_named_and_the_rest_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import synth.draw

    real = synth.draw.draw_all

    def one_fails(items, source, seed, workers, wish):  # type: ignore[no-untyped-def]
        for identifier, drawing in real(items, source, seed, workers, wish):
            failed = identifier.endswith("2")
            yield identifier, DrawingFailure(identifier, "no room") if failed else drawing

    monkeypatch.setattr(synth.draw, "draw_all", one_fails)
    arguments = ["--source", "ui", "--count", "4", "--out", str(tmp_path)]
    done = CliRunner().invoke(command, arguments)
    assert done.exit_code == 1
    assert "ui_000002: no room" in done.stderr
    assert "3 pictures" in done.stdout
    assert len((tmp_path / "manifest.jsonl").read_text().splitlines()) == 3


def test_style_size_class_and_orientation_are_as_asked(tmp_path: Path) -> None:
    more = ("--style", "markers", "--resolution", "medium", "--orientation", "landscape")
    printed = draw(tmp_path, *more)
    assert "6 medium" in printed
    assert "6 landscape" in printed
    rows = [json.loads(line) for line in (tmp_path / "manifest.jsonl").read_text().splitlines()]
    assert {row["style"] for row in rows} == {"whiteboard markers"}
    assert all(5 < row["text_height"] < 40 for row in rows)


def test_a_style_that_there_is_not_is_named(tmp_path: Path) -> None:
    arguments = ["--source", "ui", "--count", "4", "--style", "oil", "--out", str(tmp_path)]
    done = CliRunner().invoke(command, arguments)
    assert done.exit_code == 1
    assert "ui has no style 'oil', but " in done.stderr
    assert done.stderr.count("\n") == 1


def test_errors_are_one_line(tmp_path: Path) -> None:
    arguments = ["--source", "ui", "--count", "4", "--max-components", "400"]
    done = CliRunner().invoke(command, [*arguments, "--out", str(tmp_path)])
    assert done.exit_code == 1
    assert "max_components is 400" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_offered_sources_are_those_that_can_be_drawn() -> None:
    (option,) = [one for one in command.params if one.name == "source"]
    assert tuple(option.type.choices) == SOURCES  # type: ignore[attr-defined]


def test_the_benchmark_measures_every_source(tmp_path: Path) -> None:
    output = tmp_path / "draw.json"
    arguments = ["--rounds", "1", "--documents", "2", "--warm-up", "2", "--json", str(output)]
    done = CliRunner().invoke(bench, arguments)
    assert done.exit_code == 0, done.output
    found = json.loads(output.read_text())
    cases = [figure["case"] for figure in found["figures"]]
    assert {case.split(",")[0] for case in cases} == set(SOURCES)
    assert set(found["least_ratios"]) == set(found["ratios_of_the_first_round"]) == set(cases)
    for figure in found["figures"]:
        assert figure["measured"] > 1
        assert figure["baseline"] > 1


def test_the_benchmark_of_the_pool_watches_memory(tmp_path: Path) -> None:
    output = tmp_path / "pool.json"
    arguments = ["--count", "20", "--rounds", "1", "--memory", "40", "--json", str(output)]
    done = CliRunner().invoke(bench_pool, arguments)
    assert done.exit_code == 0, done.output
    found = json.loads(output.read_text())
    assert [figure["case"] for figure in found["figures"]] == list(SOURCES)
    held = found["megabytes_of_a_worker"]
    assert list(held) == ["4", "20", "40"]
    assert all(20 < megabytes < 600 for megabytes in held.values())
