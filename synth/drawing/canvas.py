"""A canvas for clean drawings: smooth shapes, lines, arrow heads and typed text in pixels."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from synth.drawing import glyphs
from synth.drawing.encoding import Pixels
from synth.drawing.geometry import Box, Point
from synth.drawing.scene import TextLine

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Fixed = NDArray[np.int32]
    Points = NDArray[np.float64]
else:
    Fixed = Points = Any

Colour = tuple[int, int, int]  # blue, green, red

# Shapes are drawn at sixteenths of a pixel.
_SHIFT = 4
# What OpenCV's smooth edges add around a polygon, in pixels: it is taken off beforehand.
_BLEED = 0.7
# Up to this width its smooth line of one pixel is drawn, which has the ink of a wider one.
_THIN = 1.5
_INK = 1.25


class Canvas:
    """Pixels of one ground colour to draw on; grey while every colour given is a grey one.

    Lengths are in pixels. `pixels` is H x W where the ground is a number, else H x W x 3.
    """

    def __init__(self, width: float, height: float, ground: Colour | int) -> None:
        import numpy as np

        high, wide = math.ceil(height), math.ceil(width)
        self.ground = ground
        if isinstance(ground, int):
            self.pixels: Pixels = np.full((high, wide), ground, np.uint8)
        else:
            # Rows are copied whole: sixty times as fast as pixel by pixel.
            self.pixels = np.empty((high, wide, 3), np.uint8)
            self.pixels.reshape(high, -1)[:] = np.tile(np.array(ground, np.uint8), wide)

    def fill(self, points: Sequence[Point], colour: Colour | int) -> None:
        """Fill the convex polygon through `points`."""
        self._fill(points, colour, 0.0)

    def rectangle(self, box: Box, colour: Colour | int) -> None:
        """Fill a rectangle; pixels that it covers in part are mixed."""
        height, width = self.pixels.shape[:2]
        columns = _covered(box.x, box.right, width)
        for top, bottom, high in _covered(box.y, box.bottom, height):
            for left, right, wide in columns:
                self._mix(left, top, right, bottom, colour, high * wide)

    def stroke(
        self, points: Sequence[Point], colour: Colour | int, width: float, closed: bool = False
    ) -> None:
        """Draw along `points`; lines thinner than a pixel are drawn paler instead.

        Level and upright pieces are as sharp as their place and width allow.
        """
        way = [*points, points[0]] if closed else list(points)
        level = [a[0] == b[0] or a[1] == b[1] for a, b in pairwise(way)]
        if not any(level):
            self._lead(way, colour, width, closed)
            return
        run: list[Point] = way[:1]
        for straight, (start, end) in zip(level, pairwise(way), strict=True):
            if straight:
                if len(run) > 1:
                    self._lead(run, colour, width, closed=False)
                self._bar(start, end, colour, width)
                run = [end]
            else:
                run.append(end)
        if len(run) > 1:
            self._lead(run, colour, width, closed=False)

    def outlined(
        self,
        points: Sequence[Point],
        fill: Colour | int,
        line: Colour | int,
        width: float,
    ) -> None:
        """Fill a convex polygon and draw a line of `width` along its border."""
        if len(points) == 4 and points[0][1] == points[1][1] and points[1][0] == points[2][0]:
            (x, y), (right, bottom) = points[0], points[2]
            self._solid(round(x), round(y), round(right), round(bottom), fill)
            self.stroke(points, line, width, closed=True)
        elif width <= _THIN:
            import cv2

            # The line covers the fill's edge, which need not be smooth then.
            cv2.fillConvexPoly(self.pixels, _fixed(points), fill, cv2.LINE_8, _SHIFT)
            self.stroke(points, line, width, closed=True)
        else:
            self._fill(points, line, width / 2)
            self._fill(points, fill, -width / 2)

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

        Styles: normal (a filled triangle as Graphviz has it), block (a wider one), vee (filled,
        notched), open (two strokes), hollow (an outlined triangle filled with white).
        """
        dx, dy = tip[0] - before[0], tip[1] - before[1]
        length = math.hypot(dx, dy) or 1.0
        ux, uy = dx / length, dy / length
        half = size * {"normal": 0.35, "block": 0.5}.get(style, 0.42)

        def at(back: float, aside: float) -> Point:
            return tip[0] - ux * back - uy * aside, tip[1] - uy * back + ux * aside

        if style == "open":
            self._lead([at(size, half), tip, at(size, -half)], colour, width, closed=False)
        elif style == "hollow":
            white = 255 if isinstance(colour, int) else (255, 255, 255)
            self.outlined([tip, at(size, half), at(size, -half)], white, colour, width)
        else:
            # Grown or shrunk as a whole, around the middle of the circle that fits in.
            radius = size * half / (half + math.hypot(size, half))
            by = max(0.3, 1 + ((0.4 if style == "vee" else width / 2) - _BLEED) / radius)
            middle = size - radius
            points = [(0.0, 0.0), (size, half), (size, -half)]
            if style == "vee":
                points.insert(2, (0.65 * size, 0.0))
            shown = [at(middle + (back - middle) * by, aside * by) for back, aside in points]
            self._polygon(shown, colour)

    def write(self, lines: Sequence[TextLine], colour: Colour | int, whole: bool = False) -> None:
        """Write lines of typed text; with `whole`, every letter at a whole pixel."""
        glyphs.write(self.pixels, lines, colour, whole)

    def paler(self, colour: Colour | int, share: float) -> Colour | int:
        """Return `colour` mixed with the ground, `share` of it."""
        shown = mixed(_channels(colour), _channels(self.ground), share)
        return shown[0] if isinstance(colour, int) else shown

    def _lead(
        self, points: Sequence[Point], colour: Colour | int, width: float, closed: bool
    ) -> None:
        """Draw a line by OpenCV's means."""
        import cv2

        if width <= _THIN:
            shown = self.paler(colour, width / _INK) if width < _INK else colour
            way = _fixed(points)
            cv2.polylines(self.pixels, [way], closed, shown, 1, cv2.LINE_AA, _SHIFT)
            return
        # OpenCV's own thick lines are wider than they should be, and of whole widths only.
        strips = _strips(points, width / 2 - _BLEED, closed)
        cv2.fillPoly(self.pixels, strips, colour, cv2.LINE_AA, _SHIFT)

    def _bar(self, start: Point, end: Point, colour: Colour | int, width: float) -> None:
        """Draw a level or upright line, half its width longer at both ends."""
        half = width / 2
        height, wide = self.pixels.shape[:2]
        left, right = min(start[0], end[0]), max(start[0], end[0])
        top, bottom = min(start[1], end[1]), max(start[1], end[1])
        if start[1] == end[1]:
            left, right = max(round(left - half), 0), min(round(right + half), wide)
            for first, last, share in _covered(top - half, top + half, height):
                self._mix(left, first, right, last, colour, share)
        else:
            top, bottom = max(round(top - half), 0), min(round(bottom + half), height)
            for first, last, share in _covered(left - half, left + half, wide):
                self._mix(first, top, last, bottom, colour, share)

    def _fill(self, points: Sequence[Point], colour: Colour | int, more: float) -> None:
        """Fill a convex polygon that is `more` pixels larger on every side."""
        import cv2

        polygon = _fixed(grown(points, more - _BLEED))
        cv2.fillConvexPoly(self.pixels, polygon, colour, cv2.LINE_AA, _SHIFT)

    def _polygon(self, points: Sequence[Point], colour: Colour | int) -> None:
        """Fill any polygon as it is given, with what OpenCV adds around it."""
        import cv2

        cv2.fillPoly(self.pixels, [_fixed(points)], colour, cv2.LINE_AA, _SHIFT)

    def _solid(self, left: int, top: int, right: int, bottom: int, colour: Colour | int) -> None:
        if isinstance(colour, int):
            self.pixels[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = colour
        elif right > left and bottom > top:
            import cv2

            cv2.rectangle(self.pixels, (left, top), (right - 1, bottom - 1), colour, -1)

    def _mix(
        self, left: int, top: int, right: int, bottom: int, colour: Colour | int, share: float
    ) -> None:
        """Mix `share` of a colour into the pixels of a rectangle."""
        import numpy as np

        if share > 0.99:
            self._solid(left, top, right, bottom, colour)
        elif share > 0.01:
            # What is dark on its ground darkens, what is bright brightens: one step instead of
            # four, and right wherever the ground itself lies below.
            region, ground = self.pixels[top:bottom, left:right], self.ground
            if isinstance(colour, int) and isinstance(ground, int):
                extreme = np.minimum if colour <= ground else np.maximum
                extreme(region, round(colour * share + ground * (1 - share)), out=region)
                return
            channels, grounds = _channels(colour), _channels(ground)
            shown = np.array(mixed(channels, grounds, share), np.uint8)
            if all(map(operator.le, channels, grounds)):
                np.minimum(region, shown, out=region)
            elif all(map(operator.ge, channels, grounds)):
                np.maximum(region, shown, out=region)
            else:
                added = np.array(channels, np.float32) * share
                region[:] = (region * np.float32(1 - share) + added).astype(np.uint8)


def _channels(colour: Colour | int) -> Colour:
    return (colour, colour, colour) if isinstance(colour, int) else colour


def mixed(colour: Colour, other: Colour, share: float) -> Colour:
    """Return the colour between two: `share` of the first."""
    blue, green, red = (
        round(one * share + two * (1 - share)) for one, two in zip(colour, other, strict=True)
    )
    return blue, green, red


def _covered(low: float, high: float, size: int) -> list[tuple[int, int, float]]:
    """Return pixels that low to high covers: from, to, and the covered share of each."""
    low, high = max(low, 0.0), min(high, float(size))
    if high <= low:
        return []
    first, last = int(low), int(high)
    if first == last:
        return [(first, first + 1, high - low)]
    parts = []
    if low > first:
        parts.append((first, first + 1, first + 1 - low))
        first += 1
    if last > first:
        parts.append((first, last, 1.0))
    if high > last:
        parts.append((last, last + 1, high - last))
    return parts


def _fixed(points: Sequence[Point] | Points) -> Fixed:
    """Return points in sixteenths of a pixel; a pixel's middle has whole numbers in OpenCV."""
    import numpy as np

    corners = np.asarray(points, np.float64)
    fixed: Fixed = np.rint(corners * (1 << _SHIFT) - (1 << _SHIFT - 1)).astype(np.int32)
    return fixed


def grown(points: Sequence[Point], by: float) -> Points:
    """Return a convex polygon (n x 2) with its edges `by` further out; inwards if negative."""
    import numpy as np

    corners = np.array(points, np.float64)
    x, y = corners[:, 0], corners[:, 1]
    next_x, next_y = np.concatenate([x[1:], x[:1]]), np.concatenate([y[1:], y[:1]])
    across, down = next_x - x, next_y - y
    # Twice the area tells which way round the points go.
    if x @ next_y < next_x @ y:
        by = -by
    length = np.maximum(np.hypot(across, down), 1e-6)
    away, up = down / length, -across / length
    before, above = np.concatenate([away[-1:], away[:-1]]), np.concatenate([up[-1:], up[:-1]])
    reach = by / np.maximum(1 + away * before + up * above, 0.2)
    moved: Points = np.empty_like(corners)
    moved[:, 0] = x + (away + before) * reach
    moved[:, 1] = y + (up + above) * reach
    return moved


def _strips(points: Sequence[Point], half: float, closed: bool) -> list[Fixed]:
    """Return the outline of a line that is `half` wide on each side: one ring, or two if closed."""
    import numpy as np

    way = np.array(points, np.float64)
    ends = np.concatenate([way[-1:], way, way[:1]]) if closed else way
    steps = np.diff(ends, axis=0)
    lengths = np.maximum(np.hypot(steps[:, 0], steps[:, 1]), 1e-6)
    normals = np.column_stack([steps[:, 1], -steps[:, 0]]) / lengths[:, None]
    if not closed:
        normals = np.concatenate([normals[:1], normals, normals[-1:]])
    before, after = normals[:-1], normals[1:]
    # Longer at corners; sharp ones are cut.
    reach = max(half, 0.05) / np.maximum(1 + (before * after).sum(axis=1), 0.5)
    aside = (before + after) * reach[:, None]
    rings = [way + aside, way - aside]
    if not closed:
        rings = [np.concatenate([rings[0], rings[1][::-1]])]
    return [np.rint((ring - 0.5) * (1 << _SHIFT)).astype(np.int32) for ring in rings]


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
