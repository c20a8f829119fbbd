"""What is drawn on: white, squared and ruled paper, and a whiteboard; and ink laid over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any

from synth.drawing.encoding import Pixels

if TYPE_CHECKING:
    import numpy as np
    from numpy.random import Generator
    from numpy.typing import NDArray

    Field = NDArray[np.float32]
else:
    Generator = Field = Any

Colour = tuple[int, int, int]  # blue, green, red

_GRAIN = 512


@dataclass(frozen=True)
class Ink:
    """A plane of ink (H x W, 0 to 255) and the colour of its full cover."""

    plane: Pixels
    colour: Colour


@dataclass(frozen=True)
class Ground:
    """A ground's brightness (H x W), its tint in white light, its rulings, and its gloss.

    `gloss` (H x W, 0 to 255) is light thrown back: it pales whatever lies below it.
    """

    brightness: Pixels
    tint: Colour
    rulings: tuple[Ink, ...] = ()
    gloss: Pixels | None = None


def smooth_field(
    width: int, height: int, cells: tuple[int, int], deviation: float, noise: Generator
) -> Field:
    """Return a smooth random field (H x W float32) made on `cells` (columns, rows)."""
    import cv2
    import numpy as np

    columns, rows = max(2, cells[0]), max(2, cells[1])
    small = (deviation * noise.standard_normal((rows, columns))).astype(np.float32)
    field: Field = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    return field


@cache
def _grain() -> Pixels:
    """Return the noise of a camera around 128, made once; pictures cut windows out of it."""
    import cv2
    import numpy as np

    noise = np.random.default_rng(1).normal(0, 16, (_GRAIN, _GRAIN)).astype(np.float32)
    noise = 0.6 * noise + 0.8 * cv2.GaussianBlur(noise, (3, 3), 0)
    grain: Pixels = np.clip(128 + noise, 0, 255).astype(np.uint8)
    return grain


def _lit(width: int, height: int, level: float, shade: float, grain: float, seed: int) -> Pixels:
    """Return an evenly made surface of grey `level` in uneven light, with the camera's noise."""
    import cv2
    import numpy as np

    noise = np.random.default_rng(seed)
    light = smooth_field(width, height, (3, 3), shade, noise) + level
    surface = cv2.convertScaleAbs(np.clip(light, 0, 255))
    if grain:
        row, column = (int(n) for n in noise.integers(0, _GRAIN, 2))
        tiles = (-(-(height + row) // _GRAIN), -(-(width + column) // _GRAIN))
        tile = np.tile(_grain(), tiles)[row : row + height, column : column + width]
        surface = cv2.addWeighted(surface, 1, tile, grain, -128 * grain)
    lit: Pixels = surface
    return lit


def paper(kind: str, width: int, height: int, scale: float, random: Random) -> Ground:
    """Return a sheet: `kind` is white, squared or ruled; scanned or photographed."""
    photographed = random.random() < 0.4
    level, shade = (
        (random.uniform(222, 242), 7.0) if photographed else (random.uniform(246, 254), 1)
    )
    grain = random.uniform(0.1, 0.22) if photographed else random.uniform(0.0, 0.08)
    brightness = _lit(width, height, level, shade, grain, random.getrandbits(32))
    tint = random.choice(((255, 255, 255), (250, 254, 255), (243, 250, 255), (255, 253, 250)))
    return Ground(brightness, tint, _rulings(kind, width, height, scale, random))


def _rulings(kind: str, width: int, height: int, scale: float, random: Random) -> tuple[Ink, ...]:
    import numpy as np

    if kind == "white":
        return ()
    plane = np.zeros((height, width), np.uint8)
    thick = max(1, round(0.8 * scale))
    pitch = scale * (random.uniform(11, 16) if kind == "squared" else random.uniform(19, 26))
    strength = random.randint(90, 150)
    for index in range(int(height / pitch) + 1):
        row = round((index + 0.5) * pitch)
        plane[row : row + thick] = strength
    if kind == "squared":
        for index in range(int(width / pitch) + 1):
            column = round((index + 0.5) * pitch)
            plane[:, column : column + thick] = strength
    colour = random.choice(((235, 205, 175), (225, 215, 190), (210, 210, 205)))
    return (Ink(plane, colour),)


def whiteboard(width: int, height: int, scale: float, random: Random) -> Ground:
    """Return a photographed whiteboard: uneven grey, wiped traces, one or two glaring lamps."""
    import cv2
    import numpy as np

    brightness = _lit(
        width,
        height,
        random.uniform(198, 232),
        9,
        random.uniform(0.08, 0.2),
        random.getrandbits(32),
    )
    traces = np.zeros((height, width), np.uint8)
    for _ in range(random.randint(1, 4)):
        x, y = random.uniform(0, width), random.uniform(0, height)
        way = [(x + random.gauss(0, 60 * scale), y + random.gauss(0, 18 * scale)) for _ in range(4)]
        points = np.array(way, np.int32)
        cv2.polylines(
            traces, [points], False, random.randint(12, 40), round(9 * scale), cv2.LINE_AA
        )
    blur = 2 * round(4 * scale) + 1
    traces = cv2.blur(traces, (blur, blur))
    gloss = np.zeros((24, 24), np.float32)
    for _ in range(random.randint(1, 2)):
        radius = random.uniform(1.5, 5)
        at = (random.uniform(0, 23), random.uniform(0, 23))
        rows, columns = np.mgrid[0:24, 0:24]
        away = ((rows - at[0]) ** 2 + (columns - at[1]) ** 2) / (2 * radius**2)
        gloss += random.uniform(40, 105) * np.exp(-away).astype(np.float32)
    shine = cv2.resize(np.minimum(gloss, 115), (width, height), interpolation=cv2.INTER_LINEAR)
    tint = random.choice(((255, 255, 255), (255, 250, 246), (246, 251, 255)))
    ghosts = Ink(traces, (150, 140, 150))
    return Ground(brightness, tint, (ghosts,), cv2.convertScaleAbs(shine))


def lay_over(ground: Ground, inks: Sequence[Ink]) -> Pixels:
    """Return the picture (H x W x 3): the ground seen through its rulings and the inks."""
    import cv2

    channels = []
    for channel in range(3):
        seen = cv2.convertScaleAbs(ground.brightness, alpha=ground.tint[channel] / 255)
        for ink in (*ground.rulings, *inks):
            cover = 1 - ink.colour[channel] / 255
            through = cv2.convertScaleAbs(ink.plane, alpha=-cover, beta=255)
            seen = cv2.multiply(seen, through, scale=1 / 255)
        if ground.gloss is not None:
            # Light that is thrown back lightens the dark as well as the bright.
            dark = cv2.bitwise_not(seen)
            seen = cv2.bitwise_not(cv2.multiply(dark, cv2.bitwise_not(ground.gloss), scale=1 / 255))
        channels.append(seen)
    picture: Pixels = cv2.merge(channels)
    return picture
