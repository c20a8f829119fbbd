"""The examination of a reader: a perfect one, an exchanged one, one that cannot read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sketch2flow.cli.benches.reader import command
from sketch2flow.report.examination import by_factor, marks, overall
from sketch2flow.vlm.predictions import Prediction
from sketch2flow.workflow import read_answer, to_answer
from synth.held_out import MEDIUMS, held_out_rows
from synth.row_plan import SIZE_BANDS

ROWS = 30


@pytest.fixture(scope="module")
def exam() -> list[dict[str, Any]]:
    return list(held_out_rows(ROWS, 1))


@pytest.fixture
def perfect(exam: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that knows all answers."""
    answers = {row["identifier"]: row["annotations"][0] for row in exam}

    def generate(model: str, rows: Iterable[tuple[str, bytes]], prompt: str) -> Iterator[Any]:
        assert prompt == "Generate workflow JSON"
        for name, _ in reversed(list(rows)):  # in an order of its own
            yield Prediction(model, "", "short", name, answers[name], "stop", 0, 0, 0.0)

    monkeypatch.setattr("sketch2flow.vlm.generate.generate_answers", generate)
    monkeypatch.setattr("synth.held_out.held_out_rows", lambda count, seed: iter(exam[:count]))


def test_the_exam_has_all_kinds_alike(exam: list[dict[str, Any]]) -> None:
    kinds = {(row["medium"], row["components"] > 8) for row in exam}
    assert kinds == {(medium, large) for medium in MEDIUMS for large in (False, True)}
    assert sum(bool(row["free_words"]) for row in exam) >= ROWS // 3
    assert exam[:2] == list(held_out_rows(2, 1))


def test_a_perfect_reader_is_right_and_far_above_exchanged_pictures(
    perfect: None, exam: list[dict[str, Any]], tmp_path: Path
) -> None:
    output, worst = tmp_path / "figures.json", tmp_path / "worst"
    options = ["--rows", str(ROWS), "--json", str(output), "--worst", str(worst)]
    done = CliRunner().invoke(command, ["a [bold] model", *options])
    assert done.exit_code == 0, done.output
    assert "a [bold] model: held-out pictures" in done.output
    assert "graphviz" in done.output
    found = json.loads(output.read_text())
    assert found["rows"] == len(found["answers"]) == ROWS
    for name, both in found["overall"].items():
        is_error = name.endswith("errors")
        right, exchanged = both["answers"]["mean"], both["shuffled"]["mean"]
        assert right == (0 if is_error else 1), name
        assert exchanged > 0.6 if is_error else exchanged < 0.45, name
    assert list(found["curves"]["size"]) == [f"{least}-{most}" for least, most in SIZE_BANDS]
    assert list(found["curves"]["medium"]) == list(MEDIUMS)
    assert next(iter(found["curves"]["unseen"])) == "none"
    page = (worst / "report.html").read_text(encoding="utf-8")
    assert page.count('<article class="sample">') == ROWS
    assert "number 1 of the worst" in page
    assert "shuffled pictures" in page.lower()


def test_a_model_s_card_gets_the_figures(perfect: None, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    done = CliRunner().invoke(command, [str(tmp_path), "--rows", "4", "--card"])
    assert done.exit_code == 0, done.output
    card = (tmp_path / "README.md").read_text()
    assert "| FlowSim | 1.000 (1.00–1.00) |" in card
    assert "| FlowSim by medium | answers | exchanged |" in card
    done = CliRunner().invoke(command, ["owner/model", "--card"])
    assert done.exit_code == 1
    assert "owner/model is no folder of a model" in done.output


def test_errors_are_told_apart(exam: list[dict[str, Any]]) -> None:
    row = next(row for row in exam if row["free_words"] and row["components"] < 9)
    word = row["free_words"][0]
    text = row["annotations"][0]
    misspelt = text.replace(word, word[:-1] + ("x" if word[-1] != "x" else "y"))
    (mark,) = marks([row], {row["identifier"]: misspelt}, SIZE_BANDS)
    assert mark.values["whole"] == 0
    assert mark.values["unseen_character_errors"] > mark.values["character_errors"] > 0
    truth = read_answer(text).workflow
    assert truth is not None
    first = truth.components[0]
    other = first.model_copy(update={"annotation": first.annotation.upper()})
    reworded = truth.model_copy(update={"components": (other, *truth.components[1:])})
    (mark,) = marks([row], {row["identifier"]: to_answer(reworded)}, SIZE_BANDS)
    assert mark.values["flow_sim_with_inputs"] == 1
    assert mark.values["whole"] == 0
    (mark,) = marks([row], {}, SIZE_BANDS)
    assert mark.values["character_errors"] == mark.values["unseen_character_errors"] == 1
    assert mark.values["flow_sim_with_inputs"] == 0
    assert by_factor([mark], "medium")[row["medium"]] == overall([mark])


def test_a_model_folder_as_the_trainer_writes_it_is_examined(tmp_path: Path) -> None:
    from sketch2flow.vlm.answer_tokenizer import train_answer_tokenizer
    from sketch2flow.vlm.reader import build_reader
    from sketch2flow.vlm.recipe import ReaderShape
    from tests.vlm import tiny

    sizes = ReaderShape(
        hidden_size=32, channels=(8, 8, 16, 32), decoder_layers=1, attention_heads=2,
        vocabulary=320, longest_answer=64,
    )  # fmt: skip
    answers = (row["annotations"][0] for row in tiny.rows("train", 8))
    for part in build_reader(sizes, train_answer_tokenizer(answers, 320), 0):
        part.save_pretrained(tmp_path / "model")
    output = tmp_path / "figures.json"
    options = [str(tmp_path / "model"), "--rows", "3", "--json", str(output)]
    done = CliRunner().invoke(command, options)
    assert done.exit_code == 0, done.output
    found = json.loads(output.read_text())
    assert (found["rows"], found["failed"]) == (3, 0)
    assert found["overall"]["whole"]["answers"]["mean"] == 0


def test_a_folder_that_is_no_model_is_named() -> None:
    done = CliRunner().invoke(command, ["/nowhere"])
    assert "/nowhere: no such model folder" in str(done.exception)
