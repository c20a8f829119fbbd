"""The metric tables as a pure function of the scores."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketch2flow.report.tables import ANY, NONE, SHARE, TABLES, columns_of, metric_rows
from sketch2flow.scoring import METRICS
from tests.report.fakes import score_rows


@pytest.mark.parametrize("table", TABLES)
def test_rows_have_the_columns_and_do_not_depend_on_order(table: str) -> None:
    scores = score_rows(12, modes=("starflow", "strict"))
    rows = metric_rows(table, scores, resamples=20)
    assert rows
    assert {tuple(row) for row in rows} == {columns_of(table)}
    shuffled = random.Random(1).sample(scores, len(scores))
    assert metric_rows(table, shuffled, resamples=20) == rows
    assert metric_rows(table, [], resamples=20) == []


@settings(max_examples=25, deadline=None)
@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=1, max_size=12))
def test_groups_add_up_to_the_whole(values: list[float | None]) -> None:
    scores = score_rows(len(values), [("m", None)])
    for score, value in zip(scores, values, strict=True):
        score[METRICS[0]] = value
    whole = next(iter(metric_rows("overall", scores, resamples=2)))
    parts = [r for r in metric_rows("by_source", scores, resamples=2) if r["metric"] == METRICS[0]]
    assert sum(row["n"] for row in parts) == whole["n"]
    assert sum(row["not_applicable"] for row in parts) == whole["not_applicable"]
    if whole["n"]:
        total = sum(row["n"] * row["mean"] for row in parts if row["n"])
        assert total / whole["n"] == pytest.approx(whole["mean"])
    else:
        assert whole["mean"] is whole["low"] is None


def test_a_warning_breaks_nothing() -> None:
    scores = score_rows(4, [("m", None)])
    for score, codes in zip(scores, ([], ["query_unreadable"], ["io_on_flow"], [ANY]), strict=True):
        score["structure_errors"] = codes
    shares = {
        row["structure_error"]: row["mean"]
        for row in metric_rows("by_structure_error", scores, resamples=2)
        if row["metric"] == SHARE
    }
    # The last answer bears a code that is none of ours: it may not pass for the sum of all.
    assert shares == {"query_unreadable": 0.25, "io_on_flow": 0.25, ANY: 0.5, NONE: 0.5}


def test_a_model_precedes_its_controls() -> None:
    rows = metric_rows("overall", score_rows(5)[::-1], resamples=2)
    assert next(iter(rows))["control"] is None
    assert next(iter(rows))["metric"] == METRICS[0]
