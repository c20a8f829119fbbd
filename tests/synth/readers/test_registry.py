"""The register of readers: the files of a folder decide, a named reader wins."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from synth.readers import (
    READERS,
    Found,
    Listing,
    ReaderError,
    Skipped,
    read_folder,
    reader,
    reader_named,
)
from synth.readers.bigdocs.hub import HUB_FILE
from tests.synth.readers.test_pictures import DOCUMENT, PNG, reasons


def test_readers_say_what_they_read() -> None:
    assert set(READERS) == {"pictures", "bigdocs", "bpmn"}
    assert all(one.description.endswith((".", ":", ",")) for one in READERS.values())


def test_the_files_of_a_folder_decide(tmp_path: Path) -> None:
    for name, file in (("bigdocs", "a.parquet"), ("bpmn", "a.bpmn"), ("pictures", "a.png")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / file).write_bytes(b"nothing")
        assert [one.file for one in read_folder(folder, "plant").skipped] == [file]


def test_files_for_two_readers_are_refused_and_a_named_one_wins(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(PNG)
    (tmp_path / "a.json").write_text(json.dumps(DOCUMENT))
    (tmp_path / "b.parquet").write_bytes(b"nothing")
    with pytest.raises(ReaderError, match=r"readers bigdocs and pictures: .* --reader READER"):
        read_folder(tmp_path, "plant")
    assert [one.identifier for one in read_folder(tmp_path, "plant", "pictures").items] == [
        "plant_a"
    ]
    assert set(reasons(read_folder(tmp_path, "plant", "bigdocs"))) == {
        *("a.json", "a.png", "b.parquet")
    }


def test_an_unknown_reader_is_named_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match="reader 'fax' is none of bigdocs, bpmn, pictures"):
        read_folder(tmp_path, "plant", "fax")


def test_a_further_reader_is_one_function(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synth.readers.registry.READERS", dict(READERS))

    @reader("lists", reads=(".txt",), recognises=lambda listing: any(listing.with_ending(".txt")))
    def read_lists(listing: Listing, source: str) -> Iterator[Found]:
        """Lists of steps, a line each."""
        for path in listing.with_ending(".txt"):
            yield Skipped(listing.name(path), f"{source} has no steps")

    (tmp_path / "a.TXT").touch()
    assert reader_named("lists").description == "Lists of steps, a line each."
    assert read_folder(tmp_path, "plant").skipped == [Skipped("a.TXT", "plant has no steps")]
    with pytest.raises(ValueError, match="registered twice"):
        reader("lists", reads=(), recognises=lambda listing: False)(read_lists)


def test_a_hub_file_is_for_bigdocs(tmp_path: Path) -> None:
    (tmp_path / HUB_FILE).write_text("{}")
    (skipped,) = read_folder(tmp_path, "plant").skipped
    assert skipped.file == "hub.json"
    assert '{"repository": "OWNER/NAME", "revision": "COMMIT"} is wanted' in skipped.reason


def test_what_cannot_be_looked_at_is_left_out_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As root nothing is forbidden, so that the refusals are played."""
    for name in ("a", "closed/b", "halfway/c"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.bpmn").write_bytes(b"nothing")
    open_folder, look_at = os.scandir, Path.is_symlink

    def forbid(path: str | Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    def scandir(path: str) -> Any:
        return forbid(path) if path.endswith("closed") else open_folder(path)

    def is_symlink(path: Path) -> Any:
        return forbid(path) if path.parent.name == "halfway" else look_at(path)

    monkeypatch.setattr(os, "scandir", scandir)
    monkeypatch.setattr(Path, "is_symlink", is_symlink)
    assert reasons(read_folder(tmp_path, "plant")) == {
        "a.bpmn": "no readable XML (syntax error: line 1, column 0)",
        "closed": "cannot be read (Permission denied)",
        "halfway/c.bpmn": "cannot be read (Permission denied)",
    }
    monkeypatch.setattr(os, "scandir", forbid)
    assert reasons(read_folder(tmp_path, "plant")) == {".": "cannot be read (Permission denied)"}
