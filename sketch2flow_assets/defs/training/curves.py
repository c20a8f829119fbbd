"""The curves of a training, for the UI: pictures of all figures, and a table of some rows."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from sketch2flow.report.charts import WIDTH, Curve, line_chart
from sketch2flow_assets.defs.shared import TABLE_ROWS, table

# One picture each, of those figures that the training told of.
PICTURES = {
    "loss": ("loss", "validation_loss"),
    "learning rate": ("learning_rate",),
    "gradient norm": ("gradient_norm",),
    "tokens a second": ("tokens_per_second",),
    "memory in GB": ("memory_gb",),
}
# In an <img> the page's style does not reach the picture, and the page may be dark.
_STYLE = (
    "<style>.grid{stroke:#ddd}.muted{fill:#666}</style>"
    '<rect width="100%" height="100%" fill="#fff"/>'
)

Moments = Sequence[Mapping[str, Any]]


def curves(moments: Moments) -> dict[str, Any]:
    """Return the metadata that show the moments of a training; a figure may be missing in some."""
    names = sorted({name for moment in moments for name in moment})
    return {
        "curves": dg.MetadataValue.md("\n\n".join(pictures(moments)) or "no progress was told"),
        "curve": table(_evenly(moments), names),
    }


def pictures(moments: Moments) -> list[str]:
    """Return Markdown with an SVG each, as data URLs that need no server."""
    shown = []
    for title, names in PICTURES.items():
        lines = [
            Curve(name, f"s{number}", points)
            for number, name in enumerate(names)
            if (points := _points(moments, name))
        ]
        if lines:
            said = "; ".join(f"{line.series} from {_ends(line.points)}" for line in lines)
            svg = line_chart(title, title, f"By step: {said}.", lines, "step")
            shown.append(f"**{title}**\n\n![{title}]({_data_url(svg)})")
    return shown


def latest(moments: Moments, name: str) -> float | None:
    """Return the last value that was told of a figure, None if there is none."""
    points = _points(moments, name)
    return points[-1][1] if points else None


def _points(moments: Moments, name: str) -> list[tuple[float, float]]:
    pairs = [(moment.get("step"), moment.get(name)) for moment in moments]
    return [
        (float(step), float(value))
        for step, value in pairs
        if isinstance(step, int | float) and isinstance(value, int | float) and math.isfinite(value)
    ]


def _ends(points: Sequence[tuple[float, float]]) -> str:
    return f"{points[0][1]:.4g} to {points[-1][1]:.4g}"


def _data_url(svg: str) -> str:
    head, tag_end, body = svg.partition(">")
    alone = f'{head} width="{WIDTH}"{tag_end}{_STYLE}{body}'
    return f"data:image/svg+xml;base64,{base64.b64encode(alone.encode()).decode()}"


def _evenly(moments: Moments) -> list[dict[str, Any]]:
    """Return as many moments as a table shows, the first and the last among them."""
    last = len(moments) - 1
    if last < TABLE_ROWS:
        return [dict(moment) for moment in moments]
    places = [round(place * last / (TABLE_ROWS - 1)) for place in range(TABLE_ROWS)]
    return [dict(moments[place]) for place in places]
