"""Outlines in sixteenths of a pixel, as OpenCV's smooth shapes take them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from synth.drawing.encoding import Pixels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Outline = NDArray[np.int32]
else:
    Outline = Any

Colour = tuple[int, int, int]  # blue, green, red

_SHIFT = 4


def rounded(x: float, y: float, width: float, height: float, radius: float) -> Outline:
    """Return the outline of a rectangle with rounded corners; lengths in pixels."""
    right, bottom = x + width, y + height
    if radius < 0.5:
        return polygon([(x, y), (right, y), (right, bottom), (x, bottom)])
    r = min(radius, width / 2, height / 2)
    # The quarter circle at 0, 30, 60 and 90 degrees.
    quarter = ((0.0, 1.0), (0.5, 0.866), (0.866, 0.5), (1.0, 0.0))
    points = [(right - r + r * a, y + r - r * b) for a, b in quarter]
    points += [(right - r + r * b, bottom - r + r * a) for a, b in quarter]
    points += [(x + r - r * a, bottom - r + r * b) for a, b in quarter]
    points += [(x + r - r * b, y + r - r * a) for a, b in quarter]
    return polygon(points)


def polygon(points: Sequence[tuple[float, float]]) -> Outline:
    """Return the outline through `points`, in pixels."""
    import numpy as np

    return np.round(np.array(points) * (1 << _SHIFT)).astype(np.int32)


def fill(canvas: Pixels, outline: Outline, colour: Colour) -> None:
    """Fill an outline, with smooth edges."""
    import cv2

    cv2.fillPoly(canvas, [outline], colour, cv2.LINE_AA, _SHIFT)


def trace(canvas: Pixels, outline: Outline, colour: Colour, thickness: float) -> None:
    """Draw along an outline, at least one pixel thick."""
    import cv2

    cv2.polylines(canvas, [outline], True, colour, max(1, round(thickness)), cv2.LINE_AA, _SHIFT)
