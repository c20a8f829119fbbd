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


def drawn_rows(
    workflows: Iterable[GeneratedWorkflow], source: str, regime: Regime, left_out: LeftOut
) -> Iterator[Row]:
    """Yield the manifest rows of generated workflows, each drawn in the medium `source`."""
    from synth.draw import DrawingFailure, draw_all

    # The pool reads ahead of what it has drawn; the window in between is all that is held here.
    waiting: dict[str, GeneratedWorkflow] = {}

    def jobs() -> Iterator[tuple[str, Workflow, str]]:
        for item in workflows:
            waiting[item.identifier] = item
            yield item.identifier, item.workflow, item.split

    for identifier, drawn in draw_all(jobs(), source, regime.seed, workers=regime.processes()):
        item = waiting.pop(identifier)
        if isinstance(drawn, DrawingFailure):
            left_out.add(identifier, drawn.reason)
        elif drawn.width * drawn.height > regime.max_pixels:
            left_out.add(identifier, f"more than {regime.max_pixels:,} pixels")
        else:
            yield {**_about(item, source), **_picture_of(drawn)}


def folder_rows(
    source: DataSource, workflows: Iterable[GeneratedWorkflow], regime: Regime, left_out: LeftOut
) -> Iterator[Row]:
    """Yield the manifest rows of a folder source: its own pictures, media, splits and groups."""
    from sketch2flow_assets.defs.workflows.making import read_source
    from synth.pictures import PictureError, inspect_picture

    known = {item.identifier: item for item in workflows}
    for item in read_source(source).items:
        if item.identifier not in known:
            continue
        data = item.picture.read_bytes()
        try:
            facts = inspect_picture(data)
        except PictureError as error:
            left_out.add(item.picture.name, str(error))
            continue
        if facts.width * facts.height > regime.max_pixels:
            left_out.add(item.picture.name, f"more than {regime.max_pixels:,} pixels")
            continue
        yield {
            **_about(known[item.identifier], source.name),
            **facts_row(facts),
            "source": item.medium or source.medium,
            "provenance": item.provenance or source.provenance,
            "group": item.group,
            "split_declared": item.split is not None,
            "style": "",
            "fonts": [],
            "seed": "",
            "boxes": [],
            "picture": data,
        }


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
        "boxes": [dict(zip(names, box, strict=True)) for box in drawing.boxes],
    }
