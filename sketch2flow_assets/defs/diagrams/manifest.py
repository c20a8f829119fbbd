"""The manifest of drawn pictures: a Parquet file with a row, the picture and the document each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Any]

FILE = "manifest.parquet"
CONTACT_SHEET = "contact_sheet.png"
PICTURE, DOCUMENT = "picture", "document"

# The columns that a data set row takes over beside identifier, task and source.
FACTORS = (
    "data_source",
    "provenance",
    "split",
    "group",
    "parent",
    "orientation",
    "resolution",
    "style",
    "heuristic",
    "seed",
    "document_digest",
    "picture_sha256",
)
NUMBERS = ("width", "height", "components")
# Of the pictures only, not of the data set: the height of an x in pixels, null where unknown.
TEXT_HEIGHT = "text_height"
# The words of a picture with their boxes, as JSON: a list of objects.
WORDS = "words"
LISTS = ("fonts", "features")
TEXTS = ("identifier", "task", "source", *FACTORS, DOCUMENT, WORDS)
BOX_NUMBERS = ("x", "y", "width", "height")

TASK = "Sketch2Flow"
ROWS_IN_MEMORY = 128


def schema() -> pa.Schema:
    """Return the manifest's columns.

    Those of a data set row without images, queries and annotations; then the picture's bytes, the
    document and the written words as JSON text, whether the source itself declared the split, the
    height of the text, and the drawn nodes' boxes.
    """
    import pyarrow as pa

    box = pa.struct([("node", pa.string()), *((name, pa.float32()) for name in BOX_NUMBERS)])
    return pa.schema(
        [
            *((name, pa.string()) for name in TEXTS),
            *((name, pa.int64()) for name in NUMBERS),
            *((name, pa.list_(pa.string())) for name in LISTS),
            ("split_declared", pa.bool_()),
            (PICTURE, pa.binary()),
            (TEXT_HEIGHT, pa.float32()),
            ("boxes", pa.list_(box)),
        ]
    )


class ManifestWriter:
    """Writes rows to a manifest, holding no more than a row group of them in memory."""

    def __init__(self, path: Path) -> None:
        import pyarrow.parquet as pq

        self._schema = schema()
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")
        self._rows: list[Row] = []
        self.count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._flush()
        self._writer.close()

    def add(self, row: Row) -> None:
        self._rows.append(row)
        self.count += 1
        if len(self._rows) == ROWS_IN_MEMORY:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        if self._rows:
            self._writer.write_table(pa.Table.from_pylist(self._rows, schema=self._schema))
            self._rows.clear()


def read_rows(path: Path, columns: Sequence[str] | None = None) -> Iterator[Row]:
    """Yield the rows of a Parquet file in order, all columns or some, a few at a time."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=ROWS_IN_MEMORY, columns=columns):
            yield from batch.to_pylist()


def tally(rows: Iterable[Row], column: str) -> dict[str, int]:
    """Return how many rows have each value of a column, most frequent first."""
    from collections import Counter

    return dict(Counter(str(row[column]) for row in rows).most_common())
