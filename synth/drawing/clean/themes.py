"""A clean look's colours and lines: what each kind of node and every connector is drawn with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from synth.diagram import Edge, Node
from synth.drawing.colours import BLACK, WHITE, Colour, is_grey
from synth.drawing.outlines import Outline

# How far the second line of a doubled shape lies within the first, in units.
DOUBLED = 3.6

# What a node is to a drawer. Those that a theme does not name are drawn as "logic" or "action".
Part = Literal[
    "start",
    "end",
    "trigger",
    "inputs",
    "outputs",
    "action",
    "subflow",
    "logic",
    "test",
    "loop",
    "guard",
    "parallel",
    "leave",
]

_OF_LOGIC: dict[str, Part] = {
    "IF": "test",
    "ELSEIF": "test",
    "ELSE": "test",
    "FOREACH": "loop",
    "DOUNTIL": "loop",
    "TRY": "guard",
    "CATCH": "guard",
    "PARALLEL": "parallel",
    "END": "leave",
    "BREAK": "leave",
    "CONTINUE": "leave",
    "GOBACKTO": "leave",
}


def part_of(node: Node) -> Part:
    """Return what a node is to a drawer."""
    if node.kind == "logic":
        return _OF_LOGIC.get(node.name.upper(), "logic")
    return node.kind


@dataclass(frozen=True)
class Paint:
    """How a kind of node is drawn: its outline, the colours in it, and its line's width.

    `doubled` draws a second line inside the first (a ring), or at its left and right only (bars);
    `ruled` draws one above the definition.
    """

    outline: Outline = "box"
    fill: Colour = WHITE
    line: Colour = BLACK
    ink: Colour = BLACK
    width: float = 1.0
    doubled: Literal["", "ring", "bars"] = ""
    ruled: bool = False


@dataclass(frozen=True)
class Arrows:
    """How connectors are drawn; `head` is one of the canvas's styles, `corner` rounds elbows.

    `dashed` says which lines are broken; with `ball` every line starts in a dot.
    """

    colour: Colour = BLACK
    width: float = 1.0
    head: str = "normal"
    size: float = 6.0
    corner: float = 0.0
    dashed: Literal["none", "back", "false"] = "none"
    ball: bool = False

    def breaks(self, edge: Edge) -> bool:
        """Return whether an edge's line is a broken one."""
        return (self.dashed == "back" and edge.back) or (
            self.dashed == "false" and edge.label in ("false", "error")
        )


@dataclass(frozen=True)
class Shadow:
    """A shadow below shapes: how far it falls, how wide its soft edge is, and its colour."""

    right: float
    down: float
    soft: float
    colour: Colour


@dataclass(frozen=True)
class Grid:
    """What lies on the ground: lines, or dots, `step` apart; every `major`th line is stronger."""

    step: float
    colour: Colour
    strong: Colour
    major: int = 4
    dots: bool = False


@dataclass(frozen=True)
class Theme:
    """All that a clean picture is painted with; `paints` has at least "action" and "logic".

    `radius` rounds the corners of rounded shapes, `snap` puts level and upright lines on whole
    pixels as screens do, `whole` does so with letters.
    """

    paints: Mapping[Part, Paint]
    arrows: Arrows = Arrows()
    ground: Colour = WHITE
    label: Colour = BLACK
    label_ground: Colour | None = None
    radius: float = 6.0
    shadow: Shadow | None = None
    grid: Grid | None = None
    snap: bool = False
    whole: bool = False

    def paint_of(self, node: Node) -> Paint:
        """Return how a node is drawn."""
        found = self.paints.get(part_of(node))
        return found or self.paints["logic" if node.kind == "logic" else "action"]

    def colours(self) -> Iterator[Colour]:
        """Yield every colour of the theme."""
        for paint in self.paints.values():
            yield from (paint.fill, paint.line, paint.ink)
        yield from (self.arrows.colour, self.ground, self.label)
        if self.label_ground is not None:
            yield self.label_ground
        if self.shadow is not None:
            yield self.shadow.colour
        if self.grid is not None:
            yield from (self.grid.colour, self.grid.strong)

    @property
    def grey(self) -> bool:
        """Whether there is no colour in it."""
        return all(is_grey(colour) for colour in self.colours())
