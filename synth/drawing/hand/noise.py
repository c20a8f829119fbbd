"""A camera's noise, computed once per process and strength; pictures get windows of it."""

from __future__ import annotations

from functools import lru_cache
from random import Random

from synth.drawing.encoding import Pixels

_SIDE = 640


@lru_cache(maxsize=4)
def _sensor(strength: int) -> tuple[Pixels, Pixels]:
    """What a camera's noise of `strength` quarters adds and takes, in three channels."""
    import cv2
    import numpy as np

    noise = np.random.default_rng(20)
    size = (_SIDE, _SIDE)
    grey = noise.normal(0, 3.4, size).astype(np.float32)
    colours = noise.normal(0, 3.2, (*size, 3)).astype(np.float32)
    # Cameras smooth colour more than brightness.
    grain = grey[:, :, None] + cv2.GaussianBlur(colours, (3, 3), 0.7)
    grain *= strength / 4
    adds: Pixels = np.clip(np.round(grain), 0, 255).astype(np.uint8)
    takes: Pixels = np.clip(np.round(-grain), 0, 255).astype(np.uint8)
    return adds, takes


def add_noise(picture: Pixels, strength: float, random: Random) -> None:
    """Add a camera's noise to a picture, in place: of deviation 4 where `strength` is 1."""
    import cv2

    quarters = min(4, round(4 * strength))
    if not quarters:
        return
    adds, takes = _sensor(quarters)
    if picture.ndim == 2:
        adds, takes = (cv2.extractChannel(each, 1) for each in (adds, takes))
    height, width = picture.shape[:2]
    top = -random.randrange(_SIDE)
    while top < height:
        left = -random.randrange(_SIDE)
        while left < width:
            rows = slice(max(0, -top), min(_SIDE, height - top))
            columns = slice(max(0, -left), min(_SIDE, width - left))
            place = picture[max(0, top) : top + _SIDE, max(0, left) : left + _SIDE]
            cv2.add(place, adds[rows, columns], dst=place)
            cv2.subtract(place, takes[rows, columns], dst=place)
            left += _SIDE
        top += _SIDE
