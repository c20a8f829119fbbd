"""The rows of a Parquet file, with pictures that are read when they are wanted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sketch2flow.workflow import Split
from synth.readers.bigdocs.rows import IMAGES, REQUIRED, TEXTS, Row
from synth.readers.items import Skipped

if TYPE_CHECKING:
    import pyarrow as pa

TEXTS_IN_MEMORY = 64
PICTURES_IN_MEMORY = 16


class ParquetTable:
    """A Parquet file of one split; `name` is what its rows are named after."""

    def __init__(self, path: Path, name: str, split: Split | None) -> None:
        self.split = split
        self._path = path
        self._name = name

    def rows(self) -> Iterator[Row | Skipped]:
        """Yield the rows in order; what is damaged is skipped by name, a row group at most."""
        import pyarrow.parquet as pq

        pictures = PictureColumn(self._path)
        number = 0
        try:
            with pq.ParquetFile(self._path) as file:
                present = file.schema_arrow.names
                if missing := [name for name in REQUIRED if name not in present]:
                    yield Skipped(self._name, f"no column {', '.join(missing)}")
                    return
                columns = [name for name in TEXTS if name in present]
                for group in range(file.metadata.num_row_groups):
                    batches = file.iter_batches(
                        batch_size=TEXTS_IN_MEMORY, row_groups=[group], columns=columns
                    )
                    for place, values in enumerate(_values(batches)):
                        if isinstance(values, str):
                            yield Skipped(f"{self._name} row group {group}", values)
                            continue
                        name = f"{self._name} row {number}"
                        number += 1
                        yield Row(name, values, ParquetPicture(name, pictures, group, place))
        except _broken() as error:
            yield Skipped(self._name, _reason(error))


@dataclass(frozen=True)
class ParquetPicture:
    """The picture of a row: its row group, and its place there."""

    name: str
    column: PictureColumn
    group: int
    place: int

    def read_bytes(self) -> bytes:
        """Return the picture's file; ValueError where the row does not hold exactly one."""
        return only_picture(self.column.read(self.group, self.place))


class PictureColumn:
    """The pictures of a file, a few in memory at a time; read in order, each is unpacked once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._group = -1
        self._start = 0
        self._held: Sequence[Any] = ()
        self._batches: Iterator[Sequence[Any]] = iter(())

    def read(self, group: int, place: int) -> object:
        """Return the row's value of the column; ValueError where the file is damaged."""
        try:
            if group != self._group or place < self._start:
                self._group, self._start, self._held = group, 0, ()
                self._batches = self._read_group(group)
            while place >= self._start + len(self._held):
                self._start += len(self._held)
                self._held = next(self._batches)
        except StopIteration:
            raise ValueError(f"{self._path.name}: has changed, a row is gone") from None
        except _broken() as error:
            raise ValueError(f"{self._path.name}: {_reason(error)}") from None
        return self._held[place - self._start]

    def _read_group(self, group: int) -> Iterator[Sequence[Any]]:
        import pyarrow.parquet as pq

        with pq.ParquetFile(self._path) as file:
            for batch in file.iter_batches(
                batch_size=PICTURES_IN_MEMORY, row_groups=[group], columns=[IMAGES]
            ):
                yield batch.column(0).to_pylist()


def only_picture(images: object) -> bytes:
    """Return the bytes of the only picture of a row; a path beside them is never followed."""
    if not isinstance(images, list) or len(images) != 1:
        raise ValueError("no picture, or several; one is wanted")
    image = images[0]
    data = image.get("bytes") if isinstance(image, dict) else None
    if not isinstance(data, bytes):
        raise ValueError("its picture is not in the file")
    return data


def _values(batches: Iterator[pa.RecordBatch]) -> Iterator[dict[str, Any] | str]:
    """Yield the rows of a row group, or why the rest of it cannot be read."""
    try:
        for batch in batches:
            yield from _rows_of(batch)
    except _broken() as error:
        yield f"the rest of it cannot be read ({_reason(error)})"


def _rows_of(batch: pa.RecordBatch) -> Iterator[dict[str, Any]]:
    try:
        yield from batch.to_pylist()
    except UnicodeDecodeError:
        for index in range(batch.num_rows):
            yield _row_of(batch.slice(index, 1))


def _row_of(batch: pa.RecordBatch) -> dict[str, Any]:
    """Return the values of a single row, without those that are no text."""
    values: dict[str, Any] = {}
    for name in batch.schema.names:
        try:
            values[name] = batch.column(name).to_pylist()[0]
        except UnicodeDecodeError:
            values[name] = b"no UTF-8"  # refused by its type, with the column's name
    return values


def _broken() -> tuple[type[Exception], ...]:
    """Return what a damaged file makes pyarrow raise."""
    import pyarrow as pa

    return (pa.ArrowException, OSError, ValueError, LookupError, ArithmeticError, MemoryError)


def _reason(error: BaseException) -> str:
    text = " ".join(str(error).split())[:200]
    return f"no readable Parquet ({text or type(error).__name__})"
