"""Areas of a picture that are painted over or darkened: notes, frames, things and their shadows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from synth.drawing.colours import Colour
from synth.drawing.encoding import Pixels
from synth.drawing.geometry import Point

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
else:
    Numbers = Any


def paint(picture: Pixels, polygon: Numbers, colour: Colour) -> None:
    """Fill a polygon (N x 2) of a picture, in place; a grey picture takes the colour's green."""
    import cv2
    import numpy as np

    fixed = np.round((polygon - 0.5) * 16).astype(np.int32)
    tone = colour if picture.ndim == 3 else colour[1]
    cv2.fillPoly(picture, [fixed], tone, cv2.LINE_AA, 4)


def shade(picture: Pixels, polygon: Numbers, share: float) -> None:
    """Darken what lies in a polygon (N x 2) of a picture to `share` of its light, in place."""
    import cv2
    import numpy as np

    height, width = picture.shape[:2]
    low = np.clip(np.floor(polygon.min(axis=0)).astype(int) - 1, 0, (width, height))
    high = np.clip(np.ceil(polygon.max(axis=0)).astype(int) + 1, 0, (width, height))
    if (high <= low).any():
        return
    place = picture[low[1] : high[1], low[0] : high[0]]
    light = np.full(place.shape[:2], 255, np.uint8)
    fixed = np.round((polygon - low - 0.5) * 16).astype(np.int32)
    cv2.fillPoly(light, [fixed], round(255 * share), cv2.LINE_AA, 4)
    if picture.ndim == 3:
        light = cv2.cvtColor(light, cv2.COLOR_GRAY2BGR)
    cv2.multiply(place, light, dst=place, scale=1 / 255)


def ring(outer: Sequence[Point], inner: Sequence[Point]) -> list[list[Point]]:
    """Return the four sides of what lies between two quadrangles, as polygons."""
    order = [(index, (index + 1) % 4) for index in range(4)]
    return [[outer[one], outer[two], inner[two], inner[one]] for one, two in order]


def larger(corners: Sequence[Point], by: float) -> list[Point]:
    """Return an upright rectangle's corners with `by` more on every side."""
    (left, top), (right, bottom) = corners[0], corners[2]
    return bar(left - by, top - by, right + by, bottom + by)


def bar(left: float, top: float, right: float, bottom: float) -> list[Point]:
    """Return the corners of an upright rectangle, clockwise from the upper left."""
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def toned(colour: Colour, share: float) -> Colour:
    """Return a colour with all its light multiplied."""
    blue, green, red = (min(255, round(each * share)) for each in colour)
    return blue, green, red
