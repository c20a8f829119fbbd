import json
from pathlib import Path

import pytest

from sketch2flow.vlm.recipe import Recipe
from sketch2flow.vlm.reporting import CURVES, HISTORY, WANDB_KEY, open_reporter

RECIPE = Recipe(name="test", model="some/model", steps=10)
FIGURES = {
    "loss": 1.5,
    "learning_rate": 1e-3,
    "stage": 1.0,
    "pictures_per_second": 3.0,
    "tokens_per_second": 300.0,
}


def look(output: Path, *steps: int, resumed: int | None = None) -> list[dict[str, float]]:
    with open_reporter(0, output, RECIPE) as reporter:
        if resumed is not None:
            reporter.resumed(resumed)
        for step in steps:
            reporter.measured({"step": float(step), **FIGURES}, 10, 1.0)
        return list(reporter.losses)


def test_looks_outlive_a_kill_but_not_those_after_the_checkpoint(tmp_path: Path) -> None:
    look(tmp_path, 2, 4, 6)
    with (tmp_path / HISTORY).open("a") as history:
        history.write('{"step": 8, "lo')  # killed in the middle of a line
    losses = look(tmp_path, 5, resumed=4)
    assert [figures["step"] for figures in losses] == [2, 4, 5]
    lines = (tmp_path / HISTORY).read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == [2, 4, 5]


def test_figures_go_to_event_files(tmp_path: Path) -> None:
    look(tmp_path, 1, 2)
    (events,) = (tmp_path / CURVES).glob("events.out.tfevents.*")
    data = events.read_bytes()
    assert data.count(b"learning_rate") == 2
    assert data.count(b"tokens_per_second") == 2


def test_other_ranks_are_silent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_reporter(1, tmp_path, RECIPE) as reporter:
        reporter.say("one line")
        reporter.measured({"step": 1.0, **FIGURES}, 10, 1.0)
        reporter.finished({}, tmp_path / "record.json")
    assert list(tmp_path.iterdir()) == []
    assert capsys.readouterr().err == ""


def test_a_key_without_its_package_is_said_and_costs_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(WANDB_KEY, "a key")
    monkeypatch.setitem(__import__("sys").modules, "wandb", None)
    assert len(look(tmp_path, 1)) == 1
    assert "pip install wandb" in capsys.readouterr().out
