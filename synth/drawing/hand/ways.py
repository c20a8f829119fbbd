"""The lines of a scene as one draws them: what two share is drawn once, and ends are not exact."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from synth.drawing.geometry import Point
from synth.drawing.scene import Connector

# What two ways share by less is no shared line, in units.
_LEAST = 3.0


@dataclass(frozen=True)
class Piece:
    """A part of a connector's way that no earlier one covers; whether it starts and ends it."""

    connector: Connector
    way: tuple[Point, ...]
    starts: bool
    ends: bool


def pieces_of(connectors: Sequence[Connector], unit: float) -> list[Piece]:
    """Return the ways of all connectors, without what an earlier one has covered.

    Only upright and level lines can be shared; `unit` is the length of a unit.
    """
    covered: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
    found: list[Piece] = []
    for connector in connectors:
        way = connector.way
        if len(way) < 2:
            continue
        if connector.smooth:
            found.append(Piece(connector, way, True, True))
            continue
        running: list[Point] = [way[0]]
        starts = True
        for start, end in pairwise(way):
            for gap_start, gap_end, free in _parts(start, end, covered, unit):
                if free:
                    if not running:
                        running = [gap_start]
                    running.append(gap_end)
                else:
                    if len(running) > 1:
                        found.append(Piece(connector, tuple(running), starts, False))
                    running, starts = [], False
            _cover(start, end, covered)
        if len(running) > 1:
            found.append(Piece(connector, tuple(running), starts, True))
    return found


def _key(start: Point, end: Point) -> tuple[int, int] | None:
    """Return the upright or level line that a segment lies on, to half a pixel."""
    for axis in (0, 1):
        if abs(start[axis] - end[axis]) < 0.01:
            return axis, round(2 * start[axis])
    return None


def _cover(
    start: Point, end: Point, covered: dict[tuple[int, int], list[tuple[float, float]]]
) -> None:
    key = _key(start, end)
    if key is not None:
        low, high = sorted((start[1 - key[0]], end[1 - key[0]]))
        covered[key].append((low, high))


def _parts(
    start: Point,
    end: Point,
    covered: dict[tuple[int, int], list[tuple[float, float]]],
    unit: float,
) -> list[tuple[Point, Point, bool]]:
    """Return a segment in parts, each free or covered, in the order of the way."""
    key = _key(start, end)
    if key is None or key not in covered:
        return [(start, end, True)]
    along = 1 - key[0]
    a, b = start[along], end[along]
    low, high = min(a, b), max(a, b)
    cuts = []
    at = low
    for first, last in sorted(covered[key]):
        first, last = max(first, at), min(last, high)
        if last - first < _LEAST * unit:
            continue
        if first - at > 0.5 * unit:
            cuts.append((at, first, True))
        cuts.append((first, last, False))
        at = last
    if high - at > 0.5 * unit:
        cuts.append((at, high, True))

    def place(value: float) -> Point:
        return (start[0], value) if along == 1 else (value, start[1])

    parts = [(place(first), place(last), free) for first, last, free in cuts]
    return parts if b >= a else [(last, first, free) for first, last, free in reversed(parts)]


def cut_short(way: Sequence[Point], start: float, end: float) -> list[Point]:
    """Return a way without its first and last pixels; of negative ones it gets more."""
    points = list(way)
    for _ in range(2):
        points.reverse()
        start, end = end, start
        length = math.dist(points[0], points[1])
        if length > 1e-6:
            # At least a third of the first stretch stays.
            share = min(start / length, 0.67 if len(points) > 2 else 0.35)
            (ax, ay), (bx, by) = points[:2]
            points[0] = (ax + (bx - ax) * share, ay + (by - ay) * share)
    return points
