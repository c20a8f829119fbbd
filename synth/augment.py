"""Variants of training pictures: as if photographed, scanned, rescaled or sent around anew."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from random import Random
from typing import NamedTuple

from synth.drawing.encoding import decode, encode, on_white
from synth.drawing.pool import in_order
from synth.effects.capture import Scene, altered, other_light, way_of
from synth.effects.library import Way
from synth.legibility import (
    BEST_QUALITY,
    MIN_CONTRAST,
    Legibility,
    illegible,
    jpeg_quality,
    measure,
)
from synth.letters import Rectangle, find_letters, grey_of
from synth.pictures import MAX_PIXELS

logger = logging.getLogger(__name__)

# How strong the effects of a picture are, as an index of `LEVELS`: many mild, few strong.
LEVEL_SHARES = (0.5, 0.35, 0.15)
# The share of its contrast that a variant keeps at least.
KEPT_CONTRAST = 0.35
# So much is enough whatever the original had: small black letters on white have twice as much.
WELL_KEPT = 0.25
# Of a picture that nobody can read, next to nothing may be taken.
KEPT_OF_ILLEGIBLE = 0.9

# JPEG qualities that are drawn; where text would suffer, more is taken.
QUALITIES = (30, 92)
# Screens are saved without loss at times, photos never.
LOSSLESS_SHARE = 0.12
# Few programs keep the full resolution of colours in a JPEG.
FINE_COLOURS_SHARE = 0.2


class Item(NamedTuple):
    """A picture to make variants of: its file, where text stands in it, and how high an x is.

    `words` are the boxes of its words.
    """

    identifier: str
    picture: bytes
    boxes: tuple[Rectangle, ...] = ()
    text_height: float | None = None
    words: tuple[Rectangle, ...] = ()


class Variant(NamedTuple):
    """A variant's picture file, boxes and words where the effects moved them, the height of an x.

    Boxes are upright rectangles (x, y, width, height) in pixels around what stood in the
    original's; the height is None where no letters were found.
    """

    picture: bytes
    boxes: tuple[Rectangle, ...]
    text_height: float | None
    words: tuple[Rectangle, ...] = ()


def augment(
    picture: bytes,
    source: str,
    seed: str,
    boxes: Sequence[Rectangle] = (),
    text_height: float | None = None,
    max_pixels: int = MAX_PIXELS,
    words: Sequence[Rectangle] = (),
) -> Variant:
    """Return a variant of the picture file `picture`; the same seed gives the same bytes.

    Pictures on paper or a whiteboard are photographed, scanned or copied anew, all others are
    rescaled, recoloured and compressed. Nothing is cut off. A variant that a person could not
    read is replaced by a milder one, and that by the original in another light: none fails the
    check of `illegible` where the original passes it.

    Args:
        picture: the file; transparent places are white.
        source: the medium, which decides what may happen to it.
        seed: decides every effect.
        boxes: (x, y, width, height) in pixels of places that hold text.
        text_height: the height of an x in pixels; None: measured.
        max_pixels: the variant has no more pixels, unless the original has.
        words: further boxes, of which it is only said where they are in the variant.

    Raises ValueError if `picture` is no picture.
    """
    random = Random(f"{seed}/{source}")
    pixels = on_white(picture)
    boxes, words = tuple(boxes), tuple(words)
    if text_height is None:
        text_height = find_letters(grey_of(pixels), boxes).height or None
    scene = Scene(pixels, boxes, text_height, words)
    way = way_of(source, random)
    level = random.choices(range(len(LEVEL_SHARES)), LEVEL_SHARES)[0]
    changed = _legible(scene, source, way, level, random, max_pixels)
    if changed is None:
        return Variant(encode(pixels, "png"), boxes, text_height, words)
    lossless = way == "file" and random.random() < LOSSLESS_SHARE
    data = encode(changed.scene.pixels, "png") if lossless else _jpeg(*changed, random)
    _, boxes, text_height, words = changed.scene
    return Variant(data, boxes, text_height, words)


class _Changed(NamedTuple):
    scene: Scene
    legibility: Legibility


def _legible(
    scene: Scene, source: str, way: Way, level: int, random: Random, max_pixels: int
) -> _Changed | None:
    """Return the first of ever milder changes that leaves the text legible, None if none does."""
    tries: list[Callable[[], Scene]] = [
        lambda: altered(scene, source, way, level, random),
        lambda: altered(scene, source, way, 0, random),
        lambda: other_light(scene, random),
    ]
    # Where no letters are found, nothing tells whether they could still be read.
    for attempt in tries if scene.text_height else tries[2:]:
        made = attempt()
        if _area(made) > max(max_pixels, _area(scene)):
            continue
        found = _measured(made)
        if found.contrast >= WELL_KEPT and not illegible(found):
            return _Changed(made, found)
        if _acceptable(found, _measured(scene)):
            return _Changed(made, found)
    return None


def _jpeg(scene: Scene, legibility: Legibility, random: Random) -> bytes:
    """Return the scene as a JPEG file, of a quality that leaves its text legible."""
    fine_colours = random.random() < FINE_COLOURS_SHARE
    quality = jpeg_quality(scene.pixels, legibility, random.randint(*QUALITIES))
    least = MIN_CONTRAST
    if legibility.contrast < least:
        least = KEPT_OF_ILLEGIBLE * legibility.contrast
    while True:
        data = encode(scene.pixels, "jpeg", quality, fine_colours)
        # Of text that stands out well enough is left.
        if legibility.contrast >= WELL_KEPT or not legibility.contrast:
            return data
        seen = decode(data, colour=False)
        if measure(seen, scene.boxes, scene.text_height).contrast >= least:
            return data
        if quality >= BEST_QUALITY:
            return encode(scene.pixels, "png")
        quality = min(BEST_QUALITY, quality + 15)


def _measured(scene: Scene) -> Legibility:
    return measure(scene.pixels, scene.boxes, scene.text_height)


def _area(scene: Scene) -> int:
    height, width = scene.pixels.shape[:2]
    return int(height * width)


def _acceptable(found: Legibility, original: Legibility) -> bool:
    """Tell whether a variant keeps enough of its original's legibility, to the last step."""
    if illegible(original):
        return (
            found.contrast >= KEPT_OF_ILLEGIBLE * original.contrast
            and found.text_height >= KEPT_OF_ILLEGIBLE * original.text_height
        )
    least = max(MIN_CONTRAST, KEPT_CONTRAST * original.contrast)
    return found.contrast >= least and not illegible(found)


