"""How someone draws: the pens they hold, and their habits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from synth.diagram import Kind
from synth.drawing.colours import Colour
from synth.drawing.hand.inks import Medium


@dataclass(frozen=True)
class Pens:
    """What is drawn in which colour, and how wide, in units.

    `stem` is the width of the strokes of letters; `special` the colours of shapes that are not
    `shape`; `fills` the colours that shapes are filled with before they are drawn, if any.
    """

    shape: Colour
    arrow: Colour
    text: Colour
    medium: Medium
    width: float
    stem: float
    special: Mapping[Kind, Colour] = field(default_factory=dict)
    fills: Mapping[Kind, Colour] = field(default_factory=dict)


@dataclass(frozen=True)
class Habits:
    """How the hand moves; lengths are in units.

    `wobble` and `bow` are a line's deviations, `pressure` that of its width, `tip` how wide its
    ends are. Shapes are drawn side by side in the share `sides`, and their corners then
    `overshoot`; in the share `twice` a side is drawn again. Lines end up to `miss` short of a
    shape. Shapes stand up to `shift` off their places and `tilt` (radians) askew. Lines back to
    a loop have corners as round as `curve`.
    """

    wobble: float = 0.45
    bow: float = 0.006
    pressure: float = 0.12
    tip: float = 0.7
    sides: float = 0.5
    overshoot: float = 3.0
    twice: float = 0.04
    miss: float = 2.0
    shift: float = 1.6
    tilt: float = 0.012
    head: Literal["open", "hollow", "filled"] = "open"
    head_size: float = 6.5
    curve: float = 6.0
    outlines: bool = True
