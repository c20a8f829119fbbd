"""What lies below and around a sheet: a table, the sheet's shadow, and other things on it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random
from typing import Literal

from synth.drawing.colours import Colour
from synth.drawing.encoding import Pixels
from synth.drawing.hand import textures
from synth.drawing.hand.areas import larger, ring, shade
from synth.drawing.hand.camera import View
from synth.drawing.hand.things import Thing, scatter

_TEXTURES: dict[str, textures.Texture] = {"wood": textures.wood, "cloth": textures.cloth}


@dataclass(frozen=True)
class Desk:
    """A table, or a wall, of a colour and texture; `things` lie around the sheet."""

    colour: Colour
    texture: Literal["wood", "cloth", "none"] = "wood"
    things: tuple[Thing, ...] = ()

    def lay(self, view: View, random: Random) -> Pixels:
        """Return the table with the shadow of the sheet on it (H x W x 3)."""
        import cv2

        size = (view.width, view.height)
        if self.texture == "none":
            picture = textures.plain(*size, self.colour)
        else:
            texture = _TEXTURES[self.texture]
            grain = textures.window(texture, *size, random, 0.8 * view.unit)
            # The textures lie around 190.
            picture = cv2.merge([cv2.convertScaleAbs(grain, alpha=c / 190) for c in self.colour])
        turn = random.uniform(0, 2 * math.pi)
        under = larger(view.sheet, -8 * view.unit)
        for far, dark in ((5.0, 0.88), (3.4, 0.85), (1.8, 0.82)):
            x, y = (far * view.unit * each for each in (math.cos(turn), math.sin(turn)))
            cast = [(px + x, py + y) for px, py in larger(view.sheet, 0.35 * far * view.unit)]
            for side in ring(cast, under):
                shade(picture, view.at(side), dark)
        scatter(picture, view, self.things, random)
        return picture
