"""Files of pairs: what a line may hold, and what is said of a line that holds something else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest

from sketch2flow.cli import pairs_file
from sketch2flow.cli.pairs_file import read_pairs

GOOD: dict[str, Any] = {"id": "a", "candidate": "{}", "reference": "{}"}
NO_REFERENCE: dict[str, Any] = {"id": "a", "candidate": "{}"}


def written(path: Path, *lines: object) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_a_pair_has_one_reference_or_several(tmp_path: Path) -> None:
    several = {**NO_REFERENCE, "references": ["{}", "5"]}
    pairs, unread = read_pairs(written(tmp_path / "pairs.jsonl", GOOD, several))
    assert pairs == [("a", "{}", "{}"), ("a", "{}", ["{}", "5"])]
    assert unread == 0


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ([1], "not a JSON object"),
        ({"id": "a"}, "candidate is missing"),
        ({**GOOD, "id": 5}, "id is not text"),
        (NO_REFERENCE, "reference is missing"),
        ({**GOOD, "references": ["{}"]}, "reference and references are both there: leave one out"),
        ({**NO_REFERENCE, "references": "{}"}, "references is no list of texts"),
        ({**NO_REFERENCE, "references": ["{}", 1]}, "references is no list of texts"),
        ({**NO_REFERENCE, "references": []}, "0 references: 1 to 100 are possible"),
        ({**NO_REFERENCE, "references": ["{}"] * 101}, "101 references: 1 to 100 are possible"),
    ],
)
def test_other_lines_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: object, reason: str
) -> None:
    path = written(tmp_path / "pairs.jsonl", line, GOOD)
    assert read_pairs(path) == ([("a", "{}", "{}")], 1)
    assert capsys.readouterr().err == f"{path}: line 1: {reason}\n"


def test_a_line_that_is_too_long_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairs_file, "MAX_LINE_BYTES", 100)
    path = written(tmp_path / "pairs.jsonl", {**GOOD, "candidate": "x" * 1_000}, GOOD)
    assert read_pairs(path) == ([("a", "{}", "{}")], 1)
    assert capsys.readouterr().err == f"{path}: line 1: longer than 100 bytes\n"


def test_a_file_without_a_pair_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(click.ClickException, match="no pair to score"):
        read_pairs(written(tmp_path / "pairs.jsonl"))
