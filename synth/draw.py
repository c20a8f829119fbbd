"""Pictures of workflows in five media, from one scene: the same seed gives the same picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from sketch2flow.media import MEDIA
from sketch2flow.workflow.document import Workflow
from synth.diagram import Conventions, Diagram, DrawingError, diagram_of
from synth.drawing.encoding import Format, Pixels, encode
from synth.drawing.engine import graphviz
from synth.drawing.geometry import Box, around, check_size
from synth.drawing.looks import Brief, Homography, Look, Style
from synth.drawing.pool import in_order
from synth.drawing.scene import Scene
from synth.drawing.sizing import (
    LARGEST_SCALE,
    SMALLEST_SCALE,
    page_for,
    page_of,
    scale_for,
    usual_scale,
)
from synth.drawing.styles import chosen_styles, pick_style
from synth.legibility import Legibility, Rectangle, illegible, jpeg_quality, measure
from synth.margins import faults
from synth.pictures import Orientation, Resolution, orientation_of, resolution_of
from synth.words import Word

__all__ = [
    "SOURCES",
    "Drawing",
    "DrawingError",
    "DrawingFailure",
    "Wish",
    "choose_look",
    "draw",
    "draw_all",
]

SOURCES = MEDIA

# Photos that cannot be read are taken again, with other light and other shadows.
TRIES = 4
# Qualities of JPEG; where letters would not survive one, a higher is taken.
QUALITIES = (72, 92)
# Most cameras halve the resolution of colours.
FINE_COLOURS_SHARE = 0.3


@dataclass(frozen=True)
class Wish:
    """What a picture is asked to be beside its source; None leaves it to the seed.

    `scale` is the size of the picture to that at which a small letter is about 6 pixels high.
    Graphviz's styles write each step's definition below its annotation, or do not: `definitions`.
    """

    styles: tuple[str, ...] | None = None
    scale: float | None = None
    resolution: Resolution | None = None
    orientation: Orientation | None = None
    definitions: bool = True


@dataclass(frozen=True)
class Drawing:
    """A picture file with what is known of its making.

    `boxes` are (node, x, y, width, height) in pixels, the nodes named as in `diagram_of`; where a
    hand drew, they and the boxes of `words` are exact to a few pixels. Words come node by node,
    each node's line by line. `text_height` is that of the smallest small letters, in pixels.
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
    text_height: float
    boxes: tuple[tuple[str, float, float, float, float], ...]
    words: tuple[Word, ...]


@dataclass(frozen=True)
class DrawingFailure:
    """A workflow that could not be drawn, and why, in one line."""

    identifier: str
    reason: str


def draw(
    workflow: Workflow,
    source: str,
    seed: str,
    split: str = "train",
    wish: Wish = Wish(),
) -> Drawing:
    """Return a picture of `workflow` in a style of `source` (one of SOURCES).

    Args:
        workflow: what is drawn; its annotations are what is written.
        source: the medium.
        seed: decides style, fonts, layout and every stroke.
        split: hands that are kept for validation and test are used for these splits only.
        wish: style, scale, size class and orientation, where they are not left to the seed: mostly
            text of the size that the small reader reads, at times a medium or a large picture.

    Raises DrawingError for an unknown source or style, for a workflow that cannot be drawn, and
    for one that cannot be drawn as wished.
    """
    if wish.scale is not None and not SMALLEST_SCALE <= wish.scale <= LARGEST_SCALE:
        raise DrawingError(f"scale {wish.scale} is not within {SMALLEST_SCALE} to {LARGEST_SCALE}")
    plain = diagram_of(workflow, title=seed)
    style, look = choose_look(plain, source, seed, split, wish)
    usual = look.conventions == Conventions()
    scene = look.arrange(plain if usual else diagram_of(workflow, look.conventions, seed))
    made = _as_wished(look, scene, wish, f"{seed}/{source}", split)
    return Drawing(
        made.picture,
        look.format,
        made.width,
        made.height,
        orientation_of(made.width, made.height),
        resolution_of(made.width, made.height),
        f"{source} {style.name}",
        look.fonts,
        seed,
        round(made.text_height, 2),
        tuple(
            (shape.node.identifier, *_rounded(box))
            for shape, box in zip(scene.shapes, made.boxes, strict=True)
        ),
        tuple(Word(node, text, *_rounded(box)) for node, text, box in made.words),
    )


