"""Labels that keep off thick lines: layouts reckon with lines that have no width."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from synth.diagram import Diagram
from synth.drawing.arranging import Plan, arrange
from synth.drawing.lettering import Lettering
from synth.drawing.scene import Content, Scene, TextLine
from synth.pictures import Orientation


@dataclass(frozen=True)
class Aloof(Lettering):
    """A lettering of labels that asks for `room` on every side: beside lines that are thick."""

    room: float = 0.0

    @cached_property
    def ascent(self) -> float:
        """How far tall letters rise, and the room above them."""
        return self.plain.ascent + self.room

    @cached_property
    def descent(self) -> float:
        """How far letters hang below the line, and the room below them."""
        return self.plain.descent + self.room

    def width(self, text: str) -> float:
        """Return how far `text` reaches, and the room at its ends."""
        return super().width(text) + 2 * self.room

    @property
    def plain(self) -> Lettering:
        """The lettering itself."""
        return Lettering(self.face, self.size, self.tracking, self.leading, self.grid)


def arrange_aloof(
    diagram: Diagram,
    contents: Mapping[str, Content],
    label: Lettering,
    room: float,
    plan: Plan,
    orientation: Orientation | None,
    radius: float,
) -> Scene:
    """Return `arranging.arrange`, with labels that keep `room` off lines, which are thick."""
    if not room:
        return arrange(diagram, contents, label, plan, orientation, radius)
    aloof = Aloof(label.face, label.size, label.tracking, label.leading, label.grid, room)
    scene = arrange(diagram, contents, aloof, plan, orientation, radius)

    def plain(line: TextLine) -> TextLine:
        return line._replace(x=line.x + room, width=line.width - 2 * room, lettering=label)

    connectors = tuple(
        replace(each, label=each.label and plain(each.label)) for each in scene.connectors
    )
    return replace(scene, connectors=connectors)
