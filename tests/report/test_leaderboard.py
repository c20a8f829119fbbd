"""The leaderboard's order, its controls, and what a chart takes from it."""

from __future__ import annotations

from typing import Any

from sketch2flow.report.leaderboard import factor_groups, featured, leaderboard, metrics_of
from sketch2flow.report.tables import metric_rows
from tests.report.fakes import score_rows


def overall(*models: tuple[str, str | None, float | None]) -> list[dict[str, Any]]:
    rows = []
    for model, control, level in models:
        for score in score_rows(3, [(model, control)]):
            rows.append({**score, "flow_sim_no_inputs": level})
    return rows


def names(rows: list[dict[str, Any]], model: str | None = None) -> list[tuple[str, bool]]:
    board = leaderboard(metric_rows("overall", rows, resamples=2), model=model)
    return [(entry.name, entry.control is not None) for entry in board]


def test_best_first_controls_behind_their_model_unscored_last() -> None:
    rows = overall(
        ("weak", None, 0.5),
        ("silent", None, None),
        ("strong", None, 0.9),
        ("strong", "shuffled_pictures", 0.3),
        ("strong", "constant_answer", 0.4),
    )
    assert names(rows) == [
        ("strong", False),
        ("constant answer", True),
        ("shuffled pictures", True),
        ("weak", False),
        ("silent", False),
    ]


def test_controls_under_names_of_their_own_stand_behind_the_model_in_question() -> None:
    rows = overall(
        ("a", None, 0.5), ("b", None, 0.9), ("shuffled_pictures", "shuffled_pictures", 0.95)
    )
    assert names(rows, "a") == [("b", False), ("a", False), ("shuffled pictures", True)]
    assert names(rows) == [("b", False), ("a", False), ("shuffled pictures", True)]
    assert names(rows, "b") == [("b", False), ("shuffled pictures", True), ("a", False)]


def test_controls_of_two_models_are_told_apart() -> None:
    rows = overall(
        ("a", None, 0.5),
        ("a", "shuffled_pictures", 0.3),
        ("b", None, 0.9),
        ("b", "shuffled_pictures", 0.4),
    )
    assert [name for name, control in names(rows) if control] == [
        "shuffled pictures (b)",
        "shuffled pictures (a)",
    ]


def test_other_modes_stay_out_and_metrics_are_complete() -> None:
    tables = metric_rows("overall", score_rows(5, modes=("starflow", "strict")), resamples=2)
    board = leaderboard(tables, "strict")
    assert len(board) == 3
    assert board[0].examples == 5
    assert len([cell for _, cell in metrics_of(board[0]) if cell is not None]) == 7
    assert leaderboard(tables, "neither") == []


def test_featured_model_leads_even_when_others_are_better() -> None:
    scores = overall(("a", None, 0.2), ("b", None, 0.9), ("c", None, 0.8), ("a", "x", 0.1))
    board = leaderboard(metric_rows("overall", scores, resamples=2))
    assert [e.name for e in featured(board, "a", limit=3)] == ["a", "x", "b"]
    assert [e.name for e in featured(board, "gone", limit=2)] == ["b", "c"]


def test_factor_groups_keep_sizes_in_order_and_gaps_as_gaps() -> None:
    scores = score_rows(6, [("a", None), ("b", None)])
    for score in scores:
        if score["model"] == "b" and score["resolution"] == "small":
            score["resolution"] = None
    board = leaderboard(metric_rows("overall", scores, resamples=2))
    entries = sorted(board, key=lambda entry: entry.model)
    table = metric_rows("by_resolution", scores, resamples=2)
    groups = dict(factor_groups(table, "by_resolution", entries))
    assert groups["small"][1] is None
    assert groups["unknown"][0] is None
    orderly = metric_rows("by_resolution", score_rows(6, [("a", None)]), resamples=2)
    found = factor_groups(orderly, "by_resolution", board)
    assert [value for value, _ in found] == ["small", "medium", "large"]