def copies_of(identifier: str, variants: float, seed: int) -> int:
    """Return how many variants a picture gets where pictures get `variants` on average."""
    return int(variants + Random(f"{seed}/{identifier}/variants").random())


def augment_all(
    items: Iterable[Item],
    source: str,
    variants: float,
    seed: int,
    workers: int = 1,
    max_pixels: int = MAX_PIXELS,
) -> Iterator[tuple[str, int, Variant]]:
    """Yield (parent's identifier, number, variant) for every item, in their order.

    A picture has `copies_of` variants; they count from 1. Each has a seed of its own, so that the
    number of `workers` does not matter. A picture that cannot be augmented is left out and named
    in the log.
    """
    jobs = (
        (item, number, source, seed, max_pixels)
        for item in items
        for number in range(1, copies_of(item.identifier, variants, seed) + 1)
    )
    for parent, number, result in in_order(_augment_job, jobs, workers, _died):
        if isinstance(result, str):
            logger.warning("%s: variant %d is left out: %s", parent, number, result)
        else:
            yield parent, number, result


_Job = tuple[Item, int, str, int, int]


def _augment_job(job: _Job) -> tuple[str, int, Variant | str]:
    """Return the variant, or the reason why there is none."""
    (parent, picture, boxes, text_height, words), number, source, seed, most = job
    seed_of_it = f"{seed}/{parent}/{number}"
    try:
        variant = augment(picture, source, seed_of_it, boxes, text_height, most, words)
    except Exception as error:  # noqa: BLE001 - whatever it is, it costs one variant, by name
        return parent, number, " ".join(f"{type(error).__name__}: {error}".split())[:300]
    return parent, number, variant


def _died(job: _Job) -> tuple[str, int, Variant | str]:
    return job[0].identifier, job[1], "the process that made it died"
