"""The ways between blocks, to branches, back into loops and out of them, and the words there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from synth.diagram import Fork, Loop, Node
from synth.drawing.geometry import Box, Point
from synth.drawing.layouts.block_extents import Extents
from synth.drawing.layouts.block_frame import Frame, Place


class OpenWay(NamedTuple):
    """A way that waits for the step that it leads to, in x and y."""

    tail: str
    word: str
    points: tuple[Point, ...]
    label: Box | None = None

    def led(self, points: Sequence[Point]) -> OpenWay:
        """Return the way, led on by some points."""
        return self._replace(points=(*self.points, *points))


class Ways:
    """The ways of blocks in a frame; nodes stand with their upper end at `m`, on the axis `c`."""

    def __init__(self, extents: Extents, frame: Frame) -> None:
        self.extents, self.frame, self.options = extents, frame, extents.options

    def turn(self, m: float, c: float, to_m: float, to_c: float) -> tuple[Point, ...]:
        """Return the way from one axis to another."""
        if self.options.lines == "straight":
            return self.frame.way([(m, c), (to_m, to_c)])
        middle = m + (to_m - m) / 3
        return self.frame.way([(middle, c), (middle, to_c), (to_m, to_c)])

    def to_branch(
        self, fork: Fork, index: int, m: float, c: float, start: float, axis: float
    ) -> OpenWay:
        """Return the way from a fork to a branch at `start`, `axis` beside it, with its word."""
        assert fork.node is not None
        node = self.extents.node(fork.node)
        word = fork.branches[index].label
        room = self.extents.label(word)
        straight = self.extents.goes_straight(fork)
        bottom = m + node.length
        way: list[Place]
        if straight and index:
            corner = m + self._middle(fork.node)
            way = [(corner, c + node.after), (corner, c + axis), (start, c + axis)]
            label = self._beside(max(bottom, corner) + 3, c + axis, room)
        elif straight or axis == 0:
            way = [(bottom, c), (start, c)]
            label = self._beside(bottom + 4, c, room)
        elif self.options.lines == "straight":
            way = [(bottom, c), (start, c + axis)]
            label = self._along_slant((bottom, c), (start, c + axis), room)
        else:
            bus = bottom + self.extents.bus
            way = [(bottom, c), (bus, c), (bus, c + axis), (start, c + axis)]
            label = self._beside(bus + 2, c + axis, room)
        return OpenWay(fork.node.identifier, word, self.frame.way(way), label if word else None)

    def back(self, loop: Loop, m: float, c: float, turn: float) -> tuple[Point, ...]:
        """Return the way from behind a loop's body, at `turn`, back to its node."""
        lane, _ = self.extents.lanes(loop)
        corner, side = self._side(loop.node, m, c, lane)
        return self.frame.way([(turn, c), (turn, c + lane), (corner, c + lane), (corner, side)])

    def on(self, loop: Loop, m: float, c: float, finish: float) -> OpenWay:
        """Return the way on from a loop without a body."""
        bottom = m + self.extents.node(loop.node).length
        label = self._beside(bottom + 4, c, self.extents.label("done"))
        points = self.frame.way([(bottom, c), (finish, c)])
        return OpenWay(loop.node.identifier, "done", points, label)

    def out(self, loop: Loop, m: float, c: float, leave: float) -> OpenWay:
        """Return the way out of a loop around its body, to `leave`."""
        _, lane = self.extents.lanes(loop)
        corner, side = self._side(loop.node, m, c, lane)
        room = along, across = self.extents.label("done")
        top = max(corner, m + self.extents.node(loop.node).length) + 3
        if self.frame.down and lane < 0:
            label = self.frame.box(top, c + lane - across + 1, along - 4, across - 5)
        elif not self.frame.down and lane > 0:
            label = self.frame.box(top + 2, c + lane + 3, along - 8, across - 3)
        else:
            label = self._beside(top, c + lane, room)
        way = [(corner, side), (corner, c + lane), (leave, c + lane), (leave, c)]
        return OpenWay(loop.node.identifier, "done", self.frame.way(way), label)

    def _side(self, node: Node, m: float, c: float, lane: float) -> Place:
        """Return where a line meets a node on the side of a lane."""
        extent = self.extents.node(node)
        return m + self._middle(node), c + (extent.after if lane > 0 else -extent.before)

    def _middle(self, node: Node) -> float:
        """Return where, along the flow, lines meet a node's sides."""
        middle = self.extents.middle(node)
        # Rows that run backwards meet the node from its other end; the node is not mirrored.
        if self.frame.turned is None:
            return middle
        return self.extents.node(node).length - middle

    def _beside(self, m: float, c: float, room: tuple[float, float]) -> Box:
        """Return the box of a label at `m` beside a line on the axis `c`."""
        along, across = room
        if self.frame.down:
            return self.frame.box(m, c + 4, along - 4, across - 5)
        return self.frame.box(m + 2, c - across + 1, along - 8, across - 3)

    def _along_slant(self, start: Place, end: Place, room: tuple[float, float]) -> Box:
        """Return the box of a label on the outer side of a slanting line, near its middle."""
        (m, c), (to_m, to_c) = start, end
        along, across = room
        if self.frame.down:
            along, across, gap = along - 4, across - 5, 4.0
        else:
            along, across, gap = along - 8, across - 3, 5.0
        top = (m + to_m - along) / 2
        # The outermost place of the line beside the label is at its later end.
        outer = c + (to_c - c) * (top + along - m) / (to_m - m)
        low = outer + gap if to_c > c else outer - gap - across
        return self.frame.box(top, low, along, across)


def without_needless(way: Sequence[Point]) -> tuple[Point, ...]:
    """Return a way without points that stand twice or lie on a straight line."""
    kept: list[Point] = []
    for point in way:
        if kept and abs(point[0] - kept[-1][0]) < 1e-6 and abs(point[1] - kept[-1][1]) < 1e-6:
            continue
        if len(kept) > 1 and _in_line(kept[-2], kept[-1], point):
            kept[-1] = point
        else:
            kept.append(point)
    return tuple(kept)


def _in_line(a: Point, b: Point, c: Point) -> bool:
    cross = (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0])
    forward = (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1])
    return abs(cross) < 1e-6 and forward >= 0
