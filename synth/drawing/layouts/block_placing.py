"""Placing the blocks of one row: every node gets its box, every edge its way."""

from __future__ import annotations

from collections.abc import Sequence

from synth.diagram import Edge, Fork, Item, Loop, Node, Step, returning
from synth.drawing.geometry import Box, Point, Route
from synth.drawing.layouts.block_extents import Extents
from synth.drawing.layouts.block_frame import Frame
from synth.drawing.layouts.block_ways import OpenWay, Ways, without_needless


class Placing:
    """Places blocks in a frame: a block's upper end lies at `m`, its axis at `c`.

    `ends` are the ways that wait for a block; each method returns those that wait behind it.
    """

    def __init__(self, extents: Extents, frame: Frame) -> None:
        self.boxes: dict[str, Box] = {}
        self.routes: list[Route] = []
        self._extents, self._frame, self._ways = extents, frame, Ways(extents, frame)

    def series(
        self, items: Sequence[Item], m: float, c: float, ends: list[OpenWay], followed: bool
    ) -> list[OpenWay]:
        """Place items one behind the other."""
        for index, item in enumerate(items):
            lasts = followed or index + 1 < len(items)
            if isinstance(item, Step):
                ends = self._step(item, m, c, ends)
            elif isinstance(item, Loop):
                ends = self._loop(item, m, c, ends, lasts)
            else:
                ends = self._fork(item, m, c, ends, lasts)
            m += self._extents.item(item, lasts).length + self._extents.options.gap
        return ends

    def _node(self, node: Node, m: float, c: float, ends: Sequence[OpenWay]) -> float:
        """Place a node and end there all that waited for it; return where it ends."""
        extent = self._extents.node(node)
        box = self._frame.box(m, c - extent.before, extent.length, extent.before + extent.after)
        self.boxes[node.identifier] = box
        for end in ends:
            way = end.led([self._frame.at(m, c)]).points
            self._route(Edge(end.tail, node.identifier, end.word), way, end.label)
        return m + extent.length

    def _route(self, edge: Edge, way: Sequence[Point], label: Box | None = None) -> None:
        self.routes.append(Route(edge, without_needless(way), label))

    def _step(self, step: Step, m: float, c: float, ends: list[OpenWay]) -> list[OpenWay]:
        bottom = self._node(step.node, m, c, ends)
        if step.leaves:
            return []
        return [OpenWay(step.node.identifier, "", (self._frame.at(bottom, c),))]

    def _fork(
        self, fork: Fork, m: float, c: float, ends: list[OpenWay], followed: bool
    ) -> list[OpenWay]:
        axes = self._extents.axes(fork, followed)
        if fork.node is None:
            start = m + self._extents.parting
            # A word on the way here is written once, whatever the number of branches.
            silent = [end._replace(label=None) for end in ends]
            ways = [
                [end.led(self._ways.turn(m, c, start, c + axis)) for end in reached]
                for axis, reached in zip(axes, [ends, *[silent] * (len(axes) - 1)], strict=True)
            ]
        else:
            start = self._node(fork.node, m, c, ends) + self._extents.drop(fork)
            ways = [
                [self._ways.to_branch(fork, index, m, c, start, axis)]
                for index, axis in enumerate(axes)
            ]
        longest = max(extent.length for extent in self._extents.branches(fork, followed))
        finish = start + longest
        merge = finish + self._extents.options.lane
        left: list[OpenWay] = []
        for branch, axis, way in zip(fork.branches, axes, ways, strict=True):
            out = self.series(branch.items, start, c + axis, way, followed)
            together = self._ways.turn(finish, c + axis, merge, c)
            left += [end.led([self._frame.at(finish, c + axis), *together]) for end in out]
        return left

    def _loop(
        self, loop: Loop, m: float, c: float, ends: list[OpenWay], followed: bool
    ) -> list[OpenWay]:
        bottom = self._node(loop.node, m, c, ends)
        if not loop.body:
            finish = m + self._extents.item(loop, followed).length
            return [self._ways.on(loop, m, c, finish)]
        start, lane = bottom + self._extents.entry, self._extents.options.lane
        if self._extents.is_pair(loop):
            finish = self._pair(loop, bottom, start, c)
        else:
            way_in = OpenWay(loop.node.identifier, "", (self._frame.at(bottom, c),))
            inside = self.series(loop.body, start, c, [way_in], followed=True)
            finish = start + self._extents.series(loop.body, True).length + lane
            self._lead_back(loop, inside, self._ways.back(loop, m, c, finish))
        return [self._ways.out(loop, m, c, finish + lane)] if followed else []

    def _pair(self, loop: Loop, bottom: float, start: float, c: float) -> float:
        """Place the only step of a loop, and the arrows there and back; return where it ends."""
        (step,) = loop.body
        assert isinstance(step, Step)
        inner, node = self._extents.node(step.node), self._extents.node(loop.node)
        aside = min(7.0, 0.3 * min(inner.before, inner.after, node.before, node.after))
        finish = self._node(step.node, start, c, [])
        outside, inside = loop.node.identifier, step.node.identifier
        way = self._frame.way
        self._route(Edge(outside, inside), way([(bottom, c - aside), (start, c - aside)]))
        back = way([(start, c + aside), (bottom, c + aside)])
        self._route(Edge(inside, outside, back=True), back)
        return finish

    def _lead_back(self, loop: Loop, inside: Sequence[OpenWay], way: Sequence[Point]) -> None:
        """Lead the ends of a loop's body along `way` back to its node."""
        name = loop.node.identifier
        leading = returning([(end.tail, end.word) for end in inside], name)
        for end in inside:
            if (end.tail, end.word) in leading:
                edge = Edge(end.tail, name, end.word, back=True)
                self._route(edge, end.led(way).points, end.label)
