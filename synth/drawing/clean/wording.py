"""What is written in a shape: the annotation in lines, and the definition where a style has it."""

from __future__ import annotations

from dataclasses import dataclass

from synth.diagram import Node
from synth.drawing.fonts import wrap
from synth.drawing.lettering import Lettering

# A line of text, the lettering it is set in, and what it is: as `scene.fit` takes it.
Line = tuple[str, Lettering, str]


@dataclass(frozen=True)
class Wording:
    """How a node's words are set: lines of about `characters` (`logic` in diamonds, 0: the same).

    `prefix` stands before the trigger's text; with `definitions` the machine name in parentheses
    is the last line.
    """

    text: Lettering
    characters: int = 20
    logic: int = 0
    prefix: str = "Trigger: "
    definitions: bool = False

    @property
    def fonts(self) -> tuple[str, ...]:
        """The names of the faces that are written in."""
        return (self.text.face.name,)

    def lines(self, node: Node) -> list[Line]:
        """Return what is written in a node."""
        lead = {"trigger": self.prefix, "inputs": "Inputs: ", "outputs": "Outputs: "}
        characters = self.characters
        if self.logic and node.kind == "logic":
            characters = self.logic
        texts = wrap(lead.get(node.kind, "") + node.text, characters)
        lines = [(text, self.text, "text") for text in texts]
        if self.definitions and node.kind not in ("inputs", "outputs", "start", "end"):
            lines.append((f"({' '.join(node.name.split())})", self.text, "name"))
        return lines
