"""Painting connectors: lines with heads, pluses and ports, and the pills that sit on them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from synth.drawing.canvas import rounded_way
from synth.drawing.geometry import Box, Point
from synth.drawing.scene import Scene
from synth.drawing.ui.board import Board
from synth.drawing.ui.pills import PillLettering
from synth.drawing.ui.plates import Plate
from synth.drawing.ui.themes import Theme, Wires


def paint_wires(board: Board, scene: Scene, wires: Wires, scale: float) -> None:
    """Draw all connectors with their heads, pluses and ports."""
    frames = {shape.node.identifier: shape.slot for shape in scene.shapes}
    reached: set[Point] = set()
    for guide in scene.guides:
        board.wire(guide, wires.colour, wires.width * scale)
    for connector in scene.connectors:
        way = connector.way
        if len(way) < 2:
            continue
        arrives = _meets(frames[connector.edge.head], way[-1], scale)
        smooth = connector.smooth
        drawn = way if smooth else rounded_way(way, wires.radius * scale)
        if smooth:
            board.curve(drawn, wires.colour, wires.width * scale)
        else:
            board.wire(drawn, wires.colour, wires.width * scale)
        if arrives and wires.head != "none":
            _head(board, drawn, wires, scale)
    for connector in scene.connectors:
        way = connector.way
        if len(way) < 2:
            continue
        arrives = _meets(frames[connector.edge.head], way[-1], scale)
        if wires.ports is not None:
            leaves = _meets(frames[connector.edge.tail], way[0], scale)
            for place in (*((way[0],) if leaves else ()), *((way[-1],) if arrives else ())):
                size = wires.port_size * scale
                if wires.port_edge is not None:
                    board.disc(place, size + max(1.0, scale), wires.port_edge)
                board.disc(place, size, wires.ports)
        if wires.plus and arrives and not connector.edge.back and way[-1] not in reached:
            reached.add(way[-1])
            _plus(board, way[-2], way[-1], wires, scale)


def _meets(slot: Box, place: Point, scale: float) -> bool:
    """Return whether a piece of a way starts or ends at a shape: pills cut ways."""
    near = slot.grown(1.5 * scale)
    return near.x <= place[0] <= near.right and near.y <= place[1] <= near.bottom


def _head(board: Board, way: Sequence[Point], wires: Wires, scale: float) -> None:
    size = wires.head_size * scale
    tip = way[-1]
    before = next((place for place in reversed(way) if math.dist(place, tip) > size), way[0])
    far = math.dist(before, tip) or 1.0
    ux, uy = (tip[0] - before[0]) / far, (tip[1] - before[1]) / far
    half = 0.5 * size
    back = (tip[0] - ux * size, tip[1] - uy * size)
    sides = [
        (back[0] - uy * half, back[1] + ux * half),
        (back[0] + uy * half, back[1] - ux * half),
    ]
    if wires.head == "open":
        board.wire([sides[0], tip, sides[1]], wires.colour, wires.width * scale)
    else:
        board.shape([tip, *sides], wires.colour)


def _plus(board: Board, start: Point, end: Point, wires: Wires, scale: float) -> None:
    """Draw the circled plus in the middle of the last piece of a way, where it has room."""
    radius = 6.5 * scale
    if math.dist(start, end) < 2 * radius + 5 * scale:
        return
    x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    colour = wires.plus_colour or wires.colour
    side = 2 * round(radius) + 1
    box = Box(round(x - side / 2), round(y - side / 2), side, side)
    line = max(1, round(scale))
    board.panel(box, Plate((255, 255, 255), board.ground, side // 2, colour, line))
    board.symbol("plus", box.centre, 1.25 * radius, colour)


def paint_pills(board: Board, scene: Scene, pills: PillLettering, theme: Theme) -> None:
    """Draw the pills below the words on connectors."""
    for connector in scene.connectors:
        if connector.label is not None and connector.label.role == "label":
            box = pills.around(connector.label)
            fill, _ = theme.pills.get(connector.label.text.lower(), theme.pills[""])
            # Only nested panels change the ground; elsewhere a dot of it may lie there.
            ground = board.colour_at(box.x - 1, box.y - 1) if scene.guides else board.ground
            board.panel(box, Plate(fill, ground, round(box.height / 2)))
