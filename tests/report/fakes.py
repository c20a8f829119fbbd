"""Made-up but realistic score rows, a score file, and a picture, for tests of the report."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sketch2flow.report.scores import SCORE_COLUMNS
from sketch2flow.scoring import ALL_METRICS, metrics_of

SOURCES = ("digital", "manual", "synthetic", "ui", "whiteboard")
SKILL: dict[str | None, float] = {None: 0.9, "shuffled_pictures": 0.4, "constant_answer": 0.45}


def score_rows(
    examples: int = 20,
    models: Sequence[tuple[str, str | None]] = (
        ("reader", None),
        ("reader", "shuffled_pictures"),
        ("reader", "constant_answer"),
    ),
    modes: Sequence[str] = ("starflow",),
    seed: int = 0,
) -> list[dict[str, Any]]:
    rows = []
    for model, control in models:
        for mode in modes:
            for index in range(examples):
                rng = random.Random(f"{seed}/{model!r}/{control}/{index}")
                source = SOURCES[index % len(SOURCES)]
                level = SKILL.get(control, 0.5) - 0.05 * (index % len(SOURCES))
                values: dict[str, float | None] = dict.fromkeys(ALL_METRICS)
                for name in metrics_of(mode):
                    values[name] = min(1.0, max(0.0, rng.gauss(level, 0.12)))
                values["would_activate"] = None
                values["flow_trigger_match_score"] = float(rng.random() < level)
                if index % 7 == 6:
                    values["flow_trigger_match_score"] = None
                broken = rng.random() > level
                rows.append(
                    {
                        "model": model,
                        "control": control,
                        "mode": mode,
                        "data_revision": "0123456789abcdef",
                        "run": "run-1",
                        "identifier": f"{source}_{index:06d}",
                        **values,
                        "error": None,
                        "structure_errors": ["else_without_if"] if broken else [],
                        "is_broken_strictly": broken,
                        "nodes_candidate": rng.randrange(5, 40),
                        "nodes_reference": rng.randrange(5, 40),
                        "source": source,
                        "data_source": source,
                        "orientation": "landscape" if index % 3 else "portrait",
                        "resolution": ("small", "medium", "large")[index % 3],
                        "features": ["if", "else"] if index % 2 else ["foreach"],
                        "components": rng.randrange(1, 9),
                    }
                )
    return rows


def write_scores(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    """Write rows as the scores object's file, in which `data_revision` is called `revision`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from sketch2flow.report.scores import RENAMED, arrow_schema

    columns = {RENAMED.get(name, name): kind for name, kind in SCORE_COLUMNS.items()}
    renamed = [{RENAMED.get(name, name): value for name, value in row.items()} for row in rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(renamed, schema=arrow_schema(columns)), path)
    return path


def picture(width: int = 640, height: int = 400, colour: str = "white") -> bytes:
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (width, height), colour)
    draw = ImageDraw.Draw(image)
    for step in range(3):
        top = 20 + step * height // 4
        draw.rectangle((width // 4, top, width * 3 // 4, top + height // 8), outline="black")
        draw.text((width // 4 + 10, top + 8), f"step {step}: do something", fill="black")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
