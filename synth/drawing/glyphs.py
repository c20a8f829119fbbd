"""Typed text onto pixels, letter by letter from a cache: texts are always new, letters are not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from synth.drawing.encoding import Pixels
from synth.drawing.fonts import GRAPHVIZ, Face
from synth.drawing.scene import TextLine

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

    Small = NDArray[np.int16]
    Places = NDArray[np.intp]
else:
    Small = Places = Any

# Sets of letters that are kept: 30 kB each at scale 1, 90 at scale 4; in all far below 100 MB.
_KEPT_SETS = 800
# Sizes that letters are kept at: to a quarter of a pixel where they are small, then so far apart
# that none is off by more than 2 %. Larger steps would show; smaller ones make letters anew for
# every picture.
_FINE_SIZES = 14.0
_STEP = math.log(1.04)


class _Glyph(NamedTuple):
    """The inked pixels of a letter: how far right of and below the pen, and how dark (0 to 255)."""

    right: Small
    below: Small
    ink: Pixels


class _Glyphs(dict[tuple[str, int], _Glyph]):
    """The letters of a face at a size, by letter and phase; filled as they come.

    Letters stand at `phases` places within a pixel: the larger they are, the fewer are seen.
    """

    def __init__(self, face: Face, size: float) -> None:
        super().__init__()
        # Most faces come without hints of their own, and FreeType's would move every letter's
        # stems to whole pixels, words falling apart: their letters are drawn large and shrunk.
        self._finer = 1 if face in GRAPHVIZ or size > 40 else 4 if size < 18 else 2
        self._font = face.at(size * self._finer)
        self._large: dict[str, tuple[Pixels, int, int]] = {}
        self.phases = 4 if size < 18 else 2 if size < 32 else 1

    def __missing__(self, key: tuple[str, int]) -> _Glyph:
        letter, phase = key
        if self._finer == 1:
            glyph = _inked(*_mask(self._font, letter, phase / self.phases))
        else:
            large = self._large.get(letter)
            if large is None:
                large = self._large[letter] = _mask(self._font, letter, 0)
            ink, left, top = large
            right = left + phase * self._finer // self.phases
            glyph = _inked(*_shrunk(ink, right, top, self._finer))
        self[key] = glyph
        return glyph


def _inked(ink: Pixels, left: int, top: int) -> _Glyph:
    import numpy as np

    rows, columns = np.nonzero(ink)
    return _Glyph(
        (columns + left).astype(np.int16), (rows + top).astype(np.int16), ink[rows, columns]
    )


@cache
def _blank() -> Image:
    from PIL import Image

    return Image.new("L", (1, 1))


def _mask(font: FreeTypeFont, letter: str, shift: float) -> tuple[Pixels, int, int]:
    """Return a letter's ink, and how far right of and below the pen it begins."""
    import numpy as np

    mask, (left, top) = font.getmask2(letter, mode="L", anchor="ls", start=(shift, 0))
    width, height = mask.size
    # As a picture it gives its bytes fifty times as fast as by itself.
    ink = np.frombuffer(_blank()._new(mask).tobytes(), np.uint8)
    return ink.reshape(height, width), int(left), int(top)


