"""A canvas for clean drawings: smooth shapes, lines, arrow heads and typed text in pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from synth.drawing import glyphs
from synth.drawing.encoding import Pixels
from synth.drawing.geometry import Point
from synth.drawing.scene import TextLine

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Outline = NDArray[np.int32]
else:
    Outline = Any

Colour = tuple[int, int, int]  # blue, green, red

# Shapes are drawn at sixteenths of a pixel.
_SHIFT = 4


class Canvas:
    """Pixels of one ground colour to draw on; grey while every colour given is a grey one.

    Lengths are in pixels. `pixels` is H x W where the ground is a number, else H x W x 3.
    """

    def __init__(self, width: float, height: float, ground: Colour | int) -> None:
        import numpy as np

        size = (math.ceil(height), math.ceil(width))
        if isinstance(ground, int):
            self.pixels: Pixels = np.full(size, ground, np.uint8)
        else:
            self.pixels = np.empty((*size, 3), np.uint8)
            self.pixels[:] = ground

    def fill(self, points: Sequence[Point], colour: Colour | int) -> None:
        """Fill the convex polygon through `points`."""
        import cv2

        cv2.fillConvexPoly(self.pixels, _fixed(points), colour, cv2.LINE_AA, _SHIFT)

    def stroke(
        self, points: Sequence[Point], colour: Colour | int, width: float, closed: bool = False
    ) -> None:
        """Draw along `points`; lines thinner than a pixel are drawn paler instead."""
        import cv2

        if width < 1:
            colour = self._paler(colour, width)
        thick = max(1, round(width))
        cv2.polylines(self.pixels, [_fixed(points)], closed, colour, thick, cv2.LINE_AA, _SHIFT)

    def head(
        self,
        before: Point,
        tip: Point,
        size: float,
        colour: Colour | int,
        style: str = "normal",
        width: float = 1.0,
    ) -> None:
        """Draw an arrow head of length `size` at `tip`, for a line that comes from `before`.

        Styles: normal (a filled triangle as Graphviz has it), vee (filled, notched), open (two
        strokes), hollow (an outlined triangle filled with white).
        """
        dx, dy = tip[0] - before[0], tip[1] - before[1]
        length = math.hypot(dx, dy) or 1.0
        ux, uy = dx / length, dy / length
        half = size * (0.35 if style == "normal" else 0.42)
        back = (tip[0] - ux * size, tip[1] - uy * size)
        left = (back[0] - uy * half, back[1] + ux * half)
        right = (back[0] + uy * half, back[1] - ux * half)
        if style == "open":
            self.stroke([left, tip, right], colour, width)
        elif style == "hollow":
            white = 255 if isinstance(colour, int) else (255, 255, 255)
            self.fill([tip, left, right], white)
            self.stroke([tip, left, right], colour, width, closed=True)
        elif style == "vee":
            notch = (tip[0] - ux * size * 0.65, tip[1] - uy * size * 0.65)
            self.fill([tip, left, notch], colour)
            self.fill([tip, right, notch], colour)
        else:
            self.fill([tip, left, right], colour)
            self.stroke([tip, left, right], colour, 1, closed=True)

    def write(self, lines: Sequence[TextLine], colour: Colour | int) -> None:
        """Write lines of typed text."""
        glyphs.write(self.pixels, lines, colour)

    def _paler(self, colour: Colour | int, share: float) -> Colour | int:
        ground = self.pixels[0, 0]
        if isinstance(colour, int):
            return round(colour * share + float(ground) * (1 - share))
        mixed = [round(c * share + float(g) * (1 - share)) for c, g in zip(colour, ground)]  # noqa: B905
        return mixed[0], mixed[1], mixed[2]


def _fixed(points: Sequence[Point]) -> Outline:
    """Return points in sixteenths of a pixel; a pixel's middle has whole numbers in OpenCV."""
    import numpy as np

    return np.round((np.array(points) - 0.5) * (1 << _SHIFT)).astype(np.int32)


def rounded_way(points: Sequence[Point], radius: float) -> list[Point]:
    """Return a polyline with its corners rounded by arcs of `radius` at most."""
    if radius <= 0 or len(points) < 3:
        return list(points)
    way = [points[0]]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        reach = min(radius, math.dist(before, corner) / 2, math.dist(corner, after) / 2)
        start, end = _towards(corner, before, reach), _towards(corner, after, reach)
        steps = max(2, round(reach / 2))
        for step in range(steps + 1):
            t = step / steps
            u = 1 - t
            way.append(
                (
                    u * u * start[0] + 2 * u * t * corner[0] + t * t * end[0],
                    u * u * start[1] + 2 * u * t * corner[1] + t * t * end[1],
                )
            )
    return [*way, points[-1]]


def _towards(start: Point, end: Point, length: float) -> Point:
    far = math.dist(start, end) or 1.0
    share = length / far
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def shortened(way: Sequence[Point], by: float) -> list[Point]:
    """Return a way without its last `by` pixels, so that a head's point stays sharp."""
    points = list(way)
    while len(points) > 2 and math.dist(points[-1], points[-2]) <= by:
        by -= math.dist(points[-1], points[-2])
        points.pop()
    far = math.dist(points[-1], points[-2])
    if far > by:
        points[-1] = _towards(points[-1], points[-2], by)
    return points
