"""What the demo shows at its end, of an evaluation whose answers are fabricated."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from rich.console import Console

from resources.storage import Storage, StorageError
from sketch2flow.cli.pipeline import showing
from sketch2flow.pictures import open_picture
from sketch2flow.vlm.convert import Conversion
from sketch2flow.workflow.reading import read_answer
from sketch2flow_assets.defs.evaluation.scoring import truths
from tests.assets.conftest import run, tiny_regime
from tests.assets.test_evaluation import EVALUATION, answer, train


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), record=True, width=100)


@pytest.fixture
def evaluated(home: Path) -> Path:
    train(home, "a" * 16)
    answer(home, "a" * 16, right=True)
    assert run(home, EVALUATION).success
    return home


def test_the_regime_is_said_in_numbers(console: Console) -> None:
    showing.show_regime(console, tiny_regime(seed=7), 0.5)
    said = console.export_text()
    for text in ("60 workflows", "at most 4 steps", "synthetic 30, ui 30", "0.5 minutes", "seed 7"):
        assert text in said


def test_metrics_controls_decision_and_report_are_shown(console: Console, evaluated: Path) -> None:
    showing.show_metrics(console, evaluated)
    lines = console.export_text().splitlines()
    board = [line for line in lines if line.split()[:1] in (["finetuned"], ["shuffled"])]
    assert "1.000" in board[0]
    assert "shuffled pictures" in board[1]
    assert any(line.startswith("Decision on the champion: ") for line in lines)
    said = "".join(lines)  # long paths are wrapped
    assert str(evaluated / "metrics.duckdb") in said
    place = said.partition("Report: file://")[2]
    assert Path(place).is_file()


def test_before_an_evaluation_it_says_what_is_missing(console: Console, made: Path) -> None:
    with pytest.raises(StorageError, match="materialize it first"):
        showing.show_metrics(console, made)


@pytest.mark.parametrize("read", [True, False])
def test_a_held_out_drawing_is_shown_beside_what_was_read(
    console: Console, evaluated: Path, monkeypatch: pytest.MonkeyPatch, read: bool
) -> None:
    asked: list[tuple[Path, str]] = []
    truth = truths(Storage(evaluated / "storage").current("dataset", "sketch2flow"))

    def convert(pictures: Sequence[Path], model: str, prompt: str) -> Iterator[Conversion]:
        (picture,) = pictures
        asked.append((picture, model))
        workflow = read_answer(truth[picture.stem]["annotations"][0]).workflow
        reason = None if read else "the model's answer is no workflow"
        yield Conversion(picture, workflow if read else None, (), reason)

    monkeypatch.setattr("sketch2flow.vlm.convert.convert_pictures", convert)
    showing.show_held_out(console, evaluated)
    said = console.export_text()
    ((picture, model),) = asked
    assert f"sketch2flow convert {picture} --model {model}" in said
    assert "/laptop/aaaaaaaaaaaaaaaa/model" in model
    assert open_picture(picture.read_bytes()).width > 50
    assert truth[picture.stem]["source"] == "synthetic"
    assert "FlowSim of this answer: 1.00" in said
    if not read:
        assert "No workflow: the model's answer is no workflow." in said
        return
    assert "the workflow that was drawn" in said
    first = next(line for line in said.splitlines() if line.strip().startswith("trigger"))
    left, right = re.split(r"\s{3,}", first.strip())
    assert left == right
