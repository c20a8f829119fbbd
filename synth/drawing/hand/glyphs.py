"""Letters as a hand writes them: of each a few variants, kept, since texts are always new."""

from __future__ import annotations

import math
from collections import OrderedDict
from functools import cache, lru_cache
from typing import NamedTuple

from synth.drawing.encoding import Pixels
from synth.drawing.fonts import Face

# A hand writes a word in one of so many moods (size, slant), and a letter in so many ways in each.
MOODS = 4
WAYS = 2

# Letters are drawn once at this size (pixels per em), and scaled down from it or from its half.
_MASTER = 80
# Sizes are kept in steps of 5 %, less than words differ among themselves.
_STEP = math.log(1.05)

# Of letters that are kept: sets of one face, size and pen, and pixels in all. Hands come in about
# so many; a letter takes as much again for what stands around its pixels.
_MOST_KEPT = 800
_MOST_HELD = 48_000_000

# People press on dots, or they would not be read: 12:45 is not 1245.
# Not on two dots above each other: they would grow together.
_MARKS = ".,'!"
_MARK_GROWTH = 0.04  # of the size


class Glyph(NamedTuple):
    """A letter's ink (0 to 255), and where its upper left corner lies from the pen."""

    ink: Pixels
    left: int
    top: int


class _Master(NamedTuple):
    """A letter's ink at _MASTER and at half of it, and where it starts from the pen, in ems."""

    inks: tuple[Pixels, Pixels]
    left: float
    top: float


@cache
def stem_of(face: Face) -> float:
    """Return how wide a face's strokes are, per unit of size."""
    import cv2

    area = length = 0.0
    for letter in "ilnotu":
        ink = _ink(face, letter, 256)[0]
        borders, _ = cv2.findContours(ink, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        area += float(ink.sum()) / 255
        length += sum(cv2.arcLength(border, True) for border in borders) / 2
    return area / length / 256


def _ink(face: Face, letter: str, size: int) -> tuple[Pixels, int, int]:
    import cv2
    import numpy as np

    mask, (left, top) = face.at(size).getmask2(letter, mode="L", anchor="ls")
    width, height = mask.size
    ink = np.frombuffer(bytes(mask), np.uint8).reshape(height, width)
    # Ground around the letter, which is mixed in where it is turned or grows.
    around = size // 10
    ink = cv2.copyMakeBorder(ink, around, around, around, around, cv2.BORDER_CONSTANT)
    return ink, int(left) - around, int(top) - around


class _Masters(dict[str, _Master]):
    """The letters of a face, with strokes that are `growth` pixels wider than its own."""

    def __init__(self, face: Face, growth: int) -> None:
        super().__init__()
        self._face, self._growth = face, growth

    def __missing__(self, letter: str) -> _Master:
        import cv2
        import numpy as np

        ink, left, top = _ink(self._face, letter, _MASTER)
        growth = self._growth + (round(_MARK_GROWTH * _MASTER) if letter in _MARKS else 0)
        if growth:
            disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (abs(growth) + 1,) * 2)
            ink = cv2.dilate(ink, disc) if growth > 0 else cv2.erode(ink, disc)
        half = ink
        if ink.size:
            even = np.pad(ink, ((0, ink.shape[0] % 2), (0, ink.shape[1] % 2)))
            size = (even.shape[1] // 2, even.shape[0] // 2)
            half = cv2.resize(even, size, interpolation=cv2.INTER_AREA)
        master = self[letter] = _Master((ink, half), left / _MASTER, top / _MASTER)
        return master


@lru_cache(maxsize=48)
def _masters(face: Face, growth: int) -> _Masters:
    return _Masters(face, growth)


@cache
def _moods() -> list[tuple[float, float]]:
    """Return, for each mood, the deviation of slant and size."""
    import numpy as np

    moods = np.random.default_rng(5).normal(0, (0.05, 0.03), (MOODS, 2))
    return [(slant, size) for slant, size in np.clip(moods, -0.08, 0.08).tolist()]


@cache
def _quirks() -> list[list[float]]:
    """Return, for 512 letters, deviations of -1 to 1: stretches, slant, turn, and place."""
    import numpy as np

    quirks: list[list[float]] = np.random.default_rng(6).uniform(-1, 1, (512, 6)).tolist()
    return quirks


class Glyphs(dict[tuple[str, int], Glyph]):
    """The letters of a face at a size (pixels per em), by letter and number of the variant.

    Variants are numbered mood * WAYS + way. `growth` is what strokes are wider than the face's
    own, in pixels of the master. `held` is the number of pixels of ink that are kept.
    """

    def __init__(self, face: Face, size: float, growth: int) -> None:
        super().__init__()
        self._masters, self._size = _masters(face, growth), size
        self._odd = sum(face.name.encode())
        self.held = 0

    def __missing__(self, key: tuple[str, int]) -> Glyph:
        import cv2
        import numpy as np

        letter, variant = key
        master = self._masters[letter]
        level = 1 if self._size <= _MASTER / 2 else 0
        source = master.inks[level]
        pixels = _MASTER / (1 << level)
        mood_slant, mood_size = _moods()[variant // WAYS]
        number = (ord(letter) * 31 + variant * 7 + self._odd) % 512
        wide, high, slant, turn, right, below = _quirks()[number]
        scale = self._size / pixels * (1 + mood_size)
        cos, sin = math.cos(0.03 * turn), math.sin(0.03 * turn)
        # From the letter as it was drawn to the letter as it is written: both from the pen.
        a, c = scale * (1 + 0.04 * wide) * cos, scale * (1 + 0.04 * wide) * sin
        tall = scale * (1 + 0.04 * high)
        b, d = -tall * (sin + mood_slant + 0.035 * slant), tall * cos
        x0, y0 = master.left * pixels, master.top * pixels
        x1, y1 = x0 + source.shape[1], y0 + source.shape[0]
        left = math.floor(min(a * x0, a * x1) + min(b * y0, b * y1))
        top = math.floor(min(c * x0, c * x1) + min(d * y0, d * y1))
        far = math.ceil(max(a * x0, a * x1) + max(b * y0, b * y1))
        low = math.ceil(max(c * x0, c * x1) + max(d * y0, d * y1))
        # OpenCV's pixels have whole numbers in their middles.
        x, y, whole = left + 0.5 - 0.5 * right, top + 0.5 - 0.5 * below, a * d - b * c
        back = np.array(
            (
                (d / whole, -b / whole, (d * x - b * y) / whole - x0 - 0.5),
                (-c / whole, a / whole, (a * y - c * x) / whole - y0 - 0.5),
            )
        )
        size = (far - left + 1, low - top + 1)
        ink = cv2.warpAffine(source, back, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        glyph = self[key] = Glyph(ink, left, top)
        self.held += ink.size
        return glyph


_kept: OrderedDict[tuple[Face, int, int], Glyphs] = OrderedDict()


def glyphs_of(face: Face, size: float, stem: float) -> Glyphs:
    """Return the letters of `face` at about `size` pixels per em, with strokes of `stem` pixels."""
    natural = stem_of(face)
    growth = 2 * round((max(stem / size, 0.62 * natural) - natural) * _MASTER / 2)
    key = face, round(math.log(size) / _STEP), growth
    glyphs = _kept.get(key)
    if glyphs is None:
        while len(_kept) >= _MOST_KEPT or sum(each.held for each in _kept.values()) > _MOST_HELD:
            _kept.popitem(last=False)
        glyphs = _kept[key] = Glyphs(face, math.exp(key[1] * _STEP), growth)
    _kept.move_to_end(key)
    return glyphs
