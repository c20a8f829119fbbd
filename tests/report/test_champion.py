"""The decision: reading before rank, equal ground, and a reason for every outcome."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketch2flow.report.champion import HEADLINE, Decision, Facts, decide, facts_of
from tests.report.fakes import score_rows


def rows(values: Sequence[float | None], start: int = 0) -> dict[str, dict[str, Any]]:
    return {f"e{place}": {HEADLINE: value} for place, value in enumerate(values, start=start)}


def facts(
    values: Sequence[float | None],
    digest: str = "new",
    revision: str = "r1",
    shuffled: Sequence[float | None] | None = None,
    start: int = 0,
) -> Facts:
    control = [0.2] * len(values) if shuffled is None else shuffled
    return Facts(f"m-{digest}", digest, revision, rows(values, start), rows(control, start))


def test_first_reader_is_champion() -> None:
    decision = decide(facts([0.9] * 12), None)
    assert decision.promoted
    assert "first champion" in decision.reason
    assert round(decision.control_difference or 0, 3) == 0.7


def test_better_by_more_than_the_margin() -> None:
    old = facts([0.8] * 12, "old")
    better = decide(facts([0.9] * 12), old)
    assert better.promoted
    assert (better.shared, better.same_revision) == (12, True)
    assert better.candidate_mean == pytest.approx(0.9)
    assert better.champion_mean == pytest.approx(0.8)
    assert better.difference == pytest.approx(0.1)
    assert not decide(facts([0.804] * 12), old).promoted
    assert decide(facts([0.804] * 12), old, margin=0.001).promoted
    worse = decide(facts([0.7] * 12), old)
    assert not worse.promoted
    assert "does not beat m-old" in worse.reason


def test_a_prior_is_not_promoted() -> None:
    same = decide(facts([0.9] * 12, shuffled=[0.9] * 12), None)
    assert not same.promoted
    assert "not by reading" in same.reason
    noisy = decide(facts([0.5, 0.9] * 6, shuffled=[0.9, 0.4] * 6), None)
    assert not noisy.promoted
    assert noisy.control_difference_low is not None
    assert noisy.control_difference_low < 0 < (noisy.control_difference or 0)


def test_without_its_control_nothing_is_judged() -> None:
    lone = Facts("m", "new", "r1", rows([0.9] * 12), None)
    decision = decide(lone, None)
    assert not decision.promoted
    assert "control was not scored" in decision.reason
    unpaired = Facts("m", "new", "r1", rows([0.9] * 12), rows([0.1] * 12, start=50))
    assert not decide(unpaired, None).promoted


def test_same_training_stays_champion() -> None:
    decision = decide(facts([0.9] * 12, "old"), facts([0.9] * 12, "old"))
    assert decision.promoted
    assert "already" in decision.reason


def test_other_revision_compares_shared_examples_only() -> None:
    champion = facts([0.1] * 20 + [0.95] * 12, "old", "r0")
    candidate = facts([0.9] * 12 + [1.0] * 30, "new", "r1", start=20)
    decision = decide(candidate, champion)
    assert (decision.same_revision, decision.shared, decision.promoted) == (False, 12, False)
    assert "12 examples that data revisions r1 and r0 share" in decision.reason
    assert round(decision.candidate_mean or 0, 6) == 0.9
    apart = decide(facts([0.9] * 12, start=100), champion)
    assert not apart.promoted
    assert "cannot be compared" in apart.reason
    assert "score the champion on this revision" in apart.reason


def test_not_applicable_is_left_out_on_both_sides() -> None:
    champion = facts([None, 0.8, 0.8], "old")
    candidate = facts([0.9, None, 0.9])
    assert decide(candidate, champion, min_shared=1).shared == 1
    assert not decide(facts([None] * 12), None).promoted
    assert "no example scored" in decide(Facts("m", "d", "r", {}), None).reason


VALUES = st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=15)


@settings(max_examples=40)
@given(VALUES, VALUES, VALUES, st.booleans())
def test_always_a_decision_that_json_can_hold(
    ours: list[float | None], control: list[float | None], theirs: list[float | None], same: bool
) -> None:
    champion = facts(theirs, "old", "r1" if same else "r0")
    decision = decide(facts(ours, shuffled=control), champion, min_shared=2)
    assert json.loads(json.dumps(decision.to_dict(), allow_nan=False))["reason"]
    if decision.promoted:
        assert (decision.difference or 0) > 0
        assert (decision.control_difference_low or 0) > 0
    assert isinstance(decision, Decision)


def test_facts_come_from_score_rows() -> None:
    scores = score_rows(12, modes=("starflow", "strict"))
    found = facts_of(scores, "reader", "d", "0123456789abcdef")
    assert len(found.scores) == len(found.shuffled or {}) == 12
    assert all(row["mode"] == "starflow" for row in found.scores.values())
    assert decide(found, None).promoted
    assert facts_of(scores, "reader", "d", "other").scores == {}
    for score in scores:
        score["model"] = score["control"] or score["model"]
    assert facts_of(scores, "reader", "d", "0123456789abcdef").shuffled is None
    own = facts_of(scores, "reader", "d", "0123456789abcdef", control_model="shuffled_pictures")
    assert len(own.shuffled or {}) == 12
