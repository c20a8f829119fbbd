"""Painting a scene with a theme: ground, shadows, shapes, connectors, then all text."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise

from synth.drawing.canvas import Canvas, rounded_way, shortened
from synth.drawing.clean.themes import DOUBLED, Arrows, Grid, Shadow, Theme
from synth.drawing.colours import Colour, mixed
from synth.drawing.encoding import Pixels
from synth.drawing.geometry import Box, Point
from synth.drawing.outlines import polygon
from synth.drawing.scene import Connector, Scene, Shape, TextLine

# A colour as a canvas takes it: one number on grey pixels.
Tone = Colour | int


def paint_scene(scene: Scene, theme: Theme, scale: float) -> Pixels:
    """Return the picture of a scene that is in pixels already; `scale` is that of the theme.

    Grey themes give grey pixels (H x W), others blue-green-red (H x W x 3).
    """
    painter = Painter(scene, theme, scale)
    painter.below()
    for shape in scene.shapes:
        painter.shape(shape)
    for connector in scene.connectors:
        painter.connector(connector)
    painter.text()
    return painter.canvas.pixels


class Painter:
    """One picture in the making."""

    def __init__(self, scene: Scene, theme: Theme, scale: float) -> None:
        self.scene, self.theme, self.scale = scene, theme, scale
        self.tone: Callable[[Colour], Tone] = tones(theme.grey)
        self.canvas = Canvas(scene.width, scene.height, self.tone(theme.ground))
        self._paints = [theme.paint_of(shape.node) for shape in scene.shapes]

    def below(self) -> None:
        """Paint what lies below all shapes: the grid and the shadows."""
        if self.theme.grid is not None:
            paint_grid(self.canvas, self.theme.grid, self.scale, self.tone)
        if self.theme.shadow is not None:
            for shape, paint in zip(self.scene.shapes, self._paints, strict=True):
                if paint.outline != "none":
                    self._shadow(shape, self.theme.shadow)

    def frame(self, shape: Shape, width: float) -> Box:
        """Return the rectangle of a shape's outline, on whole pixels where the theme snaps."""
        if not self.theme.snap:
            return shape.frame
        frame = shape.frame
        x, y = on_pixels(frame.x, width), on_pixels(frame.y, width)
        return Box(x, y, on_pixels(frame.right, width) - x, on_pixels(frame.bottom, width) - y)

    def shape(self, shape: Shape) -> None:
        """Paint a shape without its text."""
        paint = self.theme.paint_of(shape.node)
        if paint.outline == "none":
            return
        scale, canvas = self.scale, self.canvas
        width = paint.width * scale
        frame, radius = self.frame(shape, width), self.theme.radius * scale
        fill, line = self.tone(paint.fill), self.tone(paint.line)
        points = polygon(shape.outline, frame, radius)
        if paint.fill == paint.line:
            canvas.fill(points, fill)
        else:
            canvas.outlined(points, fill, line, width)
        if shape.outline == "note":
            # What is folded over.
            fold = (points[1][0], points[2][1])
            canvas.stroke([points[1], fold, points[2]], line, width)
        if paint.doubled == "ring":
            inner = polygon(shape.outline, frame.grown(-DOUBLED * scale), radius)
            canvas.stroke(inner, line, width, closed=True)
        elif paint.doubled == "bars":
            for x in (frame.x + round(DOUBLED * scale), frame.right - round(DOUBLED * scale)):
                canvas.stroke([(x, frame.y), (x, frame.bottom)], line, width)
        if paint.ruled:
            for above, below in pairwise(shape.lines):
                if below.role == "name":
                    y = (above.box.bottom + below.box.y) / 2
                    canvas.stroke([(frame.x, y), (frame.right, y)], line, width)

    def connector(self, connector: Connector) -> None:
        """Paint a connector without its label."""
        if len(connector.way) > 1:
            arrows, scale = self.theme.arrows, self.scale
            way: Sequence[Point] = connector.way
            if self.theme.snap and not connector.smooth:
                way = [
                    (on_pixels(x, arrows.width * scale), on_pixels(y, arrows.width * scale))
                    for x, y in way
                ]
            if not connector.smooth:
                way = rounded_way(way, corner_of(connector, arrows.corner) * scale)
            broken = arrows.breaks(connector.edge)
            paint_arrow(self.canvas, way, arrows, self.tone(arrows.colour), scale, broken)

    def text(self) -> None:
        """Write all text, and paint the grounds of labels."""
        theme, canvas = self.theme, self.canvas
        lines: dict[Colour, list[TextLine]] = defaultdict(list)
        for shape, paint in zip(self.scene.shapes, self._paints, strict=True):
            lines[paint.ink] += shape.lines
        for connector in self.scene.connectors:
            if connector.label is not None:
                if theme.label_ground is not None:
                    ground = connector.label.box.grown(self.scale)
                    canvas.rectangle(ground, self.tone(theme.label_ground))
                lines[theme.label].append(connector.label)
        for ink, written in lines.items():
            canvas.write(written, self.tone(ink), theme.whole)

    def _shadow(self, shape: Shape, shadow: Shadow) -> None:
        scale, radius = self.scale, self.theme.radius * self.scale
        frame = shape.frame.moved(shadow.right * scale, shadow.down * scale)
        soft = shadow.soft * scale
        steps = max(1, min(4, round(soft)))
        for step in range(steps):
            # From the outermost edge, the palest, inwards.
            out = soft * (0.5 - (step + 0.5) / steps) if soft else 0.0
            colour = mixed(self.theme.ground, shadow.colour, (step + 1) / steps)
            grown = polygon(shape.outline, frame.grown(out), max(radius + out, 0.6))
            self.canvas.fill(grown, self.tone(colour), smooth=False)


