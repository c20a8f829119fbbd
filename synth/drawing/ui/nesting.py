"""The layout of nested scopes: what encloses steps is a panel around them.

Loops and conditions are containers: their own card is widened to a header, and what they enclose
stands below it inside the panel. Panels are the guides of the layout, outer ones first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from synth.diagram import Branch, Diagram, Edge, Fork, Item, Loop, Node, Step
from synth.drawing.geometry import Box, Layout, Point, Route, Size, Slot


@dataclass(frozen=True)
class Nesting:
    """How scopes are nested; lengths are in units.

    `gap` stands between steps, `pad` inside a panel, `apart` between branches, which stand beside
    each other or are `stacked`. With `across` the outermost steps stand in rows of at most so
    much, instead of below each other.
    """

    gap: float = 26.0
    pad: float = 10.0
    apart: float = 12.0
    margin: float = 14.0
    stacked: bool = False
    across: float | None = None


class _Ends(NamedTuple):
    """Where arrows meet an item: the places and nodes that they reach, the places they leave."""

    entries: tuple[tuple[Point, str], ...]
    exits: tuple[tuple[Point, str], ...]


def lay_out_nested(
    diagram: Diagram,
    slots: Mapping[str, Slot],
    label_size: Callable[[str], Size],
    options: Nesting,
) -> Layout:
    """Return the layout of `diagram` in nested panels; headers are wider than their slots."""
    return _Nest(diagram, slots, label_size, options).run()


class _Nest:
    def __init__(
        self,
        diagram: Diagram,
        slots: Mapping[str, Slot],
        label_size: Callable[[str], Size],
        options: Nesting,
    ) -> None:
        self.diagram, self.slots = diagram, slots
        self.label_size, self.options = label_size, options
        self.boxes: dict[str, Box] = {}
        self.routes: list[Route] = []
        self.panels: list[Box] = []
        self.reached: dict[str, Edge] = {}
        for edge in diagram.edges:
            if not edge.back:
                self.reached.setdefault(edge.head, edge)
        self._sizes: dict[int, Size] = {}

    def run(self) -> Layout:
        margin = self.options.margin
        if self.options.across is None:
            width, height = self._series(self.diagram.items)
            self._place_series(self.diagram.items, margin + width / 2, margin)
        else:
            width, height = self._place_rows(self.diagram.items, self.options.across)
        boxes = {node.identifier: self.boxes[node.identifier] for node in self.diagram.nodes}
        guides = [
            ((p.x, p.y), (p.right, p.y), (p.right, p.bottom), (p.x, p.bottom), (p.x, p.y))
            for p in self.panels
        ]
        return Layout(width + 2 * margin, height + 2 * margin, boxes, self.routes, guides)

    # Sizes

    def _series(self, items: Sequence[Item]) -> Size:
        sizes = [self._size(item) for item in items]
        gaps = self.options.gap * max(0, len(sizes) - 1)
        return max((w for w, _ in sizes), default=0.0), sum(h for _, h in sizes) + gaps

    def _size(self, item: Item) -> Size:
        if id(item) not in self._sizes:
            self._sizes[id(item)] = self._measured(item)
        return self._sizes[id(item)]

    def _measured(self, item: Item) -> Size:
        pad = self.options.pad
        if isinstance(item, Fork) and item.node is None:
            sizes = [self._series(branch.items) for branch in item.branches]
            apart = self.options.apart * (len(sizes) - 1)
            return sum(w for w, _ in sizes) + apart, max(h for _, h in sizes)
        assert item.node is not None
        slot = self.slots[item.node.identifier]
        if isinstance(item, Step) or (isinstance(item, Loop) and not item.body):
            return slot.width, slot.height
        if isinstance(item, Loop):
            width, height = self._series(item.body)
        else:
            sizes = [self._branch(branch) for branch in item.branches]
            apart = self.options.apart * (len(sizes) - 1)
            width, height = max(w for w, _ in sizes), max(h for _, h in sizes)
            if self.options.stacked:
                height = sum(h for _, h in sizes) + apart
            else:
                width = sum(w for w, _ in sizes) + apart
        return max(slot.width, width + 2 * pad), slot.height + height + 2 * pad

    def _branch(self, branch: Branch) -> Size:
        width, height = self._series(branch.items)
        pad = self.options.pad
        label_width, label_height = self.label_size(branch.label) if branch.label else (0.0, 0.0)
        room = label_height + 6 if branch.label else 0.0
        # An empty branch is still to be seen.
        return max(width, label_width + 8, 40.0) + 2 * pad, max(height, 4.0) + room + 2 * pad

    # Placing

    def _place_series(self, items: Sequence[Item], across: float, y: float) -> _Ends:
        """Place items below each other around an axis, and join them."""
        placed: list[_Ends] = []
        for item in items:
            placed.append(self._place(item, across, y))
            y += self._size(item)[1] + self.options.gap
        for above, below in pairwise(placed):
            self._join(above, below, upright=True)
        if not placed:
            return _Ends((), ())
        return _Ends(placed[0].entries, placed[-1].exits)

    def _place(self, item: Item, across: float, y: float) -> _Ends:
        width, height = self._size(item)
        left = across - width / 2
        if isinstance(item, Fork) and item.node is None:
            return self._place_parallel(item, left, y)
        assert item.node is not None
        name = item.node.identifier
        entries = (((across, y), name),)
        exits = (((across, y + height), name),)
        header = self.slots[name].height
        if isinstance(item, Step) or (isinstance(item, Loop) and not item.body):
            self.boxes[name] = Box(left, y, width, height)
            leaves = isinstance(item, Step) and item.leaves
            return _Ends(entries, () if leaves else exits)
        self.panels.append(Box(left, y, width, height))
        self.boxes[name] = Box(left, y, width, header)
        top = y + header + self.options.pad
        if isinstance(item, Loop):
            self._place_series(item.body, across, top)
        else:
            self._place_branches(item.branches, item.node, across, top)
        return _Ends(entries, exits)

    def _place_branches(
        self, branches: Sequence[Branch], node: Node, across: float, top: float
    ) -> None:
        sizes = [self._branch(branch) for branch in branches]
        pad, apart = self.options.pad, self.options.apart
        total = sum(w for w, _ in sizes) + apart * (len(sizes) - 1)
        tallest = max(h for _, h in sizes)
        left = across - (max(w for w, _ in sizes) if self.options.stacked else total) / 2
        for branch, (width, height) in zip(branches, sizes, strict=True):
            if self.options.stacked:
                width = max(w for w, _ in sizes)
            else:
                height = tallest
            self.panels.append(Box(left, top, width, height))
            middle, y = left + width / 2, top + pad
            if branch.label:
                wide, high = self.label_size(branch.label)
                edge = self._labelled(branch, node)
                self.routes.append(Route(edge, (), Box(middle - wide / 2, y - 2, wide, high)))
                y += high + 6
            self._place_series(branch.items, middle, y)
            if self.options.stacked:
                top += height + apart
            else:
                left += width + apart

    def _labelled(self, branch: Branch, node: Node) -> Edge:
        """Return the edge that a branch's word stands on."""
        for edge in self.diagram.edges:
            if edge.tail == node.identifier and edge.label == branch.label:
                return edge
        return Edge(node.identifier, node.identifier, branch.label)

    def _place_parallel(self, fork: Fork, left: float, y: float) -> _Ends:
        entries: list[tuple[Point, str]] = []
        exits: list[tuple[Point, str]] = []
        for branch in fork.branches:
            width, _ = self._series(branch.items)
            ends = self._place_series(branch.items, left + width / 2, y)
            entries += ends.entries
            exits += ends.exits
            left += width + self.options.apart
        return _Ends(tuple(entries), tuple(exits))

    def _join(self, before: _Ends, after: _Ends, upright: bool) -> None:
        """Lead arrows from what ends to what follows, by way of one line between them."""
        for place, tail in before.exits:
            for entry, name in after.entries:
                edge = self.reached.get(name)
                if edge is None:
                    continue
                ways = [end for end, _ in before.exits] + [end for end, _ in after.entries]
                if upright:
                    bus = entry[1] - min(self.options.gap / 2, 13.0)
                    bus = max(bus, max(y for _, y in ways[: len(before.exits)]) + 3)
                    way = [place, (place[0], bus), (entry[0], bus), entry]
                else:
                    bus = entry[0] - self.options.gap / 2
                    way = [place, (bus, place[1]), (bus, entry[1]), entry]
                if abs(place[not upright] - entry[not upright]) < 0.5:
                    way = [place, entry]
                found = Edge(tail, name, edge.label if edge.tail == tail else "")
                self.routes.append(Route(found, tuple(way)))

    def _place_rows(self, items: Sequence[Item], most: float) -> Size:
        """Place items beside each other, in rows; return the extent of all."""
        gap, margin = self.options.gap + 8, self.options.margin
        x = y = margin
        wide = tall = 0.0
        last: _Ends | None = None
        for item in items:
            width, height = self._size(item)
            broken = x > margin and x + width > margin + most
            if broken:
                x, y, tall = margin, y + tall + gap, 0.0
            inner = self._place(item, x + width / 2, y)
            # Arrows meet what stands in a row at the height of its first line.
            level = y + 17
            names = [name for _, name in inner.entries]
            here = _Ends(((((x, level), names[0]),)) if names else (), ())
            if last is not None:
                if broken:
                    self._to_next_row(last, here, y - gap / 2)
                else:
                    self._join(last, here, upright=False)
            tails = [name for _, name in inner.exits]
            last = _Ends((), (((x + width, level), tails[0]),) if tails else ())
            wide, tall = max(wide, x + width - margin), max(tall, height)
            x += width + gap
        return wide + gap / 2, y + tall - margin

    def _to_next_row(self, last: _Ends, here: _Ends, between: float) -> None:
        for (ax, ay), tail in last.exits:
            for (bx, by), name in here.entries:
                way = (
                    *((ax, ay), (ax + 10, ay), (ax + 10, between)),
                    *((bx - 8, between), (bx - 8, by), (bx, by)),
                )
                if name in self.reached:
                    self.routes.append(Route(Edge(tail, name), way))
