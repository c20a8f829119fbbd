"""The reader of this project's own JSON: documents, with pictures beside them or without."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import NoReturn

from synth.readers.declared import item_of, json_in, text_in
from synth.readers.items import (
    MAX_DOCUMENT_BYTES,
    MAX_NAME_CHARACTERS,
    FolderItem,
    Found,
    Skipped,
    Unreadable,
)
from synth.readers.listing import (
    OTHER_PICTURES,
    PICTURES,
    Listing,
    check_picture,
    identifier_of,
    read_bounded,
)
from synth.readers.registry import reader

MAX_LINES = 500_000

Attempt = tuple[str, Callable[[], FolderItem]]  # what is read, and how; it may be Unreadable


def _recognises(listing: Listing) -> bool:
    return any(
        path.with_suffix(".json") in listing.known for path in listing.with_ending(*PICTURES)
    )


@reader(
    "pictures",
    reads=(".json", ".jsonl", *PICTURES, *OTHER_PICTURES),
    recognises=_recognises,
)
def read_pictures(listing: Listing, source: str) -> Iterator[Found]:
    """Workflow documents as JSON, a picture beside each or none, or as JSON lines.

    NAME.json belongs to the picture of that name; it holds the document, or an object with
    `document` and, if known, `split`, `group`, `source` (one of MEDIA) and `provenance`. A line of
    NAME.jsonl holds the same, as `sketch2flow workflows --out` writes it. What has no picture is
    drawn by the pipeline. Identifiers are `<source>_<name>`, of lines `<source>_<identifier>`.
    """
    taken: dict[str, str] = {}
    for name, read in _attempts(listing, source):
        try:
            item = read()
            if item.identifier in taken:
                raise Unreadable(f"{taken[item.identifier]} has this identifier; keep one of them")
        except Unreadable as error:
            yield Skipped(name, str(error))
            continue
        taken[item.identifier] = name
        yield item


def _attempts(listing: Listing, source: str) -> Iterator[Attempt]:
    beside: set[Path] = set()
    for path in listing.with_ending(*PICTURES, *OTHER_PICTURES):
        beside.add(path.with_suffix(".json"))
        yield listing.name(path), partial(_with_picture, listing, source, path)
    for path in listing.with_ending(".json"):
        if path not in beside:
            yield listing.name(path), partial(_without_picture, listing, source, path)
    for path in listing.with_ending(".jsonl"):
        yield from _lines(listing, source, path)


def _with_picture(listing: Listing, source: str, picture: Path) -> FolderItem:
    document = picture.with_suffix(".json")
    if picture.suffix.lower() in OTHER_PICTURES:
        raise Unreadable(f"is none of {', '.join(PICTURES)}")
    if document not in listing.known:
        raise Unreadable(f"no {document.name} beside it")
    check_picture(picture)
    value = json_in(read_bounded(document, MAX_DOCUMENT_BYTES), document.name)
    return item_of(value, document.name, listing.identifier(source, picture), picture)


def _without_picture(listing: Listing, source: str, path: Path) -> FolderItem:
    value = json_in(read_bounded(path, MAX_DOCUMENT_BYTES), path.name)
    return item_of(value, path.name, listing.identifier(source, path), None)


def _lines(listing: Listing, source: str, path: Path) -> Iterator[Attempt]:
    name = listing.name(path)
    try:
        for number, line in _numbered(path):
            if number > MAX_LINES:
                reason = f"and all behind it: over {MAX_LINES:,} lines"
                yield f"{name} line {number}", partial(_refuse, reason)
                return
            otherwise = f"{name.removesuffix(path.suffix)}_{number}"
            yield f"{name} line {number}", partial(_of_line, line, source, otherwise)
    except OSError as error:
        yield name, partial(_refuse, f"cannot be read ({error.strerror})")


def _numbered(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not blank; of one that is too long no more than shows it."""
    with path.open("rb") as file:
        for number in count(1):
            line = file.readline(MAX_DOCUMENT_BYTES + 1)
            rest = line
            while len(rest) > MAX_DOCUMENT_BYTES and not rest.endswith(b"\n"):
                rest = file.readline(MAX_DOCUMENT_BYTES + 1)
            if not line:
                return
            if line.strip() or len(line) > MAX_DOCUMENT_BYTES or number > MAX_LINES:
                yield number, line


def _of_line(line: bytes, source: str, otherwise: str) -> FolderItem:
    """Return the item of a line; its identifier is its own, or else `otherwise`."""
    if len(line.rstrip(b"\r\n")) > MAX_DOCUMENT_BYTES:
        raise Unreadable(f"over {MAX_DOCUMENT_BYTES:,} bytes")
    value = json_in(line, "line")
    own = text_in(value, "identifier", MAX_NAME_CHARACTERS, "line")
    return item_of(value, "line", identifier_of(source, own or otherwise), None)


def _refuse(reason: str) -> NoReturn:
    raise Unreadable(reason)
