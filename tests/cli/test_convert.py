"""`sketch2flow convert` as a user meets it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from sketch2flow.cli import group
from tests.serving import serving
from tests.vlm import tiny


@pytest.fixture
def sketch(tmp_path: Path) -> Path:
    path = tmp_path / "sketch.png"
    path.write_bytes(tiny.rows("test", 1)[0]["images"][0]["bytes"])
    return path


ANSWER = tiny.rows("test", 1)[0]["annotations"][0]
BROKEN = ANSWER.replace('"order": 1', '"order": 1,\n      "block": 9')


def convert(*arguments: object) -> Result:
    return CliRunner().invoke(group, ["convert", *map(str, arguments)])


def test_one_picture_gives_its_workflow(sketch: Path) -> None:
    with serving(lambda _: ANSWER) as url:
        result = convert(sketch, "--model", url)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == json.loads(ANSWER.strip("`").removeprefix("json"))


def test_bad_pictures_are_named_and_the_others_still_converted(
    sketch: Path, tmp_path: Path
) -> None:
    no_picture = tmp_path / "notes.png"
    no_picture.write_text("buy milk")
    with serving(lambda _: ANSWER) as url:
        result = convert(tmp_path / "gone.png", no_picture, sketch, "--model", url)
    assert result.exit_code == 1
    assert "gone.png: no such file\n" in result.stderr
    assert "notes.png: not a PNG, JPEG or WebP picture" in result.stderr
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert [record["workflow"] is not None for record in records] == [False, False, True]


def test_structure_errors_are_named_with_their_place(sketch: Path) -> None:
    with serving(lambda _: BROKEN) as url:
        result = convert(sketch, "--model", url)
    assert result.exit_code == 0
    assert "block_unknown at /components/0" in result.stderr


def test_an_answer_that_is_no_workflow_is_an_error_of_one_line(sketch: Path) -> None:
    with serving(lambda _: "I see boxes.") as url:
        result = convert(sketch, "--model", url)
    assert result.exit_code == 1
    assert "sketch.png: the model's answer is no workflow (json_invalid)" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("model", "reason"), [("./gone", "no such model folder"), (".", "no config.json")]
)
def test_a_model_that_is_not_there_is_one_line(sketch: Path, model: str, reason: str) -> None:
    result = convert(sketch, "--model", model)
    assert result.exit_code == 1
    assert reason in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_without_a_champion_the_line_says_how_to_get_one(
    sketch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKETCH2FLOW_HOME", str(tmp_path / "empty"))
    result = convert(sketch)
    assert result.exit_code == 1
    assert "run `sketch2flow demo`" in result.stderr


def test_what_was_read_is_drawn_beside_the_picture(sketch: Path, tmp_path: Path) -> None:
    out = tmp_path / "out" / "flow.json"
    with serving(lambda _: ANSWER) as url:
        result = convert(sketch, "--model", url, "--out", out, "--draw")
    assert result.exit_code == 0, result.output
    assert json.loads(out.read_text())["trigger"]["type"] == "daily"
    drawn = Image.open(out.parent / "sketch.read.png")
    assert drawn.width > Image.open(sketch).width + 80