def _rounded(box: Rectangle) -> Rectangle:
    x, y, width, height = box
    return round(x, 1), round(y, 1), round(width, 1), round(height, 1)


def choose_look(
    diagram: Diagram, source: str, seed: str, split: str = "train", wish: Wish = Wish()
) -> tuple[Style, Look]:
    """Return the style, and its look, that `draw` draws a workflow's plain diagram with."""
    random = Random(f"{seed}/{source}")
    style = pick_style(random, chosen_styles(source, wish.styles))
    letters = "".join(sorted(set().union(*(node.text for node in diagram.nodes))))
    brief = Brief(split, letters, wish.orientation, wish.definitions)
    return style, style.look(random, brief)


def _as_wished(look: Look, scene: Scene, wish: Wish, seed: str, split: str) -> _Made:
    """Return the picture of a scene in the size class and orientation that are wished for.

    A photo shows more than what is drawn, and how much more is known when it is taken: it is
    taken again from nearer or farther where it is not what was asked for.

    Raises DrawingError where it is not in the end.
    """
    seen, beside = 1.0, 1.0
    for _ in range(TRIES):
        page, scale = _sized(scene, wish, Random(f"{seed}/size"), split, seen, beside)
        check_size(page.width * scale, page.height * scale)
        made = _legible(look, page, scale, seed)
        found = orientation_of(made.width, made.height)
        turned = wish.orientation not in (None, found)
        if not turned and wish.resolution in (None, resolution_of(made.width, made.height)):
            return made
        seen = made.width * made.height / (page.width * page.height * scale * scale)
        beside *= 1.25 if turned else 1.0
    asked = " ".join(each for each in (wish.resolution, wish.orientation) if each)
    raise DrawingError(
        f"a {asked} picture was asked for, and the nearest is {made.width} x {made.height}"
    )


def _sized(
    scene: Scene, wish: Wish, random: Random, split: str, seen: float, beside: float
) -> tuple[Scene, float]:
    """Return the scene, on a larger page if it needs one, and the scale to paint it at.

    `seen` is how many times as much as the page the picture shows, `beside` how many times as
    long as the other side the longer one of the page must be.
    """
    width, height = scene.width, scene.height
    if wish.orientation is not None:
        width, height = page_of(width, height, wish.orientation == "landscape", beside)
    area = width * height * seen
    if wish.scale is not None:
        scale = wish.scale
    elif wish.resolution is not None:
        scale = scale_for(area, wish.resolution, random)
        width, height = page_for(width, height, scale, wish.resolution, seen)
    else:
        scale = usual_scale(area, random, split)
    return scene.on_page(width, height), scale


class _Made(NamedTuple):
    """A picture file, its size, the boxes of its shapes and of its words, its text's height.

    All in pixels; words are (node, text, box).
    """

    picture: bytes
    width: int
    height: int
    boxes: list[Rectangle]
    words: list[tuple[str, str, Rectangle]]
    text_height: float


def _legible(look: Look, scene: Scene, scale: float, seed: str) -> _Made:
    """Return a picture that a person can read.

    Raises DrawingError naming what is wrong with the last try.
    """
    reason = ""
    for number in range(TRIES):
        random = Random(f"{seed}/paint/{number}")
        pixels, placed = look.paint(scene, scale, random)
        boxes = _in_picture([shape.box for shape in scene.shapes], scale, placed)
        reason = next(iter(faults(pixels, boxes)), "")
        if reason:
            continue
        texts = _judged(look, scene)
        text_height = _text_height(scene, scale, boxes)
        found = measure(pixels, _in_picture(texts, scale, placed), text_height)
        reason = illegible(found)
        if not reason:
            height, width = pixels.shape[:2]
            words = scene.words()
            in_picture = _in_picture([box for *_, box in words], scale, placed)
            return _Made(
                _file(look, pixels, found, random),
                width,
                height,
                boxes,
                [(node, text, box) for (node, text, _), box in zip(words, in_picture, strict=True)],
                text_height,
            )
    raise DrawingError(f"{scene.shapes[0].node.text!r}: {reason}")


