"""The engine `numba`: batches, threads, caches, and what happens where it is not installed."""

from __future__ import annotations

import random
import sys

import numba
import pytest

from sketch2flow.scoring import score_pair, score_pairs
from sketch2flow.scoring.engines import compiled, default_engine, engine, kernel, zhang_shasha
from sketch2flow.scoring.tree import TreePair
from tests.scoring.trees import flat, random_tree

PAIRS = [
    ("alike", '{"trigger": {"type": "daily"}}', '{"trigger": {"type": "daily"}}'),
    ("apart", '{"trigger": {"type": "daily"}}', '{"trigger": {"type": "email"}}'),
    ("no json", "I do not know", '{"trigger": {"type": "email"}}'),
]


@pytest.fixture
def without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    engine.cache_clear()


@pytest.fixture(scope="module")
def trees() -> list[TreePair]:
    random_ = random.Random("batch")
    sizes = [random_.choice([1, 3, 10, 40]) for _ in range(300)]
    return [tuple(flat(random_tree(random_, size)) for _ in "12") for size in sizes]  # type: ignore[misc]


@pytest.mark.parametrize("threads", [1, 2, None])
def test_a_batch_gives_what_its_pairs_give_one_by_one(
    trees: list[TreePair], threads: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "_CELLS_AT_ONCE", 1_000)  # many calls for the threads to take
    together = compiled.distances(trees, threads)
    assert together == [one for pair in trees for one in compiled.distances([pair], threads)]
    assert together == zhang_shasha.distances(trees, threads)
    assert compiled.distances([], threads) == []


def test_chunks_are_of_equal_work_and_hold_every_pair_once(
    trees: list[TreePair], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "_CELLS_AT_ONCE", 20_000)
    cells = kernel.reduce(compiled._packed(trees)).cells
    chunks = compiled._chunks(cells.argsort(), cells)
    assert sorted(place for chunk in chunks for place in chunk) == list(range(len(trees)))
    assert len(chunks) > 5
    assert all(cells[chunk].sum() <= 20_000 + cells.max() for chunk in chunks)


def test_where_no_cache_can_be_written_it_compiles_in_memory(
    monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    # The only place to look at is for sources in zip files, which this is not.
    monkeypatch.setattr(numba.config, "CACHE_LOCATOR_CLASSES", "ZipCacheLocator")

    def successor(number: int) -> int:
        return number + 1

    with pytest.raises(RuntimeError, match="cannot cache"):
        numba.njit(cache=True)(successor)
    assert kernel._compiled(successor)(1) == 2
    assert not recwarn.list


def test_numba_is_the_default_where_it_is_installed() -> None:
    assert default_engine() == "numba"
    scores = list(score_pairs(PAIRS))
    assert scores == list(score_pairs(PAIRS, engine="python"))
    assert scores[0][1].scores["flow_sim_no_inputs"] == 1.0


@pytest.mark.usefixtures("without_numba")
def test_without_numba_the_default_is_python() -> None:
    assert default_engine() == "python"
    assert score_pair(*PAIRS[0][1:]).scores["flow_sim_no_inputs"] == 1.0


@pytest.mark.usefixtures("without_numba")
def test_who_asks_for_numba_and_lacks_it_is_told_the_cure_in_one_line() -> None:
    with pytest.raises(ModuleNotFoundError) as caught:
        score_pairs(PAIRS, engine="numba")
    assert str(caught.value) == "numba is not installed: pip install 'sketch2flow[fast]'"
