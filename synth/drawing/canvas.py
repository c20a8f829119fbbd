"""A canvas for clean drawings: smooth shapes, lines, arrow heads and typed text in pixels."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from synth.drawing import glyphs
from synth.drawing.colours import Colour, mixed
from synth.drawing.encoding import Pixels
from synth.drawing.geometry import Box, Point, towards
from synth.drawing.rastering import SHIFT, covered, fixed, grown, strips
from synth.drawing.scene import TextLine

# What OpenCV's smooth edges add around a polygon, in pixels: it is taken off beforehand.
_BLEED = 0.7
# Up to this width its smooth line of one pixel is drawn, which has the ink of a wider one.
_THIN = 1.5
_INK = 1.25
# Up to this width lines are drawn side by side.
_HOLLOW = 2.4


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

    def fill(self, points: Sequence[Point], colour: Colour | int, *, smooth: bool = True) -> None:
        """Fill the convex polygon through `points`; its edge has steps where it is not smooth."""
        if smooth:
            self._fill(points, colour, 0.0)
        else:
            import cv2

            cv2.fillConvexPoly(self.pixels, fixed(points), colour, cv2.LINE_8, SHIFT)

    def rectangle(self, box: Box, colour: Colour | int) -> None:
        """Fill a rectangle; pixels that it covers in part are mixed."""
        height, width = self.pixels.shape[:2]
        columns = covered(box.x, box.right, width)
        for top, bottom, high in covered(box.y, box.bottom, height):
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
            self._block(x, y, right, bottom, line, width / 2)
            self._block(x, y, right, bottom, fill, -width / 2)
        elif width <= _THIN:
            # The line covers the fill's edge.
            self.fill(points, fill, smooth=False)
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
        if isinstance(colour, int) and isinstance(self.ground, int):
            return round(colour * share + self.ground * (1 - share))
        shown = mixed(_channels(self.ground), _channels(colour), share)
        return shown[0] if isinstance(colour, int) else shown

    def _lead(
        self, points: Sequence[Point], colour: Colour | int, width: float, closed: bool
    ) -> None:
        """Draw a line by OpenCV's means."""
        import cv2

        if width <= _THIN:
            shown = self.paler(colour, width / _INK) if width < _INK else colour
            way = fixed(points)
            cv2.polylines(self.pixels, [way], closed, shown, 1, cv2.LINE_AA, SHIFT)
            return
        # OpenCV's own thick lines are wider than they should be, and of whole widths only.
        rings = strips(points, width / 2 - _BLEED, closed)
        if width < _HOLLOW:
            # What is too narrow to be filled: its two sides are thin lines that meet.
            cv2.polylines(self.pixels, rings, True, colour, 1, cv2.LINE_AA, SHIFT)
        else:
            cv2.fillPoly(self.pixels, rings, colour, cv2.LINE_AA, SHIFT)

    def _bar(self, start: Point, end: Point, colour: Colour | int, width: float) -> None:
        """Draw a level or upright line, half its width longer at both ends."""
        half = width / 2
        height, wide = self.pixels.shape[:2]
        level = start[1] == end[1]
        along, across, size = (0, 1, wide) if level else (1, 0, height)
        first = max(round(min(start[along], end[along]) - half), 0)
        last = min(round(max(start[along], end[along]) + half), size)
        parts = covered(start[across] - half, start[across] + half, height if level else wide)
        if last <= first or not parts:
            return
        low, high = parts[0][0], parts[-1][1]
        rows, columns = slice(first, last), slice(low, high)
        region = self.pixels[columns, rows] if level else self.pixels[rows, columns]
        extreme = self._extreme(region, colour)
        if extreme is not None:
            shades = self._shades(parts, colour)
            extreme(region, shades[:, None] if level else shades, out=region)
            return
        for start_, end_, share in parts:
            if level:
                self._mix(first, start_, last, end_, colour, share)
            else:
                self._mix(start_, first, end_, last, colour, share)

    def _shades(self, parts: Sequence[tuple[int, int, float]], colour: Colour | int) -> Pixels:
        """Return what shares of a colour make of the ground, a row each."""
        import numpy as np

        shades = [self.paler(colour, share) for low, high, share in parts for _ in range(low, high)]
        return np.array(shades, np.uint8)

    def _extreme(self, region: Pixels, colour: Colour | int) -> Any:
        """Return minimum or maximum where one of them mixes a colour into a region.

        On the ground itself what is dark darkens and what is bright brightens: one step instead of
        four, and what stands there already stays. None elsewhere.
        """
        import numpy as np

        if isinstance(colour, int) and isinstance(self.ground, int):
            if region.item(0, 0) != self.ground:
                return None
            return np.minimum if colour <= self.ground else np.maximum
        channels, ground = _channels(colour), _channels(self.ground)
        if region[0, 0].tolist() != list(ground):
            return None
        if all(map(operator.le, channels, ground)):
            return np.minimum
        return np.maximum if all(map(operator.ge, channels, ground)) else None

    def _block(
        self,
        x: float,
        y: float,
        right: float,
        bottom: float,
        colour: Colour | int,
        more: float,
    ) -> None:
        """Fill an upright rectangle that is `more` pixels larger on every side."""
        import cv2

        more -= _BLEED
        left, top, right, bottom = x - more, y - more, right + more, bottom + more
        corners = fixed(((left, top), (right, top), (right, bottom), (left, bottom)))
        cv2.fillConvexPoly(self.pixels, corners, colour, cv2.LINE_AA, SHIFT)

    def _fill(self, points: Sequence[Point], colour: Colour | int, more: float) -> None:
        """Fill a convex polygon that is `more` pixels larger on every side."""
        import cv2

        polygon = fixed(grown(points, more - _BLEED))
        cv2.fillConvexPoly(self.pixels, polygon, colour, cv2.LINE_AA, SHIFT)

    def _polygon(self, points: Sequence[Point], colour: Colour | int) -> None:
        """Fill any polygon as it is given, with what OpenCV adds around it."""
        import cv2

        cv2.fillPoly(self.pixels, [fixed(points)], colour, cv2.LINE_AA, SHIFT)

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
            return
        if share < 0.01 or right <= left or bottom <= top:
            return
        region = self.pixels[top:bottom, left:right]
        extreme = self._extreme(region, colour)
        if extreme is not None:
            extreme(region, np.array(self.paler(colour, share), np.uint8), out=region)
            return
        added = np.array(colour, np.float32) * np.float32(share)
        region[:] = region * np.float32(1 - share) + added


def _channels(colour: Colour | int) -> Colour:
    return (colour, colour, colour) if isinstance(colour, int) else colour


def rounded_way(points: Sequence[Point], radius: float) -> list[Point]:
    """Return a polyline with its corners rounded by arcs of `radius` at most."""
    if radius <= 0 or len(points) < 3:
        return list(points)
    way = [points[0]]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        reach = min(radius, math.dist(before, corner) / 2, math.dist(corner, after) / 2)
        start, end = towards(corner, before, reach), towards(corner, after, reach)
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


def shortened(way: Sequence[Point], by: float) -> list[Point]:
    """Return a way without its last `by` pixels, so that a head's point stays sharp."""
    points = list(way)
    while len(points) > 2 and math.dist(points[-1], points[-2]) <= by:
        by -= math.dist(points[-1], points[-2])
        points.pop()
    far = math.dist(points[-1], points[-2])
    if far > by:
        points[-1] = towards(points[-1], points[-2], by)
    return points
