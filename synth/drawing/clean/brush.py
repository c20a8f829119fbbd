"""StarFlow's digital look: typed text in shapes that a brush drew, thick, uneven and askew."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

from synth.diagram import Conventions, Diagram
from synth.drawing.arranging import Plan
from synth.drawing.canvas import Canvas, shortened
from synth.drawing.clean.aloof import arrange_aloof
from synth.drawing.clean.choices import blocks, redrawn, typed, words
from synth.drawing.clean.inked import lay_rough_ink
from synth.drawing.clean.look import Fitting
from synth.drawing.clean.themes import Paint, Part, Theme
from synth.drawing.clean.wording import Wording
from synth.drawing.colours import BLACK, WHITE, Colour, is_grey, rgb
from synth.drawing.encoding import Format
from synth.drawing.geometry import Point
from synth.drawing.lettering import Lettering
from synth.drawing.looks import Brief, Painting
from synth.drawing.outlines import Outline, polygon
from synth.drawing.scene import Scene, Shape
from synth.pictures import Orientation

if TYPE_CHECKING:
    from synth.drawing.strokes import Pen


@dataclass(frozen=True)
class BrushLook:
    """A brush's look; lengths are in units.

    `thick` is the brush's width, `wobble` how unsteady it is led, `dryness` how bare its strokes
    are, `tilt` how far shapes lean, in radians; `head` is the length of arrow heads.
    """

    conventions: Conventions
    wording: Wording
    label: Lettering
    outlines: Theme
    plan: Plan
    fitting: Fitting
    ink: Colour
    text: Colour
    thick: float
    wobble: float
    dryness: float
    tilt: float
    head: float
    orientation: Orientation | None = None

    @property
    def fonts(self) -> tuple[str, ...]:
        return self.wording.fonts

    @property
    def format(self) -> Format:
        return "png"

    def arrange(self, diagram: Diagram) -> Scene:
        """Return the scene of a diagram; units are pixels at scale 1."""
        contents = self.fitting.contents(diagram.nodes, self.wording, self.outlines)
        room = self.thick / 2 + self.wobble
        return arrange_aloof(diagram, contents, self.label, room, self.plan, self.orientation, 6.0)

    def paint(self, scene: Scene, scale: float, random: Random) -> Painting:
        """Return the picture of a scene: every stroke falls as `random` has it."""
        import numpy as np

        from synth.drawing.strokes import Pen

        scene = scene.at(scale)
        grey = is_grey(self.ink) and is_grey(self.text) and is_grey(self.outlines.ground)
        ground = self.outlines.ground
        canvas = Canvas(scene.width, scene.height, ground[0] if grey else ground)
        ink = np.zeros(canvas.pixels.shape[:2], np.uint8)
        pen = Pen(self.thick * scale, scale, self.wobble, random, pressure=0.18, tip=0.85)
        for shape in scene.shapes:
            self._shape(pen, shape, random)
        for connector in scene.connectors:
            if len(connector.way) > 1:
                self._arrow(pen, connector.way, scale)
        pen.draw(ink)
        tone = self.ink[0] if grey else self.ink
        lay_rough_ink(canvas, ink, tone, scale, self.dryness, random)
        canvas.write(scene.texts(), self.text[0] if grey else self.text)
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
        lettering,
        Theme(paints, ground=WHITE),
        blocks(random, gap=(34, 44), straight=0.75, across=0.25, pairs=0.7),
        Fitting((7 + room, 4 + room), random.uniform(2.2, 3.6), thick=room),
        ink,
        text,
        thick,
        random.uniform(0.7, 1.2),
        random.uniform(0.2, 0.7),
        random.uniform(0.015, 0.06),
        thick * random.uniform(3.3, 4.3),
        brief.orientation,
    )
