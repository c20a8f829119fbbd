"""Pictures of workflows in five media, from one diagram: the same seed gives the same bytes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from sketch2flow.media import MEDIA
from sketch2flow.workflow.document import Workflow
from synth.diagram import Diagram, DrawingError, diagram_of
from synth.drawing.cards import paint_cards, ui_look
from synth.drawing.encoding import Format, Pixels, encode
from synth.drawing.fonts import SANS, SANS_BOLD
from synth.drawing.hand import paint_hand
from synth.drawing.hand_looks import manual_look, whiteboard_look
from synth.drawing.layout import Layout
from synth.drawing.pool import in_order
from synth.drawing.typed import digital_look, paint_typed, synthetic_look
from synth.pictures import Orientation, Resolution, orientation_of, resolution_of

__all__ = ["SOURCES", "Drawing", "DrawingError", "DrawingFailure", "draw", "draw_all"]

SOURCES = MEDIA

# Most pictures have the text size that the small reader reads; a few are larger, so that all
# three size classes occur.
MEDIUM_SHARE = 0.12
LARGE_SHARE = 0.08
# A quarter as often in training: they cost ten times the pixels, and brought to the reader's text
# scale they look like the small ones.
TRAINING_SHARE = 0.25
SMALLEST_SCALE, LARGEST_SCALE = 0.5, 4.0


@dataclass(frozen=True)
class Drawing:
    """A picture file with what is known of its making.

    `boxes` are (node, x, y, width, height) in pixels, the nodes named as in `diagram_of`; where a
    hand drew, they are exact to a few pixels.
    """

    picture: bytes
    format: Format
    width: int
    height: int
    orientation: Orientation
    resolution: Resolution
    style: str
    fonts: tuple[str, ...]
    seed: str
    boxes: tuple[tuple[str, float, float, float, float], ...]


@dataclass(frozen=True)
class DrawingFailure:
    """A workflow that could not be drawn, and why, in one line."""

    identifier: str
    reason: str


class _Painting(NamedTuple):
    pixels: Pixels
    layout: Layout
    style: str
    fonts: tuple[str, ...]
    format: Format
    quality: int = 90


def draw(
    workflow: Workflow, source: str, seed: str, split: str = "train", scale: float | None = None
) -> Drawing:
    """Return a picture of `workflow` in the look of `source` (one of SOURCES).

    Args:
        workflow: what is drawn; its annotations are what is written.
        source: the medium; `synthetic` and `digital` are rastered by Graphviz, the others by us.
        seed: decides style, fonts and every stroke.
        split: hands that are kept for validation and test are used for these splits only.
        scale: size of the picture to that at which text is 12.4 pixels high, 0.5 to 4; None
            lets the seed decide: mostly 1, at times one for a medium or a large picture.

    Raises DrawingError for an unknown source, and for a workflow that cannot be drawn.
    """
    if source not in SOURCES:
        raise DrawingError(f"source {source!r} is none of {', '.join(SOURCES)}")
    if scale is not None and not SMALLEST_SCALE <= scale <= LARGEST_SCALE:
        raise DrawingError(f"scale {scale} is not within {SMALLEST_SCALE} to {LARGEST_SCALE}")
    diagram = diagram_of(workflow)
    painting = _paint(diagram, source, seed, split, scale or 1.0)
    if scale is None:
        wished = _wished_scale(painting.pixels, Random(f"{seed}/{source}/size"), split)
        if wished != 1.0:
            painting = _paint(diagram, source, seed, split, wished)
    height, width = painting.pixels.shape[:2]
    return Drawing(
        encode(painting.pixels, painting.format, painting.quality),
        painting.format,
        width,
        height,
        orientation_of(width, height),
        resolution_of(width, height),
        painting.style,
        painting.fonts,
        seed,
        tuple(
            (box.node, round(box.x, 1), round(box.y, 1), round(box.width, 1), round(box.height, 1))
            for box in painting.layout.boxes
        ),
    )


def _paint(diagram: Diagram, source: str, seed: str, split: str, scale: float) -> _Painting:
    random = Random(f"{seed}/{source}")
    if source in ("synthetic", "digital"):
        look = synthetic_look(random) if source == "synthetic" else digital_look(random)
        pixels, layout = paint_typed(diagram, look, scale)
        return _Painting(pixels, layout, look.name, (look.face.name,), "png")
    if source == "ui":
        cards = ui_look(random)
        pixels, layout = paint_cards(diagram, cards, scale)
        return _Painting(pixels, layout, cards.name, (SANS.name, SANS_BOLD.name), "png")
    letters = "".join({letter for node in diagram.nodes for letter in node.text})
    make = manual_look if source == "manual" else whiteboard_look
    hand = make(random, split, "".join(sorted(letters)))
    pixels, layout = paint_hand(diagram, hand, scale, random)
    quality = random.randint(86, 94)
    return _Painting(pixels, layout, hand.name, (hand.face.name,), "jpeg", quality)


def _wished_scale(pixels: Pixels, random: Random, split: str) -> float:
    """Return the scale for the size class that chance asks for, 1 where it cannot be reached."""
    area = pixels.shape[0] * pixels.shape[1]
    chance = random.random() / (TRAINING_SHARE if split == "train" else 1.0)
    medium = math.sqrt(random.uniform(430_000, 900_000) / area)
    large = math.sqrt(random.uniform(1_050_000, 1_500_000) / area)
    wishes = [large, medium] if chance < LARGE_SHARE else [medium]
    if chance < LARGE_SHARE + MEDIUM_SHARE:
        # Never smaller than 1: the text of a picture that is large anyway stays readable.
        return next((scale for scale in wishes if 1 <= scale <= LARGEST_SCALE), 1.0)
    return 1.0


def draw_all(
    items: Iterable[tuple[str, Workflow, str]], source: str, seed: int, workers: int = 1
) -> Iterator[tuple[str, Drawing | DrawingFailure]]:
    """Yield (identifier, drawing) for every (identifier, workflow, split), in their order.

    Each picture's seed is made of `seed` and its identifier, so that neither the number of
    `workers` nor the other items matter. A workflow that cannot be drawn gives a DrawingFailure
    in its place.
    """
    if source not in SOURCES:
        raise DrawingError(f"source {source!r} is none of {', '.join(SOURCES)}")
    jobs = ((identifier, workflow, split, source, seed) for identifier, workflow, split in items)
    yield from in_order(_draw_job, jobs, workers, _died)


_Job = tuple[str, Workflow, str, str, int]


def _draw_job(job: _Job) -> tuple[str, Drawing | DrawingFailure]:
    identifier, workflow, split, source, seed = job
    try:
        return identifier, draw(workflow, source, f"{seed}/{identifier}", split)
    except DrawingError as error:
        return identifier, DrawingFailure(identifier, str(error))
    except Exception as error:  # noqa: BLE001 - whatever it is, it costs one picture, by name
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        return identifier, DrawingFailure(identifier, reason)


def _died(job: _Job) -> tuple[str, Drawing | DrawingFailure]:
    return job[0], DrawingFailure(job[0], "the process that drew it died")
