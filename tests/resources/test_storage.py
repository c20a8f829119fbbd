from __future__ import annotations

from pathlib import Path
from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.storage import Storage, StorageError, digest_of, digest_of_folder, home

DIGEST = "0123456789abcdef"


def test_an_object_is_there_only_when_it_is_filled(tmp_path: Path) -> None:
    storage = Storage(tmp_path)

    def half(folder: Path) -> None:
        (folder / "a").write_text("a")
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        storage.write("scores", "all", DIGEST, half)
    assert not storage.has("scores", "all", DIGEST)
    parent = storage.object_folder("scores", "all", DIGEST).parent
    assert list(parent.iterdir()) == []


def test_the_same_digest_is_filled_once_unless_forced(tmp_path: Path) -> None:
    storage, calls = Storage(tmp_path), []

    def fill(folder: Path) -> None:
        calls.append(folder)
        (folder / "n").write_text(str(len(calls)))

    first = storage.write("scores", "all", DIGEST, fill)
    assert storage.write("scores", "all", DIGEST, fill) == first
    assert len(calls) == 1
    storage.write("scores", "all", DIGEST, fill, force=True)
    assert (first / "n").read_text() == "2"
    assert [path.name for path in first.parent.iterdir()] == [DIGEST]


def test_two_writers_of_one_digest_leave_one_object(tmp_path: Path) -> None:
    storage, together, faults = Storage(tmp_path), Barrier(2), []

    def fill(folder: Path) -> None:
        (folder / "x").write_text("x")
        together.wait(timeout=5)

    def write() -> None:
        try:
            storage.write("scores", "all", DIGEST, fill)
        except Exception as error:  # noqa: BLE001 (a thread tells nobody)
            faults.append(error)

    threads = [Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    folder = storage.object_folder("scores", "all", DIGEST)
    assert [path.name for path in folder.parent.iterdir()] == [DIGEST]
    assert (folder / "x").read_text() == "x"


def test_work_survives_until_it_is_closed(tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    (storage.open_work("training", "laptop", DIGEST) / "checkpoint").write_text("1")
    again = Storage(tmp_path).open_work("training", "laptop", DIGEST)
    assert (again / "checkpoint").read_text() == "1"
    assert not storage.has("training", "laptop", DIGEST)
    assert storage.close_work("training", "laptop", DIGEST).name == DIGEST
    assert storage.has("training", "laptop", DIGEST)


def test_work_that_closes_second_does_not_replace_the_object(tmp_path: Path) -> None:
    """Two runs share the work; what the slower writes after the other's end is a small part."""
    storage = Storage(tmp_path)
    (storage.open_work("predictions", "api", DIGEST) / "all").write_text("3 answers")
    storage.close_work("predictions", "api", DIGEST)
    (storage.open_work("predictions", "api", DIGEST) / "rest").write_text("1 answer")
    folder = storage.close_work("predictions", "api", DIGEST)
    assert [path.name for path in folder.iterdir()] == ["all"]
    assert [path.name for path in folder.parent.iterdir()] == [DIGEST]

    (storage.open_work("predictions", "api", DIGEST) / "anew").write_text("3 answers")
    storage.close_work("predictions", "api", DIGEST, replace=True)
    assert [path.name for path in folder.iterdir()] == ["anew"]


def test_without_work_the_object_to_be_replaced_stays(tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    folder = storage.write("predictions", "api", DIGEST, lambda folder: (folder / "all").touch())
    with pytest.raises(FileNotFoundError):
        storage.close_work("predictions", "api", DIGEST, replace=True)
    assert (folder / "all").is_file()


def test_dropped_work_is_gone(tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    (storage.open_work("training", "laptop", DIGEST) / "checkpoint").write_text("1")
    storage.drop_work("training", "laptop", DIGEST)
    assert list(storage.open_work("training", "laptop", DIGEST).iterdir()) == []


def test_refs_point_and_move(tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    assert storage.ref("dataset", "sketch2flow") is None
    assert storage.refs("dataset") == {}
    storage.set_ref("dataset", "sketch2flow", DIGEST)
    storage.set_ref("dataset", "sketch2flow", "f" * 16)
    storage.set_ref("dataset", "other", DIGEST)
    assert storage.refs("dataset") == {"other": DIGEST, "sketch2flow": "f" * 16}


def test_what_is_not_made_is_named(tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    storage.set_ref("dataset", "sketch2flow", DIGEST)
    with pytest.raises(StorageError, match=r"dataset/sketch2flow .*: materialize it first"):
        storage.current("dataset", "sketch2flow")


@pytest.mark.parametrize(
    ("kind", "key", "digest"),
    [
        ("nosuch", "a", DIGEST),
        ("scores", "../up", DIGEST),
        ("scores", "", DIGEST),
        ("scores", "a/b", DIGEST),
        ("scores", ".hidden", DIGEST),
        ("scores", "a", "../../x"),
        ("scores", "a", "XYZ"),
    ],
)
def test_names_that_are_none_are_refused(tmp_path: Path, kind: str, key: str, digest: str) -> None:
    with pytest.raises(StorageError):
        Storage(tmp_path).set_ref(kind, key, digest)
    assert list(tmp_path.iterdir()) == []


@given(st.text())
def test_no_key_leaves_the_storage(key: str) -> None:
    root = Path("/nowhere/storage")
    try:
        folder = Storage(root).object_folder("scores", key, DIGEST)
    except StorageError:
        return
    assert folder.resolve().is_relative_to(root)


def test_home_follows_the_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SKETCH2FLOW_HOME", str(tmp_path))
    assert home() == tmp_path
    monkeypatch.setenv("SKETCH2FLOW_HOME", "")
    assert home() == Path("var").absolute()


def test_a_folder_is_digested_by_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x").write_text("1")
    before = digest_of_folder(tmp_path)
    (tmp_path / "a" / "x").write_text("2")
    assert digest_of_folder(tmp_path) != before
    (tmp_path / "a" / "x").write_text("1")
    assert digest_of_folder(tmp_path) == before
    (tmp_path / "a").rename(tmp_path / "b")
    assert digest_of_folder(tmp_path) != before


def test_digests_do_not_depend_on_key_order() -> None:
    assert digest_of({"a": 1, "b": [2]}) == digest_of({"b": [2], "a": 1})
    assert digest_of({"a": 1}) != digest_of({"a": 2})
