"""The reader of BPMN 2.0: block-structured processes as workflow documents.

`mapping.yaml` says what tasks and events are on the platform. Gateways become IF, ELSEIF, ELSE and
PARALLEL, ways back DOUNTIL, multi-instance steps FOREACH, error events at a border TRY and CATCH,
early ends END. A process that is no such structure is left out, its first such element named.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from synth.readers.bpmn.document import workflow_of
from synth.readers.bpmn.parsing import MAX_BYTES, MODEL, parse_bpmn
from synth.readers.bpmn.process import read_process
from synth.readers.items import FolderItem, Found, Skipped, Unmapped, Unreadable
from synth.readers.listing import (
    OTHER_PICTURES,
    PICTURES,
    Listing,
    check_picture,
    read_bounded,
)
from synth.readers.registry import reader
from synth.readers.soundness import first_fault

_ENDINGS = (".bpmn", ".xml")
_START_BYTES = 4_000


def _recognises(listing: Listing) -> bool:
    return any(
        path.suffix.lower() == ".bpmn" or _speaks_of_bpmn(path)
        for path in listing.with_ending(*_ENDINGS)
    )


@reader("bpmn", reads=(*_ENDINGS, *PICTURES, *OTHER_PICTURES), recognises=_recognises)
def read_bpmn(listing: Listing, source: str) -> Iterator[Found]:
    """BPMN 2.0 files with one process each; NAME.png or the like beside it is its picture.

    A process without a picture is drawn by the pipeline. Identifiers are `<source>_<name>`.
    """
    taken: dict[str, str] = {}
    used: set[Path] = set()
    for path in listing.with_ending(*_ENDINGS):
        name = listing.name(path)
        identifier = listing.identifier(source, path)
        picture = _beside(path, listing)
        if picture is not None:
            used.add(picture)
        try:
            if identifier in taken:
                raise Unreadable(f"{taken[identifier]} has the same name; keep one of them")
            if picture is not None:
                check_picture(picture)
            workflow, unmapped = workflow_of(
                read_process(parse_bpmn(read_bounded(path, MAX_BYTES)))
            )
            if fault := first_fault(workflow):
                raise Unreadable(f"its document{fault}")
        except Unreadable as error:
            yield Skipped(name, str(error))
            continue
        taken[identifier] = name
        yield FolderItem(identifier, picture, workflow)
        yield from (Unmapped(name, f"not in its document: {one}") for one in unmapped)
    for path in listing.with_ending(*PICTURES, *OTHER_PICTURES):
        if path.suffix.lower() in OTHER_PICTURES:
            yield Skipped(listing.name(path), f"is none of {', '.join(PICTURES)}")
        elif path not in used:
            yield Skipped(listing.name(path), "no BPMN file beside it")


def _beside(path: Path, listing: Listing) -> Path | None:
    """Return the picture of a file: NAME.png and so on, in the order of PICTURES."""
    able = (path.with_suffix(ending) for ending in (*PICTURES, *map(str.upper, PICTURES)))
    return next((picture for picture in able if picture in listing.known), None)


def _speaks_of_bpmn(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return MODEL.encode() in file.read(_START_BYTES)
    except OSError:
        return False  # the reader that is chosen names it
