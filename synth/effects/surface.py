"""What paper, sensors, copiers and screens leave on a picture: ink, grain, streaks, patterns."""

from __future__ import annotations

import math
from functools import cache
from random import Random

from synth.drawing.encoding import Pixels

_BANK, _REPEATS = 512, 4
_DESKS = ((60, 85, 120), (90, 120, 160), (70, 70, 75), (45, 48, 52), (150, 160, 165))


@cache
def _grain_bank() -> Pixels:
    """Return a sensor's noise around 128 (N x N x 3), made once: mostly grey, a little coloured.

    It repeats itself, so that most pictures are covered by a window of it.
    """
    import cv2
    import numpy as np

    noise = np.random.default_rng(7)
    grey = noise.normal(0, 26, (_BANK, _BANK, 1)).astype(np.float32)
    colour = noise.normal(0, 16, (_BANK, _BANK, 3)).astype(np.float32)
    # Sensors see colours through a mosaic: neighbours are not independent.
    colour = cv2.GaussianBlur(colour, (5, 5), 1.2) * 2
    mixed = 0.7 * grey + 0.5 * cv2.GaussianBlur(grey, (3, 3), 0.8)[..., None] + colour
    bank: Pixels = cv2.repeat(np.clip(128 + mixed, 0, 255).astype(np.uint8), _REPEATS, _REPEATS)
    return bank


