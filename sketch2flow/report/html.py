"""The evaluation report: one self-contained HTML page."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sketch2flow.files import write_bytes
from sketch2flow.report.charts import Bar, Curve, bar_chart, line_chart
from sketch2flow.report.data import ReportData, Sample
from sketch2flow.report.leaderboard import (
    FACTOR_NAMES,
    METRIC_NAMES,
    Cell,
    Entry,
    factor_groups,
    featured,
    leaderboard,
    metrics_of,
)
from sketch2flow.report.outline import Line, compare, outline
from sketch2flow.report.pictures import EmbeddedPicture, embed_picture
from sketch2flow.report.tables import ANY, NONE, SHARE
from sketch2flow.workflow.reading import read_answer
from sketch2flow.workflow.rules import CODES

MAX_PAGE_BYTES = 4_000_000
PICTURES_BYTES = 2_400_000
MAX_SAMPLES = 30
MAX_TEXT = 6_000
CHARTS = ("by_source", "by_data_source", "by_orientation", "by_resolution", "by_feature")


@dataclass(frozen=True)
class Text:
    """A long text, cut: what is shown and how many characters are not."""

    shown: str
    left_out: int
    characters: int


@dataclass(frozen=True)
class SampleView:
    """A sample as the page shows it; an outline is None where nothing could be read."""

    sample: Sample
    picture: EmbeddedPicture | None
    truth: list[Line] | None
    answer: list[Line] | None
    truth_text: Text
    answer_text: Text
    scores: list[tuple[str, str]]
    errors: list[tuple[str, str]]


def write_report(path: Path, data: ReportData) -> Path:
    """Write the page to `path` (a folder: to report.html in it) and return the file's path."""
    file = path if path.suffix == ".html" else path / "report.html"
    write_bytes(file, render(data))
    return file


def render(data: ReportData) -> bytes:
    """Return the page, UTF-8, under about 4 MB: samples at the end are left out beyond that."""
    samples = list(data.samples[:MAX_SAMPLES])
    while True:
        page = _render(replace(data, samples=samples), left_out=len(data.samples) - len(samples))
        if len(page) <= MAX_PAGE_BYTES or not samples:
            return page
        samples = samples[: len(samples) * 2 // 3]


def _render(data: ReportData, left_out: int) -> bytes:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("sketch2flow.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["fact"] = _fact
    board = leaderboard(data.tables.get("overall", ()), data.mode, data.metric, data.model)
    shown = featured(board, data.model)
    budget = PICTURES_BYTES // max(len(data.samples), 1)
    page = environment.get_template("report.html").render(
        data=data,
        metric_name=METRIC_NAMES.get(data.metric, data.metric),
        metric_names=list(METRIC_NAMES.values()),
        board=[(entry, metrics_of(entry)) for entry in board],
        several=len({(entry.data_revision, entry.run) for entry in board}) > 1,
        tiles=[
            (entry, entry.cells.get(data.metric))
            for entry in shown
            if entry.model == data.model or entry.control
        ],
        legend=list(zip(_styles(shown), shown, strict=True)),
        charts=_charts(data, shown),
        errors=_error_rows(data, shown),
        shown=shown,
        samples=[_view(sample, budget) for sample in data.samples],
        samples_left_out=left_out,
        curve=_loss_curve(data.losses),
    )
    # A lone surrogate, which JSON can spell, has no UTF-8.
    return page.encode("utf-8", "replace")


def _styles(entries: Sequence[Entry]) -> list[str]:
    """Return a style class for each entry: s0.. for models, control and control2 for controls."""
    models = iter(("s0", "s1", "s2", "s3"))
    controls = iter(("control", "control2"))
    return [next(controls if e.control else models, "s3") for e in entries]


def _charts(data: ReportData, shown: Sequence[Entry]) -> list[tuple[str, str]]:
    """Return (heading, SVG) for each factor that has rows."""
    charts = []
    styles = _styles(shown)
    for table in CHARTS:
        groups = factor_groups(data.tables.get(table, ()), table, shown, data.mode, data.metric)
        if not groups:
            continue
        title = f"{METRIC_NAMES.get(data.metric, data.metric)} {FACTOR_NAMES[table]}"
        bars = [
            (value, [_bar(e, s, c) for e, s, c in zip(shown, styles, cells, strict=True) if c])
            for value, cells in groups
        ]
        said = "; ".join(
            f"{value}: "
            + ", ".join(f"{e.name} {c}" for e, c in zip(shown, cells, strict=True) if c)
            for value, cells in groups[:12]
        )
        charts.append((FACTOR_NAMES[table], bar_chart(table, title, f"{title}. {said}.", bars)))
    return charts


def _bar(entry: Entry, style: str, cell: Cell) -> Bar:
    return Bar(entry.name, style, cell.mean, cell.low, cell.high, cell.n)


def _error_rows(
    data: ReportData, shown: Sequence[Entry]
) -> list[tuple[str, str, list[Cell | None]]]:
    """Return (code, meaning, share for each entry), the most frequent first."""
    table = "by_structure_error"
    groups = factor_groups(data.tables.get(table, ()), table, shown, data.mode, SHARE)
    rows = [(code, CODES.get(code, ""), cells) for code, cells in groups if code not in (ANY, NONE)]
    return sorted(rows, key=lambda row: (-max(c.mean or 0.0 for c in row[2] if c), row[0]))


def _view(sample: Sample, budget: int) -> SampleView:
    truth, answer = read_answer(sample.truth), read_answer(sample.answer)
    left = outline(truth.workflow) if truth.workflow else None
    right = outline(answer.workflow) if answer.workflow else None
    if left is not None and right is not None:
        left, right = compare(left, right)
    return SampleView(
        sample=sample,
        picture=embed_picture(sample.picture, budget),
        truth=left,
        answer=right,
        truth_text=_cut(sample.truth),
        answer_text=_cut(sample.answer),
        scores=[
            (METRIC_NAMES.get(name, name), "–" if value is None else f"{value:.3f}")
            for name, value in sample.scores.items()
        ],
        errors=[(code, CODES.get(code, "")) for code in dict.fromkeys(sample.structure_errors)],
    )


def _cut(text: str) -> Text:
    return Text(text[:MAX_TEXT], max(0, len(text) - MAX_TEXT), len(text))


def _loss_curve(losses: Sequence[Mapping[str, Any]]) -> str | None:
    """Return the training's curves as SVG; None if no loss was recorded."""
    curves = []
    for name, style in (("loss", "s0"), ("validation_loss", "s1")):
        points = [
            (float(moment["step"]), float(moment[name]))
            for moment in losses
            if moment.get("step") is not None and moment.get(name) is not None
        ]
        if points:
            curves.append(Curve(name.replace("_", " "), style, points))
    if not curves:
        return None
    first, last = curves[0].points[0], curves[0].points[-1]
    said = f"From {first[1]:.3f} at step {first[0]:,.0f} to {last[1]:.3f} at step {last[0]:,.0f}."
    return line_chart("losses", "Training loss by step", said, curves, "step")


def _fact(value: object) -> str:
    """Return a fact as readable text: numbers with separators, counts in one line."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.4g}" if math.isfinite(value) else "–"
    if isinstance(value, Mapping):
        return " · ".join(f"{name} {_fact(inner)}" for name, inner in value.items()) or "–"
    if isinstance(value, list | tuple):
        return ", ".join(_fact(inner) for inner in value) or "–"
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= 500 else f"{text[:499]}…"
