"""What readers give: documents with their pictures, and by name what was left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from sketch2flow.workflow import Split, Workflow
from synth.words import Word

MAX_DOCUMENT_BYTES = 2_000_000
MAX_GROUP_CHARACTERS = 100
MAX_NAME_CHARACTERS = 300


class Unreadable(Exception):  # noqa: N818
    """Why a file is left out, in one line."""


class Picture(Protocol):
    """A picture that is read when it is wanted, so that many never lie in memory; any Path is one.

    `name` says of which file and row it is. `read_bytes` raises OSError or ValueError where the
    picture cannot be read.
    """

    @property
    def name(self) -> str: ...

    def read_bytes(self) -> bytes: ...


@dataclass(frozen=True)
class FolderItem:
    """A document with its picture; without one (None), the pipeline draws it.

    What the source declares of split, group, medium and provenance (None: nothing) wins over
    defaults. The fields below them are for data sets that keep how a picture was made.
    """

    identifier: str
    picture: Picture | None
    workflow: Workflow
    split: Split | None = None
    group: str | None = None  # the writer or drawer
    medium: str | None = None  # one of MEDIA
    provenance: str | None = None  # one of PROVENANCES
    parent: str | None = None  # the identifier of the picture that this one is a copy of
    heuristic: str | None = None
    style: str = ""
    fonts: tuple[str, ...] = ()
    seed: str = ""
    words: tuple[Word, ...] = ()


@dataclass(frozen=True)
class Skipped:
    """A file that was left out, by its name relative to the folder, and why."""

    file: str
    reason: str


@dataclass(frozen=True)
class Unmapped:
    """A part of a file that its document does not have, and why."""

    file: str
    reason: str


Found: TypeAlias = FolderItem | Skipped | Unmapped


@dataclass(frozen=True)
class FolderReading:
    """What a folder holds, by file name, and what of it could not be read or mapped."""

    items: list[FolderItem] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    unmapped: list[Unmapped] = field(default_factory=list)
