"""Many pairs: order, worker processes, unknown names, and a pair that breaks something."""

from __future__ import annotations

import json

import pytest

from sketch2flow.scoring import score_pair, score_pairs
from sketch2flow.scoring.engines import zhang_shasha
from sketch2flow.scoring.metrics import OF_SOUNDNESS


def pairs(count: int) -> list[tuple[str, str, str]]:
    return [
        (f"id{i}", json.dumps({"trigger": {"type": f"t{i % 3}"}}), '{"trigger": {"type": "t1"}}')
        for i in range(count)
    ]


@pytest.mark.parametrize("count", [0, 40, 300])  # nothing, one batch, several
def test_worker_processes_change_neither_order_nor_scores(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sketch2flow.scoring.pairs._WORTH_PROCESSES", 2)
    alone = list(score_pairs(pairs(count)))
    assert [identifier for identifier, _ in alone] == [f"id{i}" for i in range(count)]
    assert [score.scores["flow_sim_no_inputs"] for _, score in alone[:3]] == [0.5, 1.0, 0.5][:count]
    assert list(score_pairs(pairs(count), workers=2)) == alone


def test_unknown_names_are_refused_before_anything_is_scored() -> None:
    with pytest.raises(ValueError, match="unknown mode 'lax'; known modes: starflow, strict"):
        score_pairs(pairs(1), mode="lax")
    with pytest.raises(
        ValueError, match="unknown engine 'zss'; known engines: numba, python, apted"
    ):
        score_pairs(pairs(1), engine="zss")
    with pytest.raises(ValueError, match="unknown mode"):
        score_pair("", "", mode="")


def test_a_fault_of_our_own_costs_one_pair_only(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = zhang_shasha.zhang_shasha

    def breaking(first: object, second: object) -> int:
        if len(first.labels) > 1:  # type: ignore[attr-defined]
            raise MemoryError("no room")
        return whole(first, second)  # type: ignore[arg-type]

    monkeypatch.setattr(zhang_shasha, "zhang_shasha", breaking)
    scores = [score for _, score in score_pairs(pairs(3), engine="python")]
    assert [score.error for score in scores] == [
        "MemoryError: no room",
        None,
        "MemoryError: no room",
    ]
    assert set(scores[0].scores) <= set(OF_SOUNDNESS)
    assert scores[0].structure_errors
