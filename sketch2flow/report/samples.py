"""Which examples to show: the best, the median and the worst answer of each source."""

from __future__ import annotations

from collections.abc import Iterable

from sketch2flow.report.champion import HEADLINE
from sketch2flow.report.scores import Row

MAX_SOURCES = 10


def choose_samples(
    scores: Iterable[Row], model: str, mode: str = "starflow", metric: str = HEADLINE
) -> list[tuple[str, Row]]:
    """Return (rank, score row) for each source: best, median and worst of the model's answers.

    `scores` are rows of the table `scores`. Examples without that metric are not shown; a source
    with fewer than three is shown in part. Ties go by identifier, so the choice is stable.
    """
    sources: dict[str, list[Row]] = {}
    for row in scores:
        asked = row["model"] == model and row["mode"] == mode and row["control"] is None
        if asked and row[metric] is not None:
            sources.setdefault(str(row["source"]), []).append(row)
    chosen: list[tuple[str, Row]] = []
    for source in sorted(sources)[:MAX_SOURCES]:
        rows = sorted(sources[source], key=lambda row: (-row[metric], row["identifier"]))
        places = {0: "best", len(rows) // 2: "median", len(rows) - 1: "worst"}
        if len(rows) == 1:
            places = {0: "only"}
        chosen += [(rank, rows[place]) for place, rank in sorted(places.items())]
    return chosen
