"""`sketch2flow convert` as a user meets it."""

import base64
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from sketch2flow.cli import group
from tests.serving import serving
from tests.test_pictures import is_upright, photo
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


def test_drawings_of_equal_names_are_numbered_and_overwrite_no_picture(
    sketch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = []
    for name in ("p/board.png", "q/board.png", "board.jpg", "board.read.png"):
        place = tmp_path / name
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(sketch.read_bytes())
        pictures.append(place)
    monkeypatch.chdir(tmp_path)
    with serving(lambda _: ANSWER) as url:
        result = convert(*pictures, "--model", url, "--draw")
    assert result.exit_code == 0, result.output
    drawn = {path.name for path in tmp_path.glob("*.read.png")}
    own = {"board-2.read.png", "board-3.read.png", "board-4.read.png", "board.read.read.png"}
    assert drawn == own | {"board.read.png"}
    assert pictures[3].read_bytes() == sketch.read_bytes()
    assert f"{pictures[1]}: drawn in board-3.read.png" in result.stderr


def test_a_phones_photo_is_sent_and_drawn_upright(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(photo(6))
    sent: list[Image.Image] = []

    def look(body: dict[str, Any]) -> str:
        url = body["messages"][0]["content"][1]["image_url"]["url"]
        sent.append(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))))
        return ANSWER

    with serving(look) as url:
        result = convert(path, "--model", url, "--draw", "--out", tmp_path / "flow.json")
    assert result.exit_code == 0, result.output
    assert is_upright(sent[0])
    drawn = Image.open(tmp_path / "photo.read.png")
    assert is_upright(drawn.crop((0, 0, 200, 300)))


class FakeModel:
    """A model that answers each picture in a batch of its own, and does as the test says."""

    def __init__(self, source: str) -> None:
        self.shape = SimpleNamespace(group=lambda picture: picture.size)

    def answer(
        self, pictures: Sequence[Image.Image], prompt: str, max_tokens: int
    ) -> list[tuple[str, int, bool]]:
        for picture in pictures:
            self.before(picture)
        return [(ANSWER, 9, True)] * len(pictures)

    before: Callable[[Image.Image], None]


@pytest.fixture
def four(sketch: Path, tmp_path: Path) -> list[Path]:
    """Four pictures, two of them of one size."""
    pictures = []
    for number, wider in enumerate((0, 1, 1, 2)):
        path = tmp_path / f"board{number}.png"
        picture = Image.open(sketch)
        picture.resize((picture.width + wider, picture.height)).save(path)
        pictures.append(path)
    return pictures


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> type[FakeModel]:
    monkeypatch.setattr(FakeModel, "before", staticmethod(lambda picture: None), raising=False)
    monkeypatch.setattr("sketch2flow.vlm.generate.LocalModel", FakeModel)
    return FakeModel


