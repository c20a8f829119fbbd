"""The reader of this project's own JSON: pictures, each with NAME.json beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from sketch2flow.media import MEDIA, PROVENANCES
from sketch2flow.workflow import SPLITS, DocumentError, Split, Workflow, parse_document
from sketch2flow.workflow.document import load_json
from synth.readers.items import (
    MAX_DOCUMENT_BYTES,
    MAX_GROUP_CHARACTERS,
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
    read_bounded,
)
from synth.readers.registry import reader
from synth.readers.soundness import first_fault


def _recognises(listing: Listing) -> bool:
    return any(
        path.with_suffix(".json") in listing.known for path in listing.with_ending(*PICTURES)
    )


@reader("pictures", recognises=_recognises)
def read_pictures(listing: Listing, source: str) -> Iterator[Found]:
    """Pictures with NAME.json beside each: the document, or an object around it.

    The object has `document` and, if known, `split`, `group`, `source` (one of MEDIA) and
    `provenance`. Identifiers are `<source>_<name>`.
    """
    taken: dict[str, str] = {}
    used: set[Path] = set()
    for path in listing.files:
        name = listing.name(path)
        suffix = path.suffix.lower()
        if suffix in OTHER_PICTURES:
            yield Skipped(name, f"is none of {', '.join(PICTURES)}")
        if suffix not in PICTURES:
            continue
        document = path.with_suffix(".json")
        used.add(document)
        try:
            if document not in listing.known:
                raise Unreadable(f"no {document.name} beside it")
            identifier = listing.identifier(source, path)
            if identifier in taken:
                raise Unreadable(f"{taken[identifier]} has the same document; keep one of them")
            check_picture(path)
            item = _item(identifier, path, document)
        except Unreadable as error:
            yield Skipped(name, str(error))
            continue
        taken[identifier] = name
        yield item
    for path in listing.with_ending(".json"):
        if path not in used:
            yield Skipped(listing.name(path), "no picture beside")


def _item(identifier: str, picture: Path, document: Path) -> FolderItem:
    value = _load(document)
    declared: dict[str, Any] = {}
    if isinstance(value, dict) and "document" in value:
        declared, value = value, value["document"]
    return FolderItem(
        identifier=identifier,
        picture=picture,
        workflow=_workflow(cast(dict[str, Any], value), document.name),
        split=cast(Split | None, _one_of(document, declared, "split", SPLITS)),
        group=_group(document, declared),
        medium=_one_of(document, declared, "source", MEDIA),
        provenance=_one_of(document, declared, "provenance", PROVENANCES),
    )


def _workflow(value: dict[str, Any], place: str) -> Workflow:
    try:
        workflow = parse_document(value, place)
    except DocumentError as error:
        raise Unreadable(str(error)) from None
    if fault := first_fault(workflow):
        raise Unreadable(f"{place}{fault}")
    return workflow


def _load(document: Path) -> object:
    try:
        return load_json(read_bounded(document, MAX_DOCUMENT_BYTES), document.name)
    except DocumentError as error:
        raise Unreadable(str(error)) from None


def _one_of(
    document: Path, declared: dict[str, Any], key: str, values: tuple[str, ...]
) -> str | None:
    value = declared.get(key)
    if value is None or value in values:
        return cast(str | None, value)
    raise Unreadable(f"{document.name}.{key}: {value!r:.60} is none of {', '.join(values)}")


def _group(document: Path, declared: dict[str, Any]) -> str | None:
    value = declared.get("group")
    if value is None:
        return None
    if isinstance(value, str) and value.isprintable() and 0 < len(value) <= MAX_GROUP_CHARACTERS:
        return value
    limit = f"a text of 1 to {MAX_GROUP_CHARACTERS} characters is wanted"
    raise Unreadable(f"{document.name}.group: {value!r:.60}; {limit}")
