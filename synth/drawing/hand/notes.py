"""Sticky notes on a board or wall: squares of coloured paper, each with its shadow and curl."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from synth.drawing.colours import Colour
from synth.drawing.encoding import Pixels
from synth.drawing.geometry import Point
from synth.drawing.hand.areas import paint, shade, toned
from synth.drawing.hand.camera import View
from synth.drawing.hand.look import Ground
from synth.drawing.hand.sketching import Fill


@dataclass(frozen=True)
class Notes:
    """Notes where shapes are filled, on another ground."""

    on: Ground

    def lay(self, view: View, fills: list[Fill], random: Random) -> Pixels:
        """Return the ground with a note for every fill (H x W x 3)."""
        picture = self.on.lay(view, [], random)
        for fill in fills:
            _stick(picture, view, fill.corners, fill.colour, random)
        return picture


def _stick(
    picture: Pixels, view: View, corners: Sequence[Point], colour: Colour, random: Random
) -> None:
    unit = view.unit
    high = max(y for _, y in corners)
    low = min(y for _, y in corners)
    curl = random.uniform(1.0, 3.0) * unit
    # The lower edge stands off: its shadow falls further.
    for far, dark in ((1.0, 0.9), (0.6, 0.86)):
        cast = [
            (x + far * unit, y + far * (0.5 * unit + curl * (y - low) / (high - low)))
            for x, y in corners
        ]
        shade(picture, view.at(cast), dark)
    tone = random.uniform(0.94, 1.03)
    paint(picture, view.at(corners), toned(colour, tone))
    if len(corners) != 4 or abs(corners[0][1] - corners[1][1]) > 0.2 * (high - low):
        return
    # Light changes over the note, as it bends away from the board below its glue.
    upper_left, upper_right, lower_right, lower_left = corners
    for start, end, light in ((0.0, 0.18, 0.97), (0.6, 1.0, 0.98), (0.82, 1.0, 0.96)):
        band = [
            _between(upper_left, lower_left, start),
            _between(upper_right, lower_right, start),
            _between(upper_right, lower_right, end),
            _between(upper_left, lower_left, end),
        ]
        paint(picture, view.at(band), toned(colour, tone * light))


def _between(start: Point, end: Point, share: float) -> Point:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
