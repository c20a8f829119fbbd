"""Breaking the flow into rows, and leading its lines from row to row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from synth.diagram import Item
from synth.drawing.geometry import Box, Route
from synth.drawing.layouts.block_extents import Extents
from synth.drawing.layouts.block_frame import Frame
from synth.drawing.layouts.block_placing import Placing
from synth.drawing.layouts.block_ways import OpenWay

if TYPE_CHECKING:
    from synth.drawing.layouts.blocks import Blocks


def place_rows(items: Sequence[Item], extents: Extents) -> tuple[dict[str, Box], list[Route]]:
    """Return the boxes of all nodes by name, and the routes of all edges."""
    options = extents.options
    rows = _rows(items, extents)
    taken = [extents.series(row, row is not rows[-1]) for row in rows]
    longest = max(extent.length for extent in taken)
    boxes: dict[str, Box] = {}
    routes: list[Route] = []
    ends: list[OpenWay] = []
    c = 0.0
    for index, (row, extent) in enumerate(zip(rows, taken, strict=True)):
        c += extent.before
        turned = options.rows == "turn" and index % 2 == 1
        frame = Frame(extents.down, c, longest if turned else None)
        if index:
            ends = [_into_row(end, frame, extent.before, options) for end in ends]
        placing = Placing(extents, frame)
        ends = placing.series(row, 0.0, 0.0, ends, followed=index + 1 < len(rows))
        boxes |= placing.boxes
        routes += placing.routes
        c += extent.after + 2 * options.lane + options.gap / 2
        edge = extent.length if options.rows == "return" else longest
        ends = [_past_row(end, frame, edge + options.lane) for end in ends]
    return boxes, routes


def _rows(items: Sequence[Item], extents: Extents) -> list[list[Item]]:
    options = extents.options
    if options.longest_row is None:
        return [list(items)]
    rows: list[list[Item]] = [[]]
    length = 0.0
    for item in items:
        more = extents.item(item, True).length + options.gap
        if rows[-1] and length + more > options.longest_row:
            rows.append([])
            length = 0.0
        rows[-1].append(item)
        length += more
    return rows


def _past_row(end: OpenWay, frame: Frame, m: float) -> OpenWay:
    """Lead an end beyond its row; one that comes from the next row's side stays there."""
    if len(end.points) > 1:
        (before, aside), (last, _) = map(frame.back, end.points[-2:])
        if abs(before - last) < 1e-6 and aside > 0:
            return end._replace(points=(*end.points[:-1], frame.at(m, aside)))
    return end.led([frame.at(m, 0.0)])


def _into_row(end: OpenWay, frame: Frame, before: float, options: Blocks) -> OpenWay:
    """Lead an end from beyond the row before to before the start of the row in `frame`."""
    start = frame.at(-options.lane, 0.0)
    if options.rows == "turn":
        return end.led([start])
    gutter = -before - options.lane
    return end.led([frame.level(end.points[-1], gutter), frame.at(-options.lane, gutter), start])