def test_a_failure_over_one_picture_costs_that_one(
    four: list[Path], fake: type[FakeModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    width = Image.open(four[3]).width - 1
    calls: list[int] = []

    def run_out_of_memory(picture: Image.Image) -> None:
        calls.append(picture.width)
        if picture.width == width and calls.count(width) != 3:  # the batch, and one of the two
            raise RuntimeError("CUDA out of memory.\nTried to allocate 20 GiB.")

    monkeypatch.setattr(fake, "before", staticmethod(run_out_of_memory))
    result = convert(*four, "--model", "any")
    assert result.exit_code == 1
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert sorted(record["picture"] for record in records) == sorted(map(str, four))
    assert [record["picture"] for record in records if record["error"]] == [str(four[1])]
    assert "board1.png: CUDA out of memory. Tried to allocate 20 GiB.\n" in result.stderr


def test_answers_are_written_as_they_come_and_kept_when_it_is_interrupted(
    four: list[Path], fake: type[FakeModel], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    out = tmp_path / "out" / "flows.jsonl"
    out.parent.mkdir()
    out.write_text("of an earlier run\n")
    growing = out.with_name("flows.jsonl.partial")
    seen: list[int] = []

    def look(picture: Image.Image) -> None:
        seen.append(len(growing.read_text().splitlines()) if growing.exists() else 0)
        if len(seen) == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(fake, "before", staticmethod(look))
    result = convert(*four, "--model", "any", "--out", out)
    assert result.exit_code == 1
    assert seen == [0, 1, 1, 3]
    assert out.read_text() == "of an earlier run\n"
    assert [json.loads(line)["error"] for line in growing.read_text().splitlines()] == [None] * 3
    assert f"what was read until then: {growing}" in result.stderr

    monkeypatch.setattr(fake, "before", staticmethod(lambda picture: None))
    assert convert(*four, "--model", "any", "--out", out).exit_code == 0
    assert len(out.read_text().splitlines()) == 4
    assert not growing.exists()


def test_large_photos_are_not_all_held_at_once(
    four: list[Path], fake: type[FakeModel], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A window of 512 photos of 12 megapixels would take 18 GB."""
    from sketch2flow.vlm import generate

    opened: list[bytes] = []
    held: list[int] = []
    real = generate.open_picture
    monkeypatch.setattr(generate, "open_picture", lambda data: opened.append(data) or real(data))
    monkeypatch.setattr(generate, "WINDOW_PIXELS", 1)
    monkeypatch.setattr(fake, "before", staticmethod(lambda picture: held.append(len(opened))))
    assert convert(*four, "--model", "any").exit_code == 0
    assert held == [1, 2, 3, 4]


@pytest.mark.parametrize("out", [".", "sketch.png/flow.json"])
def test_where_nothing_can_be_written_no_model_is_loaded(
    sketch: Path, out: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sketch2flow.vlm.generate.LocalModel", None)
    monkeypatch.chdir(sketch.parent)
    result = convert(sketch, "--model", "any", "--out", out)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: {out}: cannot be written (")
    assert result.stderr.count("\n") == 1


def test_an_answer_that_is_none_leaves_the_file_that_is_there(sketch: Path, tmp_path: Path) -> None:
    out = tmp_path / "flow.json"
    out.write_text("{}")
    with serving(lambda _: "I see boxes.") as url:
        assert convert(sketch, "--model", url, "--out", out).exit_code == 1
    assert out.read_text() == "{}"
    assert {path.name for path in tmp_path.iterdir()} == {"flow.json", "sketch.png"}


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An embedded reader that never learned anything."""
    import yaml

    from sketch2flow.vlm.answer_tokenizer import train_answer_tokenizer
    from sketch2flow.vlm.reader import build_reader
    from sketch2flow.vlm.recipe import Recipe

    folder = tmp_path_factory.mktemp("reader")
    recipe = Recipe(**yaml.safe_load(tiny.write_recipe(folder / "recipe.yaml").read_text()))
    assert recipe.reader is not None
    answers = [row["annotations"][0] for row in tiny.rows("train", 20)]
    tokenizer = train_answer_tokenizer(answers, recipe.reader.vocabulary)
    model, processor = build_reader(recipe.reader, tokenizer, 0)
    model.save_pretrained(folder / "model")
    processor.save_pretrained(folder / "model")
    return folder / "model"


@pytest.mark.parametrize("file", ["model.safetensors", "tokenizer.json", "config.json"])
def test_a_damaged_model_is_one_line(sketch: Path, reader: Path, tmp_path: Path, file: str) -> None:
    import shutil

    damaged = shutil.copytree(reader, tmp_path / "damaged")
    (damaged / file).write_bytes((damaged / file).read_bytes()[:50])
    result = convert(sketch, "--model", damaged)
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.stderr.startswith(f"Error: {damaged}: ")
    assert "cannot be loaded (" in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("record", [None, "{}", "nonsense"])
def test_a_damaged_record_of_the_champion_is_one_line(
    sketch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record: str | None
) -> None:
    from resources.champion import RECORD, TITLE
    from resources.storage import Storage

    monkeypatch.setenv("SKETCH2FLOW_HOME", str(tmp_path / "home"))
    storage = Storage()
    storage.set_ref("champion", TITLE, "a" * 16)
    folder = storage.object_folder("champion", TITLE, "a" * 16)
    folder.mkdir(parents=True)
    if record is not None:
        (folder / RECORD).write_text(record)
    result = convert(sketch)
    assert result.exit_code == 1
    assert "the champion's record cannot be read" in result.stderr
    assert len(result.stderr.splitlines()) == 1
