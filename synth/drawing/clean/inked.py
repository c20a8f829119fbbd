"""Ink on clean pictures: a plane of strokes, made rough at will, and laid over the pixels."""

from __future__ import annotations

from functools import lru_cache
from random import Random

from synth.drawing.canvas import Canvas
from synth.drawing.colours import Colour
from synth.drawing.encoding import Pixels
from synth.drawing.glyphs import lay

# A tile of noise, as wide and high in pixels.
_TILE = 512


@lru_cache(maxsize=8)
def _grain(size: int) -> Pixels:
    """Return a tile of noise around 128 whose grains are `size` pixels wide."""
    import cv2
    import numpy as np

    side = _TILE // size
    noise = np.random.default_rng(size).normal(0, 1, (side, side)).astype(np.float32)
    noise = cv2.resize(noise, (_TILE, _TILE), interpolation=cv2.INTER_CUBIC)
    noise = cv2.GaussianBlur(noise, (0, 0), 0.7)
    tile: Pixels = np.clip(128 + 48 * noise / noise.std(), 0, 255).astype(np.uint8)
    return tile


def lay_ink(canvas: Canvas, ink: Pixels, colour: Colour | int) -> None:
    """Mix a colour into the pixels of a canvas, as much of it as the plane `ink` says."""
    import numpy as np

    places = np.flatnonzero(ink)
    lay(canvas.pixels, places, ink.reshape(-1)[places], colour)


def lay_rough_ink(
    canvas: Canvas, ink: Pixels, colour: Colour | int, scale: float, dryness: float, random: Random
) -> None:
    """Lay ink like that of a dry brush: its edges fray, and grains of it stay bare.

    `dryness` is how much of the ink the grains take, 0 to 1.
    """
    import cv2
    import numpy as np

    reach = 2 * round(0.9 * scale) + 1
    soft = cv2.blur(ink, (reach, reach))
    places = np.flatnonzero(soft)
    rows, columns = np.divmod(places, soft.shape[1])
    rows += random.randrange(_TILE)
    columns += random.randrange(_TILE)
    grain = _grain(max(1, round(1.1 * scale)))[rows % _TILE, columns % _TILE]
    wet = soft.reshape(-1)[places].astype(np.float32)
    wet += (grain.astype(np.float32) - 128) * np.float32(1.6 * dryness)
    left = np.clip((wet - 110) * 3 + 110, 0, 255).astype(np.uint8)
    lay(canvas.pixels, places, left, colour)
