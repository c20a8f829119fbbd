"""How large a picture becomes: a scale for its scene, or the page for its size class."""

from __future__ import annotations

import math
from random import Random

from synth.diagram import DrawingError
from synth.pictures import Resolution

# Most pictures have the text size that the small reader reads; a few are larger, so that all
# three size classes occur.
MEDIUM_SHARE = 0.12
LARGE_SHARE = 0.08
# A quarter as often in training: they cost ten times the pixels, and brought to the reader's text
# scale they look like the small ones.
TRAINING_SHARE = 0.25
SMALLEST_SCALE, LARGEST_SCALE = 0.8, 4.0

# Pixels aimed at in each class, so far from its limits that effects do not push a picture out.
_AREAS: dict[Resolution, tuple[float, float]] = {
    "small": (60_000, 360_000),
    "medium": (450_000, 900_000),
    "large": (1_100_000, 1_600_000),
}


def usual_scale(area: float, random: Random, split: str) -> float:
    """Return the scale that chance asks for a scene of `area` square units: mostly 1.

    Never below 1, so that the text of a drawing that is large anyway stays readable.
    """
    chance = random.random() / (TRAINING_SHARE if split == "train" else 1.0)
    medium, large = _scale(area, "medium", random), _scale(area, "large", random)
    wishes = [large, medium] if chance < LARGE_SHARE else [medium]
    if chance < LARGE_SHARE + MEDIUM_SHARE:
        return next((scale for scale in wishes if 1 <= scale <= LARGEST_SCALE), 1.0)
    return 1.0


def scale_for(area: float, resolution: Resolution, random: Random) -> float:
    """Return the scale at which a scene of `area` square units is in a size class.

    As near to 1 as the class allows; LARGEST_SCALE for a scene that must stand on a larger page.

    Raises DrawingError where its text would be too small to read.
    """
    least, most = _AREAS[resolution]
    if area > most:
        scale = math.sqrt(most / area)
        if scale < SMALLEST_SCALE:
            raise DrawingError(
                f"a {resolution} picture has room for {most:,.0f} pixels, this drawing needs "
                f"{area * SMALLEST_SCALE**2:,.0f} to be read; ask for a larger one"
            )
        return scale
    if resolution == "small" or area >= least:
        return 1.0
    return min(_scale(area, resolution, random), LARGEST_SCALE)


def page_of(width: float, height: float, landscape: bool, beside: float) -> tuple[float, float]:
    """Return the page for a drawing of this size that has an orientation.

    Its longer side is at least `beside` times the other; it is never smaller than the drawing.
    """
    if landscape:
        return max(width, 1.05 * beside * height), height
    return width, max(height, beside * width)


def page_for(
    width: float, height: float, scale: float, resolution: Resolution, seen: float
) -> tuple[float, float]:
    """Return the page, in units, that a drawing of this size needs to be in a size class.

    `seen` is how many times as much as the page the picture shows.
    """
    least = _AREAS[resolution][0]
    area = width * height * scale * scale * seen
    if resolution == "small" or area >= least:
        return width, height
    more = math.sqrt(least / area)
    return width * more, height * more


def _scale(area: float, resolution: Resolution, random: Random) -> float:
    return math.sqrt(random.uniform(*_AREAS[resolution]) / area)
