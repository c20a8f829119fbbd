"""Writing by hand: letters set one by one, each a little off its place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from synth.drawing.encoding import Pixels
from synth.drawing.fonts import Face

if TYPE_CHECKING:
    from collections.abc import Sequence


# People set letters apart and press on dots, or they would not be read: 12:45 is not 1245.
TRACKING = 0.025  # of the size, behind every letter
MARKS = ".,:;'!"
MARK_GROWTH = 0.04  # of the size, on every side


class _Glyph(NamedTuple):
    """A letter's ink (0 to 255), the place of its upper left corner from the pen, the way on."""

    ink: Pixels
    left: int
    top: int
    advance: float


# Letters, not strings, are kept: texts are new in every picture, letters are not.
@lru_cache(maxsize=8192)
def _glyph(face: Face, size: float, letter: str) -> _Glyph:
    import cv2
    import numpy as np

    font = face.at(size)
    mask, (left, top) = font.getmask2(letter, mode="L", anchor="ls")
    width, height = mask.size
    ink = np.frombuffer(bytes(mask), np.uint8).reshape(height, width)
    advance = font.getlength(letter) + TRACKING * size
    if letter not in MARKS:
        return _Glyph(ink, int(left), int(top), advance)
    more = max(1, round(MARK_GROWTH * size))
    grown = cv2.dilate(np.pad(ink, more), np.ones((more + 1, more + 1), np.uint8))
    return _Glyph(grown, int(left), int(top) - more, advance + 2 * more)


@dataclass(frozen=True)
class Lettering:
    """A hand at a size (pixels per em): measures and writes in the very same letters."""

    face: Face
    size: float

    def width(self, text: str) -> float:
        """Return how far `text` reaches, in pixels."""
        return sum(_glyph(self.face, self.size, letter).advance for letter in text)

    @cached_property
    def ascent(self) -> float:
        """How far tall letters rise above the line that is written on."""
        return -float(self.face.at(self.size).getbbox("Hbdkl(", anchor="ls")[1])

    @cached_property
    def descent(self) -> float:
        """How far letters hang below the line."""
        return float(self.face.at(self.size).getbbox("gpqy(,", anchor="ls")[3])

    @property
    def line_height(self) -> float:
        """The way from one line to the next."""
        return 1.04 * (self.ascent + self.descent)

    def write(self, ink: Pixels, text: str, x: float, y: float, random: Random) -> None:
        """Add `text` to the plane `ink` (H x W, 0 to 255), from x on the base line y.

        Words climb, fall and shift by up to a thirtieth of the size; letters by less.
        """
        import numpy as np

        unit = self.size / 30
        slope = random.uniform(-0.012, 0.012)
        start = x
        for word in text.split(" "):
            lift = random.uniform(-unit, unit)
            drift = random.uniform(-unit, unit)
            for letter in word:
                glyph = _glyph(self.face, self.size, letter)
                height, width = glyph.ink.shape
                left = round(x + drift + glyph.left + random.uniform(-0.4, 0.4) * unit)
                base = y + lift + slope * (x - start) + random.uniform(-0.6, 0.6) * unit
                top = round(base + glyph.top)
                below, behind = max(top + height, 0), max(left + width, 0)
                place = ink[max(top, 0) : below, max(left, 0) : behind]
                cut = glyph.ink[max(-top, 0) :, max(-left, 0) :][: place.shape[0], : place.shape[1]]
                np.maximum(place, cut, out=place)
                x += glyph.advance
            x += _glyph(self.face, self.size, " ").advance


def block_height(lettering: Lettering, lines: Sequence[str]) -> float:
    """Return the height of `lines` written below each other, in pixels."""
    return (len(lines) - 1) * lettering.line_height + lettering.ascent + lettering.descent
