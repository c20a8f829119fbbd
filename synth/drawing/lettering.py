"""Text as it is measured: in the very face that draws it, and linear in the size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from synth.drawing.fonts import Face

# Measured large and without hinting, so that a text is as wide as it is high at every size.
_MEASURED_AT = 512


class _Advances(dict[str, float]):
    """How far each letter of a face reaches, per unit of size; filled as letters come."""

    def __init__(self, face: Face, grid: float) -> None:
        super().__init__()
        self._font, self._grid = face.at(_MEASURED_AT), grid

    def __missing__(self, letter: str) -> float:
        advance = self._font.getlength(letter) / _MEASURED_AT
        if self._grid:
            advance = round(advance / self._grid) * self._grid
        self[letter] = advance
        return advance


@cache
def advances_of(face: Face, grid: float = 0.0) -> _Advances:
    """Return how far each letter of a face reaches, per unit of size, in whole `grid`s if any."""
    return _Advances(face, grid)


@cache
def _heights(face: Face) -> tuple[float, float]:
    font = face.at(_MEASURED_AT)
    up = -font.getbbox("Hbdkl(", anchor="ls")[1]
    down = font.getbbox("gpqy(,", anchor="ls")[3]
    return up / _MEASURED_AT, down / _MEASURED_AT


@dataclass(frozen=True)
class Lettering:
    """A face at a size (em, in units); `tracking` is set behind every letter, of the size.

    `leading` is the way from line to line, of the height of a line's tallest letters; `grid`
    rounds letters' advances to its multiples, of the size, as tools do that measure in whole
    pixels.
    """

    face: Face
    size: float
    tracking: float = 0.0
    leading: float = 1.12
    grid: float = 0.0

    @cached_property
    def advances(self) -> Mapping[str, float]:
        """How far each letter reaches, per unit of size and without tracking."""
        return advances_of(self.face, self.grid)

    def width(self, text: str) -> float:
        """Return how far `text` reaches."""
        advances = self.advances
        ems = sum([advances[letter] for letter in text]) + self.tracking * len(text)
        return ems * self.size

    @cached_property
    def ascent(self) -> float:
        """How far tall letters rise above the line that is written on."""
        return _heights(self.face)[0] * self.size

    @cached_property
    def descent(self) -> float:
        """How far letters hang below the line."""
        return _heights(self.face)[1] * self.size

    @cached_property
    def line_height(self) -> float:
        """The way from one line to the next."""
        return self.leading * (self.ascent + self.descent)

    @property
    def x_height(self) -> float:
        """The height of small letters."""
        return self.face.x_height * self.size

    def scaled(self, by: float) -> Lettering:
        """Return the lettering at `by` times the size; one for all lines that are scaled alike."""
        found = self._scaled.get(by)
        if found is None:
            found = Lettering(self.face, self.size * by, self.tracking, self.leading, self.grid)
            self._scaled[by] = found
        return found

    @cached_property
    def _scaled(self) -> dict[float, Lettering]:
        return {}
