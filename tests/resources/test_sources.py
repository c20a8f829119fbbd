from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.sources import BUILT_IN, SourceError, SourceRegistry, ready_folders, validate_name
from resources.storage import Storage


@pytest.fixture
def registry(tmp_path: Path) -> SourceRegistry:
    return SourceRegistry(Storage(tmp_path / "storage"))


@pytest.mark.parametrize("name", ["a", "my_drawings", "x9", "a" * 63, *BUILT_IN])
def test_slugs_are_names(name: str) -> None:
    assert validate_name(name) == name


@pytest.mark.parametrize(
    "name", ["", "A", "9a", "_a", "a-b", "a b", "../up", "a'", 'a"', "a\n", "a|b", "a" * 64, "ä"]
)
def test_anything_else_is_refused_in_one_line(name: str) -> None:
    with pytest.raises(SourceError) as error:
        validate_name(name)
    assert "\n" not in str(error.value)
    assert "is no name for a data source" in str(error.value)


@given(st.text())
def test_accepted_names_are_plain(name: str) -> None:
    try:
        validate_name(name)
    except SourceError:
        return
    assert name.isascii()
    assert name.replace("_", "a").isalnum()
    assert name == name.lower()


def test_the_five_are_built_in(registry: SourceRegistry) -> None:
    assert [source.name for source in registry.all()] == list(BUILT_IN)
    assert all(source.kind == "generated" for source in registry.all())


def test_a_folder_is_added_and_stays(registry: SourceRegistry, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    registry.add_folder("mine", folder, medium="whiteboard", provenance="simulated")
    source = SourceRegistry(Storage(tmp_path / "storage")).get("mine")
    assert source.path == str(folder)
    assert (source.kind, source.medium, source.provenance) == ("folder", "whiteboard", "simulated")
    assert [one.name for one in registry.all()] == [*BUILT_IN, "mine"]


def test_built_in_names_missing_folders_and_unknown_media_are_refused(
    registry: SourceRegistry, tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match="built in"):
        registry.add_folder("ui", tmp_path)
    with pytest.raises(SourceError, match="no folder"):
        registry.add_folder("mine", tmp_path / "nowhere")
    with pytest.raises(SourceError, match="medium 'oil'"):
        registry.add_folder("mine", tmp_path, medium="oil")


def test_an_unknown_source_names_the_cure(registry: SourceRegistry) -> None:
    with pytest.raises(SourceError, match="sketch2flow sources add mine --path FOLDER"):
        registry.get("mine")


def test_a_dropped_folder_is_a_source_without_a_record(registry: SourceRegistry) -> None:
    (registry.inbox / "mine").mkdir(parents=True)
    assert registry.get("mine").path == str(registry.inbox / "mine")


def test_dropped_folders_are_listed_beside_the_added_ones(
    registry: SourceRegistry, tmp_path: Path
) -> None:
    for name in ("dropped", "Bad Name", ".hidden", "ui"):
        (registry.inbox / name).mkdir(parents=True)
    (registry.inbox / "file").touch()
    registry.add_folder("mine", tmp_path)
    assert [one.name for one in registry.all()] == [*BUILT_IN, "dropped", "mine"]


def test_one_name_is_not_two_folders(registry: SourceRegistry, tmp_path: Path) -> None:
    pictures, dropped = tmp_path / "pictures", registry.inbox / "mine"
    pictures.mkdir()
    registry.add_folder("mine", pictures)
    dropped.mkdir(parents=True)
    reason = registry.refusal("mine")
    assert reason is not None
    assert str(pictures) in reason
    assert f"sources add mine --path {dropped}" in reason
    assert registry.get("mine").path == str(pictures)
    with pytest.raises(SourceError, match=r"mine is the folder .*inbox/mine already"):
        registry.add_folder("mine", pictures)
    registry.add_folder("mine", dropped)
    assert registry.refusal("mine") is None


def test_growth_counts_once_a_date(registry: SourceRegistry) -> None:
    registry.grow("synthetic", "2026-11-21", 5)
    registry.grow("synthetic", "2026-11-21", 7)
    source = registry.grow("synthetic", "2026-11-22", 3)
    assert [(one.date, one.count) for one in source.growth] == [
        ("2026-11-21", 5),
        ("2026-11-22", 3),
    ]
    assert registry.get("synthetic") == source


def test_folders_do_not_grow_by_themselves(registry: SourceRegistry, tmp_path: Path) -> None:
    registry.add_folder("mine", tmp_path)
    with pytest.raises(SourceError, match="is a folder"):
        registry.grow("mine", "2026-11-21", 5)


def test_only_marked_folders_are_ready(tmp_path: Path) -> None:
    for name in ("done", "copying"):
        (tmp_path / name).mkdir()
    (tmp_path / "done" / "_READY").touch()
    assert list(ready_folders(tmp_path)) == ["done"]
    assert ready_folders(tmp_path / "nowhere") == {}
