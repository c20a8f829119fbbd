"""The look of BPMN editors: tasks in boxes, small marked gateways and events, their text outside.

Flows run to the right, in rows where they are long. The text of a gateway or an event stands
below it; where lines leave downwards it stands above and to the right instead, clear of all four
sides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from synth.diagram import Conventions, Diagram, Node
from synth.drawing.arranging import LONGEST_ROW, arrange
from synth.drawing.clean.bpmn_marks import Mark, paint_mark
from synth.drawing.clean.choices import redrawn, typed, words
from synth.drawing.clean.look import CleanLook, Fitting
from synth.drawing.clean.painting import Painter
from synth.drawing.clean.themes import Arrows, Grid, Paint, Part, Theme, part_of
from synth.drawing.clean.wording import Line
from synth.drawing.colours import BLACK, WHITE, Colour, rgb
from synth.drawing.geometry import Box, Slot
from synth.drawing.layouts.blocks import Blocks
from synth.drawing.looks import Brief, Painting
from synth.drawing.outlines import Outline
from synth.drawing.scene import Content, Scene, Shape, set_lines
from synth.pictures import orientation_of

_GATEWAYS: tuple[Part, ...] = ("logic", "test", "loop", "parallel", "guard")
_EVENTS: tuple[Part, ...] = ("start", "end", "leave")
# Between a gateway and the text below it.
_APART = 4.0


@dataclass(frozen=True)
class BpmnLook(CleanLook):
    """A BPMN diagram's look; `marks` are what stands in gateways and events, by what they are.

    `gateway` and `event` are their sizes in units; with `trigger_event` the trigger is an event.
    """

    plan: Blocks
    marks: dict[Part, Mark]
    gateway: float
    event: float
    trigger_event: bool

    def arrange(self, diagram: Diagram) -> Scene:
        """Return the scene of a diagram; units are pixels at scale 1."""
        contents = {node.identifier: self._content(node) for node in diagram.nodes}
        nearest: Scene | None = None
        for plan in self._plans():
            scene = arrange(diagram, contents, self.label, plan, None, self.theme.radius)
            wide, high = round(scene.width), round(scene.height)
            if self.orientation is None or orientation_of(wide, high) == self.orientation:
                return scene
            aspect = scene.width / scene.height
            if nearest is None or (aspect > nearest.width / nearest.height) == (
                self.orientation == "landscape"
            ):
                nearest = scene
        assert nearest is not None
        return nearest

    def _plans(self) -> Iterator[Blocks]:
        yield self.plan
        if self.orientation is not None:
            for row in (LONGEST_ROW, 900.0, 600.0, 400.0, 250.0, 100.0):
                yield replace(self.plan, longest_row=row)

    def paint(self, scene: Scene, scale: float, random: Random) -> Painting:
        """Return the picture: the same at every seed, as tools draw."""
        scene = scene.at(scale)
        painter = Painter(scene, self.theme, scale)
        painter.below()
        for shape in scene.shapes:
            painter.shape(shape)
            self._mark(painter, shape)
        for connector in scene.connectors:
            painter.connector(connector)
        painter.text()
        return Painting(painter.canvas.pixels)

    def _is_event(self, part: Part) -> bool:
        return part in _EVENTS or (part == "trigger" and self.trigger_event)

    def _content(self, node: Node) -> Content:
        part, lines = part_of(node), self.wording.lines(node)
        if part in _GATEWAYS:
            # Lines of a loop leave its gateway above and below, a fork's only at its end.
            open_below = part == "loop" or self.plan.fork == "straight"
            return _outside(lines, "diamond", self.gateway, open_below)
        if self._is_event(part):
            return _outside(lines, "ellipse", self.event, open_below=False)
        return self.fitting.content(lines, self.theme.paint_of(node), self.fitting.least)

    def _mark(self, painter: Painter, shape: Shape) -> None:
        mark = self.marks.get(part_of(shape.node), "")
        if mark and (part_of(shape.node) != "trigger" or self.trigger_event):
            paint = self.theme.paint_of(shape.node)
            paint_mark(painter, mark, shape.frame, painter.tone(paint.line))


def _outside(lines: list[Line], outline: Outline, size: float, open_below: bool) -> Content:
    """Return a small shape with its text below it, or above and to the right of it."""
    aligned, wide, high = set_lines(lines, "left" if open_below else "centre")
    if open_below:
        # Symmetric, so that lines meet the shape in rows that run backwards, too.
        width = 2 * (size / 2 + 1 + wide)
        height = size / 2 + max(size / 2, high + 2)
        x, y = width / 2 + size / 2 + 1, height - size / 2 - 2 - high
    else:
        width, height = max(size, wide), size + _APART + high
        x, y = (width - wide) / 2, size + _APART
    down = height - size / 2 if open_below else size / 2
    frame = Box((width - size) / 2, down - size / 2, size, size)
    text = tuple(line.moved(x, y) for line in aligned)
    return Content(Slot(width, height, down=down), outline, frame, text)


# Lines, fill of tasks, of gateways, of the start and the end.
_PALETTES = (
    ("#000000", "#ffffff", "#ffffff", "#ffffff", "#ffffff"),
    ("#22242a", "#ffffff", "#ffffff", "#ffffff", "#ffffff"),
    ("#404040", "#f7f7f7", "#ffffff", "#ffffff", "#e0e0e0"),
    ("#1e88e5", "#bbdefb", "#bbdefb", "#c8e6c9", "#ffcdd2"),
    ("#585858", "#f4f4fd", "#fffbe3", "#e6f4d0", "#f9d7d2"),
    ("#03689a", "#ecf4ff", "#f8f8e6", "#dff2d6", "#f6d8d8"),
    ("#6b3fa0", "#f1eafa", "#fff8e1", "#e8f5e9", "#ffebee"),
)


def bpmn(random: Random, brief: Brief) -> BpmnLook:
    """Return a look of a BPMN editor."""
    line, task, gate, start, end = map(rgb, random.choice(_PALETTES))
    conventions = redrawn(random, ends=0.5)
    if random.random() < 0.6:
        conventions = Conventions("edge", conventions.ends)
    ink = random.choice((BLACK, rgb("#22242a"), rgb("#404040")))
    width = random.choice((1.0, 1.0, 1.5))
    event = not conventions.ends and random.random() < 0.75
    paints: dict[Part, Paint] = {
        "action": Paint("rounded", task, line, ink, width),
        "subflow": Paint("rounded", task, line, ink, 2.5),
        "logic": Paint("diamond", gate, line, ink, width),
        "leave": Paint("ellipse", end, line, ink, 2.6),
        "start": Paint("ellipse", start, line, ink, width),
        "end": Paint("ellipse", end, line, ink, 2.6),
        "trigger": Paint("ellipse" if event else "rounded", start, line, ink, width),
    }
    marks = _marks(random)
    theme = _theme(random, paints, line, ink)
    text = typed(random, brief)
    plan = _plan(random)
    fitting = Fitting((8.0, random.uniform(7, 12)), least=(76.0, random.choice((36.0, 46.0))))
    return BpmnLook(
        conventions,
        replace(words(random, brief, text, 20), logic=random.randint(13, 17)),
        theme,
        plan,
        fitting,
        brief.orientation,
        marks,
        gateway=random.uniform(26, 32),
        event=random.uniform(20, 26),
        trigger_event=event,
    )


def _marks(random: Random) -> dict[Part, Mark]:
    return {
        "test": random.choice(("cross", "cross", "")),
        "parallel": "plus",
        "loop": random.choice(("arrow", "arrow", "cross")),
        "guard": random.choice(("bolt", "circle")),
        "leave": random.choice(("", "cross")),
        "trigger": random.choice(("", "message", "clock")),
    }


def _theme(random: Random, paints: dict[Part, Paint], line: Colour, ink: Colour) -> Theme:
    head, corner = random.choice(("normal", "block", "block")), random.choice((0.0, 0.0, 4.0))
    ground = random.choice((WHITE, WHITE, WHITE, rgb("#fcfcfc")))
    grid = Grid(10.0, rgb("#ececec"), rgb("#ececec"), dots=True) if random.random() < 0.25 else None
    return Theme(
        paints,
        Arrows(line, 1.0, head, 6.0, corner),
        ground,
        label=ink,
        radius=random.uniform(4, 8),
        grid=grid,
        snap=random.random() < 0.6,
    )


def _plan(random: Random) -> Blocks:
    broken = random.random() < 0.6
    return Blocks(
        direction="LR",
        gap=random.uniform(20, 30),
        lane=random.uniform(12, 17),
        apart=random.uniform(14, 24),
        margin=random.uniform(10, 22),
        fork=random.choice(("spread", "spread", "straight")),
        longest_row=random.uniform(420, 900) if broken else None,
        rows=random.choice(("turn", "turn", "return")),
    )