def tones(grey: bool) -> Callable[[Colour], Tone]:
    """Return what turns colours into tones: on grey pixels or on coloured ones."""

    def tone(colour: Colour) -> Tone:
        return colour[0] if grey else colour

    return tone


def corner_of(connector: Connector, corner: float) -> float:
    """Return how round a connector's corners may be: a label stands within its first one."""
    return corner if connector.label is None else min(corner, 4.0)


def on_pixels(place: float, width: float) -> float:
    """Return the nearest place at which a line of `width` covers whole pixels."""
    odd = max(1, round(width)) % 2
    return math.floor(place) + 0.5 if odd else float(round(place))


def paint_arrow(
    canvas: Canvas,
    way: Sequence[Point],
    arrows: Arrows,
    tone: Tone,
    scale: float,
    broken: bool = False,
) -> None:
    """Paint a line with its head along `way`, in pixels."""
    width, size = arrows.width * scale, arrows.size * scale
    before = _before_head(way, size)
    # A stroked head is met by its line, all others would have their point blunted.
    line = way if arrows.head in ("open", "none") else shortened(way, size * 0.8)
    for piece in dashes(line, 5 * scale, 4 * scale) if broken else [line]:
        canvas.stroke(piece, tone, width)
    if arrows.head != "none":
        canvas.head(before, way[-1], size, tone, arrows.head, width)
    if arrows.ball:
        x, y = way[0]
        ball = Box(x, y, 0, 0).grown(2.2 * scale)
        canvas.fill(polygon("ellipse", ball), tone)


def _before_head(way: Sequence[Point], size: float) -> Point:
    """Return a point of the way about a head's length before its end: what the head looks along."""
    left = size
    for index in range(len(way) - 1, 0, -1):
        length = math.dist(way[index], way[index - 1])
        if length >= left:
            share = left / length
            (x, y), (bx, by) = way[index], way[index - 1]
            return x + (bx - x) * share, y + (by - y) * share
        left -= length
    return way[0]


def dashes(way: Sequence[Point], on: float, off: float) -> list[list[Point]]:
    """Return the pieces of a way that a broken line shows."""
    pieces: list[list[Point]] = []
    shown, left = True, on
    piece = [way[0]]
    for a, b in pairwise(way):
        length, at = math.dist(a, b), 0.0
        while length - at > left:
            at += left
            share = at / length
            point = (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)
            if shown:
                pieces.append([*piece, point])
            piece = [point]
            shown = not shown
            left = on if shown else off
        left -= length - at
        piece.append(b)
    if shown and len(piece) > 1:
        pieces.append(piece)
    return pieces


def paint_grid(canvas: Canvas, grid: Grid, scale: float, tone: Callable[[Colour], Tone]) -> None:
    """Paint a grid of lines or dots over all of the canvas."""
    import numpy as np

    pixels = canvas.pixels
    height, width = pixels.shape[:2]
    thick = max(1, round(scale * 0.9))

    def places(size: int, strong: bool) -> list[int]:
        count = int(size / (grid.step * scale)) + 1
        chosen = [k for k in range(count) if (k % grid.major == 0) == strong]
        starts = [round(k * grid.step * scale) for k in chosen]
        return [start + more for start in starts for more in range(thick) if start + more < size]

    # One row is drawn and copied: rows are many.
    row, line = pixels[0].copy(), pixels[0].copy()
    for strong, colour in ((False, grid.colour), (True, grid.strong)):
        row[places(width, strong)] = tone(colour)
    rows = pixels.reshape(height, -1)
    if not grid.dots:
        rows[:] = row.reshape(-1)
    for strong, colour in ((False, grid.colour), (True, grid.strong)):
        if grid.dots:
            rows[places(height, strong)] = row.reshape(-1)
        else:
            line[:] = np.array(tone(colour), np.uint8)
            rows[places(height, strong)] = line.reshape(-1)
