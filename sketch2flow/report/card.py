"""What a reader reads, as a section of its model card."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sketch2flow.report.examination import FACTORS, MEASURES, MODE
from sketch2flow.scoring import Summary

HEADING = "## What it reads"
MAIN = "flow_sim_no_inputs"
_SECTION = re.compile(rf"\n*^{HEADING}$.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)

# Measure -> figures of a model's answers and of those answers to exchanged pictures.
Both = tuple[Mapping[str, Summary], Mapping[str, Summary]]
# Value of a factor -> the same, of the pictures that have it.
Curve = tuple[Mapping[str, Mapping[str, Summary]], Mapping[str, Mapping[str, Summary]]]


def with_scores(card: str, section: str) -> str:
    """Return a model card with the section in the place of the one it had, or at its end."""
    without = _SECTION.sub("\n\n", card).rstrip("\n")
    return f"{without}\n\n{section}"


def scores_section(rows: int, seed: int, totals: Both, curves: Mapping[str, Curve]) -> str:
    """Return the section: all measures overall, and FlowSim's curve over each factor."""
    found, control = totals
    overall = [
        f"| {MEASURES[name]} | {_figure(found[name])} | {_figure(control[name])} |"
        for name in found
    ]
    parts = [
        f"{HEADING}\n",
        f"{rows:,} pictures of documents that no training row has, over the whole catalogue and"
        f" in hands that are held out (`sketch2flow bench reader MODEL --rows {rows} --seed"
        f" {seed}`, mode {MODE}, answers generated freely); beside the same answers with the"
        " pictures exchanged, with intervals of 95 %.\n",
        _table("measure", overall),
    ]
    for factor, (ours, theirs) in curves.items():
        lines = [
            f"| {value} | {_figure(ours[value][MAIN])} | {_figure(theirs[value][MAIN])} |"
            for value in ours
        ]
        parts.append(_table(f"{MEASURES[MAIN]} by {FACTORS[factor]}", lines))
    return "\n".join(parts)


def _table(heading: str, lines: list[str]) -> str:
    return "\n".join([f"| {heading} | answers | exchanged |", "|---|---|---|", *lines, ""])


def _figure(summary: Summary) -> str:
    if summary.mean is None or summary.low is None or summary.high is None:
        return "–"
    return f"{summary.mean:.3f} ({summary.low:.2f}–{summary.high:.2f})"
