"""What all assets have in common: owner, configuration, and their way to show things in the UI."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
from pydantic import Field

if TYPE_CHECKING:
    Result = dg.MaterializeResult[None]
else:  # Dagster knows the class by its name alone, not with its type argument.
    Result = dg.MaterializeResult

OWNERS = ["team:sketch2flow"]
DATA, MODEL, EVALUATION = "data", "model", "evaluation"
TABLE_ROWS = 50


class ReuseConfig(dg.Config):
    """An artefact with the same inputs is reused; `force` makes it anew.

    Modules whose assets take a Config do without `from __future__ import annotations`: Dagster
    reads that one annotation as it is written, and a text is no type.
    """

    force: bool = Field(default=False, description="Make it anew though the same one exists.")


def file_metadata(folder: Path, digest: str, reused: bool) -> dict[str, Any]:
    """Return what every artefact tells of itself: where it is, its digest, whether it was there."""
    return {
        "dagster/uri": folder.as_uri(),
        "digest": digest,
        "reused": reused,
    }


def picture(path: Path) -> dg.MarkdownMetadataValue:
    """Return a small PNG file as an image that the UI shows; it is kept in the event log."""
    encoded = base64.b64encode(path.read_bytes()).decode()
    return dg.MetadataValue.md(f"![contact sheet](data:image/png;base64,{encoded})")


def table(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> dg.TableMetadataValue:
    """Return the first rows as a table for the UI; an empty one keeps its columns."""
    shown = [{name: _cell(row.get(name)) for name in columns} for row in rows[:TABLE_ROWS]]
    records = [dg.TableRecord(row) for row in shown]
    kinds = {name: _kind([row[name] for row in shown]) for name in columns}
    schema = dg.TableSchema([dg.TableColumn(name, kind) for name, kind in kinds.items()])
    return dg.MetadataValue.table(records, schema=schema)


def counts(values: Mapping[str, int], name: str) -> dg.TableMetadataValue:
    """Return a tally as a table of two columns."""
    rows = [{name: value, "count": count} for value, count in values.items()]
    return table(rows, [name, "count"])


def _cell(value: Any) -> str | int | float | bool | None:
    if value is None or isinstance(value, str | int | bool):
        return value
    return round(value, 4) if isinstance(value, float) else str(value)


def _kind(values: Sequence[Any]) -> str:
    kinds = {type(value) for value in values if value is not None}
    if kinds and kinds <= {int, float}:
        return "float" if float in kinds else "int"
    return "string"
