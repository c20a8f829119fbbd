"""Where everything stands: boxes and routes, in units of one pixel at scale 1."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from synth.diagram import DrawingError, Edge
from synth.pictures import MAX_PIXELS

Point = tuple[float, float]
Size = tuple[float, float]  # width, height


class Box(NamedTuple):
    """A rectangle; x and y are its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def centre(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    def moved(self, x: float, y: float) -> Box:
        """Return the box, shifted."""
        return Box(self.x + x, self.y + y, self.width, self.height)

    def scaled(self, by: float) -> Box:
        """Return the box with all lengths and places multiplied."""
        return Box(self.x * by, self.y * by, self.width * by, self.height * by)

    def grown(self, by: float) -> Box:
        """Return the box with `by` more on every side."""
        return Box(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def meets(self, other: Box) -> bool:
        """Return whether the two share more than an edge."""
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )


@dataclass(frozen=True)
class Slot:
    """What a layout knows of a node: the size to keep free, and where in it lines arrive.

    `across` and `down` are the axes on which lines from above or below, and from the sides, meet
    the node, from its left and its upper edge; in the middle where they are None. `diamond` says
    that lines go to the corners of the slot.
    """

    width: float
    height: float
    across: float | None = None
    down: float | None = None
    diamond: bool = False

    @property
    def axis(self) -> Point:
        across = self.width / 2 if self.across is None else self.across
        return across, self.height / 2 if self.down is None else self.down


@dataclass(frozen=True)
class Route:
    """The way of an edge, a polyline from border to border, and the box kept for its label.

    Where `smooth` is set the points lie on a curve; otherwise its corners are meant.
    """

    edge: Edge
    points: tuple[Point, ...]
    label: Box | None = None
    smooth: bool = False


@dataclass(frozen=True)
class Layout:
    """The geometry of a diagram: its extent, the nodes' boxes by name, the edges' routes.

    `guides` are lines that belong to no edge, such as those along an indented list.
    """

    width: float
    height: float
    boxes: Mapping[str, Box]
    routes: Sequence[Route]
    guides: Sequence[tuple[Point, ...]] = ()


def check_size(width: float, height: float) -> None:
    """Raise DrawingError for a picture that nobody could open, before it is made."""
    if width * height > MAX_PIXELS:
        raise DrawingError(
            f"the drawing would have {width:.0f} x {height:.0f} pixels, "
            f"at most {MAX_PIXELS // 1_000_000} million can be drawn"
        )


def towards(start: Point, end: Point, length: float) -> Point:
    """Return the point at a way of `length` from `start` on the line to `end`."""
    far = math.dist(start, end) or 1.0
    share = length / far
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def around(boxes: Sequence[Box]) -> Box:
    """Return the smallest box that holds all of `boxes`."""
    left, top, width, height = boxes[0]
    right, bottom = left + width, top + height
    for x, y, width, height in boxes[1:]:
        left, right = min(left, x), max(right, x + width)
        top, bottom = min(top, y), max(bottom, y + height)
    return Box(left, top, right - left, bottom - top)


def bounds(
    boxes: Sequence[Box], ways: Sequence[Sequence[Point]]
) -> tuple[float, float, float, float]:
    """Return the least x and y and the greatest x and y of all boxes and points."""
    xs = [box.x for box in boxes] + [box.right for box in boxes]
    ys = [box.y for box in boxes] + [box.bottom for box in boxes]
    for way in ways:
        for x, y in way:
            xs.append(x)
            ys.append(y)
    return min(xs), min(ys), max(xs), max(ys)
