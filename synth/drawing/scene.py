"""The display list that every style paints: shapes with their text, and the lines between them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from synth.diagram import Edge, Node
from synth.drawing.fonts import check_letters
from synth.drawing.geometry import Box, Layout, Point, Slot, around
from synth.drawing.lettering import Lettering
from synth.drawing.outlines import Outline, landing, polygon

Align = Literal["left", "centre"]

_WORD = re.compile(r"\S+")


class TextLine(NamedTuple):
    """One line of text: where its pen starts, on which base line, how far it reaches.

    `role` tells a painter what it is: "text", "name" (a definition), "label", "heading" (of the
    part that a node begins), or a style's own.
    """

    text: str
    x: float
    baseline: float
    width: float
    lettering: Lettering
    role: str = "text"

    @property
    def box(self) -> Box:
        """The rectangle from the top of tall letters to the foot of hanging ones."""
        up, down = self.lettering.ascent, self.lettering.descent
        return Box(self.x, self.baseline - up, self.width, up + down)

    def words(self) -> list[tuple[str, Box]]:
        """Return its words with their boxes, from left to right."""
        advance, box = self.lettering.width, self.box
        found = []
        for word in _WORD.finditer(self.text):
            left = self.x + advance(self.text[: word.start()])
            found.append((word[0], Box(left, box.y, advance(word[0]), box.height)))
        return found

    def moved(self, x: float, y: float) -> TextLine:
        """Return the line, shifted."""
        text, at, baseline, width, lettering, role = self
        return TextLine(text, at + x, baseline + y, width, lettering, role)

    def scaled(self, by: float) -> TextLine:
        """Return the line with all lengths and places multiplied."""
        text, x, baseline, width, lettering, role = self
        return TextLine(text, x * by, baseline * by, width * by, lettering.scaled(by), role)


@dataclass(frozen=True)
class Content:
    """What a node shows before it has its place: all from the upper left corner of its slot.

    `frame` is the outline's rectangle; text may stand outside it, but never outside the slot.
    """

    slot: Slot
    outline: Outline
    frame: Box
    lines: tuple[TextLine, ...]


@dataclass(frozen=True)
class Shape:
    """A node in its place; `slot` is the rectangle that is kept free for it."""

    node: Node
    outline: Outline
    frame: Box
    slot: Box
    lines: tuple[TextLine, ...]

    @property
    def box(self) -> Box:
        """The rectangle around its outline and its text, wherever that stands."""
        return around([self.frame, *(line.box for line in self.own_lines)])

    @property
    def own_lines(self) -> tuple[TextLine, ...]:
        """Its text without a heading, which is that of the nodes that follow as well."""
        return tuple(line for line in self.lines if line.role != "heading")

    def moved(self, x: float, y: float) -> Shape:
        """Return the shape, shifted."""
        lines = tuple(line.moved(x, y) for line in self.lines)
        return Shape(self.node, self.outline, self.frame.moved(x, y), self.slot.moved(x, y), lines)

    def scaled(self, by: float) -> Shape:
        """Return the shape with all lengths and places multiplied."""
        lines = tuple(line.scaled(by) for line in self.lines)
        return Shape(self.node, self.outline, self.frame.scaled(by), self.slot.scaled(by), lines)


@dataclass(frozen=True)
class Connector:
    """An edge in its place: a polyline from outline to outline, the head at its end.

    `smooth` points lie on a curve; a way of no points is an edge that is understood, not drawn.
    """

    edge: Edge
    way: tuple[Point, ...]
    smooth: bool
    label: TextLine | None

    def moved(self, x: float, y: float) -> Connector:
        """Return the connector, shifted."""
        way = tuple((px + x, py + y) for px, py in self.way)
        return Connector(self.edge, way, self.smooth, self.label and self.label.moved(x, y))

    def scaled(self, by: float) -> Connector:
        """Return the connector with all lengths and places multiplied."""
        way = tuple((x * by, y * by) for x, y in self.way)
        return Connector(self.edge, way, self.smooth, self.label and self.label.scaled(by))


@dataclass(frozen=True)
class Scene:
    """A diagram in its place: width and height, shapes in document order, connectors, guides."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    connectors: tuple[Connector, ...]
    guides: tuple[tuple[Point, ...], ...] = ()

    def at(self, scale: float) -> Scene:
        """Return the scene with all lengths and places multiplied: in pixels of a picture."""
        if scale == 1:
            return self
        return Scene(
            self.width * scale,
            self.height * scale,
            tuple(shape.scaled(scale) for shape in self.shapes),
            tuple(connector.scaled(scale) for connector in self.connectors),
            tuple(tuple((x * scale, y * scale) for x, y in guide) for guide in self.guides),
        )

    def on_page(self, width: float, height: float) -> Scene:
        """Return the scene in the middle of a page that is larger."""
        x, y = max(0.0, width - self.width) / 2, max(0.0, height - self.height) / 2
        if x < 0.5 and y < 0.5:
            return self
        return Scene(
            self.width + 2 * x,
            self.height + 2 * y,
            tuple(shape.moved(x, y) for shape in self.shapes),
            tuple(connector.moved(x, y) for connector in self.connectors),
            tuple(tuple((px + x, py + y) for px, py in guide) for guide in self.guides),
        )

    def texts(self) -> list[TextLine]:
        """Return all lines of text, those of shapes first."""
        lines = [line for shape in self.shapes for line in shape.lines]
        return lines + [each.label for each in self.connectors if each.label is not None]

    def words(self) -> list[tuple[str, str, Box]]:
        """Return all words as (node, text, box), node by node; those beside arrows last."""
        lines = [(shape.node.identifier, line) for shape in self.shapes for line in shape.lines]
        lines += [("", each.label) for each in self.connectors if each.label is not None]
        return [(node, text, box) for node, line in lines for text, box in line.words()]


