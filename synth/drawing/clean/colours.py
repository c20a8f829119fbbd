"""Colours as they are written in drawing tools: #rrggbb."""

from __future__ import annotations

from synth.drawing.canvas import Colour, mixed

BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)


def rgb(code: str) -> Colour:
    """Return the colour of `code` (#rrggbb) as blue, green, red."""
    return int(code[5:7], 16), int(code[3:5], 16), int(code[1:3], 16)


def code_of(colour: Colour) -> str:
    """Return a colour as #rrggbb."""
    blue, green, red = colour
    return f"#{red:02x}{green:02x}{blue:02x}"


def is_grey(colour: Colour) -> bool:
    """Return whether blue, green and red are equal."""
    return colour[0] == colour[1] == colour[2]


def darker(colour: Colour, by: float) -> Colour:
    """Return a colour mixed with black, `by` of it."""
    return mixed(BLACK, colour, by)


def lighter(colour: Colour, by: float) -> Colour:
    """Return a colour mixed with white, `by` of it."""
    return mixed(WHITE, colour, by)
