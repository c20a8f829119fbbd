"""Per-example scores as rows: read from scores.parquet, checked, in a fixed order."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sketch2flow.scoring import ALL_METRICS, METRICS, MODES

if TYPE_CHECKING:
    import pyarrow as pa

Row = Mapping[str, Any]

# What a row of every metric table is about.
KEY_COLUMNS = ("model", "control", "mode", "data_revision", "run")

# Column -> its DuckDB type; the files call `data_revision` `revision`.
SCORE_COLUMNS = {
    **dict.fromkeys((*KEY_COLUMNS, "identifier"), "VARCHAR"),
    **dict.fromkeys(ALL_METRICS, "DOUBLE"),
    "error": "VARCHAR",
    "structure_errors": "VARCHAR[]",
    "is_broken_strictly": "BOOLEAN",
    "nodes_candidate": "BIGINT",
    "nodes_reference": "BIGINT",
    **dict.fromkeys(("source", "data_source", "orientation", "resolution"), "VARCHAR"),
    "features": "VARCHAR[]",
    "components": "BIGINT",
}
RENAMED = {"data_revision": "revision"}
NEVER_NULL = ("model", "mode", "identifier")
# Columns that files of earlier versions do not have: all null there.
YOUNGER = frozenset(ALL_METRICS) - frozenset(METRICS) | {"is_broken_strictly"}


class ScoreFileError(ValueError):
    """A score file that cannot be used; the message names file, fault and cure."""


def read_scores(files: Sequence[Path]) -> list[dict[str, Any]]:
    """Return the rows of scores.parquet files in a fixed order, each example once.

    Equal repeats are dropped, numbers that are not finite become None (not applicable), columns
    beyond SCORE_COLUMNS are left out, those of YOUNGER need not be there. Raises ScoreFileError
    for a missing column, a row without model, mode or identifier, an unknown mode, and two
    different rows for one example.
    """
    seen: dict[tuple[Any, ...], dict[str, Any]] = {}
    for file in files:
        for row in _rows_of(file):
            identity = _identity(row)
            if seen.setdefault(identity, row) != row:
                raise ScoreFileError(
                    f"{file}: two different rows for {row['identifier']!r} by {row['model']!r}; "
                    "give the scores of one evaluation only"
                )
    return sorted(seen.values(), key=score_order)


def score_order(row: Row) -> tuple[tuple[bool, str], ...]:
    """Return a sort key: a model before its controls, then by identifier."""
    return tuple((value is not None, str(value)) for value in _identity(row))


def digest_of(rows: Sequence[Row]) -> str:
    """Return 16 hex digits of the rows' content, whatever files they came in."""
    text = json.dumps([dict(row) for row in rows], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def arrow_schema(columns: Mapping[str, str]) -> pa.Schema:
    """Return the Arrow schema of columns with the DuckDB types that this package uses."""
    import pyarrow as pa

    types = {"VARCHAR": pa.string(), "DOUBLE": pa.float64(), "BIGINT": pa.int64()}
    types |= {"VARCHAR[]": pa.list_(pa.string()), "BOOLEAN": pa.bool_()}
    return pa.schema([(name, types[kind]) for name, kind in columns.items()])


def _identity(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in (*KEY_COLUMNS, "identifier"))


def _rows_of(file: Path) -> list[dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        # Not read_table: that takes `key=value` folders in the path for columns.
        with pq.ParquetFile(file) as parquet:
            table = parquet.read()
    except (OSError, pa.ArrowException) as error:
        raise ScoreFileError(f"{file}: no readable Parquet ({error}); score again") from None
    columns = []
    for field in arrow_schema(SCORE_COLUMNS):
        stored = RENAMED.get(field.name, field.name)
        if stored not in table.column_names:
            if field.name in YOUNGER:
                columns.append([None] * table.num_rows)
                continue
            raise ScoreFileError(f"{file}: no column {stored}; score again with this version")
        try:
            columns.append(table[stored].cast(field.type).to_pylist())
        except pa.ArrowException as error:
            raise ScoreFileError(f"{file}: column {stored}: {error}; score again") from None
    rows = [dict(zip(SCORE_COLUMNS, values, strict=True)) for values in zip(*columns, strict=True)]
    for number, row in enumerate(rows):
        for name in NEVER_NULL:
            if row[name] is None:
                raise ScoreFileError(f"{file}: row {number} has no {name}; score again")
        if row["mode"] not in MODES:
            reason = f"mode {row['mode']!r} is none of {', '.join(MODES)}"
            raise ScoreFileError(f"{file}: row {number}: {reason}; score again with this version")
        for name in ALL_METRICS:
            if row[name] is not None and not math.isfinite(row[name]):
                row[name] = None
    return rows
