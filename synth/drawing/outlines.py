"""The outlines of shapes as polygons, all convex, and where a line meets them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Literal

from synth.drawing.geometry import Box, Point

Outline = Literal[
    "none", "box", "rounded", "pill", "ellipse", "diamond", "hexagon", "slanted", "note"
]

# What a slanted box or a hexagon loses at its sides, of its height.
SLANT = 0.35
FOLD = 0.3  # the folded corner of a note, of its height, at most FOLD_MOST
FOLD_MOST = 10.0


def corner_radius(outline: Outline, box: Box, radius: float) -> float:
    """Return how round a shape's corners are: `radius`, but for pills half the height."""
    if outline == "pill":
        return min(box.width, box.height) / 2
    return min(radius, box.width / 2, box.height / 2) if outline == "rounded" else 0.0


def polygon(outline: Outline, box: Box, radius: float = 6.0) -> tuple[Point, ...]:
    """Return the corners of an outline, clockwise from the upper left."""
    x, y, right, bottom = box.x, box.y, box.right, box.bottom
    across, down = box.centre
    if outline == "diamond":
        return (across, y), (right, down), (across, bottom), (x, down)
    if outline == "hexagon":
        cut = min(SLANT * box.height, box.width / 3)
        return (
            *((x + cut, y), (right - cut, y), (right, down)),
            *((right - cut, bottom), (x + cut, bottom), (x, down)),
        )
    if outline == "slanted":
        cut = min(SLANT * box.height, box.width / 3)
        return (x + cut, y), (right, y), (right - cut, bottom), (x, bottom)
    if outline == "note":
        fold = min(FOLD * box.height, FOLD_MOST)
        return (x, y), (right - fold, y), (right, y + fold), (right, bottom), (x, bottom)
    if outline == "ellipse":
        half, tall = box.width / 2, box.height / 2
        return tuple([(across + half * cos, down + tall * sin) for cos, sin in _turns(10)[:40]])
    r = corner_radius(outline, box, radius)
    if r < 0.5:
        return (x, y), (right, y), (right, bottom), (x, bottom)
    steps = max(3, min(12, round(r / 2)))
    arc = _turns(steps)
    corners = ((right - r, y + r, 3), (right - r, bottom - r, 0), (x + r, bottom - r, 1))
    points: list[Point] = []
    for cx, cy, quarter in (*corners, (x + r, y + r, 2)):
        first = quarter * steps
        points += [(cx + r * cos, cy + r * sin) for cos, sin in arc[first : first + steps + 1]]
    return tuple(points)


@cache
def _turns(steps: int) -> list[Point]:
    """Return cosine and sine of five quarters of a circle, each in so many steps."""
    turns = [math.pi / 2 * k / steps for k in range(5 * steps + 1)]
    return [(math.cos(turn), math.sin(turn)) for turn in turns]


def landing(points: Sequence[Point], start: Point, end: Point) -> Point:
    """Return where the line from `start` through `end` enters the convex polygon `points`.

    `end` itself is returned where the line passes the polygon by.
    """
    dx, dy = end[0] - start[0], end[1] - start[1]
    found = math.inf
    for (ax, ay), (bx, by) in zip(points, [*points[1:], points[0]], strict=True):
        ex, ey = bx - ax, by - ay
        cross = dx * ey - dy * ex
        if abs(cross) < 1e-9:
            continue
        along = ((ax - start[0]) * ey - (ay - start[1]) * ex) / cross
        aside = ((ax - start[0]) * dy - (ay - start[1]) * dx) / cross
        if -1e-9 <= aside <= 1 + 1e-9 and 1e-9 < along < found:
            found = along
    if math.isinf(found):
        return end
    return start[0] + dx * found, start[1] + dy * found


def holds(points: Sequence[Point], place: Point, slack: float = 0.0) -> bool:
    """Return whether a convex clockwise polygon holds a point, or misses it by `slack` at most."""
    for (ax, ay), (bx, by) in zip(points, [*points[1:], points[0]], strict=True):
        ex, ey = bx - ax, by - ay
        cross = ex * (place[1] - ay) - ey * (place[0] - ax)
        if cross < -1e-9 and cross < -slack * math.hypot(ex, ey) - 1e-9:
            return False
    return True
