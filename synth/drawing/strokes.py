"""The stroke of a hand: wobbling, overshooting, of uneven width; one plane of ink per colour."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any

from synth.drawing.encoding import Pixels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Points = NDArray[np.float64]
else:
    Points = Any

Point = tuple[float, float]

# Lines are drawn at eighths of a pixel.
_SHIFT = 3
_NOISE_LENGTH = 1 << 14


@cache
def _noise(smoothness: int) -> Points:
    """Return one long smooth random signal of deviation 1; strokes take windows out of it."""
    import numpy as np

    white = np.random.default_rng(smoothness).standard_normal(_NOISE_LENGTH + 6 * smoothness)
    window = np.hanning(4 * smoothness + 1)
    smooth: Points = np.convolve(white, window, mode="same")
    smooth /= smooth.std()
    return smooth


def _window(smoothness: int, length: int, random: Random) -> Points:
    noise = _noise(smoothness)
    start = random.randrange(max(1, len(noise) - length))
    return noise[start : start + length]


class Pen:
    """Collects the strokes of one colour, then draws them at once onto a plane of ink.

    Lengths are in pixels of the plane. `unit` is what a length of one pixel at scale 1 is there;
    `wobble` is the deviation of a line from its way, in units.
    """

    def __init__(self, thickness: int, unit: float, wobble: float, random: Random) -> None:
        self.thickness, self.unit, self.wobble, self.random = thickness, unit, wobble, random
        self._strokes: dict[int, list[NDArray[np.int32]]] = defaultdict(list)

    def stroke(self, way: Sequence[Point] | Points) -> Points:
        """Draw along `way` (points of a polyline) in one movement; return the points drawn."""
        import numpy as np

        corners = np.asarray(way, dtype=np.float64)
        steps = np.hypot(*np.diff(corners, axis=0).T)
        length = np.concatenate([[0.0], np.cumsum(steps)])
        count = max(3, int(length[-1] / (5 * self.unit)) + 1)
        at = np.linspace(0, length[-1], count)
        points = np.column_stack(
            [np.interp(at, length, corners[:, 0]), np.interp(at, length, corners[:, 1])]
        )
        across = np.gradient(points, axis=0)[:, ::-1] * (1, -1)
        across /= np.maximum(np.hypot(across[:, 0], across[:, 1]), 1e-6)[:, None]
        deviation = _window(9, count, self.random) + 0.35 * _window(2, count, self.random)
        # Both ends stay where they belong.
        hold = np.minimum(1, np.minimum(np.arange(count), np.arange(count)[::-1]) / 3 + 0.3)
        points += across * (self.wobble * self.unit * deviation * hold)[:, None]
        fixed = np.round(points * (1 << _SHIFT)).astype(np.int32)
        self._strokes[self.thickness].append(fixed)
        if count > 5:
            # A stretch where the hand pressed harder.
            start = self.random.randrange(count - 4)
            self._strokes[self.thickness + 1].append(fixed[start : start + 3 + count // 3])
        return points

    def line(self, start: Point, end: Point, overshoot: float = 0.0) -> None:
        """Draw a straight line that may run past its end by up to `overshoot` units."""
        length = math.dist(start, end) or 1.0
        past = self.random.uniform(-0.4, 1.0) * overshoot * self.unit / length
        x = end[0] + (end[0] - start[0]) * past
        y = end[1] + (end[1] - start[1]) * past
        self.stroke([start, (x, y)])

    def closed(self, corners: Sequence[Point], sides: bool) -> None:
        """Draw a closed shape, either side by side or in one movement that misses its start."""
        if sides:
            for start, end in zip(corners, [*corners[1:], corners[0]], strict=True):
                self.line(self._near(start, 1.0), self._near(end, 1.0), overshoot=3.0)
            return
        first = corners[0]
        end = self._near(first, 2.0)
        self.stroke([first, *(self._near(corner, 0.8) for corner in corners[1:]), end])

    def _near(self, point: Point, reach: float) -> Point:
        far = reach * self.unit
        return (
            point[0] + self.random.uniform(-far, far),
            point[1] + self.random.uniform(-far, far),
        )

    def head(self, tip: Point, before: Point, size: float, style: str) -> None:
        """Draw an arrow's head at `tip` for a line coming from `before`; `size` in units."""
        angle = math.atan2(tip[1] - before[1], tip[0] - before[0])
        wings = []
        for side in (1, -1):
            turn = angle + math.pi + side * self.random.uniform(0.35, 0.6)
            far = size * self.unit * self.random.uniform(0.85, 1.15)
            wings.append((tip[0] + far * math.cos(turn), tip[1] + far * math.sin(turn)))
        if style == "open":
            for wing in wings:
                self.stroke([wing, tip])
        else:
            self.stroke([tip, wings[0], wings[1], tip])

    def draw(self, ink: Pixels) -> None:
        """Draw what was collected onto `ink` (H x W, 0 to 255)."""
        import cv2

        for thickness, strokes in sorted(self._strokes.items()):
            cv2.polylines(ink, strokes, False, 255, thickness, cv2.LINE_AA, _SHIFT)


def bezier(points: Sequence[Point], per_curve: int = 8) -> list[Point]:
    """Return points along joined cubic Bézier curves (3k + 1 control points)."""
    way = [points[0]]
    for i in range(0, len(points) - 3, 3):
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = points[i : i + 4]
        for step in range(1, per_curve + 1):
            t = step / per_curve
            u = 1 - t
            a, b, c, d = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
            way.append((a * ax + b * bx + c * cx + d * dx, a * ay + b * by + c * cy + d * dy))
    return way
