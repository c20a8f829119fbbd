"""Textures that photos are made of, each computed once per process; pictures cut windows out.

All are squares of SIDE pixels in eight bits; together they hold less than 20 megabytes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any

from synth.drawing.colours import Colour
from synth.drawing.encoding import Pixels

if TYPE_CHECKING:
    import numpy as np
    from numpy.random import Generator
    from numpy.typing import NDArray

    Field = NDArray[np.float32]
else:
    Generator = Field = Any

SIDE = 1024

Texture = Callable[[], Pixels]


def window(texture: Texture, width: int, height: int, random: Random, zoom: float = 1.0) -> Pixels:
    """Return a piece of a texture (height x width), mirrored by chance, `zoom` times as coarse."""
    piece = cut(texture, width, height, random, zoom)
    return fitted(piece, width, height)


def cut(texture: Texture, width: int, height: int, random: Random, zoom: float) -> Pixels:
    """Return what `window` returns before it is made coarser: `fitted` does that."""
    import cv2

    # A little coarser is not worth the time that it takes.
    zoom = max(zoom if zoom > 1.5 else 1.0, width / SIDE, height / SIDE)
    wide, high = min(SIDE, math.ceil(width / zoom)), min(SIDE, math.ceil(height / zoom))
    left, top = random.randint(0, SIDE - wide), random.randint(0, SIDE - high)
    piece = texture()[top : top + high, left : left + wide]
    mirrored = random.choice((None, 0, 1, -1))
    return piece if mirrored is None else cv2.flip(piece, mirrored)


def fitted(piece: Pixels, width: int, height: int) -> Pixels:
    """Return a piece of a texture at the size that it is wanted for."""
    import cv2

    if piece.shape == (height, width):
        return piece
    whole: Pixels = cv2.resize(piece, (width, height), interpolation=cv2.INTER_LINEAR)
    return whole


def _smooth(noise: Generator, across: float, down: float | None = None) -> Field:
    """Return noise of deviation 1 that changes over `across` and `down` pixels."""
    import cv2
    import numpy as np

    size = (max(4, round(SIDE / (down or across))), max(4, round(SIDE / across)))
    small = noise.standard_normal(size).astype(np.float32)
    field = cv2.resize(small, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    smooth: Field = field / field.std()
    return smooth


def _bytes(field: Field) -> Pixels:
    import numpy as np

    pixels: Pixels = np.clip(np.round(field), 0, 255).astype(np.uint8)
    return pixels


@cache
def fibre() -> Pixels:
    """What paper swallows of the light, in grey levels: 0 to about 12."""
    import numpy as np

    noise = np.random.default_rng(11)
    return _bytes(4 + 1.1 * _smooth(noise, 1) + 1.1 * _smooth(noise, 3) + 0.9 * _smooth(noise, 40))


@cache
def ballpoint() -> Pixels:
    """How well the ink of a pen covers: nearly everywhere alike."""
    import numpy as np

    noise = np.random.default_rng(12)
    return _bytes(236 + 12 * _smooth(noise, 2) + 12 * _smooth(noise, 30))


@cache
def graphite() -> Pixels:
    """How well a pencil covers: the paper's grain shows."""
    import numpy as np

    noise = np.random.default_rng(13)
    return _bytes(
        212 + 32 * _smooth(noise, 1.3) + 18 * _smooth(noise, 2.6) + 14 * _smooth(noise, 45)
    )


@cache
def felt() -> Pixels:
    """How well a marker covers: streaks along its way, paler in places."""
    import numpy as np

    noise = np.random.default_rng(14)
    return _bytes(
        232 + 7 * _smooth(noise, 2) + 12 * _smooth(noise, 24, 3) + 14 * _smooth(noise, 60)
    )


@cache
def chalk() -> Pixels:
    """How well chalk covers: the board's roughness leaves holes."""
    import numpy as np

    noise = np.random.default_rng(15)
    return _bytes(228 + 48 * _smooth(noise, 1.4) + 18 * _smooth(noise, 3) + 14 * _smooth(noise, 50))


@cache
def wood() -> Pixels:
    """Boards with their grain from left to right, in grey around 190."""
    import numpy as np

    noise = np.random.default_rng(16)
    rows = np.arange(SIDE, dtype=np.float32)[:, None]
    bent = rows + 26 * _smooth(noise, 380, 130) + 3 * _smooth(noise, 120, 24)
    rings = np.sin(bent / 9) + 0.5 * np.sin(bent / 3.7 + 1) + 0.3 * np.sin(bent / 23)
    pores = np.minimum(0, _smooth(noise, 34, 1.5) + 0.9)
    grey = 192 + 11 * rings + 14 * pores + 6 * _smooth(noise, 200, 40)
    seams = (rows.astype(np.int64) % 256) < 3
    return _bytes(np.where(seams, grey - 60, grey).astype(np.float32))


