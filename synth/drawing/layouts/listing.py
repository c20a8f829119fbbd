"""The indented list: one row a step, one level further in for what a step encloses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from synth.diagram import Diagram, Edge
from synth.drawing.geometry import Box, Layout, Point, Route, Size, Slot

# The words that a row of a list shows on the way into it; "done" only follows from the indent.
_SHOWN = ("true", "false", "error")


@dataclass(frozen=True)
class Listing:
    """How a list is set; lengths are in units.

    `guides` draws a line along what a step encloses, with a branch to every row; `arrows` leads
    from a row to the next where that follows it; `labels` says "true", "false" or "error" above
    a row.
    """

    indent: float = 22.0
    gap: float = 7.0
    margin: float = 10.0
    guides: bool = True
    arrows: bool = False
    labels: bool = False


def lay_out_list(
    diagram: Diagram,
    slots: Mapping[str, Slot],
    label_size: Callable[[str], Size],
    options: Listing,
) -> Layout:
    """Return the rows of `diagram` for nodes of the sizes `slots`."""
    boxes: dict[str, Box] = {}
    routes: list[Route] = []
    ways_in = _ways_in(diagram)
    y = right = options.margin
    above: dict[int, tuple[str, Box]] = {}  # the last row of each level
    children: dict[str, list[Box]] = {}
    last = ""
    for node in diagram.nodes:
        slot = slots[node.identifier]
        edge = ways_in.get(node.identifier)
        x = options.margin + node.depth * options.indent
        label = None
        if options.labels and edge is not None and edge.label in _SHOWN:
            width, height = label_size(edge.label)
            label = Box(x + 8, y, width, height)
            y += height + options.gap / 2
        box = Box(x, y, slot.width, slot.height)
        boxes[node.identifier] = box
        if edge is not None and (label is not None or options.arrows):
            way: tuple[Point, ...] = ()
            if options.arrows and edge.tail == last and boxes[last].x <= x:
                across = x + min(14.0, slot.width / 4, boxes[last].width / 4)
                way = ((across, boxes[last].bottom), (across, box.y))
                label = None if label is None else label.moved(12, 0)
            routes.append(Route(edge, way, label))
        parent = above.get(node.depth - 1)
        if node.depth and parent is not None:
            children.setdefault(parent[0], []).append(box)
        above = {level: row for level, row in above.items() if level < node.depth}
        above[node.depth] = (node.identifier, box)
        last = node.identifier
        y = box.bottom + options.gap
        right = max(right, box.right, label.right if label else 0)
    guides = _guides(boxes, children, options) if options.guides else []
    return Layout(right + options.margin, y - options.gap + options.margin, boxes, routes, guides)


def _ways_in(diagram: Diagram) -> dict[str, Edge]:
    """Return the edge into each node that has but one way in."""
    found: dict[str, list[Edge]] = {}
    for edge in diagram.edges:
        if not edge.back:
            found.setdefault(edge.head, []).append(edge)
    return {head: edges[0] for head, edges in found.items() if len(edges) == 1}


def _guides(
    boxes: Mapping[str, Box], children: Mapping[str, list[Box]], options: Listing
) -> list[tuple[Point, ...]]:
    guides: list[tuple[Point, ...]] = []
    for name, rows in children.items():
        box = boxes[name]
        x = box.x + options.indent * 0.45
        guides.append(((x, box.bottom), (x, rows[-1].y + rows[-1].height / 2)))
        guides += [((x, row.y + row.height / 2), (row.x, row.y + row.height / 2)) for row in rows]
    return guides
