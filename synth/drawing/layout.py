"""Where everything stands: Graphviz's plain format in pixels of the picture."""

from __future__ import annotations

from dataclasses import dataclass

from synth.diagram import Diagram, DrawingError
from synth.pictures import MAX_PIXELS

POINTS_PER_INCH = 72


@dataclass(frozen=True)
class Box:
    """The rectangle around a node, in pixels; x and y are its upper left corner."""

    node: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Route:
    """The way of an edge: control points of joined cubic Bézier curves, and the label's centre."""

    points: tuple[tuple[float, float], ...]
    label: str
    label_at: tuple[float, float] | None


@dataclass(frozen=True)
class Layout:
    """The geometry of a diagram; boxes in the order of its nodes, routes in that of its edges."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    routes: tuple[Route, ...]

    def shrunk(self, by: float) -> Layout:
        """Return the layout of the picture that is `by` times smaller."""
        boxes = tuple(
            Box(b.node, b.x / by, b.y / by, b.width / by, b.height / by) for b in self.boxes
        )
        routes = tuple(
            Route(
                tuple((x / by, y / by) for x, y in route.points),
                route.label,
                route.label_at and (route.label_at[0] / by, route.label_at[1] / by),
            )
            for route in self.routes
        )
        return Layout(self.width / by, self.height / by, boxes, routes)


def check_size(width: float, height: float) -> None:
    """Raise DrawingError for a picture that nobody could open, before it is made."""
    if width * height > MAX_PIXELS:
        raise DrawingError(
            f"the drawing would have {width:.0f} x {height:.0f} pixels, "
            f"at most {MAX_PIXELS // 1_000_000} million can be drawn"
        )


def read_plain(plain: str, diagram: Diagram, dots_per_inch: float, pad: float) -> Layout:
    """Return the layout that Graphviz wrote for `diagram` in its plain format.

    `pad` is the empty edge around the drawing, in inches. Nodes are found by their identifiers;
    routes are those of the edges as they were written.
    """
    boxes: dict[str, Box] = {}
    routes: list[Route] = []
    width = height = 0.0

    def place(x: str, y: str) -> tuple[float, float]:
        return (float(x) + pad) * dots_per_inch, height - (float(y) + pad) * dots_per_inch

    for line in plain.splitlines():
        word = line.split(" ")
        if word[0] == "graph":
            width = (float(word[2]) + 2 * pad) * dots_per_inch
            height = (float(word[3]) + 2 * pad) * dots_per_inch
        elif word[0] == "node":
            x, y = place(word[2], word[3])
            w, h = float(word[4]) * dots_per_inch, float(word[5]) * dots_per_inch
            boxes[word[1]] = Box(word[1], x - w / 2, y - h / 2, w, h)
        elif word[0] == "edge":
            count = int(word[3])
            numbers = word[4 : 4 + 2 * count]
            points = tuple(place(*numbers[i : i + 2]) for i in range(0, 2 * count, 2))
            # A label is one word of ours, followed by its place, the style and the colour.
            rest = word[4 + 2 * count :]
            labelled = len(rest) == 5
            label_at = place(rest[1], rest[2]) if labelled else None
            routes.append(Route(points, rest[0].strip('"') if labelled else "", label_at))
    return Layout(
        width, height, tuple(boxes[node.identifier] for node in diagram.nodes), tuple(routes)
    )


def quoted(text: str) -> str:
    """Return `text` as a quoted string of the DOT language that is drawn letter by letter.

    Graphviz reads backslashes as escapes and ampersands as entities; neither is meant here.
    """
    plain = text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'
