"""A flip chart: a large sheet with a faint grid under a clamp, in front of a wall."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from synth.drawing.colours import Colour
from synth.drawing.encoding import Pixels
from synth.drawing.hand.areas import paint, shade
from synth.drawing.hand.camera import View
from synth.drawing.hand.papers import Paper
from synth.drawing.hand.sketching import Fill


@dataclass(frozen=True)
class FlipChart:
    """A sheet of a flip chart; `clamp` is the height, in units, of the bar that holds it."""

    paper: Paper
    clamp: float = 12.0
    metal: Colour = (92, 90, 90)

    def lay(self, view: View, fills: list[Fill], random: Random) -> Pixels:
        """Return the sheet with its clamp (H x W x 3)."""
        picture = self.paper.lay(view, fills, random)
        unit = view.unit
        (left, top), (right, _) = view.sheet[0], view.sheet[2]
        low = top + self.clamp * unit
        bar = [(left, top), (right, top), (right, low), (left, low)]
        shade(picture, view.at([(x, y + 3.5 * unit) for x, y in bar]), 0.86)
        shade(picture, view.at([(x, y + 1.5 * unit) for x, y in bar]), 0.8)
        wide = [
            (x + (-6 if x == left else 6) * unit, y - (3 * unit if y == top else 0)) for x, y in bar
        ]
        paint(picture, view.at(wide), self.metal)
        shine = [(x, top + (low - top) * (0.2 if y == top else 0.38)) for x, y in wide]
        light: Colour = (150, 148, 148)
        paint(picture, view.at(shine), light)
        for share in (0.2, 0.8):
            x = left + (right - left) * share
            knob = [
                (x - 7 * unit, top + 3 * unit),
                (x + 7 * unit, top + 3 * unit),
                (x + 5 * unit, low + 4 * unit),
                (x - 5 * unit, low + 4 * unit),
            ]
            paint(picture, view.at(knob), (46, 44, 44))
        return picture
