"""The terminal's tables: complete, narrow, and deaf to markup in names."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from sketch2flow.report.console import WIDTH, print_metrics
from sketch2flow.report.tables import TABLES, metric_rows
from tests.report.fakes import SOURCES, score_rows


def printed(scores: list[dict[str, Any]], **more: Any) -> str:
    out = io.StringIO()
    tables = {name: metric_rows(name, scores, resamples=10) for name in TABLES}
    print_metrics(Console(file=out, width=WIDTH, color_system=None), tables, **more)
    return out.getvalue()


def test_everything_is_there_within_100_columns() -> None:
    models = ["reader", "qwen2.5-vl-72b-instruct-awq-and-more", "b", "c", "d", "e"]
    controls = [("reader", "shuffled_pictures"), ("reader", "constant_answer")]
    text = printed(score_rows(20, [*((m, None) for m in models), *controls]), model="reader")
    assert max(len(line) for line in text.splitlines()) <= WIDTH
    assert "…" not in text
    for word in ("component", "shuffled", "constant", *SOURCES, "portrait", "medium"):
        assert word in text
    assert "by data source" in text


def test_names_are_not_markup() -> None:
    scores = score_rows(5, [("[red]x[/nope]", None)])
    for score in scores:
        score["source"] = "[/]evil[link=x]"
    text = printed(scores)
    assert "[red]x[/nope]" in text
    assert "[/]evil[link=x]" in text


def test_no_scores_is_said() -> None:
    assert "No scores" in printed([])
    assert "No scores in mode strict" in printed(score_rows(3), mode="strict")
