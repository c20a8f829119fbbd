"""From a row of BigDocs-Sketch2Flow's columns to a document with its picture."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Protocol

from sketch2flow.media import MEDIA, PROVENANCES
from sketch2flow.workflow import (
    WARNINGS,
    DocumentError,
    Split,
    Workflow,
    parse_document,
    read_answer,
)
from synth.readers.items import (
    MAX_DOCUMENT_BYTES,
    MAX_GROUP_CHARACTERS,
    MAX_NAME_CHARACTERS,
    FolderItem,
    Found,
    Picture,
    Skipped,
    Unmapped,
    Unreadable,
)
from synth.readers.listing import check_start, identifier_of
from synth.readers.soundness import first_fault
from synth.words import Word, words_in

TASK = "Sketch2Flow"
IMAGES, ANNOTATIONS, IDENTIFIER = "images", "annotations", "identifier"
REQUIRED = (IDENTIFIER, IMAGES, ANNOTATIONS)
# Everything that is read beside the pictures: BigDocs' columns, then this project's factors.
TEXTS = (
    *(IDENTIFIER, ANNOTATIONS, "task", "source"),
    *("data_source", "provenance", "split", "group", "parent", "heuristic", "style", "seed"),
    *("fonts", "words"),
)

_SPLITS: dict[str, Split] = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "dev"), "validation"),
    **dict.fromkeys(("test", "testing"), "test"),
}
# The media as people write them beside MEDIA, without signs.
_MEDIA = {
    **{medium: medium for medium in MEDIA},
    **dict.fromkeys(("user interface", "ui screenshot", "ui screenshots"), "ui"),
    **dict.fromkeys(("blackboard", "whiteboard blackboard"), "whiteboard"),
}
_FENCE = re.compile(r"\s*```(?:json)?\s*\n(.*)\n\s*```\s*", re.DOTALL)


@dataclass(frozen=True)
class Row:
    """One row: where it stands, the values of its TEXTS, and its picture, read when wanted."""

    name: str
    values: Mapping[str, Any]
    picture: Picture


class Table(Protocol):
    """Rows of one split (None: it is not said which)."""

    split: Split | None

    def rows(self) -> Iterator[Row | Skipped]: ...


def split_named(name: str) -> Split | None:
    """Return the split that a file's name says, or else that of its nearest folder.

    Raises Unreadable for a name that says two.
    """
    for part in reversed(PurePosixPath(name).parts):
        words = re.split(r"[^a-z]+", part.lower())
        said = {_SPLITS[word] for word in words if word in _SPLITS}
        if len(said) > 1:
            raise Unreadable(f"its name says several splits: {', '.join(sorted(said))}")
        if said:
            return said.pop()
    return None


def found_in(row: Row, split: Split | None, source: str) -> Iterator[Found]:
    """Yield the item of a row, with what of it is not mapped; or why it is left out."""
    name = row.name
    try:
        identifier = _name(row.values, IDENTIFIER)
        if identifier is None:
            raise Unreadable("no identifier")
        name = f"{name} ({identifier})"
        found = list(_found(row, identifier, name, split, source))
    except Unreadable as error:
        yield Skipped(name, str(error))
    else:
        yield from found


def _found(
    row: Row, identifier: str, name: str, split: Split | None, source: str
) -> Iterator[Found]:
    values = row.values
    task = _name(values, "task")
    if task not in (None, TASK):
        raise Unreadable(f"its task is {task!r}, not {TASK}")
    workflow, extra = _document(values.get(ANNOTATIONS))
    _check_picture(row.picture)
    said = _name(values, "source")
    medium = _MEDIA.get(" ".join(re.findall(r"[a-z]+", said.lower()))) if said else None
    parent = _name(values, "parent")
    yield FolderItem(
        identifier=identifier_of(source, identifier),
        picture=row.picture,
        workflow=workflow,
        split=_split(values, split),
        group=_group(values, source),
        medium=medium,
        provenance=_provenance(values, medium),
        parent=identifier_of(source, parent) if parent else None,
        heuristic=_name(values, "heuristic"),
        style=_name(values, "style") or "",
        fonts=_fonts(values),
        seed=_name(values, "seed") or "",
        words=_words(values),
    )
    if extra:
        yield Unmapped(name, "keys of its document that no workflow document has")
    if said is not None and medium is None:
        yield Unmapped(name, f"source {said!r} is none of {', '.join(MEDIA)}")


def _check_picture(picture: Picture) -> None:
    try:
        data = picture.read_bytes()
    except (OSError, ValueError) as error:
        raise Unreadable(str(error)) from None
    check_start(data, len(data))


def _document(annotations: object) -> tuple[Workflow, bool]:
    """Return the document of the only annotation, and whether keys of it were left out."""
    texts = annotations if isinstance(annotations, list) else []
    if len(texts) != 1 or not isinstance(texts[0], str):
        raise Unreadable("no annotation, or several; one text is wanted")
    text = texts[0]
    if len(text) > MAX_DOCUMENT_BYTES:
        raise Unreadable(f"its annotation is over {MAX_DOCUMENT_BYTES:,} characters")
    fenced = _FENCE.fullmatch(text)
    body = fenced.group(1) if fenced else text
    try:
        workflow, extra = parse_document(body, "its annotation"), False
    except DocumentError as error:
        # The lenient door passes over keys that it does not know, and reports all else.
        answer = read_answer(body)
        if answer.workflow is None or any(one.code not in WARNINGS for one in answer.errors):
            raise Unreadable(str(error)) from None
        workflow, extra = answer.workflow, True
    if fault := first_fault(workflow):
        raise Unreadable(f"its annotation{fault}")
    return workflow, extra


def _split(values: Mapping[str, Any], of_file: Split | None) -> Split | None:
    said = _name(values, "split")
    if said is None:
        return of_file
    if said not in _SPLITS:
        raise Unreadable(f"split {said!r} is none of train, validation, test")
    if of_file not in (None, _SPLITS[said]):
        raise Unreadable(f"its split is {said}, that of its file {of_file}")
    return _SPLITS[said]


def _group(values: Mapping[str, Any], source: str) -> str | None:
    """Return who drew it; equal names in two data sources are two people."""
    group, data_source = _name(values, "group"), _name(values, "data_source")
    if group is None:
        return None
    if len(group) > MAX_GROUP_CHARACTERS:
        raise Unreadable(f"its group has more than {MAX_GROUP_CHARACTERS} characters")
    return group if data_source in (None, source) else f"{data_source}/{group}"


def _provenance(values: Mapping[str, Any], medium: str | None) -> str | None:
    said = _name(values, "provenance")
    if said is None:
        # BigDocs does not say it: its synthetic pictures are Graphviz's, people made the others.
        return "simulated" if medium == "synthetic" else None
    if said not in PROVENANCES:
        raise Unreadable(f"provenance {said!r} is none of {', '.join(PROVENANCES)}")
    return said


def _words(values: Mapping[str, Any]) -> tuple[Word, ...]:
    try:
        return words_in(values.get("words") or [])
    except ValueError as error:
        raise Unreadable(str(error)) from None


def _fonts(values: Mapping[str, Any]) -> tuple[str, ...]:
    fonts = values.get("fonts") or []
    if not isinstance(fonts, list) or not all(isinstance(font, str) for font in fonts):
        raise Unreadable("its fonts are no texts")
    return tuple(fonts)


def _name(values: Mapping[str, Any], key: str) -> str | None:
    """Return a short text of the row, None where it says nothing."""
    value = values.get(key)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > MAX_NAME_CHARACTERS or not value.isprintable():
        limit = f"a text of at most {MAX_NAME_CHARACTERS} printable characters is wanted"
        raise Unreadable(f"{key} {value!r:.60}: {limit}")
    return value
