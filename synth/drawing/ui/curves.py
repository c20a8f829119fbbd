"""Connectors as canvases draw them: soft curves from port to port instead of corners."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from synth.drawing.geometry import Box, Point, towards
from synth.drawing.scene import Scene

_STEPS = 14
# Pieces of ways between two changes of level, in units, that may be left out.
_SHORT = 70.0
# How far curves start before a corner at most.
_WIDEST = 64.0


def led_out(scene: Scene, ahead: float) -> Scene:
    """Return a scene whose ways out of loops leave where the way into the loop's body leaves.

    The block layout leads them out of a node's side, where a canvas has its words. `ahead` is the
    way, within the gap behind the node, after which they turn aside.
    """
    slots = {shape.node.identifier: shape.slot for shape in scene.shapes}
    frames = {shape.node.identifier: shape.frame for shape in scene.shapes}
    connectors = []
    for each in scene.connectors:
        if each.edge.label == "done" and len(each.way) > 3:
            slot, frame = slots[each.edge.tail], frames[each.edge.tail]
            first, second, third, *rest = each.way
            x, y = frame.centre
            if abs(first[0] - second[0]) < 1e-6:
                right = third[0] > second[0]
                turn = slot.right + ahead if right else slot.x - ahead
                start = (frame.right if right else frame.x, y)
                way = [start, (turn, y), (turn, second[1]), third, *rest]
            else:
                turn = slot.bottom + ahead
                way = [(x, frame.bottom), (x, turn), (second[0], turn), third, *rest]
            each = replace(each, way=tuple(way))
        connectors.append(each)
    return replace(scene, connectors=tuple(connectors))


def curved(scene: Scene, radius: float) -> Scene:
    """Return a scene whose ways swing from one level to the next; other corners are rounded.

    A way that changes its level twice within a short piece changes it once, where nothing is in
    the way; where a word or a shape is, corners are rounded by `radius` at most.
    """
    closed = [shape.slot.grown(-1) for shape in scene.shapes]
    closed += [each.label.box.grown(4) for each in scene.connectors if each.label is not None]
    connectors = tuple(
        replace(each, way=_swung(_shorter(each.way, closed), radius, closed), smooth=True)
        if len(each.way) > 2 and not each.smooth
        else each
        for each in scene.connectors
    )
    return replace(scene, connectors=connectors)


def _shorter(way: Sequence[Point], closed: Sequence[Box]) -> list[Point]:
    """Return a way without the short pieces between two changes of level."""
    points = list(way)
    index = 1
    while index + 3 < len(points):
        before, corner, _, third, after = points[index - 1 : index + 4]
        if math.dist(points[index + 1], third) <= _SHORT:
            if abs(before[1] - corner[1]) < 1e-6:
                place = (third[0], corner[1])
            else:
                place = (corner[0], third[1])
            if _clear(corner, place, closed) and _clear(place, after, closed):
                points[index : index + 3] = [place]
                continue
        index += 1
    return points


def _clear(start: Point, end: Point, closed: Sequence[Box]) -> bool:
    left, right = sorted((start[0], end[0]))
    top, bottom = sorted((start[1], end[1]))
    way = Box(left, top, right - left + 0.1, bottom - top + 0.1)
    return not any(way.meets(box) for box in closed)


def _swung(way: Sequence[Point], radius: float, closed: Sequence[Box]) -> tuple[Point, ...]:
    points = list(way)
    level = abs(points[0][1] - points[1][1]) < 1e-6
    found: list[Point] = [points[0]]
    index = 1
    while index < len(points) - 1:
        before, corner, after = found[-1], points[index], points[index + 1]
        if index + 2 < len(points) and _steps_aside(points[index - 1 : index + 3], level):
            curve = _swing(before, points[index : index + 4], closed)
            if curve:
                found += curve
                index += 2
                continue
        room = math.dist(corner, after) / (2 if index + 2 < len(points) else 1)
        reach = min(radius, math.dist(corner, before), room)
        start, end = towards(corner, before, reach), towards(corner, after, reach)
        found += [start, *_cubic(start, corner, corner, end)]
        index += 1
    if math.dist(found[-1], points[-1]) > 1e-6:
        found.append(points[-1])
    return tuple(found)


def _swing(before: Point, points: Sequence[Point], closed: Sequence[Box]) -> list[Point]:
    """Return the curve around two corners, the widest that keeps off what is closed."""
    corner, after, last = points[:3]
    # The whole of both level pieces, but no further than the curve is high.
    widest = max(8.0, min(_WIDEST, 0.75 * math.dist(corner, after)))
    room = math.dist(after, last) / (2 if len(points) > 3 else 1)
    for share in (1.0, 0.7, 0.4):
        start = towards(corner, before, share * min(widest, math.dist(corner, before)))
        end = towards(after, last, share * min(widest, room))
        curve = [start, *_cubic(start, corner, after, end)]
        if not any(
            box.x < x < box.right and box.y < y < box.bottom
            for box in closed
            for x, y in curve[1:-1]
        ):
            return curve
    return []


def _steps_aside(places: Sequence[Point], level: bool) -> bool:
    """Return whether a way of four points goes on as it came, level or not, at another height."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = places
    if level:
        return abs(ay - by) < 1e-6 and abs(cy - dy) < 1e-6 and (bx - ax) * (dx - cx) > 0
    return abs(ax - bx) < 1e-6 and abs(cx - dx) < 1e-6 and (by - ay) * (dy - cy) > 0


def _cubic(a: Point, b: Point, c: Point, d: Point) -> list[Point]:
    """Return places on a curve from `a` to `d`, without the first."""
    places = []
    for step in range(1, _STEPS + 1):
        t = step / _STEPS
        u = 1 - t
        one, two, three, four = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
        places.append(
            (
                one * a[0] + two * b[0] + three * c[0] + four * d[0],
                one * a[1] + two * b[1] + three * c[1] + four * d[1],
            )
        )
    return places
