"""The folder reader: good files are read, each bad one is named with its reason."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from resources.sources import READY_MARKER
from sketch2flow.workflow import parse_document
from synth.generate import generate_workflows, to_line
from synth.readers import FolderReading, read_folder
from tests.workflow.documents import flow, step

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 20
WEBP = b"RIFF\0\0\0\0WEBP" + b"\0" * 20
DOCUMENT = flow(step(1))


def put(folder: Path, name: str, value: Any = DOCUMENT, picture: bytes = PNG) -> None:
    """Write a picture and its JSON."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(picture)
    text = value if isinstance(value, str) else json.dumps(value)
    path.with_suffix(".json").write_text(text)


def reasons(reading: FolderReading) -> dict[str, str]:
    return {skipped.file: skipped.reason for skipped in reading.skipped}


def test_pictures_with_documents_beside_them(tmp_path: Path) -> None:
    put(tmp_path, "b.jpg", picture=JPEG)
    put(tmp_path, "a.png")
    put(tmp_path, "sub/c.JPEG", picture=JPEG)
    put(tmp_path, "Draft 7.webp", picture=WEBP)
    (tmp_path / READY_MARKER).touch()
    (tmp_path / "README.md").touch()
    (tmp_path / ".hidden.png").write_bytes(PNG)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.png").write_bytes(PNG)
    reading = read_folder(tmp_path, "plant_2")
    assert reading.skipped == []
    names = [item.identifier for item in reading.items]
    assert [names[1], names[2]] == ["plant_2_a", "plant_2_b"]
    assert names[0].startswith("plant_2_draft_7_")
    assert names[3].startswith("plant_2_sub_c_")
    item = reading.items[1]
    assert item.workflow == parse_document(DOCUMENT)
    assert (item.split, item.group, item.medium, item.provenance) == (None, None, None, None)
    assert item.picture.read_bytes() == PNG


def test_what_the_json_declares_is_kept(tmp_path: Path) -> None:
    declared = {"split": "test", "group": "writer 7", "source": "whiteboard"}
    put(tmp_path, "a.png", {"document": DOCUMENT, **declared, "provenance": "human"})
    (item,) = read_folder(tmp_path, "plant").items
    assert (item.split, item.group, item.medium) == ("test", "writer 7", "whiteboard")
    assert item.provenance == "human"


