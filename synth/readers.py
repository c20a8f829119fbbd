"""Readers turn files of others into workflow documents, so that a new source is a folder.

A bad file never stops the good ones: it is left out and named with its reason.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from sketch2flow.media import MEDIA
from sketch2flow.workflow import (
    SPLITS,
    WARNINGS,
    DocumentError,
    Split,
    Workflow,
    parse_document,
    structure_errors,
)

PROVENANCES = ("simulated", "human")
MAX_PICTURE_BYTES = 25_000_000
MAX_DOCUMENT_BYTES = 2_000_000
MAX_FILES = 500_000
MAX_GROUP_CHARACTERS = 100

_PICTURES = (".png", ".jpg", ".jpeg", ".webp")
_OTHER_PICTURES = (".gif", ".bmp", ".tif", ".tiff", ".heic", ".svg", ".pdf")
_FIRST_BYTES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")
_SLUG = re.compile(r"[a-z0-9_]{1,100}")


class _Unreadable(Exception):  # noqa: N818
    """Why a file is left out."""


@dataclass(frozen=True)
class FolderItem:
    """A picture with its document; what its JSON declares (None: nothing) wins over defaults."""

    identifier: str
    picture: Path
    workflow: Workflow
    split: Split | None = None
    group: str | None = None  # the writer or drawer
    medium: str | None = None  # one of MEDIA
    provenance: str | None = None  # one of PROVENANCES


@dataclass(frozen=True)
class Skipped:
    """A file that was left out, by its name relative to the folder, and why."""

    file: str
    reason: str


@dataclass(frozen=True)
class FolderReading:
    """What a folder holds, by file name, and what of it could not be read."""

    items: list[FolderItem] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def read_folder(folder: Path, source: str) -> FolderReading:
    """Return the pictures of `folder` (and its subfolders) that have NAME.json beside them.

    The JSON is the document, or an object with `document` and, if known, `split`, `group`,
    `source` (one of MEDIA) and `provenance`. Identifiers are `<source>_<name>`. Raises
    NotADirectoryError.
    """
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is no folder; name one with pictures and JSON")
    reading = FolderReading()
    root = folder.resolve()
    taken: dict[str, str] = {}
    used: set[Path] = set()
    files = list(_files(root, reading.skipped))
    names = set(files)
    for path in files:
        name = path.relative_to(root).as_posix()
        suffix = path.suffix.lower()
        if suffix in _OTHER_PICTURES:
            reading.skipped.append(Skipped(name, f"is none of {', '.join(_PICTURES)}"))
        if suffix not in _PICTURES:
            continue
        document = path.with_suffix(".json")
        used.add(document)
        try:
            if document not in names:
                raise _Unreadable(f"no {document.name} beside it")
            identifier = f"{source}_{_slug(path.relative_to(root).with_suffix('').as_posix())}"
            if identifier in taken:
                raise _Unreadable(f"{taken[identifier]} has the same document; keep one of them")
            _check_picture(path)
            item = _item(identifier, path, document)
        except _Unreadable as error:
            reading.skipped.append(Skipped(name, str(error)))
            continue
        taken[identifier] = name
        reading.items.append(item)
    for path in files:
        if path.suffix.lower() == ".json" and path not in used:
            reading.skipped.append(Skipped(path.relative_to(root).as_posix(), "no picture beside"))
    return reading


def _files(root: Path, skipped: list[Skipped]) -> Iterator[Path]:
    """Yield the folder's own files in the order of their names; links and hidden files are not."""
    count = 0
    for parent, folders, files in os.walk(root):
        folders.sort()
        for name in sorted([*folders, *files]):
            path = Path(parent, name)
            if name.startswith("."):
                folders[:] = [one for one in folders if one != name]
            elif path.is_symlink():
                reason = "is a link; put the file itself here"
                skipped.append(Skipped(path.relative_to(root).as_posix(), reason))
            elif path.is_file():
                count += 1
                if count > MAX_FILES:
                    where = path.relative_to(root).as_posix()
                    skipped.append(Skipped(where, f"and all behind it: over {MAX_FILES:,} files"))
                    return
                yield path


def _slug(name: str) -> str:
    """Return `name` if it can stand in an identifier, else a form of it that still differs."""
    if _SLUG.fullmatch(name):
        return name
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:60]
    digest = sha256(name.encode(errors="surrogateescape")).hexdigest()[:8]
    return f"{plain}_{digest}" if plain else digest


def _check_picture(path: Path) -> None:
    """Refuse what is no picture from its first bytes, or too large; decoding comes later."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(12)
    except OSError as error:
        raise _Unreadable(f"cannot be read ({error.strerror})") from None
    if size > MAX_PICTURE_BYTES:
        raise _Unreadable(f"{size:,} bytes; at most {MAX_PICTURE_BYTES:,} are read")
    is_webp = not start.startswith(b"RIFF") or start[8:] == b"WEBP"
    if not start.startswith(_FIRST_BYTES) or not is_webp:
        raise _Unreadable("no PNG, JPEG or WebP inside")


def _item(identifier: str, picture: Path, document: Path) -> FolderItem:
    value = _load(document)
    declared: dict[str, Any] = {}
    if isinstance(value, dict) and "document" in value:
        declared, value = value, value["document"]
    try:
        workflow = parse_document(cast(dict[str, Any], value), document.name)
    except DocumentError as error:
        raise _Unreadable(str(error)) from None
    broken = [error for error in structure_errors(workflow) if error.code not in WARNINGS]
    if broken:
        first = broken[0]
        raise _Unreadable(f"{document.name}{first.pointer}: {first.message} ({first.code})")
    return FolderItem(
        identifier=identifier,
        picture=picture,
        workflow=workflow,
        split=cast(Split | None, _one_of(document, declared, "split", SPLITS)),
        group=_group(document, declared),
        medium=_one_of(document, declared, "source", MEDIA),
        provenance=_one_of(document, declared, "provenance", PROVENANCES),
    )


def _load(document: Path) -> object:
    try:
        size = document.stat().st_size
        if size > MAX_DOCUMENT_BYTES:
            raise _Unreadable(f"{document.name}: over {MAX_DOCUMENT_BYTES:,} bytes")
        return cast(object, json.loads(document.read_bytes()))
    except OSError as error:
        raise _Unreadable(f"{document.name}: cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0][:200]
        raise _Unreadable(f"{document.name}: no readable JSON ({reason})") from None


def _one_of(
    document: Path, declared: dict[str, Any], key: str, values: tuple[str, ...]
) -> str | None:
    value = declared.get(key)
    if value is None or value in values:
        return cast(str | None, value)
    raise _Unreadable(f"{document.name}.{key}: {value!r:.60} is none of {', '.join(values)}")


def _group(document: Path, declared: dict[str, Any]) -> str | None:
    value = declared.get("group")
    if value is None:
        return None
    if isinstance(value, str) and value.isprintable() and 0 < len(value) <= MAX_GROUP_CHARACTERS:
        return value
    limit = f"a text of 1 to {MAX_GROUP_CHARACTERS} characters is wanted"
    raise _Unreadable(f"{document.name}.group: {value!r:.60}; {limit}")
