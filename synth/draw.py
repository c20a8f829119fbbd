"""Pictures of workflows in five media, from one scene: the same seed gives the same picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random

from sketch2flow.media import MEDIA
from sketch2flow.workflow.document import Workflow
from synth.diagram import DrawingError, diagram_of
from synth.drawing.encoding import Format, encode
from synth.drawing.geometry import Box, check_size
from synth.drawing.looks import Brief, Homography, Look, Painting, Style
from synth.drawing.pool import in_order
from synth.drawing.scene import Scene
from synth.drawing.sizing import (
    LARGEST_SCALE,
    SMALLEST_SCALE,
    page_for,
    scale_for,
    usual_scale,
)
from synth.drawing.styles import chosen_styles, pick_style
from synth.legibility import illegible, jpeg_quality, measure
from synth.margins import faults
from synth.pictures import Orientation, Resolution, orientation_of, resolution_of

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


@dataclass(frozen=True)
class Wish:
    """What a picture is asked to be beside its source; None leaves it to the seed.

    `scale` is the size of the picture to that at which a small letter is about 6 pixels high.
    """

    styles: tuple[str, ...] | None = None
    scale: float | None = None
    resolution: Resolution | None = None
    orientation: Orientation | None = None


@dataclass(frozen=True)
class Drawing:
    """A picture file with what is known of its making.

    `boxes` are (node, x, y, width, height) in pixels, the nodes named as in `diagram_of`; where a
    hand drew, they are exact to a few pixels. `text_height` is that of the smallest small letters,
    in pixels.
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
    style, look = choose_look(workflow, source, seed, split, wish)
    scene = look.arrange(diagram_of(workflow, look.conventions, seed))
    sized, scale = _sized(scene, wish, Random(f"{seed}/{source}/size"), split)
    check_size(sized.width * scale, sized.height * scale)
    painting, picture = _legible(look, sized, scale, f"{seed}/{source}")
    height, width = painting.pixels.shape[:2]
    boxes = _boxes(sized, scale, painting.placed)
    drawing = Drawing(
        picture,
        look.format,
        width,
        height,
        orientation_of(width, height),
        resolution_of(width, height),
        f"{source} {style.name}",
        look.fonts,
        seed,
        round(_text_height(sized, scale, painting), 2),
        tuple(
            (shape.node.identifier, *(round(n, 1) for n in (box.x, box.y, box.width, box.height)))
            for shape, box in zip(sized.shapes, boxes, strict=True)
        ),
    )
    _check_wish(drawing, wish)
    return drawing


def choose_look(
    workflow: Workflow, source: str, seed: str, split: str = "train", wish: Wish = Wish()
) -> tuple[Style, Look]:
    """Return the style, and its look, that `draw` draws with for the same arguments."""
    random = Random(f"{seed}/{source}")
    style = pick_style(random, chosen_styles(source, wish.styles))
    plain = diagram_of(workflow, title=seed)
    letters = "".join(sorted({letter for node in plain.nodes for letter in node.text}))
    return style, style.look(random, Brief(split, letters, wish.orientation))


def _sized(scene: Scene, wish: Wish, random: Random, split: str) -> tuple[Scene, float]:
    """Return the scene, on a larger page if it needs one, and the scale to paint it at."""
    area = scene.width * scene.height
    if wish.scale is not None:
        scale = wish.scale
    elif wish.resolution is not None:
        scale = scale_for(area, wish.resolution, random)
    else:
        scale = usual_scale(area, random, split)
    resolution = wish.resolution or resolution_of(
        round(scene.width * scale), round(scene.height * scale)
    )
    landscape = None if wish.orientation is None else wish.orientation == "landscape"
    width, height = page_for(scene.width * scale, scene.height * scale, resolution, landscape)
    return scene.on_page(width / scale, height / scale), scale


def _legible(look: Look, scene: Scene, scale: float, seed: str) -> tuple[Painting, bytes]:
    """Return a painting that a person can read, and its file.

    Raises DrawingError naming what is wrong with the last try.
    """
    reason = ""
    for number in range(TRIES):
        random = Random(f"{seed}/paint/{number}")
        painting = look.paint(scene, scale, random)
        boxes = [(b.x, b.y, b.width, b.height) for b in _boxes(scene, scale, painting.placed)]
        reason = next(iter(faults(painting.pixels, boxes)), "")
        if not reason:
            found = measure(painting.pixels, boxes, _text_height(scene, scale, painting))
            reason = illegible(found)
        if not reason:
            quality = 0
            if look.format == "jpeg":
                wished = random.randint(*QUALITIES)
                quality = jpeg_quality(painting.pixels, found, wished)
            return painting, encode(painting.pixels, look.format, quality)
    raise DrawingError(f"{scene.shapes[0].node.text!r}: {reason}")


def _boxes(scene: Scene, scale: float, placed: Homography | None) -> list[Box]:
    """Return where the shapes are in the picture."""
    frames = [shape.slot.scaled(scale) for shape in scene.shapes]
    return frames if placed is None else [_through(placed, frame) for frame in frames]


def _through(placed: Homography, box: Box) -> Box:
    """Return the smallest upright box around a box that a photo has moved."""
    import numpy as np

    corners = np.array(
        [(x, y, 1.0) for x in (box.x, box.right) for y in (box.y, box.bottom)], np.float64
    )
    moved = corners @ np.asarray(placed, np.float64).T
    places = moved[:, :2] / moved[:, 2:]
    (x, y), (right, bottom) = places.min(axis=0), places.max(axis=0)
    return Box(float(x), float(y), float(right - x), float(bottom - y))


def _text_height(scene: Scene, scale: float, painting: Painting) -> float:
    """Return the height of the smallest small letters, in pixels of the picture."""
    heights = [line.lettering.x_height for line in scene.texts()]
    before = sum(shape.slot.height for shape in scene.shapes) * scale
    after = sum(box.height for box in _boxes(scene, scale, painting.placed))
    # What a photo does to the boxes it does to their text.
    return min(heights) * scale * (min(1.0, after / before) if painting.placed is not None else 1)


def _check_wish(drawing: Drawing, wish: Wish) -> None:
    for asked, got in (
        (wish.resolution, drawing.resolution),
        (wish.orientation, drawing.orientation),
    ):
        if asked is not None and got != asked:
            raise DrawingError(
                f"a {asked} picture was asked for, but {drawing.style!r} made a {got} one "
                f"({drawing.width} x {drawing.height})"
            )


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
