"""Themes: the colours of a designer, and how its panels, tiles and wires look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from synth.drawing.colours import Colour, rgb
from synth.drawing.ui.symbols import Group, Tints

WHITE: Colour = (255, 255, 255)

TileForm = Literal["square", "circle", "diamond", "bare", "boxed"]


@dataclass(frozen=True)
class Theme:
    """The colours of a screen; lengths are in units.

    `strip` is the ground of annotations, None where they stand on the card itself; `pills` are
    (ground, ink) by word, "" for all others. `tile_forms` names groups whose tiles are no squares.
    `bare` icons stand in their group's colour on the card itself, `boxed` ones in a frame. `rule`
    is a line below each card, `icon_name` the icon of all, `marker` the ground and border of a
    start and an end, `selected` the border of a card that somebody has clicked on.
    """

    ground: Colour
    card: Colour
    border: Colour | None
    title: Colour
    text: Colour
    small: Colour
    tints: Tints
    pills: Mapping[str, tuple[Colour, Colour]]
    strip: Colour | None = None
    strip_inset: float = 4.0
    radius: float = 6.0
    line: float = 1.0
    blur: float = 0.0
    drop: float = 0.0
    depth: float = 0.12
    tile_radius: float = 4.0
    tile_forms: Mapping[Group, TileForm] | None = None
    icon: Colour = WHITE
    icon_share: float = 0.66
    brand: bool = False
    kebab: str = "kebab"
    dots: Colour | None = None
    dot_step: float = 20.0
    grid: Colour | None = None
    rule: Colour | None = None
    dashed: bool = False
    icon_name: str = ""
    marker: tuple[Colour, Colour] | None = None
    selected: Colour | None = None

    def tile_form(self, group: Group) -> TileForm:
        """Return the form of the tiles of a group."""
        return (self.tile_forms or {}).get(group, "square")


@dataclass(frozen=True)
class Wires:
    """How connectors look; lengths are in units.

    `head` is an arrow head, `plus` a circled plus before every card, `ports` dots at both ends.
    """

    colour: Colour
    width: float = 1.5
    radius: float = 8.0
    head: Literal["none", "normal", "open"] = "none"
    head_size: float = 7.0
    plus: bool = False
    plus_colour: Colour | None = None
    ports: Colour | None = None
    port_size: float = 3.0
    port_edge: Colour | None = None


def pill_colours(test: str, done: str, error: str, ink: str) -> dict[str, tuple[Colour, Colour]]:
    """Return the pills of "true" and "false", of a loop's two ways, of "error", and of others."""
    dark = rgb(ink)
    return {
        **{word: (rgb(test), dark) for word in ("true", "false")},
        **{word: (rgb(done), dark) for word in ("done", "end", "continue")},
        "error": (rgb(error), dark),
        "": (rgb(test), dark),
    }
