"""Colours as OpenCV has them, blue before green before red, and as designers write them."""

from __future__ import annotations

Colour = tuple[int, int, int]  # blue, green, red, 0 to 255

BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)


def rgb(code: str) -> Colour:
    """Return the colour of `code`, six hexadecimal digits, with or without # before them."""
    digits = code.removeprefix("#")
    return int(digits[4:6], 16), int(digits[2:4], 16), int(digits[0:2], 16)


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """Return the colour between two: `share` of the other."""
    blue, green, red = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return blue, green, red


def code_of(colour: Colour) -> str:
    """Return a colour as #rrggbb."""
    blue, green, red = colour
    return f"#{red:02x}{green:02x}{blue:02x}"


def is_grey(colour: Colour) -> bool:
    """Return whether blue, green and red are equal."""
    return colour[0] == colour[1] == colour[2]


def darker(colour: Colour, by: float) -> Colour:
    """Return a colour mixed with black, `by` of it."""
    return mixed(colour, BLACK, by)


def lighter(colour: Colour, by: float) -> Colour:
    """Return a colour mixed with white, `by` of it."""
    return mixed(colour, WHITE, by)
