"""BigDocs-Sketch2Flow rows, written after its card: columns, fenced JSON, one picture a row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.workflow.documents import flow, step

PICTURE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
SCHEMA = pa.schema(
    [
        ("identifier", pa.string()),
        ("images", pa.list_(PICTURE)),
        ("queries", pa.list_(pa.string())),
        ("annotations", pa.list_(pa.string())),
        ("task", pa.string()),
        ("source", pa.string()),
    ]
)


def png(number: int) -> bytes:
    """Return bytes that look like a picture's file."""
    return b"\x89PNG\r\n\x1a\n" + number.to_bytes(4) + b"\0" * 100


def fenced(document: Any) -> str:
    return f"```json\n{json.dumps(document, indent=2)}\n```"


def row(number: int, **changes: Any) -> dict[str, Any]:
    """Return row `number` of the training split, with other values of some columns."""
    value: dict[str, Any] = {
        "identifier": f"Sketch2Flow_synthetic_train_{number}",
        "images": [{"bytes": png(number), "path": f"{number}.png"}],
        "queries": ["You are an expert in process automation"],
        "annotations": [fenced(flow(step(1), step(2, annotation=f"row {number}")))],
        "task": "Sketch2Flow",
        "source": "synthetic",
    }
    return value | changes


def write(path: Path, rows: list[dict[str, Any]], **options: Any) -> Path:
    """Write rows as Parquet; further columns are of the types that Arrow finds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    further = [name for name in (rows[0] if rows else {}) if name not in SCHEMA.names]
    columns = {
        name: pa.array([one[name] for one in rows], SCHEMA.field(name).type)
        for name in SCHEMA.names
        if not rows or name in rows[0]
    }
    columns |= {name: pa.array([one[name] for one in rows]) for name in further}
    pq.write_table(pa.table(columns), path, **options)
    return path
