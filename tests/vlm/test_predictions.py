from pathlib import Path

from sketch2flow.vlm.predictions import Prediction, PredictionStore, shuffled


def answer(identifier: str, error: str | None = None) -> Prediction:
    return Prediction("m", "r", "short", identifier, f"of {identifier}", "stop", 1, 2, 0.5, error)


def test_shards_are_read_back_in_order_and_failures_are_not_done(tmp_path: Path) -> None:
    store = PredictionStore(tmp_path)
    store.append([answer("a"), answer("b", error="timeout")])
    store.append([])
    store.append([answer("c")])
    assert [one.identifier for one in PredictionStore(tmp_path).read()] == ["a", "b", "c"]
    assert store.done() == {"a", "c"}


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