BAD: dict[str, tuple[Any, str]] = {
    "no JSON": ("{", "bad.json: no readable JSON"),
    "deep JSON": ("[" * 100_000, "bad.json: no readable JSON"),
    "a huge number": ("9" * 10_000, "bad.json: no readable JSON"),
    "lone surrogates": (r'{"type": "\ud800"}', "bad.json: Invalid JSON"),
    "a key twice": (
        '{"document": {}, "document": 7}',
        "bad.json: no readable JSON (the key 'document'",
    ),
    "no object": ([], "bad.json: Input should be an object"),
    "no document": ({}, "bad.json.type: Field required"),
    "a broken document": (flow(step(1), step(1)), "bad.json/components/1/order"),
    "a document over the limit": (flow(*(step(n) for n in range(1, 1_002))), "bad.json.components"),
    "a file over the limit": (" " * 2_000_001, "bad.json: over 2,000,000 bytes"),
    "a split that is none": ({"document": DOCUMENT, "split": "dev"}, "bad.json.split: 'dev'"),
    "a split of another type": ({"document": DOCUMENT, "split": ["test"]}, "bad.json.split:"),
    "a medium that is none": ({"document": DOCUMENT, "source": "fax"}, "bad.json.source: 'fax'"),
    "a group that is no text": ({"document": DOCUMENT, "group": 7}, "bad.json.group: 7"),
    "a group of control characters": ({"document": DOCUMENT, "group": "a\nb"}, "bad.json.group"),
    "a provenance that is none": ({"document": DOCUMENT, "provenance": "?"}, "bad.json.provenance"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_document_is_left_out_and_named(case: str, tmp_path: Path) -> None:
    value, reason = BAD[case]
    put(tmp_path, "bad.png", value)
    put(tmp_path, "good.png")
    reading = read_folder(tmp_path, "plant")
    assert [item.identifier for item in reading.items] == ["plant_good"]
    assert list(reasons(reading)) == ["bad.png"]
    assert reasons(reading)["bad.png"].startswith(reason)
    assert "\n" not in reasons(reading)["bad.png"]


def test_bad_pictures_are_left_out_and_named(tmp_path: Path) -> None:
    put(tmp_path, "text.png", picture=b"GIF89a")
    put(tmp_path, "sound.webp", picture=b"RIFF\0\0\0\0WAVE")
    put(tmp_path, "empty.png", picture=b"")
    put(tmp_path, "twice.jpg", picture=JPEG)
    put(tmp_path, "twice.png")
    (tmp_path / "alone.png").write_bytes(PNG)
    (tmp_path / "alone.gif").write_bytes(PNG)
    (tmp_path / "lonely.json").write_text("{}")
    with (tmp_path / "huge.png").open("wb") as file:
        file.write(PNG)
        file.truncate(25_000_001)
    (tmp_path / "huge.json").write_text(json.dumps(DOCUMENT))
    reading = read_folder(tmp_path, "plant")
    assert [item.identifier for item in reading.items] == ["plant_twice"]
    assert reasons(reading) == {
        "text.png": "no PNG, JPEG or WebP inside",
        "sound.webp": "no PNG, JPEG or WebP inside",
        "empty.png": "no PNG, JPEG or WebP inside",
        "huge.png": "25,000,001 bytes; at most 25,000,000 are read",
        "alone.png": "no alone.json beside it",
        "alone.gif": "is none of .png, .jpg, .jpeg, .webp",
        "lonely.json": "lonely.json.type: Field required",
        "twice.png": "twice.jpg has this identifier; keep one of them",
    }


def test_documents_without_pictures_are_items_to_be_drawn(tmp_path: Path) -> None:
    (tmp_path / "e.json").write_text(json.dumps(DOCUMENT))
    (tmp_path / "F.JSON").write_text(json.dumps({"document": DOCUMENT, "split": "test"}))
    (tmp_path / "g.gif").write_bytes(b"GIF89a")
    (tmp_path / "g.json").write_text(json.dumps(DOCUMENT))
    reading = read_folder(tmp_path, "plant")
    assert [(item.picture, item.split) for item in reading.items] == [(None, "test"), (None, None)]
    assert reading.items[1].identifier == "plant_e"
    assert reasons(reading) == {"g.gif": "is none of .png, .jpg, .jpeg, .webp"}, "nothing instead"


def test_the_lines_that_this_project_writes_are_read(tmp_path: Path) -> None:
    made = list(generate_workflows("synthetic", 5, 3, 6))
    (tmp_path / "q.jsonl").write_text("".join(to_line(one) + "\n" for one in made))
    reading = read_folder(tmp_path, "plant")
    assert (reading.skipped, reading.unmapped) == ([], [])
    found = [
        (one.identifier, one.heuristic, one.seed, one.split, one.workflow, one.picture)
        for one in reading.items
    ]
    assert found == [
        (f"plant_{one.identifier}", one.heuristic, one.seed, one.split, one.workflow, None)
        for one in made
    ]


LINES: dict[str, tuple[str, str]] = {
    "no JSON": ("{", "line: no readable JSON (Expecting"),
    "a key twice": ('{"document": 7, "document": 8}', "line: no readable JSON (the key 'document'"),
    "deep JSON": ("[" * 100_000, "line: no readable JSON (maximum"),
    "a number": ("7", "line: Input should be an object"),
    "a broken document": (json.dumps(flow(step(1), step(1))), "line/components/1/order"),
    "a split that is none": (
        json.dumps({"document": DOCUMENT, "split": "dev"}),
        "line.split: 'dev' is none of train, validation, test",
    ),
    "an identifier that is none": (
        json.dumps({"document": DOCUMENT, "identifier": "a\nb"}),
        "line.identifier: 'a\\nb'; a text of 1 to 300 characters",
    ),
    "a huge identifier": (
        json.dumps({"document": DOCUMENT, "identifier": "a" * 301}),
        "line.identifier: 'aaa",
    ),
    "a heuristic that is none": (
        json.dumps({"document": DOCUMENT, "heuristic": 7}),
        "line.heuristic: 7; a text",
    ),
    "a second line of an identifier": (
        json.dumps({"document": DOCUMENT, "identifier": "first"}),
        "q.jsonl line 1 has this identifier; keep one of them",
    ),
    "a line over the limit": (" " * 4_000_010 + json.dumps(DOCUMENT), "over 2,000,000 bytes"),
}


@pytest.mark.parametrize("case", LINES)
def test_a_bad_line_is_named_with_its_number(case: str, tmp_path: Path) -> None:
    bad, reason = LINES[case]
    first = json.dumps({"document": DOCUMENT, "identifier": "first"})
    (tmp_path / "q.jsonl").write_text(f"{first}\n\r\n{bad}\n{json.dumps(DOCUMENT)}")
    reading = read_folder(tmp_path, "plant")
    assert [item.identifier for item in reading.items] == ["plant_first", "plant_q_4"]
    ((name, said),) = reasons(reading).items()
    assert name == "q.jsonl line 3"
    assert said.startswith(reason)
    assert "\n" not in said


def test_a_file_has_no_lines_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synth.readers.pictures.MAX_LINES", 2)
    for name, text in (("a", json.dumps(DOCUMENT) + "\n"), ("b", "\n")):
        (tmp_path / f"{name}.jsonl").write_text(text * 4)
    reading = read_folder(tmp_path, "plant")
    assert [item.identifier for item in reading.items] == ["plant_a_1", "plant_a_2"]
    assert reasons(reading) == dict.fromkeys(
        ("a.jsonl line 3", "b.jsonl line 3"), "and all behind it: over 2 lines"
    )


@pytest.mark.parametrize("kind", ["a.png", "a.parquet", "a.bpmn"])
def test_a_file_that_no_reader_takes_is_named(kind: str, tmp_path: Path) -> None:
    put(tmp_path, kind)
    for name in ("LICENSE", "notes.txt", READY_MARKER):
        (tmp_path / name).touch()
    (tmp_path / "table.csv").touch()
    assert read_folder(tmp_path, "plant").skipped[-1].file == "table.csv"
    assert (
        read_folder(tmp_path, "plant")
        .skipped[-1]
        .reason.startswith("is of no kind that is read; the reader ")
    )
    if kind != "a.png":
        assert "a.json" in reasons(read_folder(tmp_path, "plant"))


def test_links_that_leave_the_folder_are_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    put(outside, "a.png")
    folder = tmp_path / "folder"
    put(folder, "good.png")
    (folder / "a.png").symlink_to(outside / "a.png")
    (folder / "a.json").symlink_to(outside / "a.json")
    (folder / "sub").symlink_to(outside, target_is_directory=True)
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    put(folder, "half.png")
    (folder / "half.json").unlink()
    (folder / "half.json").symlink_to(outside / "a.json")
    reading = read_folder(folder, "plant")
    assert [item.identifier for item in reading.items] == ["plant_good"]
    found = reasons(reading)
    assert set(found) == {"a.json", "a.png", "half.json", "half.png", "loop", "sub"}
    assert found["a.png"] == "is a link; put the file itself here"


def test_names_that_differ_stay_different(tmp_path: Path) -> None:
    for name in ("a b.png", "a_b.png", "A b.png", "a/b.png", "ä.png", "ö.png"):
        put(tmp_path, name)
    reading = read_folder(tmp_path, "plant")
    assert len({item.identifier for item in reading.items}) == 6
    assert all(item.identifier.isascii() for item in reading.items)


def test_unreadable_files_are_named(tmp_path: Path) -> None:
    put(tmp_path, "a.png")
    (tmp_path / "a.json").unlink()
    (tmp_path / "a.json").mkdir()
    os.mkfifo(tmp_path / "pipe.png")
    reading = read_folder(tmp_path, "plant")
    assert reading.items == []
    assert reasons(reading) == {"a.png": "no a.json beside it"}


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError, match="is no folder"):
        read_folder(tmp_path / "none", "plant")
