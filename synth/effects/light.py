"""Light that falls on a picture: uneven, shaded, folded paper, lamps that glare, coloured."""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING, Any

from synth.drawing.encoding import Pixels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Field = NDArray[np.float32]
else:
    Field = Any

# Light is made on so many cells along each side and enlarged: it has no finer detail.
CELLS = 24
# Shadows and folds are drawn on more.
FINE_CELLS = 160


def uneven(random: Random, strength: float) -> Field:
    """Return light (0 to 1) that falls off to one side and a little towards the edges."""
    import cv2
    import numpy as np

    rows, columns = _grid(CELLS)
    angle = random.uniform(0, 2 * math.pi)
    ramp = math.cos(angle) * columns + math.sin(angle) * rows
    noise = np.random.default_rng(random.getrandbits(32))
    clouds = cv2.resize(noise.standard_normal((4, 4)).astype(np.float32), (CELLS, CELLS))
    light = (
        1
        + strength * random.uniform(0.04, 0.3) * ramp
        + strength * random.uniform(0.01, 0.04) * clouds
        - strength * random.uniform(0, 0.25) * (rows**2 + columns**2)
    )
    light /= light.max()
    return np.maximum(_enlarged(light, (FINE_CELLS, FINE_CELLS)), 0.35)


def shadow(random: Random, strength: float) -> Field:
    """Return the shade (0 to 1) of a hand, a head or a telephone that comes in from one side."""
    import numpy as np

    rows, columns = _grid(FINE_CELLS)
    noise = np.random.default_rng(random.getrandbits(32))
    bent = noise.standard_normal((5, 5)).astype(np.float32)
    edge = 0.03 * _enlarged(bent, (FINE_CELLS, FINE_CELLS))
    softness = random.uniform(0.01, 0.07)
    angle = random.uniform(0, 2 * math.pi)
    covered = np.ones_like(edge)
    for turn in (0.0, random.uniform(0.8, 2.2)):
        along = math.cos(angle + turn) * columns + math.sin(angle + turn) * rows
        away = (along + edge + random.uniform(-0.15, 0.3)) / softness
        covered *= 1 / (1 + np.exp(-np.clip(away, -30, 30)))
    dark = random.uniform(0.12, 0.2 + 0.3 * strength)
    light: Field = 1 - np.float32(dark) * covered
    return light


def fold(random: Random, strength: float) -> Field:
    """Return the shading (about 1) of a sheet that was folded once or twice."""
    import numpy as np

    rows, columns = _grid(FINE_CELLS)
    light = np.ones((FINE_CELLS, FINE_CELLS), np.float32)
    for across in random.choice(((True,), (False,), (True, False))):
        along, other = (rows, columns) if across else (columns, rows)
        place = random.choice((0.0, 0.0, -0.17, 0.17)) + random.uniform(-0.02, 0.02)
        away = along - place + random.uniform(-0.03, 0.03) * other
        depth = random.uniform(0.03, 0.05 + 0.1 * strength)
        side = random.choice((-1, 1))
        light -= depth * np.exp(-np.maximum(side * away, 0) / 0.1) * (side * away > 0)
        light -= 1.4 * depth * np.exp(-((away / 0.006) ** 2))
    return light


