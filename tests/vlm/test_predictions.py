from pathlib import Path

import pytest

from sketch2flow.vlm.predictions import Prediction, PredictionStore, shuffled


def answer(identifier: str, error: str | None = None) -> Prediction:
    return Prediction("m", "r", "short", identifier, f"of {identifier}", "stop", 1, 2, 0.5, error)


def test_shards_are_read_back_in_order_and_failures_are_not_done(tmp_path: Path) -> None:
    store = PredictionStore(tmp_path)
    store.append([answer("a"), answer("b", error="timeout")])
    store.append([])
    store.append([answer("c")])
    assert [one.identifier for one in PredictionStore(tmp_path).read()] == ["a", "b", "c"]
    assert set(store.answers()) == {"a", "c"}


def test_an_answer_wins_over_failures_before_and_behind_it(tmp_path: Path) -> None:
    store = PredictionStore(tmp_path)
    store.append([answer("a", error="timeout"), answer("b"), answer("c", error="timeout")])
    store.append([answer("a"), answer("b", error="timeout"), answer("c", error="refused")])
    latest = store.latest()
    assert {name: one.error for name, one in latest.items()} == {
        "a": None,
        "b": None,
        "c": "refused",
    }


def test_two_runs_that_share_a_folder_lose_no_shard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have counted the shards before either has written its own."""
    monkeypatch.setattr(PredictionStore, "_shards", lambda _: [])
    for name in "ab":
        PredictionStore(tmp_path).append([answer(name)])
    monkeypatch.undo()
    assert {one.identifier for one in PredictionStore(tmp_path).read()} == {"a", "b"}


def test_a_half_written_shard_is_not_read(tmp_path: Path) -> None:
    store = PredictionStore(tmp_path)
    store.append([answer("a")])
    (tmp_path / "shard-00001.unfinished").write_bytes(b"half")
    assert [one.identifier for one in store.read()] == ["a"]


def test_shuffling_gives_every_row_another_rows_answer() -> None:
    originals = [answer(name) for name in "abcdefg"]
    moved = shuffled(originals, "control")
    assert [one.identifier for one in moved] == list("abcdefg")
    assert all(one.text != f"of {one.identifier}" for one in moved)
    assert sorted(one.text for one in moved) == sorted(one.text for one in originals)
    assert {one.model for one in moved} == {"control"}


def test_a_failure_is_no_answer_to_another_row() -> None:
    originals = [answer("a"), answer("b", error="timeout"), answer("c")]
    moved = {one.identifier: one for one in shuffled(originals, "control")}
    assert (moved["a"].text, moved["c"].text) == ("of c", "of a")
    assert moved["b"].error == "timeout"
