"""The look of hand-drawn-like editors: doubled wavering lines, hatched or pale fills."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Literal

from synth.drawing.canvas import Canvas, rounded_way
from synth.drawing.clean.choices import blocks, hand, redrawn, typed, words
from synth.drawing.clean.inked import lay_ink
from synth.drawing.clean.look import CleanLook, Fitting
from synth.drawing.clean.painting import corner_of, tones
from synth.drawing.clean.themes import Paint, Part, Theme
from synth.drawing.colours import WHITE, Colour, is_grey, rgb
from synth.drawing.fonts import COMIC, NUNITO, PLEX_MONO, SANS
from synth.drawing.geometry import Point
from synth.drawing.looks import Brief, Painting
from synth.drawing.outlines import Outline, polygon
from synth.drawing.scene import Connector, Scene, Shape

if TYPE_CHECKING:
    from synth.drawing.strokes import Pen

Filling = Literal["none", "solid", "hatched"]


@dataclass(frozen=True)
class SketchyLook(CleanLook):
    """A hand-drawn-like editor's look; lengths are in units.

    `thick` is the width of lines, `wobble` how unsteady they are, `twice` says that each is drawn
    twice; `head` is the length of arrow heads, `corner` how round lines turn, `hatch` how far the
    lines of a hatching are apart.
    """

    filling: Filling
    line: Colour
    thick: float
    wobble: float
    twice: bool
    head: float
    corner: float
    hatch: float

    @property
    def reach(self) -> float:
        return self.thick / 2

    def paint(self, scene: Scene, scale: float, random: Random) -> Painting:
        """Return the picture of a scene: every stroke falls as `random` has it."""
        import numpy as np

        from synth.drawing.strokes import Pen

        scene = scene.at(scale)
        theme = self.theme
        tone = tones(theme.grey and is_grey(self.line))
        canvas = Canvas(scene.width, scene.height, tone(theme.ground))
        plane = np.zeros(canvas.pixels.shape[:2], np.uint8)
        pen = Pen(max(0.9, self.thick * scale), scale, self.wobble, random, pressure=0.05)
        for shape in scene.shapes:
            paint = theme.paint_of(shape.node)
            points = polygon(shape.outline, shape.frame, theme.radius * scale)
            if self.filling == "solid":
                canvas.fill(points, tone(paint.fill))
            elif self.filling == "hatched":
                for way in hatching(points, self.hatch * scale, random):
                    canvas.stroke(way, tone(paint.fill), 1.2 * scale)
            self._outline(pen, shape, points)
        for connector in scene.connectors:
            if len(connector.way) > 1:
                self._arrow(pen, connector, scale)
        pen.draw(plane)
        lay_ink(canvas, plane, tone(self.line))
        canvas.write(scene.texts(), tone(theme.label))
        return Painting(canvas.pixels)

    def _outline(self, pen: Pen, shape: Shape, points: Sequence[Point]) -> None:
        for _ in range(2 if self.twice else 1):
            pen.closed(points, sides=len(points) <= 6)

    def _arrow(self, pen: Pen, connector: Connector, scale: float) -> None:
        way = list(connector.way)
        if self.corner and len(way) > 2:
            pen.stroke(rounded_way(way, corner_of(connector, self.corner) * scale))
        else:
            for start, end in pairwise(way):
                for _ in range(2 if self.twice else 1):
                    pen.line(start, end)
        pen.head(way[-1], way[-2], self.head, "open")


def hatching(points: Sequence[Point], apart: float, random: Random) -> list[list[Point]]:
    """Return slanting lines, `apart` from each other, across a convex polygon."""
    angle = -0.72
    cos, sin = math.cos(angle), math.sin(angle)
    # Turned so that the lines are level.
    turned = [(x * cos + y * sin, y * cos - x * sin) for x, y in points]
    low, high = min(y for _, y in turned), max(y for _, y in turned)
    ways: list[list[Point]] = []
    at = low + apart * 0.6
    while at < high:
        crossings = []
        for (ax, ay), (bx, by) in zip(turned, [*turned[1:], turned[0]], strict=True):
            if (ay < at) != (by < at):
                crossings.append(ax + (bx - ax) * (at - ay) / (by - ay))
        if len(crossings) == 2:
            ends = [
                (x + random.uniform(-0.15, 0.15) * apart, at + random.uniform(-0.12, 0.12) * apart)
                for x in crossings
            ]
            ways.append([(x * cos - y * sin, x * sin + y * cos) for x, y in ends])
        at += apart * random.uniform(0.9, 1.1)
    return ways


# Ground, line and text, fills of actions, logic, trigger and ends.
_PALETTES = (
    ("#ffffff", "#1e1e1e", ("#a5d8ff", "#ffec99", "#b2f2bb", "#ffc9c9")),
    ("#ffffff", "#1e1e1e", ("#d0bfff", "#ffd8a8", "#96f2d7", "#fcc2d7")),
    ("#ffffff", "#343a40", ("#e9ecef", "#e9ecef", "#ced4da", "#e9ecef")),
    ("#fdf8f6", "#1e1e1e", ("#ffe8cc", "#fff3bf", "#d3f9d8", "#ffe3e3")),
    ("#f8f9fa", "#1971c2", ("#d0ebff", "#e7f5ff", "#d3f9d8", "#ffe3e3")),
    ("#f5faff", "#364fc7", ("#dbe4ff", "#fff3bf", "#d3f9d8", "#ffe3e3")),
    ("#ffffff", "#2f9e44", ("#ebfbee", "#fff9db", "#e7f5ff", "#fff5f5")),
    ("#121212", "#e3e3e8", ("#154162", "#3a2e0f", "#123b1f", "#4a1f22")),
)


def sketchy(random: Random, brief: Brief) -> SketchyLook:
    """Return a look of a hand-drawn-like editor."""
    ground, code, fills = random.choice(_PALETTES)
    line = rgb(code)
    action, logic, trigger, end = map(rgb, fills)
    filling: Filling = random.choice(("none", "solid", "solid", "hatched"))
    if filling == "none":
        action = logic = trigger = end = rgb(ground)
    box: Outline = random.choice(("box", "rounded", "rounded"))
    start: Outline = random.choice((box, box, "ellipse"))
    paints: dict[Part, Paint] = {
        "action": Paint(box, action, line),
        "trigger": Paint(start, trigger, line),
        "logic": Paint("diamond", logic, line),
        "start": Paint("ellipse", trigger, line),
        "end": Paint("ellipse", end, line),
    }
    text = line
    if filling == "hatched" or random.random() < 0.5:
        text = WHITE if ground == "#121212" else rgb("#1e1e1e")
    theme = Theme(paints, ground=rgb(ground), label=text, radius=random.uniform(7, 11))
    if random.random() < 0.6:
        lettering = hand(random, brief)
    else:
        lettering = typed(random, brief, (SANS, NUNITO, COMIC, PLEX_MONO))
    thick = random.uniform(0.9, 1.6)
    pad = thick / 2 + 2
    return SketchyLook(
        redrawn(random),
        words(random, brief, lettering),
        theme,
        blocks(random, gap=(26, 36), straight=0.5, across=0.4, pairs=0.3),
        Fitting((7 + pad, 5 + pad), random.uniform(1.5, 2.3), thick=pad),
        brief.orientation,
        filling,
        line,
        thick,
        random.uniform(0.35, 0.8),
        random.random() < 0.7,
        random.uniform(6.5, 9),
        random.choice((0.0, 14.0, 22.0)),
        random.uniform(4.5, 7),
    )