def crumple(random: Random, strength: float) -> Field:
    """Return the shading (about 1) of a sheet that was crumpled and smoothed out again."""
    import numpy as np

    rows, columns = _grid(FINE_CELLS // 2)
    light = np.ones((FINE_CELLS // 2, FINE_CELLS // 2), np.float32)
    for _ in range(random.randint(6, 12)):
        angle = random.uniform(0, math.pi)
        down, across = rows - random.uniform(-0.5, 0.5), columns - random.uniform(-0.5, 0.5)
        along = (math.cos(angle) * across + math.sin(angle) * down) / random.uniform(0.1, 0.5)
        away = math.cos(angle) * down - math.sin(angle) * across
        # Bright on the side that faces the lamp, dark on the other, sharp at the crease itself.
        side = np.clip(away / 0.008, -1, 1) * np.exp(-np.abs(away) / random.uniform(0.02, 0.12))
        depth = random.choice((-1, 1)) * random.uniform(0.02, 0.03 + 0.05 * strength)
        light += depth * side * np.exp(-np.square(np.square(along)))
    return _enlarged(light, (FINE_CELLS, FINE_CELLS))


def page_edge(random: Random, strength: float) -> Field:
    """Return the light of a copier at a page that does not lie flat: dark along one side."""
    import numpy as np

    rows, columns = _grid(FINE_CELLS)
    along = random.choice((rows, -rows, columns, -columns)) + 0.5
    width = random.uniform(0.008, 0.03)
    dark = random.uniform(0.2, 0.3 + 0.35 * strength)
    light: Field = (1 - dark * np.exp(-along / width)).astype(np.float32)
    return np.broadcast_to(light, (FINE_CELLS, FINE_CELLS)).copy()


def cast(random: Random, strength: float) -> tuple[float, float, float]:
    """Return what a lamp's colour leaves of blue, green and red, the strongest being 1."""
    warm = min(1.0, max(-0.8, random.gauss(0.2, 0.6))) * strength
    green = min(0.5, max(-0.5, random.gauss(0, 0.25))) * strength
    gains = (1 - 0.16 * warm, 1 + 0.05 * green, 1 + 0.1 * warm)
    return gains[0] / max(gains), gains[1] / max(gains), gains[2] / max(gains)


def lit(pixels: Pixels, light: Field, colour: tuple[float, float, float]) -> Pixels:
    """Return the picture (H x W x 3) in the light of a field (0 to 1) of the given colour."""
    import cv2
    import numpy as np

    height, width = pixels.shape[:2]
    small = np.clip(light * (255 / max(1.0, float(light.max()))), 0, 255).astype(np.uint8)
    plane = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    planes = [cv2.convertScaleAbs(plane, alpha=part) if part < 1 else plane for part in colour]
    colours = cv2.merge(planes)
    seen: Pixels = cv2.multiply(pixels, colours, colours, scale=1 / 255)
    return seen


def glare(pixels: Pixels, random: Random, strength: float) -> Pixels:
    """Return the picture with the shine of one to three lamps or a window on it.

    What shines pales the ink below it, never by more than half.
    """
    import cv2
    import numpy as np

    rows, columns = _grid(CELLS * 2)
    shine = np.zeros_like(rows * columns)
    for _ in range(random.randint(1, 3)):
        angle = random.uniform(0, math.pi)
        down, across = rows - random.uniform(-0.5, 0.5), columns - random.uniform(-0.5, 0.5)
        along = (math.cos(angle) * across + math.sin(angle) * down) / random.uniform(0.05, 0.2)
        beside = (math.cos(angle) * down - math.sin(angle) * across) / random.uniform(0.03, 0.1)
        # The higher the power, the more it is a window and the less a lamp.
        power = random.choice((1, 1, 2))
        shine += random.uniform(30, 60 + 90 * strength) * np.exp(-((along**2 + beside**2) ** power))
    height, width = pixels.shape[:2]
    small = np.clip(shine, 0, 125).astype(np.uint8)
    plane = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    dark = cv2.bitwise_not(pixels)
    through = cv2.merge([cv2.bitwise_not(plane)] * 3)
    # In place: a new picture of this size costs as much as the work on it.
    cv2.multiply(dark, through, dark, scale=1 / 255)
    seen: Pixels = cv2.bitwise_not(dark, dark)
    return seen


def _grid(cells: int) -> tuple[Field, Field]:
    """Return the place of every row (N x 1) and column (1 x N), -0.5 to 0.5."""
    import numpy as np

    places = np.linspace(-0.5, 0.5, cells, dtype=np.float32)
    return places[:, None], places[None, :]


def _enlarged(field: Field, size: tuple[int, int]) -> Field:
    import cv2

    larger: Field = cv2.resize(field, size, interpolation=cv2.INTER_CUBIC)
    return larger
