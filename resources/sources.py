"""The data sources: five that are generated, and folders that people added."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal

from resources.storage import Storage
from sketch2flow.files import write_text
from sketch2flow.media import MEDIA, PROVENANCES

# Named like the five media of BigDocs-Sketch2Flow.
BUILT_IN = MEDIA
READY_MARKER = "_READY"
_SLUG = re.compile(r"[a-z][a-z0-9_]{0,62}")


class SourceError(ValueError):
    """A data source that cannot be named, found or added."""


@dataclass(frozen=True, slots=True)
class Growth:
    """Workflows that a generated source gained on a date; the date seeds them."""

    date: str
    count: int


@dataclass(frozen=True, slots=True)
class DataSource:
    """One data source; `path` is the folder that holds it, unless it is generated.

    `medium` and `provenance` hold for a folder's pictures that do not declare their own; `reader`
    is the one that reads it (synth.readers), None where its files decide.
    """

    name: str
    kind: Literal["generated", "folder"]
    path: str | None = None
    medium: str = "manual"
    provenance: str = "human"
    reader: str | None = None
    growth: tuple[Growth, ...] = field(default=())


def validate_name(name: str) -> str:
    """Return the name of a data source; it reaches paths and SQL, so anything else is refused."""
    if not _SLUG.fullmatch(name):
        raise SourceError(
            f"{name!r} is no name for a data source: use a lower-case letter, "
            "then up to 62 lower-case letters, digits or underscores"
        )
    return name


class SourceRegistry:
    """The data sources of one installation, a JSON record each in its storage.

    `inbox` is the drop folder: `<inbox>/<name>` is a source of that name without a record.
    """

    def __init__(self, storage: Storage, inbox: Path | None = None) -> None:
        self._folder = storage.root / "sources"
        self.inbox = inbox or storage.root.parent / "inbox"

    def get(self, name: str) -> DataSource:
        """Return the data source; SourceError names the command that adds it."""
        validate_name(name)
        if record := self._record(name):
            return record
        if name in BUILT_IN:
            return DataSource(name, "generated")
        if (self.inbox / name).is_dir():
            return DataSource(name, "folder", str(self.inbox / name))
        raise SourceError(
            f"the data source {name} has no folder: sketch2flow sources add {name} --path FOLDER"
        )

    def all(self) -> list[DataSource]:
        """Return the built-in sources, then the added and the dropped ones by name."""
        added = {path.stem for path in self._folder.glob("*.json")}
        dropped = {path.name for path in self.inbox.glob("*/") if _SLUG.fullmatch(path.name)}
        return [self.get(name) for name in dict.fromkeys([*BUILT_IN, *sorted(added | dropped)])]

    def refusal(self, name: str) -> str | None:
        """Return why the drop folder's `name` is not taken in, None if it may be."""
        if name in BUILT_IN:
            return f"{name!r} is built in; give the folder another name"
        try:
            validate_name(name)
        except SourceError as error:
            return str(error)
        record, dropped = self._record(name), self.inbox / name
        if record is None or _same(record.path, dropped):
            return None
        return (
            f"{name!r} is the folder {record.path} already: give {dropped} another name, "
            f"or move the source: sketch2flow sources add {name} --path {dropped}"
        )

    def add_folder(
        self,
        name: str,
        path: Path,
        medium: str = "manual",
        provenance: str = "human",
        reader: str | None = None,
    ) -> DataSource:
        """Register a folder that one of the readers reads, or move a source to it."""
        validate_name(name)
        if reader is not None:
            _check_reader(reader)
        if medium not in BUILT_IN or provenance not in PROVENANCES:
            raise SourceError(
                f"medium {medium!r}, provenance {provenance!r}: a medium is one of "
                f"{', '.join(BUILT_IN)}, a provenance one of {', '.join(PROVENANCES)}"
            )
        if name in BUILT_IN:
            raise SourceError(f"{name} is built in; take another name")
        if not path.is_dir():
            raise SourceError(f"{path} is no folder")
        dropped = self.inbox / name
        if dropped.is_dir() and not _same(str(path), dropped):
            raise SourceError(f"{name} is the folder {dropped} already; take another name")
        source = DataSource(name, "folder", str(path.absolute()), medium, provenance, reader)
        self._save(source)
        return source

    def grow(self, name: str, date: str, count: int) -> DataSource:
        """Let a generated source gain `count` workflows for a date; a date counts once."""
        source = self.get(name)
        if source.kind != "generated":
            raise SourceError(f"{name} is a folder: it grows by the files that are put there")
        if date not in {item.date for item in source.growth}:
            source = replace(source, growth=(*source.growth, Growth(date, count)))
            self._save(source)
        return source

    def _record(self, name: str) -> DataSource | None:
        file = self._folder / f"{name}.json"
        if not file.is_file():
            return None
        value = json.loads(file.read_text(encoding="utf-8"))
        growth = tuple(Growth(**item) for item in value.pop("growth"))
        return DataSource(**value, growth=growth)

    def _save(self, source: DataSource) -> None:
        text = json.dumps(asdict(source), indent=2)
        write_text(self._folder / f"{source.name}.json", text + "\n")


def _check_reader(name: str) -> None:
    from synth.readers import ReaderError, reader_named

    try:
        reader_named(name)
    except ReaderError as error:
        raise SourceError(str(error)) from None


def _same(path: str | None, folder: Path) -> bool:
    return path is not None and Path(path).resolve() == folder.resolve()


def ready_folders(inbox: Path) -> dict[str, int]:
    """Return the folders of the drop folder that carry the ready marker, with its time (ns)."""
    markers = inbox.glob(f"*/{READY_MARKER}")
    return {path.parent.name: path.stat().st_mtime_ns for path in sorted(markers)}
