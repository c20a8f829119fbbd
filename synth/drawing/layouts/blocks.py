"""The block layout: a workflow is series of branches and loops, so boxes can be put into boxes.

Every item of a diagram gets a rectangle of its own, with lanes for the lines around it: nothing
can overlap, nothing has to be searched, and a picture takes a tenth of a millisecond. All is done
in two coordinates, `m` along the flow and `c` across it; a frame turns them into x and y, so that
one code lays out downwards, to the right, and in rows that turn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, NamedTuple

from synth.diagram import Diagram, Edge, Fork, Item, Loop, Node, Step, returning
from synth.drawing.geometry import Box, Layout, Point, Route, Size, Slot, bounds

Direction = Literal["TB", "LR"]


@dataclass(frozen=True)
class Blocks:
    """How blocks are put together; lengths are in units.

    `gap` stands between a step and the next, `lane` between a line and what it passes, `apart`
    between branches. Branches are `spread` around their fork, or the first goes `straight` on and
    the others leave at the side. Lines have `elbow`s or run `straight`. A loop of one step is
    drawn with an arrow back around it (`around`) or a `pair` of arrows, down and up. With
    `longest_row` the flow breaks into rows, which `turn` like a snake or each `return` to start.
    """

    direction: Direction = "TB"
    gap: float = 20.0
    lane: float = 12.0
    apart: float = 16.0
    margin: float = 10.0
    fork: Literal["spread", "straight"] = "spread"
    lines: Literal["elbow", "straight"] = "elbow"
    loop: Literal["around", "pair"] = "around"
    loop_back: Literal["before", "after"] = "before"
    longest_row: float | None = None
    rows: Literal["turn", "return"] = "turn"


class _Extent(NamedTuple):
    """What an item needs: across its axis on both sides, and along it."""

    before: float
    after: float
    length: float


class _End(NamedTuple):
    """A way that waits for the step that it leads to, in x and y."""

    tail: str
    word: str
    way: tuple[Point, ...]
    label: Box | None


def lay_out_blocks(
    diagram: Diagram,
    slots: Mapping[str, Slot],
    label_size: Callable[[str], Size],
    options: Blocks,
) -> Layout:
    """Return the layout of `diagram` for nodes of the sizes `slots` and labels of `label_size`."""
    return _Placing(slots, label_size, options).run(diagram.items)


class _Placing:
    def __init__(
        self, slots: Mapping[str, Slot], label_size: Callable[[str], Size], options: Blocks
    ) -> None:
        self.slots, self.label_size, self.options = slots, label_size, options
        self.down = options.direction == "TB"
        self.boxes: dict[str, Box] = {}
        self.routes: list[Route] = []
        self._extents: dict[tuple[int, bool], _Extent] = {}
        self._frame = _Frame(self.down)

    def run(self, items: Sequence[Item]) -> Layout:
        rows = self._rows(items)
        plans = [self._series(row, row is not rows[-1]) for row in rows]
        longest = max(plan.length for plan in plans)
        ends: list[_End] = []
        c = 0.0
        for index, (row, plan) in enumerate(zip(rows, plans, strict=True)):
            c += plan.before
            turned = self.options.rows == "turn" and index % 2 == 1
            self._frame = _Frame(self.down, c, longest if turned else None)
            if index:
                ends = self._to_next_row(ends, c, plan.before, turned)
            ends = self._place_series(row, 0.0, 0.0, ends, followed=index + 1 < len(rows))
            c += plan.after + 2 * self.options.lane + self.options.gap / 2
            edge = plan.length if self.options.rows == "return" else longest
            ends = [self._past_row(end, edge + self.options.lane) for end in ends]
        return self._framed()

    def _rows(self, items: Sequence[Item]) -> list[list[Item]]:
        if self.options.longest_row is None:
            return [list(items)]
        rows: list[list[Item]] = [[]]
        length = 0.0
        for item in items:
            more = self._extent(item, True).length + self.options.gap
            if rows[-1] and length + more > self.options.longest_row:
                rows.append([])
                length = 0.0
            rows[-1].append(item)
            length += more
        return rows

    def _past_row(self, end: _End, m: float) -> _End:
        """Lead an end beyond its row; one that comes from the next row's side stays there."""
        if len(end.way) > 1:
            (before, aside), (last, _) = map(self._frame.back, end.way[-2:])
            if abs(before - last) < 1e-6 and aside > 0:
                return end._replace(way=(*end.way[:-1], self._frame.at(m, aside)))
        return self._lead(end, [(m, 0.0)])

    def _to_next_row(
        self, ends: Sequence[_End], c: float, before: float, turned: bool
    ) -> list[_End]:
        """Lead ends from beyond the row before to before the start of the row at `c`."""
        if self.options.rows == "turn":
            return [self._lead(end, [(-self.options.lane, 0.0)]) for end in ends]
        gutter = -before - self.options.lane
        frame = self._frame
        return [
            end._replace(
                way=(
                    *end.way,
                    frame.level(end.way[-1], gutter),
                    frame.at(-self.options.lane, gutter),
                    frame.at(-self.options.lane, 0.0),
                )
            )
            for end in ends
        ]

    # Extents

    def _node(self, node: Node) -> _Extent:
        slot = self.slots[node.identifier]
        across, down = slot.axis
        if self.down:
            return _Extent(across, slot.width - across, slot.height)
        return _Extent(down, slot.height - down, slot.width)

    def _middle(self, node: Node) -> float:
        """Return where, along the flow, lines meet a node's sides."""
        across, down = self.slots[node.identifier].axis
        middle = down if self.down else across
        # Rows that run backwards meet the node from its other end; the node is not mirrored.
        return middle if self._frame.turned is None else self._node(node).length - middle

    def _label(self, word: str) -> tuple[float, float]:
        """Return a label's length along the flow and across it, with the room around it."""
        if not word:
            return 0.0, 0.0
        width, height = self.label_size(word)
        return (height + 4, width + 5) if self.down else (width + 8, height + 3)

    def _series(self, items: Sequence[Item], followed: bool) -> _Extent:
        before = after = length = 0.0
        for index, item in enumerate(items):
            extent = self._extent(item, followed or index + 1 < len(items))
            before, after = max(before, extent.before), max(after, extent.after)
            length += extent.length + (self.options.gap if index else 0)
        if not items:
            before = after = self.options.lane / 2
        return _Extent(before, after, length)

    def _extent(self, item: Item, followed: bool) -> _Extent:
        key = (id(item), followed)
        if key not in self._extents:
            if isinstance(item, Step):
                self._extents[key] = self._node(item.node)
            elif isinstance(item, Loop):
                self._extents[key] = self._loop_extent(item, followed)
            else:
                self._extents[key] = self._fork_extent(item, followed)
        return self._extents[key]

    def _branch(self, fork: Fork, index: int, followed: bool) -> _Extent:
        """Return a branch's extent with its label, without what leads to it."""
        branch = fork.branches[index]
        before, after, length = self._series(branch.items, followed)
        across = self._label(branch.label)[1]
        if self.options.lines == "straight":
            # The word stands on the outer side of a slanting line.
            return _Extent(max(before, across + 2), max(after, across + 2), length)
        if self.down:
            return _Extent(before, max(after, across), length)
        return _Extent(max(before, across), after, length)

    def _axes(self, fork: Fork, followed: bool) -> list[float]:
        """Return where across the flow the branches' axes lie."""
        extents = [self._branch(fork, i, followed) for i in range(len(fork.branches))]
        axes = [0.0]
        for left, right in pairwise(extents):
            axes.append(axes[-1] + left.after + self.options.apart + right.before)
        if self._goes_straight(fork):
            assert fork.node is not None
            beside = self._node(fork.node).after + self.options.lane
            shift = max(0.0, beside - axes[1]) if len(axes) > 1 else 0.0
            return [axes[0], *(axis + shift for axis in axes[1:])]
        middle = axes[-1] / 2
        return [axis - middle for axis in axes]

    def _goes_straight(self, fork: Fork) -> bool:
        return self.options.fork == "straight" and fork.node is not None

    def _drop(self, fork: Fork) -> float:
        """Return the way from a fork to its branches, along the flow."""
        longest = max(self._label(branch.label)[0] for branch in fork.branches)
        bus = 0.0 if self._goes_straight(fork) else self.options.lane * 0.6
        return max(self.options.gap, bus + longest + 8)

    def _fork_extent(self, fork: Fork, followed: bool) -> _Extent:
        extents = [self._branch(fork, i, followed) for i in range(len(fork.branches))]
        axes = self._axes(fork, followed)
        node = self._node(fork.node) if fork.node else _Extent(0, 0, 0)
        before = max(node.before, *(e.before - a for e, a in zip(extents, axes, strict=True)))
        after = max(node.after, *(e.after + a for e, a in zip(extents, axes, strict=True)))
        length = node.length + max(e.length for e in extents)
        length += self._drop(fork) if fork.node else self._parting
        return _Extent(before, after, length + (self.options.lane if followed else 0))

    @property
    def _parting(self) -> float:
        """The way along the flow to branches that part behind a step: with room for heads."""
        return max(self.options.lane, 20.0)

    def _is_pair(self, loop: Loop) -> bool:
        if self.options.loop != "pair" or len(loop.body) != 1:
            return False
        only = loop.body[0]
        return isinstance(only, Step) and not only.leaves

    def _lanes(self, loop: Loop, followed: bool) -> tuple[float, float]:
        """Return where across the flow the lines back and out of a loop run."""
        node, body = self._node(loop.node), self._series(loop.body, True)
        before = max(node.before, body.before) + self.options.lane
        after = max(node.after, body.after) + self.options.lane
        return (-before, after) if self.options.loop_back == "before" else (after, -before)

    def _loop_extent(self, loop: Loop, followed: bool) -> _Extent:
        node = self._node(loop.node)
        along, across = self._label("done")
        if not loop.body:
            # The way on starts at the end of the node; its word needs room beside it.
            room = across if followed else 0
            more = max(0.0, along - self.options.gap + 6) if followed else 0
            return _Extent(max(node.before, room), max(node.after, room), node.length + more)
        body = self._series(loop.body, True)
        back, out = self._lanes(loop, followed)
        sides = [max(node.before, body.before), max(node.after, body.after)]
        for lane, wanted, room in ((back, not self._is_pair(loop), 0.0), (out, followed, across)):
            if wanted:
                side = lane > 0
                sides[side] = max(sides[side], abs(lane) + (room or 2))
        length = node.length + max(self.options.gap, 16) + body.length
        length += self.options.lane * ((not self._is_pair(loop)) + followed)
        return _Extent(sides[0], sides[1], length)

    # Placing

    def _place_series(
        self, items: Sequence[Item], m: float, c: float, ends: list[_End], followed: bool
    ) -> list[_End]:
        for index, item in enumerate(items):
            lasts = followed or index + 1 < len(items)
            if isinstance(item, Step):
                self._reach(item.node, m, c, ends)
                here = self._end(item.node.identifier, [(m + self._node(item.node).length, c)])
                ends = [] if item.leaves else [here]
            elif isinstance(item, Loop):
                ends = self._place_loop(item, m, c, ends, lasts)
            else:
                ends = self._place_fork(item, m, c, ends, lasts)
            m += self._extent(item, lasts).length + self.options.gap
        return ends

    def _end(
        self,
        tail: str,
        way: Sequence[tuple[float, float]],
        word: str = "",
        label: Box | None = None,
    ) -> _End:
        return _End(tail, word, tuple(self._frame.at(*place) for place in way), label)

    def _lead(self, end: _End, way: Sequence[tuple[float, float]]) -> _End:
        return end._replace(way=(*end.way, *(self._frame.at(*place) for place in way)))

    def _reach(self, node: Node, m: float, c: float, ends: Sequence[_End]) -> None:
        """Place a node with its upper end at `m`, and end there all that waited for it."""
        extent = self._node(node)
        box = self._frame.box(m, c - extent.before, extent.length, extent.before + extent.after)
        self.boxes[node.identifier] = box
        for end in ends:
            way = (*end.way, self._frame.at(m, c))
            self._route(Edge(end.tail, node.identifier, end.word), way, end.label)

    def _route(self, edge: Edge, way: Sequence[Point], label: Box | None) -> None:
        self.routes.append(Route(edge, _plain(way), label))

    def _place_fork(
        self, fork: Fork, m: float, c: float, ends: list[_End], followed: bool
    ) -> list[_End]:
        axes = self._axes(fork, followed)
        extents = [self._branch(fork, i, followed) for i in range(len(fork.branches))]
        if fork.node is None:
            start = m + self._parting
            # A word on the way here is written once, whatever the number of branches.
            silent = [end._replace(label=None) for end in ends]
            ways = [
                [self._lead(end, self._turn(m, c, start, c + axis)) for end in reached]
                for axis, reached in zip(axes, [ends, *[silent] * (len(axes) - 1)], strict=True)
            ]
        else:
            self._reach(fork.node, m, c, ends)
            start = m + self._node(fork.node).length + self._drop(fork)
            ways = [
                [self._way_to(fork, index, m, c, start, axis)] for index, axis in enumerate(axes)
            ]
        finish = start + max(extent.length for extent in extents)
        left: list[_End] = []
        for branch, axis, way in zip(fork.branches, axes, ways, strict=True):
            out = self._place_series(branch.items, start, c + axis, way, followed)
            merge = finish + self.options.lane
            left += [
                self._lead(end, [(finish, c + axis), *self._turn(finish, c + axis, merge, c)])
                for end in out
            ]
        return left

    def _turn(self, m: float, c: float, to_m: float, to_c: float) -> list[tuple[float, float]]:
        """Return the way from one axis to another."""
        if self.options.lines == "straight":
            return [(m, c), (to_m, to_c)]
        middle = m + (to_m - m) / 3
        return [(middle, c), (middle, to_c), (to_m, to_c)]

    def _way_to(
        self, fork: Fork, index: int, m: float, c: float, start: float, axis: float
    ) -> _End:
        """Return the way from a fork to one of its branches, and the label's place on it."""
        assert fork.node is not None
        node = self._node(fork.node)
        word = fork.branches[index].label
        along, across = self._label(word)
        name = fork.node.identifier
        bottom = m + node.length
        if self._goes_straight(fork) and index:
            corner = m + self._middle(fork.node)
            way = [(corner, c + node.after), (corner, c + axis), (start, c + axis)]
            label = self._beside(max(bottom, corner) + 3, c + axis, along, across)
        elif self._goes_straight(fork) or axis == 0:
            way = [(bottom, c), (start, c)]
            label = self._beside(bottom + 4, c, along, across)
        elif self.options.lines == "straight":
            way = [(bottom, c), (start, c + axis)]
            label = self._along_slant(bottom, c, start, c + axis, along, across)
        else:
            bus = bottom + self.options.lane * 0.6
            way = [(bottom, c), (bus, c), (bus, c + axis), (start, c + axis)]
            label = self._beside(bus + 2, c + axis, along, across)
        return self._end(name, way, word, label if word else None)

    def _beside(self, m: float, c: float, along: float, across: float) -> Box:
        """Return the box of a label at `m` beside a line on the axis `c`."""
        if self.down:
            return self._frame.box(m, c + 4, along - 4, across - 5)
        return self._frame.box(m + 2, c - across + 1, along - 8, across - 3)

    def _along_slant(
        self, m: float, c: float, to_m: float, to_c: float, along: float, across: float
    ) -> Box:
        """Return the box of a label on the outer side of a slanting line, near its middle."""
        room, gap = (along - 4, 4.0) if self.down else (along - 8, 5.0)
        size = across - 5 if self.down else across - 3
        top = (m + to_m - room) / 2
        # The outermost place of the line beside the label is at its later end.
        outer = c + (to_c - c) * (top + room - m) / (to_m - m)
        low = outer + gap if to_c > c else outer - gap - size
        return self._frame.box(top, low, room, size)

    def _place_loop(
        self, loop: Loop, m: float, c: float, ends: list[_End], followed: bool
    ) -> list[_End]:
        node, name = self._node(loop.node), loop.node.identifier
        self._reach(loop.node, m, c, ends)
        bottom = m + node.length
        along, across = self._label("done")
        if not loop.body:
            label = self._beside(bottom + 4, c, along, across)
            finish = m + self._extent(loop, followed).length
            return [self._end(name, [(bottom, c), (finish, c)], "done", label)]
        body = self._series(loop.body, True)
        start = bottom + max(self.options.gap, 16)
        finish = start + body.length
        if self._is_pair(loop):
            finish = self._place_pair(loop, bottom, start, c)
        else:
            inside = self._place_series(
                loop.body, start, c, [self._end(name, [(bottom, c)])], followed=True
            )
            finish = self._place_return(loop, inside, m, c, finish, followed)
        if not followed:
            return []
        return [self._way_out(loop, m, c, finish)]

    def _place_pair(self, loop: Loop, bottom: float, start: float, c: float) -> float:
        (step,) = loop.body
        assert isinstance(step, Step)
        extent = self._node(step.node)
        node = self._node(loop.node)
        aside = min(7.0, 0.3 * min(extent.before, extent.after, node.before, node.after))
        self._reach(step.node, start, c, [])
        name, inner = loop.node.identifier, step.node.identifier
        there, back = Edge(name, inner), Edge(inner, name, back=True)
        at = self._frame.at
        self._route(there, (at(bottom, c - aside), at(start, c - aside)), None)
        self._route(back, (at(start, c + aside), at(bottom, c + aside)), None)
        return start + extent.length

    def _place_return(
        self, loop: Loop, inside: Sequence[_End], m: float, c: float, finish: float, followed: bool
    ) -> float:
        """Lead the ends of a loop's body back to its node; return where the body's lines end."""
        back, _ = self._lanes(loop, followed)
        node = self._node(loop.node)
        side = c + (node.after if back > 0 else -node.before)
        corner = m + self._middle(loop.node)
        turn = finish + self.options.lane
        way = [(turn, c), (turn, c + back), (corner, c + back), (corner, side)]
        leading = returning([(end.tail, end.word) for end in inside], loop.node.identifier)
        for end in inside:
            if (end.tail, end.word) in leading:
                led = self._lead(end, way)
                edge = Edge(end.tail, loop.node.identifier, end.word, back=True)
                self._route(edge, led.way, end.label)
        return turn

    def _way_out(self, loop: Loop, m: float, c: float, finish: float) -> _End:
        _, out = self._lanes(loop, True)
        node = self._node(loop.node)
        side = c + (node.after if out > 0 else -node.before)
        corner = m + self._middle(loop.node)
        leave = finish + self.options.lane
        along, across = self._label("done")
        way = [(corner, side), (corner, c + out), (leave, c + out), (leave, c)]
        top = max(corner, m + node.length) + 3
        if self.down and out < 0:
            label = self._frame.box(top, c + out - across + 1, along - 4, across - 5)
        elif not self.down and out > 0:
            label = self._frame.box(top + 2, c + out + 3, along - 8, across - 3)
        else:
            label = self._beside(top, c + out, along, across)
        return self._end(loop.node.identifier, way, "done", label)

    def _framed(self) -> Layout:
        """Return what was placed, moved so that `margin` stays free around it."""
        labels = [route.label for route in self.routes if route.label is not None]
        left, top, right, bottom = bounds(
            [*self.boxes.values(), *labels], [route.points for route in self.routes]
        )
        margin = self.options.margin
        x, y = margin - left, margin - top
        boxes = {name: box.moved(x, y) for name, box in self.boxes.items()}
        routes = [
            replace(
                route,
                points=tuple((px + x, py + y) for px, py in route.points),
                label=route.label and route.label.moved(x, y),
            )
            for route in self.routes
        ]
        return Layout(right - left + 2 * margin, bottom - top + 2 * margin, boxes, routes)


class _Frame:
    """Turns places along and across the flow into x and y; `turned` rows run backwards."""

    def __init__(self, down: bool, across: float = 0.0, turned: float | None = None) -> None:
        self.down, self.across, self.turned = down, across, turned

    def at(self, m: float, c: float) -> Point:
        along = m if self.turned is None else self.turned - m
        return (c + self.across, along) if self.down else (along, c + self.across)

    def back(self, place: Point) -> tuple[float, float]:
        """Return where along and across the flow a place is."""
        x, y = place
        across, along = (x, y) if self.down else (y, x)
        return (along if self.turned is None else self.turned - along), across - self.across

    def level(self, place: Point, c: float) -> Point:
        """Return the place at the same way along the flow, but at `c` across it."""
        return (c + self.across, place[1]) if self.down else (place[0], c + self.across)

    def box(self, m: float, c: float, along: float, across: float) -> Box:
        (ax, ay), (bx, by) = self.at(m, c), self.at(m + along, c + across)
        return Box(min(ax, bx), min(ay, by), abs(bx - ax), abs(by - ay))


def _plain(way: Sequence[Point]) -> tuple[Point, ...]:
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
