"""A data set of the Hub as a folder: a file hub.json that names it and its revision."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sketch2flow.workflow import Split
from synth.readers.bigdocs.parquet import only_picture
from synth.readers.bigdocs.rows import IMAGES, REQUIRED, TEXTS, Row, split_named
from synth.readers.items import Skipped, Unreadable
from synth.readers.listing import read_bounded
from synth.readers.registry import ReaderError

if TYPE_CHECKING:
    from datasets import Dataset

HUB_FILE = "hub.json"
_REPOSITORY = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")
_WANTED = '{"repository": "OWNER/NAME", "revision": "COMMIT"} is wanted'


def hub_tables(path: Path, name: str) -> Iterator[HubTable | Skipped]:
    """Yield the splits of the data set that the file names, downloaded once into datasets' cache.

    Raises Unreadable for a file that names none, and ReaderError where the Hub does not give it:
    then nothing is known of the source, which is no empty source.
    """
    repository, revision = _named(path)
    splits = _load(repository, revision, name)
    for split, rows in splits.items():
        place = f"{repository} {split}"
        try:
            yield HubTable(rows, place, split_named(split))
        except Unreadable as error:
            yield Skipped(place, str(error))


class HubTable:
    """A split of a data set of the Hub; its pictures stay undecoded, on disk."""

    def __init__(self, rows: Dataset, name: str, split: Split | None) -> None:
        if missing := [column for column in REQUIRED if column not in rows.column_names]:
            raise Unreadable(f"no column {', '.join(missing)}")
        self.split = split
        self._name = name
        self._texts = rows.select_columns([one for one in TEXTS if one in rows.column_names])
        # As Arrow, since datasets would decode pictures, and copy them all to be told not to.
        self._pictures = rows.select_columns([IMAGES]).with_format("arrow")

    def rows(self) -> Iterator[Row | Skipped]:
        """Yield the rows in order."""
        for number, values in enumerate(self._texts):
            name = f"{self._name} row {number}"
            yield Row(name, values, HubPicture(name, self._pictures, number))


@dataclass(frozen=True)
class HubPicture:
    """The picture of a row of the Hub's data set."""

    name: str
    pictures: Any
    number: int

    def read_bytes(self) -> bytes:
        """Return the picture's file; ValueError where the row does not hold exactly one."""
        return only_picture(self.pictures[self.number].column(IMAGES).to_pylist()[0])


def _named(path: Path) -> tuple[str, str]:
    try:
        value = json.loads(read_bounded(path, 10_000))
        repository, revision = value["repository"], value["revision"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Unreadable(_WANTED) from None
    if not isinstance(repository, str) or not _REPOSITORY.fullmatch(repository):
        raise Unreadable(f"repository {repository!r:.80}: {_WANTED}")
    if not isinstance(revision, str) or not revision:
        raise Unreadable(f"revision {revision!r:.80}: {_WANTED}")
    return repository, revision


def _load(repository: str, revision: str, place: str) -> dict[str, Dataset]:
    from datasets import DatasetDict, load_dataset

    try:
        splits = load_dataset(repository, revision=revision)
    except Exception as error:  # noqa: BLE001 - of a dozen libraries; whatever it is, it is named
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        raise ReaderError(
            f"{place}: {repository} at {revision} cannot be loaded ({reason}); check its name, "
            "the network and, if it is private, HF_TOKEN"
        ) from None
    if not isinstance(splits, DatasetDict):
        raise ReaderError(f"{place}: {repository} at {revision} has no splits")
    return dict(splits)
