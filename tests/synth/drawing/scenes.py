"""Scenes for tests: diagrams set in one plain face and laid out by any plan."""

from __future__ import annotations

from synth.diagram import Diagram
from synth.drawing.arranging import Plan, arrange
from synth.drawing.fonts import SERIF, wrap
from synth.drawing.lettering import Lettering
from synth.drawing.outlines import Outline
from synth.drawing.scene import Content, Scene, fit
from synth.pictures import Orientation

TYPE = Lettering(SERIF, 12.4)


def contents_of(diagram: Diagram, outline: Outline = "box") -> dict[str, Content]:
    """Return the nodes' texts in `outline`, flow logic in diamonds."""
    return {
        node.identifier: fit(
            [(line, TYPE, "text") for line in wrap(node.text, 20)],
            "diamond" if node.kind == "logic" else outline,
        )
        for node in diagram.nodes
    }


def scene_of(diagram: Diagram, plan: Plan, orientation: Orientation | None = None) -> Scene:
    return arrange(diagram, contents_of(diagram), TYPE, plan, orientation)
