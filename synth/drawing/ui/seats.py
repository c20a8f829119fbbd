"""Seats for pills: places on connectors where they lie on nothing else, and the cuts there."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from synth.drawing.geometry import Box, Point
from synth.drawing.scene import Scene

# The least way, in units, from a pill to whatever is not its line, and of line beside a pill.
APART = 2.5
STUB = 4.0
# How far pills that leave room for a curve move along their line.
LATER = 14.0


class Room:
    """Finds places on lines where a pill lies on nothing else."""

    def __init__(self, scene: Scene, seats: Sequence[Box], waiting: Mapping[int, Box]) -> None:
        self._page = Box(0, 0, scene.width, scene.height).grown(-1)
        self._shapes = [shape.slot for shape in scene.shapes]
        self._pieces = [piece for each in scene.connectors for piece in pairwise(each.way)]
        self._seats, self._waiting = seats, waiting

    def seat(
        self, way: Sequence[Point], size: tuple[float, float], near: Point | None
    ) -> Box | None:
        """Return the place for a pill on a way that is nearest to a point, None if none is free.

        Without a point the longest pieces of the way come first.
        """
        found: list[tuple[float, bool, Box]] = []
        for start, end in pairwise(way):
            upright = abs(start[0] - end[0]) < 1e-6
            for box in _on(start, end, size, near):
                order = math.dist(box.centre, near) if near else -math.dist(start, end)
                found.append((order, upright, box))
        for _, upright, box in sorted(found, key=lambda each: each[0]):
            if self._free(box, upright):
                return box
        return None

    def _free(self, box: Box, upright: bool) -> bool:
        wide = box.grown(APART)
        if wide.x < self._page.x or wide.right > self._page.right:
            return False
        if wide.y < self._page.y or wide.bottom > self._page.bottom:
            return False
        if any(wide.meets(other) for other in (*self._shapes, *self._seats)):
            return False
        if any(wide.meets(other) for other in self._waiting.values()):
            return False
        across, down = box.centre
        for (ax, ay), (bx, by) in self._pieces:
            if min(ax, bx) >= wide.right or max(ax, bx) <= wide.x:
                continue
            if min(ay, by) >= wide.bottom or max(ay, by) <= wide.y:
                continue
            # Lines along the one it sits on may pass: they are cut together.
            along = (
                ax == bx and abs(ax - across) < 0.1
                if upright
                else (ay == by and abs(ay - down) < 0.1)
            )
            if not along:
                return False
        return True


def _on(start: Point, end: Point, size: tuple[float, float], near: Point | None) -> Iterator[Box]:
    """Yield places for a pill on a level or upright piece of a line.

    The line is seen on both sides of the pill.
    """
    (ax, ay), (bx, by) = start, end
    width, height = size
    upright = abs(ax - bx) < 1e-6
    if not upright and abs(ay - by) >= 1e-6:
        return
    low, high = (min(ay, by), max(ay, by)) if upright else (min(ax, bx), max(ax, bx))
    half = (height if upright else width) / 2 + STUB
    if high - low < 2 * half:
        return
    places = [(low + high) / 2]
    if near is not None:
        wanted = near[1] if upright else near[0]
        places += [min(max(wanted, low + half), high - half), low + half, high - half]
    for place in places:
        yield around((ax, place) if upright else (place, ay), size)


def cut(way: Sequence[Point], seats: Sequence[Box]) -> list[tuple[Point, ...]]:
    """Return the pieces of a way that are left where pills sit on it."""
    pieces: list[list[Point]] = [[way[0]]] if way else []
    for (ax, ay), (bx, by) in pairwise(way):
        gaps: list[tuple[float, float]] = []
        for box in seats:
            across, down = box.centre
            if abs(ax - bx) < 1e-6 and abs(ax - across) < 0.2 and abs(by - ay) > 1e-6:
                ends = sorted(((box.y - ay) / (by - ay), (box.bottom - ay) / (by - ay)))
            elif abs(ay - by) < 1e-6 and abs(ay - down) < 0.2 and abs(bx - ax) > 1e-6:
                ends = sorted(((box.x - ax) / (bx - ax), (box.right - ax) / (bx - ax)))
            else:
                continue
            if ends[1] > 0 and ends[0] < 1:
                gaps.append((max(0.0, ends[0]), min(1.0, ends[1])))
        for leave, enter in sorted(gaps):
            pieces[-1].append((ax + (bx - ax) * leave, ay + (by - ay) * leave))
            pieces.append([(ax + (bx - ax) * enter, ay + (by - ay) * enter)])
        pieces[-1].append((bx, by))
    return [tuple(piece) for piece in pieces if len(piece) > 1 and _long(piece)]


def _long(piece: Sequence[Point]) -> bool:
    return any(math.dist(a, b) > 0.5 for a, b in pairwise(piece))


def further(way: Sequence[Point], place: Point) -> Point:
    """Return the place on a way near to another, a little along it, where it runs as it began."""
    pieces = list(pairwise(way))
    level = abs(way[0][1] - way[1][1]) < 1e-6
    along = [
        piece for piece in (pieces[1:] or pieces) if abs(piece[0][level] - piece[1][level]) < 1e-6
    ]
    if not along:
        return place
    start, end = min(along, key=lambda piece: math.dist(place, _nearest(piece[0], piece[1], place)))
    x, y = _nearest(start, end, place)
    far = math.dist(start, end) or 1.0
    return x + LATER * (end[0] - start[0]) / far, y + LATER * (end[1] - start[1]) / far


def _nearest(start: Point, end: Point, place: Point) -> Point:
    """Return the place between two that is nearest to a third, for level and upright pieces."""
    x = min(max(place[0], min(start[0], end[0])), max(start[0], end[0]))
    y = min(max(place[1], min(start[1], end[1])), max(start[1], end[1]))
    return x, y


def around(centre: Point, size: tuple[float, float] | Box) -> Box:
    """Return the box of a size around a place."""
    width, height = (size.width, size.height) if isinstance(size, Box) else size
    return Box(centre[0] - width / 2, centre[1] - height / 2, width, height)
