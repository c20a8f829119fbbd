"""How far the strokes of letters stand out from the ground beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from synth.drawing.encoding import Pixels
from synth.letters import Rectangle, Window, grey_of, shrunk

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
else:
    Numbers = Any

# Strokes and the gaps between them are narrower than this share of an x.
_STROKE = 0.77
# An x of this many pixels is read at ease: larger letters are made smaller towards it.
_READ_HEIGHT = 6.5
# Contrast in the middle of a box below this is the ground's own: nothing stands there.
_NOTHING = 0.05
# Nor where the ink is less than that of two letters, each a square of an x.
_TWO_LETTERS = 2.0
# Of a box with an outline the middle counts, where only text is: this much is left out at every
# side; and this much where nothing stands in the middle.
_MIDDLE, _WHOLE = 0.25, 0.1
# Grain is measured in so many places along each side, of so many pixels (as they are read).
_SAMPLES, _SAMPLE = 3, 32


def contrasts(
    pixels: Pixels, places: Sequence[Rectangle], text_height: float, framed: bool
) -> Numbers:
    """Return the contrast (0 to 1, black on white) of the strokes in each place, grain taken off.

    Blur and paleness lower it alike; it does not matter which of ink and ground is the darker.

    Args:
        pixels: the picture, H x W or H x W x 3.
        places: (x, y, width, height) in pixels.
        text_height: the height of an x in pixels.
        framed: whether the places are shapes with an outline, which is not to be measured.
    """
    import numpy as np

    # Large letters are made smaller, as they are when they are looked at.
    factor = max(1, int(text_height / _READ_HEIGHT))
    side = max(5, 2 * round((_STROKE * text_height / factor - 1) / 2) + 1)
    # What is left on bare ground is grain; a tenth of every picture is bare.
    bare = _spreads(pixels, _samples(pixels, _SAMPLE * factor), factor, side).sum(1)
    grain = (bare.cumsum(1) >= 0.1 * bare.sum(1, keepdims=True)).argmax(1)[:, None]
    windows = [_window(pixels, place, _MIDDLE if framed else 0.0) for place in places]
    strokes, ink = _strokes(_spreads(pixels, windows, factor, side))
    found = strokes - grain
    few = ink.max(0) < _TWO_LETTERS * (text_height / factor) ** 2
    empty = np.flatnonzero(few | (found.max(0) < _NOTHING * 255)).tolist()
    if framed and empty:
        windows = [_window(pixels, places[index], _WHOLE) for index in empty]
        found[:, empty] = _strokes(_spreads(pixels, windows, factor, side))[0] - grain
    # A hand that shook blurs one direction only: across it strokes are as black as ever.
    contrast: Numbers = np.maximum(0.0, found.min(0)) / 255
    return contrast


def _window(pixels: Pixels, place: Rectangle, inset: float) -> Window:
    x, y, width, height = place
    left, right = round(x + inset * width), round(x + (1 - inset) * width)
    top, bottom = round(y + inset * height), round(y + (1 - inset) * height)
    high, wide = pixels.shape[:2]
    return max(0, left), max(0, top), min(wide, right), min(high, bottom)


def _samples(pixels: Pixels, side: int) -> list[Window]:
    """Return windows spread evenly over the picture."""
    height, width = pixels.shape[:2]
    count = range(_SAMPLES)
    lefts = sorted({max(0, (width - side) * index // (_SAMPLES - 1)) for index in count})
    tops = sorted({max(0, (height - side) * index // (_SAMPLES - 1)) for index in count})
    return [
        (left, top, min(width, left + side), min(height, top + side))
        for top in tops
        for left in lefts
    ]


def _spreads(pixels: Pixels, windows: Sequence[Window], factor: int, side: int) -> Numbers:
    """Return how many pixels of each window have which spread (2 x N x 256), across and down.

    The spread is that between the brightest and the darkest within `side` pixels along a line.
    Strokes and gaps narrower than that are there in full; where blur runs a stroke into the next,
    both are lost. Shapes and shades are wider and leave nothing.
    """
    import cv2
    import numpy as np

    strip, insides = _strip(pixels, windows, factor, side)
    grey = shrunk(grey_of(strip), factor)
    counts = np.zeros((2, len(windows), 256))
    for direction, near in enumerate((np.ones((1, side), np.uint8), np.ones((side, 1), np.uint8))):
        highest = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, near)
        spread = cv2.subtract(highest, cv2.morphologyEx(grey, cv2.MORPH_OPEN, near))
        for index, (left, top, right, bottom) in enumerate(insides):
            inside = spread[top:bottom, left:right].ravel()
            counts[direction, index] = np.bincount(inside, minlength=256)
    return counts


def _strip(
    pixels: Pixels, windows: Sequence[Window], factor: int, side: int
) -> tuple[Pixels, list[Window]]:
    """Return the windows with what is around them, below each other, and where they then stand.

    The places are in pixels of the strip that is `factor` times smaller. The text of a picture is
    a tenth of it: only that is worked on, and in one go.
    """
    import numpy as np

    margin = side * factor
    pieces = []
    insides = []
    top = widest = 0
    height, width = pixels.shape[:2]
    for left, upper, right, lower in windows:
        x, y = max(0, left - margin), max(0, upper - margin)
        piece = pixels[y : min(height, lower + margin), x : min(width, right + margin)]
        # Whole pixels of the smaller copy.
        piece = piece[: len(piece) // factor * factor]
        start = (left - x) // factor, top + (upper - y) // factor
        end = start[0] + (right - left) // factor, start[1] + (lower - upper) // factor
        insides.append((*start, max(start[0], end[0]), max(start[1], end[1])))
        pieces.append(piece)
        top += len(piece) // factor
        widest = max(widest, piece.shape[1])
    wide = -(-max(widest, 1) // factor) * factor
    strip = np.zeros((max(1, top) * factor, wide, *pixels.shape[2:]), np.uint8)
    row = 0
    for piece in pieces:
        strip[row : row + len(piece), : piece.shape[1]] = piece
        row += len(piece)
    return strip, insides


def _strokes(counts: Numbers) -> tuple[Numbers, Numbers]:
    """Return the level of strokes (0 to 255) and how many pixels they cover.

    `counts` (... x 256) are how many pixels have which level.
    """
    import numpy as np

    below = counts.cumsum(-1)
    total = below[..., -1:]
    highest = (below >= 0.995 * total).argmax(-1)
    # The middle of all that stands out at least half as far as the highest.
    lower = np.take_along_axis(below, np.maximum(highest // 2 - 1, 0)[..., None], -1)
    strokes: Numbers = (below >= (lower + total) / 2).argmax(-1).astype(float)
    return strokes, (total - lower)[..., 0]
