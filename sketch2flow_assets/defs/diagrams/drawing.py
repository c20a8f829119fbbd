"""From workflows to manifest rows: pictures drawn in a medium, or taken from a folder."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from resources.sources import DataSource
from sketch2flow.workflow.document import Workflow, content_digest, to_object
from sketch2flow_assets.defs.diagrams.manifest import TASK, Row

if TYPE_CHECKING:
    from resources.regime import Regime
    from sketch2flow_assets.left_out import LeftOut
    from synth.draw import Drawing
    from synth.generate import GeneratedWorkflow
    from synth.pictures import PictureFacts
    from synth.readers import FolderItem, Picture
    from synth.words import Word


def drawn_rows(
    workflows: Iterable[GeneratedWorkflow],
    source: str,
    regime: Regime,
    left_out: LeftOut,
    medium: str | None = None,
) -> Iterator[Row]:
    """Yield the manifest rows of workflows, each drawn in a medium; None: that of its source."""
    from synth.draw import DrawingFailure, Wish, draw_all

    # The pool reads ahead of what it has drawn; the window in between is all that is held here.
    waiting: dict[str, GeneratedWorkflow] = {}

    def jobs() -> Iterator[tuple[str, Workflow, str]]:
        for item in workflows:
            waiting[item.identifier] = item
            yield item.identifier, item.workflow, item.split

    medium = medium or source
    wish = Wish(regime.styles_of(medium))
    drawings = draw_all(jobs(), medium, regime.seed, regime.processes(), wish)
    for identifier, drawn in drawings:
        item = waiting.pop(identifier)
        if isinstance(drawn, DrawingFailure):
            left_out.add(identifier, drawn.reason)
        elif drawn.width * drawn.height > regime.max_pixels:
            left_out.add(identifier, f"more than {regime.max_pixels:,} pixels")
        else:
            yield {**_about(item, source), "source": medium, **_picture_of(drawn)}


def folder_rows(
    source: DataSource, workflows: Iterable[GeneratedWorkflow], regime: Regime, left_out: LeftOut
) -> Iterator[Row]:
    """Yield the manifest rows of a folder source: its own pictures, media, splits and groups.

    Documents without a picture are drawn behind them, in the medium that they declare, or else in
    the source's; those pictures are simulated, whatever the source's own are.
    """
    undrawn: dict[str, list[tuple[GeneratedWorkflow, FolderItem]]] = {}
    for known, item in _pairs(workflows, source, left_out):
        if item.picture is None:
            undrawn.setdefault(item.medium or source.medium, []).append((known, item))
        elif picture := _own_picture(item.picture, regime, left_out):
            yield {
                **_about(known, source.name),
                "provenance": item.provenance or source.provenance,
                "style": item.style,
                "fonts": list(item.fonts),
                "seed": item.seed,
                "boxes": [],
                "words": _words(item.words),
                **picture,
                "source": item.medium or source.medium,
                **_declared(item),
            }
    for medium, pairs in undrawn.items():
        declared = {item.identifier: _declared(item) for _, item in pairs}
        found = (known for known, _ in pairs)
        for row in drawn_rows(found, source.name, regime, left_out, medium):
            yield {**row, **declared[row["identifier"]]}


def _pairs(
    workflows: Iterable[GeneratedWorkflow], source: DataSource, left_out: LeftOut
) -> Iterator[tuple[GeneratedWorkflow, FolderItem]]:
    """Yield each workflow with the item that it was read from; both come in one order."""
    from sketch2flow_assets.defs.workflows.making import read_source
    from synth.readers import FolderItem

    items = (found for found in read_source(source) if isinstance(found, FolderItem))
    for known in workflows:
        item = next((item for item in items if item.identifier == known.identifier), None)
        if item is None:
            left_out.add(known.identifier, "its file has changed: materialize workflows again")
        else:
            yield known, item


def _declared(item: FolderItem) -> Row:
    return {
        "group": item.group,
        "parent": item.parent,
        "split_declared": item.split is not None,
    }


def _own_picture(picture: Picture, regime: Regime, left_out: LeftOut) -> Row | None:
    """Return the columns of a picture of a folder; one that cannot be used is named."""
    from synth.pictures import PictureError, inspect_picture, text_height_of

    try:
        data = picture.read_bytes()
        facts = inspect_picture(data)
    except (OSError, PictureError, ValueError) as error:
        left_out.add(picture.name, str(error))
        return None
    if facts.width * facts.height > regime.max_pixels:
        left_out.add(picture.name, f"more than {regime.max_pixels:,} pixels")
        return None
    return {**facts_row(facts), "text_height": text_height_of(data), "picture": data}


def facts_row(facts: PictureFacts) -> Row:
    """Return the columns that are measured on the picture itself."""
    return {
        "width": facts.width,
        "height": facts.height,
        "orientation": facts.orientation,
        "resolution": facts.resolution,
        "picture_sha256": facts.sha256,
    }


def _about(item: GeneratedWorkflow, data_source: str) -> Row:
    return {
        "identifier": item.identifier,
        "task": TASK,
        "source": data_source,
        "data_source": data_source,
        "provenance": "simulated",
        "split": item.split,
        "split_declared": False,
        "group": None,
        "parent": None,
        "heuristic": item.heuristic,
        "features": list(item.features),
        "components": len(item.workflow.components),
        "document_digest": content_digest(item.workflow),
        "document": json.dumps(to_object(item.workflow), ensure_ascii=False),
    }


def _picture_of(drawing: Drawing) -> Row:
    import hashlib

    names = ("node", "x", "y", "width", "height")
    return {
        "width": drawing.width,
        "height": drawing.height,
        "orientation": drawing.orientation,
        "resolution": drawing.resolution,
        "style": drawing.style,
        "fonts": list(drawing.fonts),
        "seed": drawing.seed,
        "picture": drawing.picture,
        "picture_sha256": hashlib.sha256(drawing.picture).hexdigest(),
        "text_height": drawing.text_height,
        "boxes": [dict(zip(names, box, strict=True)) for box in drawing.boxes],
        "words": _words(drawing.words),
    }


def _words(words: Iterable[Word]) -> str:
    return json.dumps([word._asdict() for word in words], ensure_ascii=False)
