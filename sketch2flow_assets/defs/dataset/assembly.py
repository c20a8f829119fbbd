"""The data set: planned from the manifests of the data sources, then written as Parquet shards."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resources.storage import Storage
from sketch2flow_assets.defs.dataset.features import dataset_features, dataset_row
from sketch2flow_assets.defs.dataset.splits import PlannedRow, settle
from sketch2flow_assets.defs.diagrams import augmenting, manifest
from sketch2flow_assets.left_out import LeftOut
from sketch2flow_assets.versions import code_digest

if TYPE_CHECKING:
    import pyarrow.parquet as pq

SPLITS = ("train", "validation", "test")
SHARD_BYTES = 400_000_000
ROWS_IN_MEMORY = 64  # A row group; the Hub's viewer wants few pictures in one.
CODE = code_digest("sketch2flow_assets.defs.dataset", "sketch2flow.workflow")


@dataclass(frozen=True, slots=True)
class Part:
    """What a data source contributes: its diagrams object and its augmented one."""

    data_source: str
    diagrams: Path
    augmented: Path

    def manifests(self) -> Iterator[Path]:
        yield self.diagrams / manifest.FILE
        yield self.augmented / manifest.FILE

    def digests(self) -> dict[str, str]:
        return {"diagrams": self.diagrams.name, "augmented_diagrams": self.augmented.name}


@dataclass(slots=True)
class Plan:
    """Which row goes where; `revision` is a digest of all rows with their pictures.

    It is taken of the rows as they are written, prompt and answer included: what changes one of
    them gives another revision, and code that writes the same rows does not.
    """

    parts: Sequence[Part]
    splits: Mapping[str, str]
    revision: str
    left_out: LeftOut = field(default_factory=LeftOut)
    moved: LeftOut = field(default_factory=LeftOut)

    def digests(self) -> dict[str, dict[str, str]]:
        return {part.data_source: part.digests() for part in self.parts}


def ready_parts(storage: Storage) -> list[Part]:
    """Return the data sources whose pictures are drawn and augmented, by name."""
    parts = []
    for name, digest in storage.refs("augmented_diagrams").items():
        augmented = storage.object_folder("augmented_diagrams", name, digest)
        if augmented.is_dir():
            diagrams = storage.object_folder("diagrams", name, augmenting.parents_of(augmented))
            if diagrams.is_dir():
                parts.append(Part(name, diagrams, augmented))
    return parts


def plan(parts: Sequence[Part]) -> Plan:
    """Return what the data set of these parts will be; reads everything but the pictures."""
    rows: list[PlannedRow] = []
    contents: dict[str, str] = {}
    for part in parts:
        for path in part.manifests():
            for row in manifest.read_rows(path, _all_but_pictures()):
                if row["identifier"] not in contents:
                    contents[row["identifier"]] = _digest_but_split(row)
                rows.append(_planned(row))
    made = Plan(parts, {}, "")
    settled = settle(rows, made.left_out, made.moved)
    made.splits = {row.identifier: row.split for row in settled}
    revision = hashlib.sha256()
    for identifier, split in made.splits.items():
        revision.update(f"{split} {contents[identifier]}\n".encode())
    made.revision = revision.hexdigest()[:16]
    return made


def write(plan: Plan, folder: Path, rows_seen: Any = iter) -> dict[str, int]:
    """Write the shards below `folder`/data and return the number of rows of each split.

    Every row is written once, in the order of the manifests. `rows_seen` wraps the iterator of
    rows, for progress.
    """
    (folder / "data").mkdir()
    shards = {split: Shards(folder / "data", split) for split in SPLITS}
    done: set[str] = set()
    for row in rows_seen(_rows(plan.parts)):
        split = plan.splits.get(row["identifier"])
        if split is not None and row["identifier"] not in done:
            done.add(row["identifier"])
            shards[split].add(dataset_row(row, split))
    return {split: shard.close() for split, shard in shards.items()}


class Shards:
    """The Parquet files of one split; a split without rows has one empty file."""

    def __init__(self, folder: Path, split: str) -> None:
        self._folder, self._split = folder, split
        self._schema = dataset_features().arrow_schema
        self._files: list[Path] = []
        self._rows: list[dict[str, Any]] = []
        self._bytes = 0
        self._count = 0
        self._writer = self._open()

    def add(self, row: dict[str, Any]) -> None:
        self._rows.append(row)
        self._count += 1
        self._bytes += len(row["images"][0]["bytes"])
        if len(self._rows) == ROWS_IN_MEMORY:
            self._flush()
            if self._bytes > SHARD_BYTES:
                self._writer.close()
                self._writer, self._bytes = self._open(), 0

    def close(self) -> int:
        """Name the files by their number and return the rows written."""
        self._flush()
        self._writer.close()
        for index, path in enumerate(self._files):
            path.rename(path.with_name(self._name(index, len(self._files))))
        return self._count

    def _open(self) -> pq.ParquetWriter:
        import pyarrow.parquet as pq

        self._files.append(self._folder / f"{self._split}-{len(self._files):05d}.part")
        return pq.ParquetWriter(self._files[-1], self._schema, compression="zstd")

    def _flush(self) -> None:
        import pyarrow as pa

        if self._rows:
            self._writer.write_table(pa.Table.from_pylist(self._rows, schema=self._schema))
            self._rows.clear()

    def _name(self, index: int, total: int) -> str:
        return f"{self._split}-{index:05d}-of-{total:05d}.parquet"


def _rows(parts: Sequence[Part]) -> Iterator[manifest.Row]:
    for part in parts:
        for path in part.manifests():
            yield from manifest.read_rows(path)


def _all_but_pictures() -> list[str]:
    of_the_picture = (manifest.PICTURE, manifest.TEXT_HEIGHT, "boxes")
    return [name for name in manifest.schema().names if name not in of_the_picture]


def _digest_but_split(row: manifest.Row) -> str:
    # The picture's own digest is one of the columns.
    written = dataset_row({**row, manifest.PICTURE: None, manifest.WORDS: "[]"}, split="")
    text = json.dumps(written, sort_keys=True, ensure_ascii=False) + row[manifest.WORDS]
    return hashlib.sha256(text.encode()).hexdigest()


def _planned(row: manifest.Row) -> PlannedRow:
    return PlannedRow(
        identifier=row["identifier"],
        data_source=row["data_source"],
        split=row["split"],
        declared=row["split_declared"],
        group=row["group"],
        parent=row["parent"],
        document=row["document_digest"],
        picture=row["picture_sha256"],
    )