def grain(pixels: Pixels, random: Random, deviation: float) -> Pixels:
    """Return the picture with a sensor's noise of about `deviation` grey levels."""
    import cv2

    height, width = pixels.shape[:2]
    row, column = random.randrange(_BANK), random.randrange(_BANK)
    bank = _grain_bank()
    down, across = (-(-(row + height) // len(bank)), -(-(column + width) // len(bank)))
    if max(down, across) > 1:
        bank = cv2.repeat(bank, down, across)
    noise = bank[row : row + height, column : column + width]
    amount = deviation / 26
    grainy: Pixels = cv2.addWeighted(pixels, 1, noise, amount, -128 * amount)
    return grainy


def bled(pixels: Pixels, amount: float) -> Pixels:
    """Return the picture with strokes grown (amount above 0) or starved (below), by a share."""
    import cv2
    import numpy as np

    near = np.ones((2, 2), np.uint8)
    changed = cv2.erode(pixels, near) if amount > 0 else cv2.dilate(pixels, near)
    share = abs(amount)
    mixed: Pixels = cv2.addWeighted(pixels, 1 - share, changed, share, 0, changed)
    return mixed


def faded(pixels: Pixels, ground: tuple[float, ...], amount: float) -> Pixels:
    """Return the picture with ink paled towards the ground (blue, green, red), by a share."""
    import cv2

    left = cv2.convertScaleAbs(pixels, alpha=1 - amount)
    paled: Pixels = cv2.add(left, tuple(round(amount * level) for level in ground), left)
    return paled


def sharpened(pixels: Pixels, amount: float) -> Pixels:
    """Return the picture as a telephone sharpens it."""
    import cv2

    soft = cv2.GaussianBlur(pixels, (3, 3), 0.8)
    sharp: Pixels = cv2.addWeighted(pixels, 1 + amount, soft, -amount, 0, soft)
    return sharp


def photocopied(pixels: Pixels, random: Random) -> Pixels:
    """Return a copier's picture: no colours, bright ground, ink near black, specks of toner."""
    import cv2
    import numpy as np

    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    # The brightest of each place is its ground, whatever is written there.
    height, width = grey.shape
    few = (max(1, width // 24), max(1, height // 24))
    ground = cv2.resize(cv2.dilate(grey, np.ones((9, 9), np.uint8)), few)
    ground = cv2.blur(cv2.dilate(ground, np.ones((3, 3), np.uint8)), (3, 3))
    even = cv2.divide(grey, cv2.resize(ground, (width, height)), scale=235)
    middle, steepness = random.uniform(150, 185), random.uniform(0.03, 0.07)
    levels = np.arange(256, dtype=np.float32)
    black, white = random.uniform(15, 60), random.uniform(240, 255)
    table = black + (white - black) / (1 + np.exp(-steepness * (levels - middle)))
    copy = cv2.LUT(even, table.astype(np.uint8))
    for _ in range(random.randint(0, height * width // 12_000)):
        speck = (random.randrange(width), random.randrange(height))
        cv2.circle(copy, speck, random.choice((0, 0, 1)), random.randint(60, 190), -1)
    copied: Pixels = cv2.cvtColor(copy, cv2.COLOR_GRAY2BGR)
    return copied


def streaked(pixels: Pixels, random: Random, strength: float) -> Pixels:
    """Return the picture with one to three thin lines that dust on a scanner's glass leaves."""
    import numpy as np

    seen = pixels.copy()
    height, width = seen.shape[:2]
    for _ in range(random.randint(1, 3)):
        place, thick = random.randrange(width), random.choice((1, 1, 2))
        start = random.choice((0, 0, random.randrange(height)))
        change = random.choice((-1, -1, 1)) * random.uniform(8, 15 + 40 * strength)
        line = seen[start:, place : place + thick].astype(np.int16) + round(change)
        seen[start:, place : place + thick] = np.clip(line, 0, 255)
    return seen


def moire(pixels: Pixels, random: Random, strength: float) -> Pixels:
    """Return the picture as a camera sees a screen: its grid and the sensor's beat faintly."""
    import cv2
    import numpy as np

    height, width = pixels.shape[:2]
    # The grid itself, and the slow bands in which it falls between the sensor's pixels.
    period, slow = random.uniform(2.1, 3.2), random.uniform(40, 160)
    rows = np.cos(2 * math.pi / (1.07 * period) * np.arange(height, dtype=np.float32))
    columns = np.cos(2 * math.pi / period * np.arange(width, dtype=np.float32))
    across, down = np.meshgrid(np.arange(0, width, 8), np.arange(0, height, 8))
    band = np.cos(2 * math.pi / slow * (across + random.uniform(-1, 1) * down)).astype(np.float32)
    wave = cv2.resize(band, (width, height)) + rows[:, None] * columns[None, :]
    depth = 255 * random.uniform(0.006, 0.008 + 0.012 * strength)
    pattern = cv2.convertScaleAbs(wave, alpha=depth, beta=255 - 2 * depth)
    seen: Pixels = cv2.multiply(pixels, cv2.merge([pattern] * 3), scale=1 / 255)
    return seen


def on_desk(pixels: Pixels, random: Random) -> tuple[Pixels, int]:
    """Return the sheet on a desk that shows around it, and how wide the desk shows (pixels)."""
    import cv2
    import numpy as np

    height, width = pixels.shape[:2]
    seen = max(3, round(random.uniform(0.01, 0.05) * max(height, width)))
    high, wide = height + 2 * seen, width + 2 * seen
    # The grain of wood or cloth: long one way, fine the other.
    long, fine = random.choice((80, 80, 8)), 4
    cells = (wide // long + 2, high // fine + 2)
    noise = np.random.default_rng(random.getrandbits(32))
    texture = np.clip(noise.normal(128, 9, cells[::-1]), 0, 255).astype(np.uint8)
    plane = cv2.resize(texture, (wide, high), interpolation=cv2.INTER_LINEAR)
    level = random.uniform(0.75, 1.15) / 128
    colour = random.choice(_DESKS)
    desk = cv2.merge([cv2.convertScaleAbs(plane, alpha=part * level) for part in colour])
    # The sheet's own shadow is its edge.
    edge = slice(seen - 1, seen + height + 2), slice(seen - 1, seen + width + 2)
    desk[edge] = desk[edge] // 4 * 3
    desk[seen : seen + height, seen : seen + width] = pixels
    return desk, seen
