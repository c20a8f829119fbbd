"""How Graphviz measures: its sizes of text and shapes in points, so that ours are the same."""

from __future__ import annotations

import math
from dataclasses import dataclass

from synth.drawing.clean.look import Fitting, room_of
from synth.drawing.clean.themes import Paint
from synth.drawing.clean.wording import Line
from synth.drawing.fonts import Face, check_letters
from synth.drawing.geometry import Box, Slot
from synth.drawing.lettering import Lettering
from synth.drawing.outlines import Outline
from synth.drawing.scene import Content, TextLine

# A point at the density (64 to the inch) at which 14 points are what the small reader reads.
DENSITY = 64.0
POINT = DENSITY / 72

# Graphviz sets text at 96 dots to the inch, with letters as wide as whole dots.
_DOTS_PER_POINT = 96 / 72
# Where the first base line is below the text's top, of the size.
_BASELINE = 0.79
# What a shape needs around its text, as Graphviz has it: of the text's width and height.
_MORE: dict[Outline, float] = {
    "diamond": 2.0,
    "ellipse": math.sqrt(2),
    "hexagon": math.sqrt(2) / math.cos(math.pi / 6),
}


def lettering_of(face: Face, points: float) -> Lettering:
    """Return the lettering that Graphviz sets in a face at a size in points."""
    return Lettering(face, points * POINT, grid=1 / (points * _DOTS_PER_POINT))


def line_pitch(points: float) -> float:
    """Return the way from line to line, in points, for a size in points."""
    return math.floor(points * 1.107 * _DOTS_PER_POINT) / _DOTS_PER_POINT


@dataclass(frozen=True)
class GraphvizFitting(Fitting):
    """Shapes around text as Graphviz fits them; `pad` is its margin, in points.

    `tight` is the margin in shapes that grow with their text (diamonds and the like), and `rule`
    the room for a line above the definition.
    """

    pad: tuple[float, float] = (5.76, 2.88)
    tight: tuple[float, float] = (0.72, 0.72)
    rule: float = 0.0

    def content(self, lines: list[Line], paint: Paint, least: tuple[float, float]) -> Content:
        """Return the shape that holds lines of text."""
        outline = paint.outline
        for text, lettering, _ in lines:
            check_letters(lettering.face, text)
        widths = [lettering.width(text) for text, lettering, _ in lines]
        points = lines[0][1].size / POINT
        pitch = line_pitch(points)
        named = any(role == "name" for _, _, role in lines)
        rule = self.rule if named and outline != "diamond" else 0.0
        text_width, text_height = math.floor(max(widths) / POINT) + 1, pitch * len(lines) + rule
        more = _MORE.get(outline, 1.0)
        pad = self.tight if outline in _MORE else self.pad
        width = math.ceil((text_width + 2 * pad[0]) * more) * POINT
        height = math.ceil((text_height + 2 * pad[1]) * more) * POINT
        if paint.doubled:
            width, height = width + 2 * room_of(paint)[0], height + 2 * room_of(paint)[1]
        if outline == "slanted":
            width += 0.5 * height
        width, height = max(width, least[0]), max(height, least[1])
        top = (height - text_height * POINT) / 2 + _BASELINE * points * POINT
        moved = []
        for index, (text, lettering, role) in enumerate(lines):
            lower = rule if role == "name" else 0.0
            baseline = top + (index * pitch + lower) * POINT
            x = (width - widths[index]) / 2
            moved.append(TextLine(text, x, baseline, widths[index], lettering, role))
        slot = Slot(width, height, diamond=outline == "diamond")
        return Content(slot, outline, Box(0, 0, width, height), tuple(moved))