def _shrunk(ink: Pixels, left: int, top: int, by: int) -> tuple[Pixels, int, int]:
    """Return a letter `by` times smaller, on whole pixels of its own size."""
    import cv2
    import numpy as np

    if not ink.size:
        return ink, 0, 0
    high, wide = ink.shape
    before, above = left % by, top % by
    width, height = -(-(before + wide) // by), -(-(above + high) // by)
    page = np.zeros((height * by, width * by), np.uint8)
    page[above : above + high, before : before + wide] = ink
    small: Pixels = cv2.resize(page, (width, height), interpolation=cv2.INTER_AREA)
    return small, left // by, top // by


@lru_cache(maxsize=_KEPT_SETS)
def _glyphs(face: Face, size: float) -> _Glyphs:
    return _Glyphs(face, size)


@lru_cache(maxsize=4096)
def _near(size: float) -> float:
    """Return the size that letters of `size` are kept at."""
    if size < _FINE_SIZES:
        return round(size * 4) / 4
    return _FINE_SIZES * math.exp(round(math.log(size / _FINE_SIZES) / _STEP) * _STEP)


def write(
    canvas: Pixels, lines: Sequence[TextLine], colour: Sequence[int] | int, whole: bool = False
) -> None:
    """Write lines of text, in pixels, onto grey (H x W) or coloured (H x W x 3) pixels.

    Letters mix with what lies below them; what would lie outside is left out. A line stands on
    one ground where the pixels before and behind it are alike: its letters are mixed with that.
    With `whole` every letter starts at a whole pixel, as older tools set them.
    """
    height, width = canvas.shape[:2]
    found: dict[Any, tuple[list[_Glyph], list[int]]] = {}
    for line in lines:
        lettering = line.lettering
        glyphs = _glyphs(lettering.face, _near(lettering.size))
        advances, phases = lettering.advances, 1 if whole else glyphs.phases
        size, more = lettering.size * phases, lettering.tracking * lettering.size * phases
        pen, base = line.x * phases + 0.5, round(line.baseline)
        # No letter reaches further than this from its line's box.
        reach = 0.35 * lettering.size
        inside = (
            3 * reach <= base < height - reach
            and reach <= line.x
            and line.x + line.width < width - reach
        )
        start = base * width
        ground = _ground(canvas, line) if inside else None
        letters, starts = found.get(ground) or found.setdefault(ground, ([], []))
        for letter in line.text:
            if letter != " ":
                place = int(pen)
                glyph = glyphs[letter, place % phases]
                if not inside:
                    glyph = _clipped(glyph, place // phases, base, width, height)
                letters.append(glyph)
                starts.append(start + place // phases)
            pen += advances[letter] * size + more
    for ground, (letters, starts) in found.items():
        if letters:
            _put(canvas, letters, starts, colour, ground)


def _ground(canvas: Pixels, line: TextLine) -> Any:
    """Return the grey or the colour that a line stands on, None where it may be uneven."""
    row = round(line.baseline - 0.5 * line.lettering.x_height)
    before, behind = int(line.x) - 2, math.ceil(line.x + line.width) + 1
    if canvas.ndim == 2:
        grey = canvas.item(row, before)
        return grey if grey == canvas.item(row, behind) else None
    colour: list[int] = canvas[row, before].tolist()
    return tuple(colour) if colour == canvas[row, behind].tolist() else None


def _put(
    canvas: Pixels,
    letters: list[_Glyph],
    starts: list[int],
    colour: Sequence[int] | int,
    ground: Any,
) -> None:
    import numpy as np

    rights, belows, inks = zip(*letters, strict=True)
    # Once for all letters: to keep their places for each width of canvas costs more.
    places = np.concatenate(belows, dtype=np.intp)
    places *= canvas.shape[1]
    places += np.concatenate(rights)
    places += np.repeat(starts, [len(ink) for ink in inks])
    ink = np.concatenate(inks)
    if ground is None:
        lay(canvas, places, ink, colour)
    elif isinstance(colour, int):
        canvas.reshape(-1)[places] = _shades(colour, ground).take(ink)
    else:
        # Three bytes at once: a third of the work.
        shades = np.stack([_shades(c, g) for c, g in zip(colour, ground, strict=True)], axis=1)
        canvas.reshape(-1, 3).view("V3")[:, 0][places] = shades.view("V3")[:, 0].take(ink)


@lru_cache(maxsize=1024)
def _shades(colour: int, ground: int) -> Pixels:
    """Return what 0 to 255 of ink make of a ground."""
    import numpy as np

    ink = np.arange(256, dtype=np.uint16)
    shades: Pixels = ((ground * (255 - ink) + colour * ink + 255) >> 8).astype(np.uint8)
    return shades


def _clipped(glyph: _Glyph, place: int, base: int, width: int, height: int) -> _Glyph:
    """Return what of a letter lies on the canvas."""
    columns, rows = glyph.right.astype(int) + place, glyph.below.astype(int) + base
    seen = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    return _Glyph(glyph.right[seen], glyph.below[seen], glyph.ink[seen])


def lay(canvas: Pixels, places: Places, ink: Pixels, colour: Sequence[int] | int) -> None:
    """Mix a colour into those pixels that stand at `places` in row after row, as `ink` says.

    `places` is used up.
    """
    pixels, clear = canvas.reshape(-1), 255 - ink
    if isinstance(colour, int):
        _mix(pixels, places, ink, clear, colour)
        return
    places *= 3
    for channel in range(3):
        if channel:
            places += 1
        _mix(pixels, places, ink, clear, colour[channel])


def _mix(pixels: Pixels, places: Places, ink: Pixels, clear: Pixels, colour: int) -> None:
    import numpy as np

    # At most 255 x 256: 16 bits are enough, and 255 more make 256ths of 255ths.
    below = pixels.take(places).astype(np.uint16)
    below *= clear
    if colour:
        below += ink * np.uint16(colour)
    below += np.uint16(255)
    below >>= np.uint16(8)
    # Bytes into bytes: twice as fast as converting on the way.
    pixels[places] = below.astype(np.uint8)
