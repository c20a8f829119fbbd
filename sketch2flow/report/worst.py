"""The worst answers beside their pictures, on the evaluation's page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sketch2flow.report.data import ReportData, Sample
from sketch2flow.report.examination import MODE, Mark
from sketch2flow.report.html import MAX_SAMPLES, write_report
from sketch2flow.report.scores import KEY_COLUMNS
from sketch2flow.report.tables import metric_rows
from sketch2flow.scoring import METRICS

TABLES = ("overall", "by_source", "by_structure_error")


def write_worst(folder: Path, model: str, found: Sequence[Mark], control: Sequence[Mark]) -> Path:
    """Write the page of the answers with the lowest FlowSim with inputs; return its file.

    The tables on it are of all answers, and of the `control`.
    """
    rows = [*_score_rows(model, None, found), *_score_rows(model, "shuffled pictures", control)]
    ranked = sorted(found, key=lambda mark: mark.values["flow_sim_with_inputs"] or 0.0)
    data = ReportData(
        model,
        tables={name: metric_rows(name, rows) for name in TABLES},
        samples=[_sample(model, mark, place) for place, mark in enumerate(ranked[:MAX_SAMPLES], 1)],
        mode=MODE,
        title="The worst answers to held-out pictures",
    )
    return write_report(folder, data)


def _sample(model: str, mark: Mark, place: int) -> Sample:
    return Sample(
        identifier=mark.row["identifier"],
        source=mark.row["medium"],
        rank=f"number {place} of the worst",
        model=model,
        picture=mark.row["images"][0]["bytes"],
        truth=mark.row["annotations"][0],
        answer=mark.answer,
        scores={name: mark.score.scores.get(name) for name in METRICS},
        structure_errors=mark.score.structure_errors,
        error=mark.score.error if mark.answer else "no answer",
    )


def _score_rows(model: str, control: str | None, found: Sequence[Mark]) -> Iterator[dict[str, Any]]:
    for mark in found:
        yield {
            **dict.fromkeys(KEY_COLUMNS),
            "model": model,
            "control": control,
            "mode": MODE,
            "identifier": mark.row["identifier"],
            **mark.score.scores,
            "structure_errors": mark.score.structure_errors,
            "is_broken_strictly": mark.score.is_broken_strictly,
            "source": mark.row["medium"],
        }
