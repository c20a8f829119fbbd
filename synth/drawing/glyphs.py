"""Typed text onto pixels, letter by letter from a cache: texts are always new, letters are not."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from synth.drawing.encoding import Pixels
from synth.drawing.fonts import Face
from synth.drawing.lettering import advances_of
from synth.drawing.scene import TextLine

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int32]
else:
    Numbers = Any

# Letters stand at quarters of a pixel; sizes are kept to eighths, so that few are ever drawn.
PHASES = 4
SIZE_STEP = 8


class _Glyph(NamedTuple):
    """The inked pixels of a letter: how far right of and below the pen, and how dark (0 to 255)."""

    right: Numbers
    below: Numbers
    ink: Pixels


class _Glyphs(dict[tuple[str, int], _Glyph]):
    """The letters of a face at a size, by letter and phase; filled as they come."""

    def __init__(self, face: Face, size: float) -> None:
        super().__init__()
        self._font = face.at(size)

    def __missing__(self, key: tuple[str, int]) -> _Glyph:
        import numpy as np

        letter, phase = key
        mask, (left, top) = self._font.getmask2(
            letter, mode="L", anchor="ls", start=(phase / PHASES, 0)
        )
        width, height = mask.size
        ink = np.frombuffer(bytes(mask), np.uint8).reshape(height, width)
        rows, columns = np.nonzero(ink)
        glyph = self[key] = _Glyph(
            (columns + int(left)).astype(np.int32),
            (rows + int(top)).astype(np.int32),
            ink[rows, columns],
        )
        return glyph


@lru_cache(maxsize=64)
def _glyphs(face: Face, size: float) -> _Glyphs:
    return _Glyphs(face, size)


def write(canvas: Pixels, lines: Sequence[TextLine], colour: Sequence[int] | int) -> None:
    """Write lines of text, in pixels, onto grey (H x W) or coloured (H x W x 3) pixels.

    Letters mix with what lies below them; what would lie outside is left out.
    """
    import numpy as np

    height, width = canvas.shape[:2]
    rights: list[Numbers] = []
    belows: list[Numbers] = []
    inks: list[Pixels] = []
    starts: list[tuple[int, int]] = []
    for line in lines:
        lettering = line.lettering
        glyphs = _glyphs(lettering.face, round(lettering.size * SIZE_STEP) / SIZE_STEP)
        advances = advances_of(lettering.face)
        size, more = lettering.size * PHASES, lettering.tracking * lettering.size * PHASES
        pen, base = line.x * PHASES, round(line.baseline)
        for letter in line.text:
            place = int(pen + 0.5)
            glyph = glyphs[letter, place % PHASES]
            rights.append(glyph.right)
            belows.append(glyph.below)
            inks.append(glyph.ink)
            starts.append((place // PHASES, base))
            pen += advances[letter] * size + more
    if not starts:
        return
    counts = [len(ink) for ink in inks]
    origin = np.repeat(np.array(starts, np.int32), counts, axis=0)
    columns = np.concatenate(rights) + origin[:, 0]
    rows = np.concatenate(belows) + origin[:, 1]
    ink = np.concatenate(inks)
    inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    if not inside.all():
        columns, rows, ink = columns[inside], rows[inside], ink[inside]
    places = rows * width + columns
    if canvas.ndim == 2:
        flat = canvas.reshape(-1)
        flat[places] = _mixed(flat[places], ink, int(colour if isinstance(colour, int) else 0))
        return
    assert not isinstance(colour, int)
    for channel in range(3):
        plane = canvas.reshape(-1, 3)[:, channel]
        plane[places] = _mixed(plane[places], ink, colour[channel])


def _mixed(ground: Pixels, ink: Pixels, colour: int) -> Pixels:
    import numpy as np

    below = ground.astype(np.int32)
    mixed: Pixels = (below + (colour - below) * ink // 255).astype(np.uint8)
    return mixed
