"""A look that is all theme: words, shapes that hold them, a layout, and how it is painted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from synth.diagram import Conventions, Diagram, Node
from synth.drawing.arranging import LONGEST_ROW, Plan
from synth.drawing.clean.aloof import arrange_aloof
from synth.drawing.clean.painting import paint_scene
from synth.drawing.clean.themes import DOUBLED, Paint, Theme
from synth.drawing.clean.wording import Line, Wording
from synth.drawing.encoding import Format
from synth.drawing.layouts.dot import Dot
from synth.drawing.lettering import Lettering
from synth.drawing.looks import Painting
from synth.drawing.scene import Content, Scene, fit
from synth.pictures import Orientation


@dataclass(frozen=True)
class Fitting:
    """How shapes are fitted around their text; lengths are in units.

    `least` is the smallest size of boxes; with `uniform` all boxes get the largest one's width.
    `thick` is the room that a diamond's line takes beyond a thin one's.
    """

    pad: tuple[float, float] = (8.0, 5.0)
    flatness: float = 2.0
    least: tuple[float, float] = (0.0, 0.0)
    uniform: bool = False
    thick: float = 0.0

    def content(self, lines: list[Line], paint: Paint, least: tuple[float, float]) -> Content:
        """Return the shape that holds lines of text."""
        outline = paint.outline
        pad = (self.pad[0] + room_of(paint)[0], self.pad[1] + room_of(paint)[1])
        if outline == "diamond":
            # What a line takes off at right angles is more along a flat diamond.
            least, pad = (0.0, 0.0), (pad[0] + self.thick * self.flatness, pad[1])
        return fit(lines, outline, pad=pad, flatness=self.flatness, least=least)

    def contents(
        self, nodes: tuple[Node, ...], wording: Wording, theme: Theme
    ) -> dict[str, Content]:
        """Return what every node shows, by its identifier."""

        def fitted(least: tuple[float, float]) -> dict[str, Content]:
            return {
                node.identifier: self.content(wording.lines(node), theme.paint_of(node), least)
                for node in nodes
            }

        contents = fitted(self.least)
        if self.uniform:
            widths = [each.slot.width for each in contents.values() if each.outline != "diamond"]
            contents = fitted((max(widths, default=0.0), self.least[1]))
        return contents


def room_of(paint: Paint) -> tuple[float, float]:
    """Return the room that a shape's second line takes beside and above its text."""
    return DOUBLED if paint.doubled else 0.0, DOUBLED if paint.doubled == "ring" else 0.0


@dataclass(frozen=True)
class CleanLook:
    """A clean drawing's look, all choices made."""

    conventions: Conventions
    wording: Wording
    theme: Theme
    plan: Plan
    fitting: Fitting
    orientation: Orientation | None

    @property
    def label(self) -> Lettering:
        """The lettering of the words on edges."""
        return self.wording.text

    @property
    def reach(self) -> float:
        """How far lines reach beyond thin ones, to either side, in units."""
        return max(0.0, self.theme.arrows.width / 2 - 0.8)

    @property
    def fonts(self) -> tuple[str, ...]:
        return self.wording.fonts

    @property
    def format(self) -> Format:
        return "png"

    def arrange(self, diagram: Diagram) -> Scene:
        """Return the scene of a diagram; units are pixels at scale 1."""
        contents = self.fitting.contents(diagram.nodes, self.wording, self.theme)
        plan = self.plan
        if isinstance(plan, Dot) and plan.rankdir == "LR" and self.orientation != "landscape":
            # Graphviz breaks no flow into rows: what would run too wide runs down.
            length = sum(each.slot.width + plan.ranksep for each in contents.values())
            if length > LONGEST_ROW:
                plan = replace(plan, rankdir="TB")
        return arrange_aloof(
            *(diagram, contents, self.label, self.reach),
            *(plan, self.orientation, self.theme.radius),
        )

    def paint(self, scene: Scene, scale: float, random: Random) -> Painting:
        """Return the picture: the same at every seed, as tools draw."""
        return Painting(paint_scene(scene.at(scale), self.theme, scale))
