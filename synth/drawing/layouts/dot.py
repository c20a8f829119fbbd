"""Graphviz's layout, `dot`, for nodes and labels of sizes that are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from synth.diagram import Diagram, Edge
from synth.drawing.engine import Graphviz
from synth.drawing.fonts import SANS
from synth.drawing.geometry import Box, Layout, Point, Route, Size, Slot

POINTS_PER_INCH = 72  # one unit is one of Graphviz's points


@dataclass(frozen=True)
class Dot:
    """How `dot` is asked to lay out: its own attributes, but lengths are in units."""

    rankdir: Literal["TB", "LR"] = "TB"
    splines: Literal["true", "polyline"] = "true"
    nodesep: float = 14.0
    ranksep: float = 22.0
    margin: float = 8.0


def lay_out_dot(
    engine: Graphviz,
    diagram: Diagram,
    slots: Mapping[str, Slot],
    label_size: Callable[[str], Size],
    options: Dot,
) -> Layout:
    """Return where `dot` puts the nodes and edges.

    Raises DrawingError where Graphviz cannot lay the graph out.
    """
    inch = POINTS_PER_INCH
    lines = [
        f"digraph {{graph [rankdir={options.rankdir} splines={options.splines} "
        f"nodesep={options.nodesep / inch:.4f} ranksep={options.ranksep / inch:.4f}]",
        'node [label="" fixedsize=true shape=box]',
        f'edge [arrowhead=none fontname="{SANS.name}"]',
    ]
    for node in diagram.nodes:
        slot = slots[node.identifier]
        shape = " shape=diamond" if slot.diamond else ""
        lines.append(
            f"{node.identifier} "
            f"[width={slot.width / inch:.4f} height={slot.height / inch:.4f}{shape}]"
        )
    for edge in diagram.edges:
        label = ""
        if edge.label:
            width, height = label_size(edge.label)
            # Graphviz measures in its own way: ask for the size at which ours has room.
            points = max(14 * (width + 6) / SANS.at(14).getlength(edge.label), height / 1.1)
            label = f' [label="{edge.label}" fontsize={points:.2f}]'
        lines.append(f"{edge.tail} -> {edge.head}{label}")
    lines.append("}")
    plain, _ = engine.run("\n".join(lines), picture=False)
    return read_plain(plain, diagram, label_size, options.margin)


def read_plain(
    plain: str,
    diagram: Diagram,
    label_size: Callable[[str], Size],
    margin: float,
    inch: float = POINTS_PER_INCH,
) -> Layout:
    """Return the layout that Graphviz wrote for `diagram` in its plain format.

    `inch` is the length of an inch in units. Nodes are found by their identifiers; routes are
    those of the edges as they were written, the curves among them as polylines.
    """
    boxes: dict[str, Box] = {}
    routes: list[Route] = []
    width = height = 0.0

    def place(x: str, y: str) -> Point:
        return float(x) * inch + margin, height - float(y) * inch - margin

    known = {(edge.tail, edge.head, edge.label): edge for edge in diagram.edges}
    for line in plain.splitlines():
        word = line.split(" ")
        if word[0] == "graph":
            width = float(word[2]) * inch + 2 * margin
            height = float(word[3]) * inch + 2 * margin
        elif word[0] == "node":
            x, y = place(word[2], word[3])
            w, h = float(word[4]) * inch, float(word[5]) * inch
            boxes[word[1]] = Box(x - w / 2, y - h / 2, w, h)
        elif word[0] == "edge":
            count = int(word[3])
            numbers = word[4 : 4 + 2 * count]
            points = [place(*numbers[i : i + 2]) for i in range(0, 2 * count, 2)]
            # Before the style and the colour stands the label, if any, and its place; spaces in a
            # label keep it off its line.
            rest = word[4 + 2 * count :]
            text = " ".join(rest[:-4]).strip('" ')
            label = _centred(place(*rest[-4:-2]), label_size(text)) if text else None
            edge = known.get((word[1], word[2], text)) or Edge(word[1], word[2], text)
            routes.append(Route(edge, _curve(points), label, smooth=True))
    return Layout(width, height, boxes, routes)


def _centred(at: Point, size: Size) -> Box:
    return Box(at[0] - size[0] / 2, at[1] - size[1] / 2, *size)


def _curve(points: list[Point]) -> tuple[Point, ...]:
    """Return points along joined cubic Bézier curves (3k + 1 control points)."""
    way = [points[0]]
    for i in range(0, len(points) - 3, 3):
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = points[i : i + 4]
        straight = abs((bx - ax) * (dy - ay) - (by - ay) * (dx - ax)) < 0.5 and (
            abs((cx - ax) * (dy - ay) - (cy - ay) * (dx - ax)) < 0.5
        )
        if not straight:
            for t, u in _STEPS:
                a, b, c, d = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
                x = a * ax + b * bx + c * cx + d * dx
                way.append((x, a * ay + b * by + c * cy + d * dy))
        way.append((dx, dy))
    return tuple(way)


_STEPS = tuple((k / 6, 1 - k / 6) for k in range(1, 6))
