"""The held-out rows that every model answers: a fixed number of test rows per data source."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from sketch2flow_assets.defs.diagrams.manifest import read_rows


def shards(folder: Path, split: str) -> list[Path]:
    """Return the Parquet files of a split of a data set folder, in order."""
    return sorted((folder / "data").glob(f"{split}-*.parquet"))


def read_split(folder: Path, split: str, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the rows of a split in order, some columns of them."""
    for path in shards(folder, split):
        yield from read_rows(path, columns)


def evaluation_identifiers(folder: Path, per_source: int) -> list[str]:
    """Return the test rows that are answered, sorted: the first of each source by a hash.

    The hash of the identifier spreads them over a source's rows and keeps the choice stable
    when the source grows.
    """
    sources: dict[str, list[str]] = defaultdict(list)
    for row in read_split(folder, "test", ["identifier", "data_source", "parent"]):
        if row["parent"] is None:
            sources[row["data_source"]].append(row["identifier"])
    chosen = (sorted(names, key=_place)[:per_source] for names in sources.values())
    return sorted(name for names in chosen for name in names)


def pictures(folder: Path, identifiers: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """Yield (identifier, picture) of test rows, in the order of the data set."""
    for row in read_split(folder, "test", ["identifier", "images"]):
        if row["identifier"] in identifiers:
            yield row["identifier"], row["images"][0]["bytes"]


def _place(identifier: str) -> str:
    return hashlib.sha256(identifier.encode()).hexdigest()
