"""The folder reader: good files are read, each bad one is named with its reason."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from sketch2flow.workflow import parse_document
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
    (tmp_path / "READY").touch()
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
        "lonely.json": "no picture beside",
        "twice.png": "twice.jpg has the same document; keep one of them",
    }


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