@cache
def cloth() -> Pixels:
    """A woven or stone-like surface, in grey around 190."""
    import numpy as np

    noise = np.random.default_rng(17)
    return _bytes(190 + 9 * _smooth(noise, 2) + 7 * _smooth(noise, 7) + 9 * _smooth(noise, 120))


@cache
def wiped() -> Pixels:
    """Clouds and streaks that a sponge leaves on a board: 0 to about 100, most of it low."""
    import cv2
    import numpy as np

    noise = np.random.default_rng(18)
    plane = np.zeros((SIDE, SIDE), np.uint8)
    for _ in range(60):
        layer = np.zeros((SIDE, SIDE), np.uint8)
        x, y, turn = noise.uniform(0, SIDE), noise.uniform(0, SIDE), noise.normal(0, 0.45)
        bend, reach = noise.uniform(-0.004, 0.004), noise.uniform(120, 420)
        steps = np.linspace(-reach, reach, 30)
        angle = turn + bend * steps
        way = np.column_stack([x + steps * np.cos(angle), y + steps * np.sin(angle)])
        aside = np.column_stack([-np.sin(angle), np.cos(angle)])
        wide, level = noise.uniform(14, 44), noise.uniform(3, 13)
        for off in np.arange(-wide, wide, 2.0):
            strength = int(level * noise.uniform(0, 1.6) * (1 - (off / wide) ** 2))
            first, last = np.sort(noise.integers(0, 30, 2))
            streak = (way + off * aside)[first // 3 : 30 - (29 - last) // 3]
            cv2.polylines(layer, [streak.astype(np.int32)], False, strength, 3, cv2.LINE_AA)
        plane = cv2.add(plane, cv2.blur(layer, (3, 3)))
    clouds = np.maximum(0, 7 + 5 * _smooth(noise, 170) + 3 * _smooth(noise, 60))
    return _bytes(plane * (0.75 + 0.25 * _smooth(noise, 3)) + clouds)


@cache
def ghosts() -> Pixels:
    """Traces of writing and boxes that were wiped away, beyond reading: 0 to about 90."""
    import cv2
    import numpy as np

    noise = np.random.default_rng(19)
    found = np.zeros((SIDE, SIDE), np.float32)
    middle = (SIDE / 2, SIDE / 2)
    # A sponge goes over the board in several directions, and not everywhere alike.
    for turn, reach in ((-24.0, 31), (7.0, 45), (38.0, 23)):
        there = cv2.getRotationMatrix2D(middle, turn, 1.0)
        back = cv2.getRotationMatrix2D(middle, -turn, 1.0)
        turned = cv2.warpAffine(_scribble(noise), there, (SIDE, SIDE))
        smeared = cv2.warpAffine(cv2.blur(turned, (reach, 2)), back, (SIDE, SIDE))
        found += smeared * np.clip(0.5 * _smooth(noise, 150), 0, 1)
    # Some of it dried in: pale, but where it was.
    dried = cv2.blur(_scribble(noise), (3, 3)) * np.clip(0.4 * _smooth(noise, 120), 0, 0.5)
    return _bytes(np.minimum(1.1 * found + 0.5 * dried, 110))


def _scribble(noise: Generator) -> Pixels:
    """Return lines that look like writing from afar, and boxes around some of them."""
    import cv2
    import numpy as np

    plane = np.zeros((SIDE, SIDE), np.uint8)
    for row in range(24, SIDE - 20, 44):
        x = float(noise.uniform(10, 200))
        while x < SIDE - 60:
            count = int(noise.integers(8, 30))
            steps = np.cumsum(noise.uniform(1.5, 4.5, count))
            rise = noise.normal(0, 6, count) + noise.normal(0, 8)
            word = np.column_stack([x + steps, row + rise]).astype(np.int32)
            cv2.polylines(plane, [word], False, int(noise.integers(60, 170)), 2, cv2.LINE_AA)
            x += float(steps[-1] + noise.choice([14, 14, 30, 160]))
    for _ in range(24):
        x, y = noise.integers(0, SIDE - 160, 2).tolist()
        wide, high = noise.integers(60, 170), noise.integers(40, 90)
        level = int(noise.integers(60, 160))
        cv2.rectangle(plane, (x, y), (x + int(wide), y + int(high)), level, 3)
    return plane


def plain(width: int, height: int, colour: Colour | int) -> Pixels:
    """Return a picture of one colour: H x W x 3, or H x W for a grey."""
    import numpy as np

    shape = (height, width) if isinstance(colour, int) else (height, width, 3)
    picture = np.empty(shape, np.uint8)
    # Row by row: three numbers at a time would take ten times as long.
    picture[0] = colour
    picture[1:] = picture[0]
    return picture
