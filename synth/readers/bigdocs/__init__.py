"""The reader of BigDocs-Sketch2Flow's columns: Parquet in a folder, or a data set of the Hub.

A data set that this project published reads back, too: its columns are these and the factors.
"""

from __future__ import annotations

from collections.abc import Iterator

from synth.readers.bigdocs.hub import HUB_FILE, hub_tables
from synth.readers.bigdocs.parquet import ParquetTable
from synth.readers.bigdocs.rows import Table, found_in, split_named
from synth.readers.items import FolderItem, Found, Skipped, Unreadable
from synth.readers.listing import Listing
from synth.readers.registry import reader

MAX_ROWS = 500_000
_ENDING = ".parquet"
_RECORDS = ("facts.json", "judgement.json")  # what a published data set says of itself


def _recognises(listing: Listing) -> bool:
    return any(path.name == HUB_FILE for path in listing.files) or any(listing.with_ending(_ENDING))


@reader("bigdocs", reads=(_ENDING, HUB_FILE, *_RECORDS), recognises=_recognises)
def read_bigdocs(listing: Listing, source: str) -> Iterator[Found]:
    """BigDocs-Sketch2Flow's columns as Parquet, or the Hub's data set that a hub.json names.

    The split is that of the file's name (or its folder's), as in data/train-00000-of-00005.parquet.
    Identifiers are `<source>_<identifier>`.
    """
    taken: set[str] = set()
    count = 0
    for table in _tables(listing):
        if isinstance(table, Skipped):
            yield table
            continue
        for row in table.rows():
            if isinstance(row, Skipped):
                yield row
                continue
            count += 1
            if count > MAX_ROWS:
                yield Skipped(row.name, f"and all behind it: over {MAX_ROWS:,} rows")
                return
            for found in found_in(row, table.split, source):
                if isinstance(found, FolderItem) and found.identifier in taken:
                    yield Skipped(row.name, "an earlier row has this identifier")
                    continue
                if isinstance(found, FolderItem):
                    taken.add(found.identifier)
                yield found


def _tables(listing: Listing) -> Iterator[Table | Skipped]:
    for path in listing.files:
        name = listing.name(path)
        try:
            if path.name == HUB_FILE:
                yield from hub_tables(path, name)
            elif path.suffix.lower() == _ENDING:
                yield ParquetTable(path, name, split_named(name))
        except Unreadable as error:
            yield Skipped(name, str(error))
