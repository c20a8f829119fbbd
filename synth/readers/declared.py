"""This project's own JSON: a document, bare or in an object that declares more of it."""

from __future__ import annotations

from typing import Any, cast

from sketch2flow.media import MEDIA, PROVENANCES
from sketch2flow.workflow import SPLITS, DocumentError, Split, Workflow, parse_document
from sketch2flow.workflow.document import load_json
from synth.readers.items import (
    MAX_GROUP_CHARACTERS,
    MAX_NAME_CHARACTERS,
    FolderItem,
    Picture,
    Unreadable,
)
from synth.readers.soundness import first_fault


def json_in(data: bytes, place: str) -> object:
    """Return what JSON text holds; Unreadable names `place`."""
    try:
        return load_json(data, place)
    except DocumentError as error:
        raise Unreadable(str(error)) from None


def item_of(value: object, place: str, identifier: str, picture: Picture | None) -> FolderItem:
    """Return the item of a document, or of an object around it; Unreadable names `place`."""
    said: dict[str, Any] = {}
    if isinstance(value, dict) and "document" in value:
        said, value = value, value["document"]
    return FolderItem(
        identifier=identifier,
        picture=picture,
        workflow=_workflow(value, place),
        split=cast(Split | None, _one_of(said, "split", SPLITS, place)),
        group=text_in(said, "group", MAX_GROUP_CHARACTERS, place),
        medium=_one_of(said, "source", MEDIA, place),
        provenance=_one_of(said, "provenance", PROVENANCES, place),
        heuristic=text_in(said, "heuristic", MAX_NAME_CHARACTERS, place),
        seed=text_in(said, "seed", MAX_NAME_CHARACTERS, place) or "",
    )


def text_in(said: object, key: str, most: int, place: str) -> str | None:
    """Return a short text of an object, None where it says nothing; Unreadable names `place`."""
    value = said.get(key) if isinstance(said, dict) else None
    if value is None:
        return None
    if isinstance(value, str) and value.isprintable() and 0 < len(value) <= most:
        return value
    raise Unreadable(f"{place}.{key}: {value!r:.60}; a text of 1 to {most} characters is wanted")


def _workflow(value: object, place: str) -> Workflow:
    try:
        workflow = parse_document(cast(dict[str, Any], value), place)
    except DocumentError as error:
        raise Unreadable(str(error)) from None
    if fault := first_fault(workflow):
        raise Unreadable(f"{place}{fault}")
    return workflow


def _one_of(said: dict[str, Any], key: str, values: tuple[str, ...], place: str) -> str | None:
    value = said.get(key)
    if value is None or value in values:
        return cast(str | None, value)
    raise Unreadable(f"{place}.{key}: {value!r:.60} is none of {', '.join(values)}")
