from pathlib import Path

import pytest

from sketch2flow.vlm.refusal import take_refusal, write_refusal


def test_a_reason_is_one_line_and_taken_once(tmp_path: Path) -> None:
    write_refusal(tmp_path / "out", ValueError("no row\n  is left"))
    assert take_refusal(tmp_path / "out") == "no row is left"
    assert take_refusal(tmp_path / "out") is None


def test_the_trainer_leaves_its_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from sketch2flow.vlm.train import main

    folders = ["--dataset-folder", str(tmp_path), "--output-folder", str(tmp_path / "out")]
    assert main(["--recipe-file", "nope", *folders]) == 2
    reason = take_refusal(tmp_path / "out")
    assert reason
    assert reason.startswith("nope: no such recipe file")
    assert reason in capsys.readouterr().err
