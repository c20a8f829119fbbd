"""Writing by hand: words a little turned, shifted and scaled, letters off their places."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from random import Random

from synth.drawing.encoding import Pixels
from synth.drawing.hand.glyphs import MOODS, WAYS, glyphs_of
from synth.drawing.lettering import advances_of
from synth.drawing.scene import TextLine

_TURN = math.radians(1.1)  # the deviation of a word from its line
_CLIMB = 0.007  # the deviation of a line's slope
_JITTERS = 2048

# What stands in the middle of a word gets air, as people give it: 11:45 is not 1145.
_MARKS = ":.,;'"
_AIR = 0.06  # of the size, on both sides of a mark
_MOST_AIR = 0.25  # of the size, for all marks of a line: less than the room around any text


@cache
def _deviations() -> list[float]:
    import numpy as np

    found: list[float] = np.random.default_rng(4).normal(0, 1, _JITTERS).tolist()
    return found


def write(
    ink: Pixels, lines: Sequence[TextLine], stem: float, random: Random, slope: float = 0.0
) -> None:
    """Add lines that belong together to the plane `ink` (H x W, 0 to 255).

    `stem` is the width of the pen's strokes in pixels; `slope` is how far the lines fall, per
    pixel. All stays within a quarter of the size of where it was measured.
    """
    import numpy as np

    height, width = ink.shape
    deviations = _deviations()
    for line in lines:
        lettering = line.lettering
        size = lettering.size
        glyphs = glyphs_of(lettering.face, size, stem)
        advances = advances_of(lettering.face)
        off = 0.012 * size
        fall = slope + min(0.02, max(-0.02, random.gauss(-0.003, _CLIMB)))
        middle = line.x + line.width / 2
        x = line.x + random.uniform(-0.03, 0.03) * size
        at = random.randrange(_JITTERS)
        air = _MOST_AIR
        for word in line.text.split(" "):
            start = x
            reach = sum([advances[letter] for letter in word]) * size
            turn = fall + min(2.5 * _TURN, max(-2.5 * _TURN, random.gauss(0, _TURN)))
            lift = random.uniform(-0.03, 0.03) * size + fall * (start + reach / 2 - middle)
            base = line.baseline + lift
            centre = start + reach / 2
            spread = 1 + min(0.02, random.gauss(-0.01, 0.02))
            drift = random.uniform(-0.04, 0.04) * size
            mood = random.randrange(MOODS) * WAYS
            way = random.randrange(WAYS)
            pen = start + drift
            for number, letter in enumerate(word):
                airy = air > 0 and 0 < number < len(word) - 1 and letter in _MARKS
                if airy:
                    pen += _AIR * size
                way = (way + 1) % WAYS
                glyph = glyphs[letter, mood + way]
                at += 2
                left = round(pen + off * deviations[at % _JITTERS]) + glyph.left
                sway = turn * (pen - centre) + off * deviations[(at + 1) % _JITTERS]
                top = round(base + sway) + glyph.top
                drawn = glyph.ink
                high, wide = drawn.shape
                if left < 0 or top < 0 or left + wide > width or top + high > height:
                    drawn = drawn[max(-top, 0) :, max(-left, 0) :]
                    left, top = max(left, 0), max(top, 0)
                    drawn = drawn[: max(0, height - top), : max(0, width - left)]
                    high, wide = drawn.shape
                place = ink[top : top + high, left : left + wide]
                np.maximum(place, drawn, out=place)
                pen += (advances[letter] + lettering.tracking) * size * spread
                if airy:
                    pen += _AIR * size
                    x += 2 * _AIR * size
                    air -= 2 * _AIR
            x += reach + (advances[" "] + lettering.tracking * (len(word) + 1)) * size
