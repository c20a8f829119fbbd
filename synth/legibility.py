"""Whether a person could read what is written in a picture: text height and contrast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from synth.contrast import contrasts
from synth.drawing.encoding import Pixels
from synth.letters import Rectangle, find_letters, grey_of

__all__ = ["Legibility", "Rectangle", "illegible", "jpeg_quality", "measure"]

# Found by looking at drawings of all five media, at their real size, that became smaller, paler
# and softer step by step. Every word could be read down to an x of 3.7 pixels; at 3.3 neighbours
# such as "rn" and "m" were guessed. Every word could be read down to a contrast of 0.09 where a
# picture was soft and of 0.13 where a hand had shaken sideways; at 0.07 and 0.11 words were guessed
# from their outlines. What was only pale could be read further down.
MIN_TEXT_HEIGHT = 4.0
MIN_CONTRAST = 0.12

# How much a JPEG may change text, as a share of its own deviation from the mean: every word could
# be read at 0.5, some could not at 0.65. Up to this limit it takes a third of the contrast.
MAX_SPOILT = 0.4
BEST_QUALITY = 95
_QUALITY_STEP = 8
_TRIED = (128, 64)  # pixels of a box that a JPEG is tried on
FAINTEST = 3


@dataclass(frozen=True)
class Legibility:
    """How well the text of a picture can be read.

    `text_height` is the height of an x in pixels, 0 where no letters are found. `contrast` is how
    far the strokes of letters stand out from the ground beside them, 0 to 1 (black on white),
    grain taken off, in the faintest of the boxes (from 20 boxes on, one in 20 may be fainter);
    where the letters had to be looked for, a quarter of them may be fainter. `faintest` are up to
    three boxes with the least contrast.
    """

    text_height: float
    contrast: float
    faintest: tuple[Rectangle, ...] = ()


def measure(
    pixels: Pixels, boxes: Sequence[Rectangle] = (), text_height: float | None = None
) -> Legibility:
    """Return the legibility of a picture (H x W, or H x W x 3 in OpenCV's order).

    Args:
        pixels: the picture; dark on bright or bright on dark, also both in one.
        boxes: (x, y, width, height) in pixels of places that hold text; none: letters are looked
            for in the whole picture.
        text_height: the height of an x in pixels where it is known; None: measured on the letters.
    """
    import numpy as np

    places = tuple(boxes)
    if text_height is None or not boxes:
        letters = find_letters(grey_of(pixels), boxes)
        text_height = letters.height if text_height is None else text_height
        places = places or letters.places
    if not text_height or not places:
        return Legibility(text_height or 0.0, 0.0)
    found = contrasts(pixels, places, text_height, framed=bool(boxes))
    order = np.argsort(found, kind="stable")
    faintest = tuple(places[index] for index in order[:FAINTEST])
    rank = len(order) // (20 if boxes else 4)
    return Legibility(text_height, float(found[order[rank]]), faintest)


def illegible(legibility: Legibility) -> str:
    """Return why a person could not read the picture, in one line; "" where one could."""
    height, contrast = legibility.text_height, legibility.contrast
    if not height:
        return "no letters are found"
    if height < MIN_TEXT_HEIGHT:
        return f"text {height:.1f} pixels high, at least {MIN_TEXT_HEIGHT:g} are wanted"
    if contrast < MIN_CONTRAST:
        return f"contrast {contrast:.2f}, at least {MIN_CONTRAST:g} is wanted"
    return ""


def jpeg_quality(pixels: Pixels, legibility: Legibility, wished: int) -> int:
    """Return the least JPEG quality from `wished` up that leaves the text of a picture legible.

    It is tried on the faintest boxes alone: a JPEG is made of blocks of 8 x 8 pixels that know
    nothing of each other. Text near the limit of contrast may be beyond it then: up to a third
    is lost.
    """
    quality = wished
    for box in legibility.faintest:
        blocks = _blocks(pixels, box)
        if blocks.size:
            quality = _quality_for(grey_of(blocks), quality)
    return quality


def _blocks(pixels: Pixels, box: Rectangle) -> Pixels:
    """Return the whole JPEG blocks that hold the middle of a box, at most a few dozen."""
    x, y, width, height = box
    wide, high = min(width, _TRIED[0]), min(height, _TRIED[1])
    left = max(0, int(x + (width - wide) / 2) // 8 * 8)
    top = max(0, int(y + (height - high) / 2) // 8 * 8)
    return pixels[top : top + -(-int(high) // 8) * 8, left : left + -(-int(wide) // 8) * 8]


def _quality_for(blocks: Pixels, quality: int) -> int:
    import cv2
    import numpy as np

    allowed = MAX_SPOILT * float(blocks.std())
    while quality < BEST_QUALITY:
        _, data = cv2.imencode(".jpg", blocks, [cv2.IMWRITE_JPEG_QUALITY, quality])
        changed = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
        if cv2.norm(blocks, changed, cv2.NORM_L2) / np.sqrt(blocks.size) <= allowed:
            break
        quality = min(BEST_QUALITY, quality + _QUALITY_STEP)
    return quality