def _file(look: Look, pixels: Pixels, legibility: Legibility, random: Random) -> bytes:
    """Return the picture's file: PNG, or a JPEG of a quality that leaves its text legible."""
    if look.format == "png":
        return encode(pixels, "png")
    quality = jpeg_quality(pixels, legibility, random.randint(*QUALITIES))
    return encode(pixels, "jpeg", quality, random.random() < FINE_COLOURS_SHARE)


def _judged(look: Look, scene: Scene) -> list[Box]:
    """Return the text that is looked at: of a photo all, as light falls where it falls.

    What a tool draws looks the same in all shapes of a kind: one of each is enough, and one label.
    """
    written = [shape for shape in scene.shapes if shape.own_lines]
    labels = [each.label.box for each in scene.connectors if each.label is not None]
    if look.format == "png":
        written = list({(shape.node.kind, shape.outline): shape for shape in written}.values())
        labels = labels[:1]
    return [around([line.box for line in shape.own_lines]) for shape in written] + labels


def _in_picture(boxes: Sequence[Box], scale: float, placed: Homography | None) -> list[Rectangle]:
    """Return where boxes of a scene are in the picture: the smallest upright ones around them."""
    if placed is None:
        return [(b.x * scale, b.y * scale, b.width * scale, b.height * scale) for b in boxes]
    import numpy as np

    corners = scale * np.array(
        [(x, y) for b in boxes for x in (b.x, b.right) for y in (b.y, b.bottom)], np.float64
    )
    across, down, depth = (
        np.asarray(placed, np.float64) @ np.column_stack([corners, np.ones(len(corners))]).T
    )
    xs, ys = (across / depth).reshape(-1, 4), (down / depth).reshape(-1, 4)
    left, top = xs.min(axis=1), ys.min(axis=1)
    sides = np.column_stack([left, top, xs.max(axis=1) - left, ys.max(axis=1) - top])
    return [(x, y, width, height) for x, y, width, height in sides.tolist()]


def _text_height(scene: Scene, scale: float, boxes: Sequence[Rectangle]) -> float:
    """Return the height of the smallest small letters, in pixels of the picture."""
    letterings = {id(line.lettering): line.lettering for line in scene.texts()}
    least = min(lettering.x_height for lettering in letterings.values())
    before = sum(shape.box.height for shape in scene.shapes)
    # What a photo does to the boxes it does to their text, but for what turning adds to them.
    return least * min(scale, sum(height for *_, height in boxes) / before)


def draw_all(
    items: Iterable[tuple[str, Workflow, str]],
    source: str,
    seed: int,
    workers: int = 1,
    wish: Wish = Wish(),
) -> Iterator[tuple[str, Drawing | DrawingFailure]]:
    """Yield (identifier, drawing) for every (identifier, workflow, split), in their order.

    Each picture's seed is made of `seed` and its identifier, so that neither the number of
    `workers` nor the other items matter. A workflow that cannot be drawn gives a DrawingFailure
    in its place.

    Raises DrawingError for a source or a style that there is not.
    """
    chosen_styles(source, wish.styles)
    graphviz()  # says in the log which one there is, and refuses a wish that cannot be met
    jobs = (
        (identifier, workflow, split, source, seed, wish) for identifier, workflow, split in items
    )
    yield from in_order(draw_job, jobs, workers, died)


# What a worker gets: identifier, workflow, split, source, seed, wish.
DrawJob = tuple[str, Workflow, str, str, int, Wish]


def draw_job(job: DrawJob) -> tuple[str, Drawing | DrawingFailure]:
    """Return the drawing of one item of `draw_all`, or why there is none; it never raises."""
    identifier, workflow, split, source, seed, wish = job
    try:
        return identifier, draw(workflow, source, f"{seed}/{identifier}", split, wish)
    except DrawingError as error:
        return identifier, DrawingFailure(identifier, str(error))
    except Exception as error:  # noqa: BLE001 - whatever it is, it costs one picture, by name
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        return identifier, DrawingFailure(identifier, reason)


def died(job: DrawJob) -> tuple[str, Drawing | DrawingFailure]:
    """Return what stands in the place of a picture whose process died over it."""
    return job[0], DrawingFailure(job[0], "the process that drew it died")
