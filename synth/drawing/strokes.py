"""The stroke of a hand: wobbling, bowed, of uneven width; collected, then drawn all at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from itertools import chain
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from synth.drawing.encoding import Pixels
from synth.drawing.geometry import Point

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Points = NDArray[np.float64]
else:
    Points = Any

# Outlines are drawn at sixteenths of a pixel.
_SHIFT = 4
_NOISE_LENGTH = 1 << 14
# The way from one point of a stroke to the next, in units.
_STEP = 3.2
# Long strokes are filled piece by piece: an outline that crosses itself would have holes.
_PIECE = 36


class _Drawn(NamedTuple):
    """Strokes as they come out, all behind each other: points, normals, widths, first indices."""

    points: Points
    normals: Points
    widths: Points
    first: list[int]
    counts: list[int]


@cache
def _noise(smoothness: int) -> Points:
    """Return one long smooth random signal of deviation 1; strokes take windows out of it."""
    import numpy as np

    white = np.random.default_rng(smoothness).standard_normal(_NOISE_LENGTH + 6 * smoothness)
    window = np.hanning(4 * smoothness + 1)
    smooth: Points = np.convolve(white, window, mode="same")[:_NOISE_LENGTH]
    smooth /= smooth.std()
    return smooth


class Pen:
    """Collects the strokes of one colour, then draws them at once onto a plane of ink.

    Lengths are in pixels of the plane. `unit` is what a length of one pixel at scale 1 is there;
    `wobble` is the deviation of a line from its way, in units; `pressure` that of its width from
    `thickness`, as a share; `tip` the width of a stroke's ends, of its own; `bow` how far a line
    bends to a side, as a share of its length.
    """

    def __init__(
        self,
        thickness: float,
        unit: float,
        wobble: float,
        random: Random,
        pressure: float = 0.1,
        tip: float = 0.7,
        bow: float = 0.006,
    ) -> None:
        self.thickness, self.unit, self.wobble, self.random = thickness, unit, wobble, random
        self.pressure, self.tip, self.bow = pressure, tip, bow
        self._ways: list[Sequence[Point]] = []
        self._drawn: list[_Drawn] = []
        self._filled: list[Sequence[Point]] = []

    def stroke(self, way: Sequence[Point] | Points) -> Points:
        """Draw along `way` (points of a polyline) in one movement; return the points drawn."""
        drawn = self._draw([[(float(x), float(y)) for x, y in way]])
        self._drawn.append(drawn)
        return drawn.points

    def add(self, way: Sequence[Point]) -> None:
        """Draw along `way` in one movement; where exactly it ran is decided when all is drawn."""
        self._ways.append(way)

    def line(self, start: Point, end: Point, overshoot: float = 0.0) -> None:
        """Draw a straight line that may run past its end by up to `overshoot` units."""
        length = math.dist(start, end) or 1.0
        past = self.random.uniform(-0.4, 1.0) * overshoot * self.unit / length
        x = end[0] + (end[0] - start[0]) * past
        y = end[1] + (end[1] - start[1]) * past
        self.add([start, (x, y)])

    def closed(self, corners: Sequence[Point], sides: bool, overshoot: float = 3.0) -> None:
        """Draw a closed shape, either side by side or in one movement that misses its start."""
        if sides:
            for start, end in zip(corners, [*corners[1:], corners[0]], strict=True):
                self.line(self.near(start, 1.0), self.near(end, 1.0), overshoot)
            return
        first = corners[0]
        end = self.near(first, 2.0)
        self.add([first, *(self.near(corner, 0.8) for corner in corners[1:]), end])

    def near(self, point: Point, reach: float) -> Point:
        """Return a place at most `reach` units off `point` on both axes."""
        far = reach * self.unit
        uniform = self.random.uniform
        return point[0] + uniform(-far, far), point[1] + uniform(-far, far)

    def fill(self, points: Sequence[Point]) -> None:
        """Fill a polygon with ink."""
        self._filled.append(points)

    def head(self, tip: Point, before: Point, size: float, style: str) -> None:
        """Draw an arrow's head at `tip` for a line coming from `before`; `size` in units.

        Styles: open (two strokes), hollow (a triangle), filled.
        """
        angle = math.atan2(tip[1] - before[1], tip[0] - before[0])
        wings = []
        for side in (1, -1):
            turn = angle + math.pi + side * self.random.uniform(0.35, 0.6)
            far = size * self.unit * self.random.uniform(0.85, 1.15)
            wings.append((tip[0] + far * math.cos(turn), tip[1] + far * math.sin(turn)))
        if style == "open":
            for wing in wings:
                self.add([wing, tip])
            return
        if style == "filled":
            self.fill([tip, *wings])
        self.add([tip, wings[0], wings[1], tip])

    def draw(self, ink: Pixels, strength: int = 255) -> None:
        """Draw what was collected onto `ink` (H x W, 0 to 255)."""
        import cv2
        import numpy as np

        if self._ways:
            self._drawn.append(self._draw(self._ways))
            self._ways = []
        for points in self._filled:
            fixed = np.round((np.array(points) - 0.5) * (1 << _SHIFT)).astype(np.int32)
            cv2.fillPoly(ink, [fixed], strength, cv2.LINE_AA, _SHIFT)
        for drawn in self._drawn:
            aside = drawn.normals * (drawn.widths / 2)[:, None]
            # A pixel's middle has whole numbers in OpenCV.
            middle = drawn.points - 0.5
            left = np.round((middle + aside) * (1 << _SHIFT)).astype(np.int32)
            right = np.round((middle - aside) * (1 << _SHIFT)).astype(np.int32)
            for first, count in zip(drawn.first, drawn.counts, strict=True):
                for start in range(first, first + count - 1, _PIECE):
                    end = min(start + _PIECE + 1, first + count)
                    # One step further, so that pieces show no seam.
                    end += end < first + count
                    outline = np.concatenate((left[start:end], right[start:end][::-1]))
                    cv2.fillPoly(ink, [outline], strength, cv2.LINE_AA, _SHIFT)

    def _draw(self, ways: Sequence[Sequence[Point]]) -> _Drawn:
        """Return ways as the hand draws them."""
        import numpy as np

        noise = np.random.default_rng(self.random.getrandbits(64))
        corners = np.array(list(chain.from_iterable(ways)), np.float64)
        ends = np.cumsum([len(way) for way in ways])
        begins = np.concatenate([[0], ends[:-1]])
        steps = np.hypot(*np.diff(corners, axis=0).T)
        steps[begins[1:] - 1] = 1.0  # from one stroke to the next: any length, but not none
        along = np.concatenate([[0.0], np.cumsum(steps)])
        start, length = along[begins], along[ends - 1] - along[begins]

        counts = np.maximum(5, (length / (_STEP * self.unit)).astype(np.int64) + 3)
        first = np.cumsum(counts) - counts
        which = np.repeat(np.arange(len(counts)), counts)
        index = np.arange(len(which)) - first[which]
        last = (counts - 1)[which]
        # The ends get points of their own close by, where the stroke comes to its full width.
        close = np.minimum(0.5 * self.thickness, length / 4)
        even = close[which] + (index - 1) * ((length - 2 * close) / (counts - 3))[which]
        reach = length[which]
        at = np.where(index == 0, 0.0, np.where(index == last, reach, even))
        share = at / np.maximum(reach, 1e-9)
        at += start[which]
        points = np.column_stack(
            [np.interp(at, along, corners[:, 0]), np.interp(at, along, corners[:, 1])]
        )

        number = np.arange(len(which))
        ahead = points[np.where(index == last, number, number + 1 - (number == len(number) - 1))]
        behind = points[np.where(index == 0, number, number - 1)]
        way = ahead - behind
        way /= np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-6)[:, None]
        normals = np.column_stack([-way[:, 1], way[:, 0]])

        place = noise.integers(0, _NOISE_LENGTH, len(counts))[which] + index
        near, far, wide = (
            _noise(smoothness)[(place + shift) % _NOISE_LENGTH]
            for smoothness, shift in ((3, 0), (14, 777), (8, 4242))
        )
        # Both ends stay where they belong.
        hold = np.minimum(1, np.minimum(index, last - index) / 5 + 0.3)
        deviation = self.wobble * self.unit * hold * (far + 0.35 * near)
        bend = np.clip(noise.normal(0, self.bow, len(counts)) * length, -2 * self.unit, None)
        bend = np.minimum(bend, 2 * self.unit)
        deviation += bend[which] * 4 * share * (1 - share)
        points += normals * deviation[:, None]

        widths = self.thickness * np.clip(1 + self.pressure * wide, 0.5, 1.6)
        edge = (index == 0) | (index == last)
        widths *= np.where(edge, self.tip, 1.0)
        return _Drawn(points, normals, widths, first.tolist(), counts.tolist())
