"""What stands in the gateways and events of BPMN."""

from __future__ import annotations

import math
from typing import Literal

from synth.drawing.clean.painting import Painter, Tone
from synth.drawing.geometry import Box, Point
from synth.drawing.outlines import polygon

Mark = Literal["", "cross", "plus", "circle", "ring", "bolt", "arrow", "message", "clock"]


def paint_mark(painter: Painter, mark: Mark, frame: Box, tone: Tone) -> None:
    """Paint what stands in a gateway or an event."""
    (x, y), canvas, scale = frame.centre, painter.canvas, painter.scale
    reach = frame.width * 0.2
    thick = 2.0 * scale

    def circle(radius: float, width: float) -> None:
        canvas.stroke(polygon("ellipse", Box(x, y, 0, 0).grown(radius)), tone, width, closed=True)

    if mark == "cross":
        far = reach * 0.8
        canvas.stroke([(x - far, y - far), (x + far, y + far)], tone, thick)
        canvas.stroke([(x - far, y + far), (x + far, y - far)], tone, thick)
    elif mark == "plus":
        canvas.stroke([(x - reach, y), (x + reach, y)], tone, thick)
        canvas.stroke([(x, y - reach), (x, y + reach)], tone, thick)
    elif mark == "circle":
        circle(reach, thick)
    elif mark == "ring":
        circle(frame.width / 2 - 2.5 * scale, scale)
    elif mark == "bolt":
        circle(frame.width / 2 - 2.5 * scale, scale)
        steps = ((-1.0, 0.9), (-0.35, -0.8), (0.25, 0.35), (1.0, -0.9))
        canvas.stroke([(x + reach * a, y + reach * b) for a, b in steps], tone, 1.2 * scale)
    elif mark == "arrow":
        turn = [0.9 * math.pi + 1.6 * math.pi * k / 12 for k in range(13)]
        arc: list[Point] = [(x + reach * math.cos(t), y + reach * math.sin(t)) for t in turn]
        canvas.stroke(arc, tone, 1.3 * scale)
        canvas.head(arc[-3], arc[-1], 0.9 * reach, tone)
    elif mark == "message":
        across, down = 1.2 * reach, 0.8 * reach
        left, right, top = x - across, x + across, y - down
        corners = [(left, top), (right, top), (right, y + down), (left, y + down)]
        canvas.stroke(corners, tone, scale, closed=True)
        canvas.stroke([(left, top), (x, y + 0.1 * reach), (right, top)], tone, scale)
    elif mark == "clock":
        circle(1.4 * reach, scale)
        canvas.stroke([(x, y - reach), (x, y), (x + 0.7 * reach, y)], tone, scale)
