"""A scene drawn by hand: its shapes, lines and words as planes of ink, one a colour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from synth.diagram import Node
from synth.drawing.canvas import rounded_way
from synth.drawing.colours import Colour
from synth.drawing.encoding import Pixels
from synth.drawing.geometry import Point
from synth.drawing.hand.pens import Habits, Pens
from synth.drawing.hand.ways import Piece, cut_short, pieces_of
from synth.drawing.hand.writing import write
from synth.drawing.outlines import polygon
from synth.drawing.scene import Scene, Shape, TextLine
from synth.drawing.strokes import Pen

_ROUND = ("rounded", "pill", "ellipse")


class Stance(NamedTuple):
    """How far a shape stands off its place (pixels), and how askew (radians)."""

    x: float
    y: float
    tilt: float

    def moved(self, shape: Shape, points: Sequence[Point]) -> list[Point]:
        """Return places of a shape as it stands."""
        across, down = shape.frame.centre
        cos, sin = math.cos(self.tilt), math.sin(self.tilt)
        return [
            (
                across + self.x + (x - across) * cos - (y - down) * sin,
                down + self.y + (x - across) * sin + (y - down) * cos,
            )
            for x, y in points
        ]


class Fill(NamedTuple):
    """A shape that is filled, as it stands: its node, corners (pixels of the plane) and colour."""

    node: Node
    corners: list[Point]
    colour: Colour


class Sketch(NamedTuple):
    """Planes of ink by colour (H x W, 0 to 255), and what is filled below them."""

    planes: dict[Colour, Pixels]
    fills: list[Fill]


def sketch(
    scene: Scene, habits: Habits, pens: Pens, unit: float, radius: float, random: Random
) -> Sketch:
    """Return a scene, in pixels, as it is drawn; `unit` is the length of a unit in pixels."""
    return _Sketcher(scene, habits, pens, unit, radius, random).run()


class _Sketcher:
    def __init__(
        self, scene: Scene, habits: Habits, pens: Pens, unit: float, radius: float, random: Random
    ) -> None:
        self.scene, self.habits, self.pens = scene, habits, pens
        self.unit, self.radius, self.random = unit, radius * unit, random
        # Words are the same whatever is drawn around them.
        self._writing = Random(random.getrandbits(64))
        self._planes: dict[Colour, Pixels] = {}
        self._pens: dict[Colour, Pen] = {}
        self._stances = {shape.node.identifier: self._stance(shape) for shape in scene.shapes}

    def run(self) -> Sketch:
        fills = []
        for shape in self.scene.shapes:
            corners = self._shape(shape)
            fill = self.pens.fills.get(shape.node.kind)
            if fill is not None and corners:
                fills.append(Fill(shape.node, corners, fill))
        for piece in pieces_of(self.scene.connectors, self.unit):
            self._line(piece)
        for guide in self.scene.guides:
            self._pen(self.pens.arrow).line(guide[0], guide[1], 1.5)
        for colour, pen in self._pens.items():
            pen.draw(self._plane(colour))
        self._words()
        return Sketch(self._planes, fills)

    def _plane(self, colour: Colour) -> Pixels:
        import numpy as np

        if colour not in self._planes:
            size = (math.ceil(self.scene.height), math.ceil(self.scene.width))
            self._planes[colour] = np.zeros(size, np.uint8)
        return self._planes[colour]

    def _pen(self, colour: Colour) -> Pen:
        if colour not in self._pens:
            self._pens[colour] = Pen(
                self.pens.width * self.unit,
                self.unit,
                self.habits.wobble,
                self.random,
                self.habits.pressure,
                self.habits.tip,
                self.habits.bow,
            )
        return self._pens[colour]

    def _stance(self, shape: Shape) -> Stance:
        shift, random = self.habits.shift * self.unit, self.random
        # No corner moves further than the shape itself.
        far = max(shape.frame.width, shape.frame.height) / 2
        most = min(self.habits.tilt, 1.5 * self.unit / far)
        tilt = random.uniform(-most, most)
        return Stance(random.uniform(-shift, shift), random.uniform(-shift, shift), tilt)

    def _shape(self, shape: Shape) -> list[Point]:
        """Draw a shape's outline; return its corners as they stand."""
        if shape.outline == "none":
            return []
        random, habits = self.random, self.habits
        stance = self._stances[shape.node.identifier]
        corners = stance.moved(shape, polygon(shape.outline, shape.frame, self.radius))
        if not habits.outlines:
            return corners
        pen = self._pen(self.pens.special.get(shape.node.kind, self.pens.shape))
        if shape.outline in _ROUND:
            self._round(pen, corners)
            return corners
        pen.closed(corners, random.random() < habits.sides, habits.overshoot)
        for start, end in zip(corners, [*corners[1:], corners[0]], strict=True):
            if random.random() < habits.twice:
                pen.line(pen.near(start, 2.0), pen.near(end, 2.0), habits.overshoot)
        return corners

    def _round(self, pen: Pen, corners: Sequence[Point]) -> None:
        """Draw a round shape in one movement that runs past its start, or ends before it."""
        first = self.random.randrange(len(corners))
        ring = [*corners[first:], *corners[:first], corners[first]]
        past = self.random.choice((-1, 0, 1, 2)) if len(corners) > 12 else 0
        if past < 0:
            ring = ring[:past]
        else:
            away = self.random.uniform(-1.2, 1.2)
            more = corners[first + 1 :][:past]
            ring += [(x + away * self.unit, y + away * self.unit) for x, y in more]
        pen.add(ring)

    def _line(self, piece: Piece) -> None:
        habits, unit, random = self.habits, self.unit, self.random
        edge = piece.connector.edge
        way = list(piece.way)
        if piece.starts:
            way[0] = self._along(edge.tail, way[0])
        if piece.ends:
            way[-1] = self._along(edge.head, way[-1])
        start = random.uniform(-0.5, 1.0) * habits.miss * unit if piece.starts else 0.0
        end = random.uniform(-0.1, 1.0) * habits.miss * unit if piece.ends else 0.0
        way = cut_short(way, start, end)
        if not piece.connector.smooth and len(way) > 2:
            way = rounded_way(way, (habits.curve if edge.back else 2.5) * unit)
        pen = self._pen(self.pens.arrow)
        size = habits.head_size
        if piece.ends:
            tip, before = way[-1], _before(way, size * unit)
            pen.head(tip, before, size, habits.head)
            if habits.head == "hollow":
                way = cut_short(way, 0.0, 0.85 * size * unit)
        pen.add(way)

    def _along(self, name: str, point: Point) -> Point:
        stance = self._stances[name]
        return point[0] + stance.x, point[1] + stance.y

    def _words(self) -> None:
        plane, stem = self._plane(self.pens.text), self.pens.stem * self.unit
        for shape in self.scene.shapes:
            stance = self._stances[shape.node.identifier]
            lines = [_stood(line, shape, stance) for line in shape.lines]
            write(plane, lines, stem, self._writing, math.tan(stance.tilt))
        labels = [each.label for each in self.scene.connectors if each.label is not None]
        for label in labels:
            write(plane, [label], stem, self._writing)


def _before(way: Sequence[Point], far: float) -> Point:
    """Return the place on a way from which its last stretch of about `far` starts."""
    for point in reversed(way[:-1]):
        if math.dist(point, way[-1]) >= 0.7 * far:
            return point
    return way[0]


def _stood(line: TextLine, shape: Shape, stance: Stance) -> TextLine:
    ((x, y),) = stance.moved(shape, [(line.x, line.baseline)])
    return line.moved(x - line.x, y - line.baseline)
