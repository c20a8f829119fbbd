"""How hand-drawn pictures may look: pens on paper, markers on a whiteboard."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from synth.diagram import Node
from synth.drawing.fonts import Face, pick_hand, wrap
from synth.drawing.grounds import Colour

_PENS: dict[str, Colour] = {
    "black pen": (38, 32, 30),
    "blue pen": (140, 62, 30),
    "blue-black pen": (88, 48, 34),
    "pencil": (92, 90, 88),
}
_MARKERS: dict[str, Colour] = {
    "black": (42, 38, 36),
    "blue": (165, 75, 25),
    "green": (70, 115, 20),
    "red": (45, 40, 185),
}


@dataclass(frozen=True)
class HandLook:
    """How a hand-drawn picture looks; lengths are in pixels at scale 1."""

    name: str
    face: Face
    x_height: float
    ground: str
    shape_ink: Colour
    text_ink: Colour
    edge_ink: Colour
    thickness: float
    wobble: float
    rankdir: str
    prefix: str
    characters: int
    flatness: float  # a diamond's width to its height
    sides: bool  # shapes are drawn side by side
    head: str
    left_aligned: bool


def manual_look(random: Random, split: str, text: str) -> HandLook:
    """Return pen or pencil on paper; `text` is what the hand must be able to write."""
    pen, ink = random.choice(sorted(_PENS.items()))
    ground = random.choices(("white", "squared", "ruled"), (50, 30, 20))[0]
    return HandLook(
        f"{pen} on {ground} paper",
        pick_hand(random, split, text),
        random.choice((5.75, 6.0, 6.25, 6.5)),
        ground,
        ink,
        ink,
        ink,
        random.uniform(0.6, 1.3),
        random.uniform(0.35, 0.7),
        random.choices(("TB", "LR"), (60, 40))[0],
        "Trigger: " if random.random() < 0.75 else "",
        random.randint(16, 21),
        random.uniform(1.7, 2.5),
        random.random() < 0.5,
        random.choice(("open", "open", "hollow")),
        left_aligned=False,
    )


def whiteboard_look(random: Random, split: str, text: str) -> HandLook:
    """Return one or several markers on a whiteboard."""
    several = random.random() < 0.5
    names = sorted(_MARKERS)
    shape = random.choice(names)
    writing = random.choice(("black", "blue")) if several else shape
    arrows = random.choice(names) if several else shape
    name = "markers" if several else f"{shape} marker"
    return HandLook(
        f"{name} on whiteboard",
        pick_hand(random, split, text),
        random.choice((6.0, 6.25, 6.5)),
        "whiteboard",
        _MARKERS[shape],
        _MARKERS[writing],
        _MARKERS[arrows],
        random.uniform(1.5, 2.2),
        random.uniform(0.4, 0.8),
        random.choices(("TB", "LR"), (60, 40))[0],
        "Trigger: " if random.random() < 0.5 else "",
        random.randint(16, 21),
        random.uniform(1.6, 2.3),
        random.random() < 0.6,
        random.choice(("open", "open", "hollow")),
        random.random() < 0.4,
    )


def text_lines(node: Node, look: HandLook) -> list[str]:
    """Return what is written in a node, line by line."""
    lead = {"trigger": look.prefix, "inputs": "Inputs: ", "outputs": "Outputs: "}
    return wrap(lead.get(node.kind, "") + node.text, look.characters)