def set_lines(
    texts: Sequence[tuple[str, Lettering, str]], align: Align = "centre"
) -> tuple[list[TextLine], float, float]:
    """Return lines (text, lettering, role) below each other from 0, 0; their width and height.

    Raises DrawingError naming the first character that a face does not have.
    """
    for text, lettering, _ in texts:
        check_letters(lettering.face, text)
    widths = [lettering.width(text) for text, lettering, _ in texts]
    wide = max(widths, default=0.0)
    lines: list[TextLine] = []
    baseline = 0.0
    for index, ((text, lettering, role), width) in enumerate(zip(texts, widths, strict=True)):
        before = texts[index - 1][1] if index else None
        if before is None:
            baseline = lettering.ascent
        else:
            baseline += (before.line_height + lettering.line_height) / 2
        x = 0.0 if align == "left" else (wide - width) / 2
        lines.append(TextLine(text, x, baseline, width, lettering, role))
    height = lines[-1].baseline + lines[-1].lettering.descent if lines else 0.0
    return lines, wide, height


def fit(
    texts: Sequence[tuple[str, Lettering, str]],
    outline: Outline,
    *,
    pad: tuple[float, float] = (8.0, 5.0),
    flatness: float = 2.0,
    align: Align = "centre",
    least: tuple[float, float] = (0.0, 0.0),
) -> Content:
    """Return the smallest shape of an outline that holds lines of (text, lettering, role).

    `pad` is the room beside and above the text; `flatness` a diamond's width to its height, also
    an ellipse's at least; `least` the smallest width and height.
    """
    lines, wide, high = set_lines(texts, align)
    width, height = wide + 2 * pad[0], high + 2 * pad[1]
    if outline == "diamond":
        width, height = _diamond(lines, wide, high, pad, flatness)
    elif outline == "ellipse":
        width, height = width * 1.3, height * 1.42
    elif outline == "hexagon":
        width += 0.7 * height
    elif outline == "slanted":
        width += 0.5 * height
    elif outline == "pill":
        width += 0.4 * height
    elif outline == "note":
        width += 6
    width, height = max(width, least[0]), max(height, least[1])
    x, y = (width - wide) / 2, (height - high) / 2
    return Content(
        Slot(width, height, diamond=outline == "diamond"),
        outline,
        Box(0, 0, width, height),
        tuple(line.moved(x, y) for line in lines),
    )


def _diamond(
    lines: Sequence[TextLine], wide: float, high: float, pad: tuple[float, float], flatness: float
) -> tuple[float, float]:
    """Return the least diamond of a flatness that every line lies in: |x|/W + |y|/H <= 1/2."""
    half = 0.0
    for line in lines:
        # Few letters at a line's ends are tall or hang: most of the line's height counts.
        top = line.baseline - 0.85 * line.lettering.ascent - high / 2
        bottom = line.baseline + 0.5 * line.lettering.descent - high / 2
        away = max(abs(top), abs(bottom))
        half = max(half, line.width / 2 + away * flatness)
    half += pad[0] * 0.8
    return 2 * half, 2 * half / flatness


def compose(
    nodes: Sequence[Node],
    contents: Mapping[str, Content],
    layout: Layout,
    label: Lettering,
    radius: float = 6.0,
) -> Scene:
    """Return the scene of nodes with their contents in the places of a layout."""
    shapes: dict[str, Shape] = {}
    for node in nodes:
        content, slot = contents[node.identifier], layout.boxes[node.identifier]
        # Graphviz writes its places with few digits: all hangs on the middle.
        x = slot.x + (slot.width - content.slot.width) / 2
        y = slot.y + (slot.height - content.slot.height) / 2
        lines = tuple(line.moved(x, y) for line in content.lines)
        frame = content.frame.moved(x, y)
        shapes[node.identifier] = Shape(node, content.outline, frame, slot, lines)
    connectors = []
    for route in layout.routes:
        way = route.points
        if len(way) > 1:
            way = _landed(way, shapes[route.edge.tail], shapes[route.edge.head], radius)
        connectors.append(
            Connector(route.edge, way, route.smooth, _label(route.edge.label, route.label, label))
        )
    return Scene(
        layout.width, layout.height, tuple(shapes.values()), tuple(connectors), tuple(layout.guides)
    )


def _label(text: str, box: Box | None, lettering: Lettering) -> TextLine | None:
    if box is None or not text:
        return None
    width = lettering.width(text)
    across, down = box.centre
    x = across - width / 2
    return TextLine(
        text, x, down + (lettering.ascent - lettering.descent) / 2, width, lettering, "label"
    )


def _landed(way: tuple[Point, ...], tail: Shape, head: Shape, radius: float) -> tuple[Point, ...]:
    """Return a way from slot to slot, led on to the outlines that stand in the slots."""
    if not _fills(tail):
        way = (landing(polygon(tail.outline, tail.frame, radius), way[1], way[0]), *way[1:])
    if not _fills(head):
        way = (*way[:-1], landing(polygon(head.outline, head.frame, radius), way[-2], way[-1]))
    return way


def _fills(shape: Shape) -> bool:
    """Return whether lines that end at the slot's border or corners end at the outline."""
    whole = abs(shape.frame.width - shape.slot.width) < 0.5 and (
        abs(shape.frame.height - shape.slot.height) < 0.5
    )
    return whole and shape.outline in ("box", "rounded", "none", "note")


def label_size(lettering: Lettering, text: str) -> tuple[float, float]:
    """Return the width and height of a label's text."""
    return lettering.width(text), lettering.ascent + lettering.descent
