"""StarFlow's digital look: typed text in shapes that a brush drew, thick, uneven and askew."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

from synth.drawing.canvas import Canvas, shortened
from synth.drawing.clean.choices import blocks, redrawn, typed, words
from synth.drawing.clean.inked import lay_rough_ink
from synth.drawing.clean.look import CleanLook, Fitting
from synth.drawing.clean.painting import tones
from synth.drawing.clean.themes import Paint, Part, Theme
from synth.drawing.colours import BLACK, Colour, is_grey, rgb
from synth.drawing.geometry import Point
from synth.drawing.looks import Brief, Painting
from synth.drawing.outlines import Outline, polygon
from synth.drawing.scene import Scene, Shape

if TYPE_CHECKING:
    from synth.drawing.strokes import Pen


@dataclass(frozen=True)
class BrushLook(CleanLook):
    """A brush's look; lengths are in units.

    `thick` is the brush's width, `wobble` how unsteady it is led, `dryness` how bare its strokes
    are, `tilt` how far shapes lean, in radians; `head` is the length of arrow heads.
    """

    ink: Colour
    thick: float
    wobble: float
    dryness: float
    tilt: float
    head: float

    @property
    def reach(self) -> float:
        return self.thick / 2 + self.wobble

    def paint(self, scene: Scene, scale: float, random: Random) -> Painting:
        """Return the picture of a scene: every stroke falls as `random` has it."""
        import numpy as np

        from synth.drawing.strokes import Pen

        scene = scene.at(scale)
        tone = tones(self.theme.grey and is_grey(self.ink))
        canvas = Canvas(scene.width, scene.height, tone(self.theme.ground))
        ink = np.zeros(canvas.pixels.shape[:2], np.uint8)
        pen = Pen(self.thick * scale, scale, self.wobble, random, pressure=0.18, tip=0.85)
        for shape in scene.shapes:
            self._shape(pen, shape, random)
        for connector in scene.connectors:
            if len(connector.way) > 1:
                self._arrow(pen, connector.way, scale)
        pen.draw(ink)
        lay_rough_ink(canvas, ink, tone(self.ink), scale, self.dryness, random)
        canvas.write(scene.texts(), tone(self.theme.label))
        return Painting(canvas.pixels)

    def _shape(self, pen: Pen, shape: Shape, random: Random) -> None:
        frame = shape.frame
        # Wide shapes lean less, so that they do not run into their text.
        most = min(self.tilt, 0.1 * frame.height / max(frame.width / 2, 1.0))
        points = turned(polygon(shape.outline, frame), frame.centre, random.uniform(-most, most))
        pen.closed(points, sides=len(points) <= 6)

    def _arrow(self, pen: Pen, way: Sequence[Point], scale: float) -> None:
        gap = (0.5 * self.thick + 1.5) * scale
        way = shortened(way, gap)
        way = shortened(way[::-1], gap)[::-1]
        for start, end in pairwise(way):
            pen.line(start, end)
        tip, before = way[-1], way[-2]
        angle = math.atan2(before[1] - tip[1], before[0] - tip[0])
        for side in (-1, 1):
            turn = angle + side * pen.random.uniform(0.55, 0.85)
            far = self.head * scale * pen.random.uniform(0.85, 1.15)
            pen.line((tip[0] + far * math.cos(turn), tip[1] + far * math.sin(turn)), tip)


def turned(points: Sequence[Point], centre: Point, by: float) -> list[Point]:
    """Return points turned around a centre by `by` radians."""
    (x, y), cos, sin = centre, math.cos(by), math.sin(by)
    return [
        (x + (px - x) * cos - (py - y) * sin, y + (px - x) * sin + (py - y) * cos)
        for px, py in points
    ]


def brush(random: Random, brief: Brief) -> BrushLook:
    """Return a look of shapes drawn with a brush."""
    colour = random.random()
    ink = BLACK if colour < 0.75 else rgb(random.choice(("#1b2a49", "#7a1f1f", "#1f4d2b")))
    grey = random.randint(55, 105)
    text = (grey, grey, grey) if random.random() < 0.85 else ink
    start: Outline = random.choice(("box", "box", "ellipse"))
    paints: dict[Part, Paint] = {
        "action": Paint("box"),
        "trigger": Paint(start),
        "logic": Paint("diamond"),
        "start": Paint("ellipse"),
        "end": Paint("ellipse"),
    }
    lettering = typed(random, brief)
    thick = random.uniform(2.4, 3.8)
    room = thick / 2 + 3
    return BrushLook(
        redrawn(random, 0.1),
        words(random, brief, lettering, 30),
        Theme(paints, label=text),
        blocks(random, gap=(34, 44), straight=0.75, across=0.25, pairs=0.7),
        Fitting((7 + room, 4 + room), random.uniform(2.2, 3.6), thick=room),
        brief.orientation,
        ink,
        thick,
        random.uniform(0.7, 1.2),
        random.uniform(0.2, 0.7),
        random.uniform(0.015, 0.06),
        thick * random.uniform(3.3, 4.3),
    )
