"""The metric tables: which there are, and how their rows come from the per-example scores."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from sketch2flow.report.scores import KEY_COLUMNS, Row, score_order
from sketch2flow.scoring import Summary, metrics_of, summarise
from sketch2flow.workflow.rules import WARNINGS

# Table -> the column that holds the factor's value. `overall` has none.
FACTORS = {
    "by_source": "source",
    "by_data_source": "data_source",
    "by_orientation": "orientation",
    "by_resolution": "resolution",
    "by_feature": "feature",
    "by_structure_error": "structure_error",
}
TABLES = ("overall", *FACTORS)

SUMMARY_COLUMNS = ("n", "not_applicable", "mean", "median", "low", "high")

BROKEN = "structure_error_share"  # share of answers with a structure error (warnings do not count)
STRICTLY_BROKEN = "strict_structure_error_share"  # by the companion study's rule
SHARE = "share"  # in by_structure_error: share of answers with that error
ANY, NONE = "any", "none"  # factor values in by_structure_error beside the codes


def columns_of(table: str) -> tuple[str, ...]:
    """Return the column names of a metric table, in order; KeyError for another name."""
    factor = () if table == "overall" else (FACTORS[table],)
    return (*KEY_COLUMNS, *factor, "metric", *SUMMARY_COLUMNS)


def metric_rows(
    table: str, scores: Iterable[Row], seed: int = 0, resamples: int = 1000
) -> list[dict[str, Any]]:
    """Return a metric table's rows from per-example scores, in a fixed order.

    `scores` holds one mapping per model, control, mode, data revision, run and identifier, with
    the mode's metrics (None: not applicable), `structure_errors`, `is_broken_strictly` (None: not
    known), `features` and the factors. Every table has the metrics and the two shares of broken
    answers; by_structure_error has instead the metrics among the answers with that error and
    `share`, the part of all answers that have it.
    """
    # In identifier order, so that the bootstrap does not depend on the order of the files.
    runs: dict[tuple[Any, ...], list[Row]] = {}
    for score in sorted(scores, key=score_order):
        runs.setdefault(tuple(score[name] for name in KEY_COLUMNS), []).append(score)
    rows: list[dict[str, Any]] = []
    for key, answers in runs.items():
        groups: dict[Any, list[Row]] = {}
        for answer in answers:
            for value in _values(table, answer):
                groups.setdefault(value, []).append(answer)
        for value in sorted(groups, key=_null_last):
            factor = {} if table == "overall" else {FACTORS[table]: value}
            mode = groups[value][0]["mode"]
            for metric, numbers in _measures(table, mode, groups[value], value, answers):
                summary = summarise(numbers, seed=seed, resamples=resamples)
                head = {**dict(zip(KEY_COLUMNS, key, strict=True)), **factor, "metric": metric}
                rows.append({**head, **_plain(summary)})
    return rows


def _values(table: str, answer: Row) -> Sequence[Any]:
    """Return the groups that an answer belongs to in this table; several for sets."""
    if table == "overall":
        return (None,)
    if table == "by_feature":
        return sorted(set(answer["features"] or ()))
    if table == "by_structure_error":
        codes = set(answer["structure_errors"] or ()) - {ANY, NONE}
        return (*sorted(codes), ANY if _broken(answer) else NONE)
    return (answer[FACTORS[table]],)


def _measures(
    table: str, mode: str, group: Sequence[Row], value: Any, answers: Sequence[Row]
) -> Iterable[tuple[str, list[float | None]]]:
    for metric in metrics_of(mode):
        yield metric, [answer[metric] for answer in group]
    if table == "by_structure_error":
        yield SHARE, [float(value in _values(table, answer)) for answer in answers]
    else:
        yield BROKEN, [float(_broken(answer)) for answer in group]
        told = [answer["is_broken_strictly"] for answer in group]
        yield STRICTLY_BROKEN, [None if one is None else float(one) for one in told]


def _broken(answer: Row) -> bool:
    return not WARNINGS.issuperset(answer["structure_errors"] or ())


def _plain(summary: Summary) -> dict[str, float | int | None]:
    """Return the summary's columns; a number that does not exist is None, never NaN."""
    values = {name: getattr(summary, name) for name in SUMMARY_COLUMNS}
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in values.items()
    }


def _null_last(value: Any) -> tuple[bool, str]:
    return (value is None, str(value))
