"""What is written in and beside the shapes of a diagram, and how large they get by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from synth.diagram import Diagram, Kind, Node
from synth.drawing.fonts import Face, wrap
from synth.drawing.geometry import Box, Slot
from synth.drawing.lettering import Lettering
from synth.drawing.outlines import Outline
from synth.drawing.scene import Align, Content, fit, set_lines

# A note grows to the largest text, but not all to that of one long one.
_LARGEST_NOTE = 104.0


@dataclass(frozen=True)
class Setting:
    """How texts are set; lengths are in units.

    `outlines` are the shapes of the kinds that are no `step`. Texts break at `characters`.
    `flatness` is a diamond's width to its height, `room` what boxes have free right of and below
    their text. Kinds in `beside` are small shapes of `small` with their text outside. `numbers`
    stand before the rows of a list; `notes` are all of one size, about square.
    """

    face: Face
    x_height: float
    tracking: float = 0.045
    leading: float = 1.05
    step: Outline = "box"
    outlines: Mapping[Kind, Outline] = field(default_factory=dict)
    characters: int = 18
    flatness: float = 2.0
    pad: tuple[float, float] = (8.0, 5.0)
    room: tuple[float, float] = (0.0, 0.0)
    align: Align = "centre"
    prefix: str = ""
    beside: tuple[Kind, ...] = ()
    small: float = 22.0
    text_goes: Literal["below", "right"] = "right"
    numbers: Literal["none", "dot", "bracket", "dash"] = "none"
    notes: bool = False

    @property
    def lettering(self) -> Lettering:
        """The hand at its size."""
        size = self.face.size_for(self.x_height)
        return Lettering(self.face, size, self.tracking, self.leading)

    def contents(self, diagram: Diagram) -> dict[str, Content]:
        """Return the contents of a diagram's nodes, by identifier.

        Raises DrawingError naming a character that the hand does not have.
        """
        found = {
            node.identifier: self._content(node, self._number(index))
            for index, node in enumerate(diagram.nodes, 1)
        }
        if not self.notes:
            return found
        widths = [each.slot.width for each in found.values() if not each.slot.diamond]
        heights = [each.slot.height for each in found.values() if not each.slot.diamond]
        side = min(_LARGEST_NOTE, max([*widths, *heights]))
        least = (side, side * 0.92)
        return {
            node.identifier: self._content(node, "", least)
            if not found[node.identifier].slot.diamond
            else found[node.identifier]
            for node in diagram.nodes
        }

    def _number(self, index: int) -> str:
        if self.numbers == "dash":
            return "- "
        return {"none": "", "dot": f"{index}. ", "bracket": f"{index}) "}[self.numbers]

    def _content(self, node: Node, number: str, least: tuple[float, float] = (0.0, 0.0)) -> Content:
        lead = {"trigger": self.prefix, "inputs": "Inputs: ", "outputs": "Outputs: "}
        text = number + lead.get(node.kind, "") + node.text
        outline = self.outlines.get(node.kind, self.step)
        lines = [(line, self.lettering, "text") for line in wrap(text, self.characters)]
        if node.kind in self.beside:
            return self._beside(lines, outline, node.kind)
        align: Align = "centre" if outline in ("diamond", "ellipse", "pill") else self.align
        content = fit(
            lines, outline, pad=self.pad, flatness=self.flatness, align=align, least=least
        )
        if outline in ("box", "rounded") and self.room != (0.0, 0.0):
            return _roomier(content, *self.room)
        return content

    def _beside(
        self, texts: list[tuple[str, Lettering, str]], outline: Outline, kind: Kind
    ) -> Content:
        """Return a small shape with its text outside, clear of all lines that arrive.

        Text stands below a round start; else in the quarter below the way to the right.
        """
        narrow = [
            (line, lettering, role)
            for text, lettering, role in _joined(texts)
            for line in wrap(text, min(14, self.characters))
        ]
        small = self.small if kind == "logic" else self.small * 0.75
        below = self.text_goes == "below" and kind != "logic"
        lines, wide, high = set_lines(narrow, "centre" if below else "left")
        if below:
            width = max(small, wide)
            frame = Box((width - small) / 2, 0, small, small)
            slot = Slot(width, small + 3 + high, width / 2, small / 2)
            moved = [line.moved((width - wide) / 2, small + 3) for line in lines]
            return Content(slot, outline, frame, tuple(moved))
        if kind != "logic":
            tall = max(small, high)
            frame = Box(0, (tall - small) / 2, small, small)
            slot = Slot(small + 4 + wide, tall, small / 2, tall / 2)
            moved = [line.moved(small + 4, (tall - high) / 2) for line in lines]
            return Content(slot, outline, frame, tuple(moved))
        if self.text_goes == "below":
            x, y = small / 2 + 5, small + 1
        else:
            x, y = small + 3, small / 2 + 3
        slot = Slot(max(small, x + wide), max(small, y + high), small / 2, small / 2)
        moved = [line.moved(x, y) for line in lines]
        return Content(slot, outline, Box(0, 0, small, small), tuple(moved))


def _joined(texts: list[tuple[str, Lettering, str]]) -> list[tuple[str, Lettering, str]]:
    """Return lines as the one text that they were broken from."""
    _, lettering, role = texts[0]
    return [(" ".join(text for text, _, _ in texts), lettering, role)]


def _roomier(content: Content, right: float, below: float) -> Content:
    """Return a box with more room right of and below its text."""
    slot, frame = content.slot, content.frame
    wider = Box(frame.x, frame.y, frame.width + right, frame.height + below)
    return replace(content, slot=Slot(slot.width + right, slot.height + below), frame=wider)
