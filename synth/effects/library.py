"""The effects that albumentations has: slant, lens and tones, by how strong they are to be."""

from __future__ import annotations

import os
from functools import cache
from typing import Any, Literal

# Imported when the first picture is changed: the library takes half a second to come.

Way = Literal["photo", "scan", "file", "screen"]  # how the picture came about

# An effect at 1 is as strong as a person would still put up with.
LEVELS = (0.3, 0.65, 1.0)


@cache
def slant(way: Way, level: int, flatness: int, smallest: int, fine: bool) -> Any:
    """Return the effect of a camera or a scanner that does not look straight; keypoints move along.

    Args:
        way: how the picture came about.
        level: index of the strength in LEVELS.
        flatness: the picture's longer side is so many times its shorter one; a long strip that is
            turned by much becomes a square.
        smallest: the least size in percent to that of the original.
        fine: interpolate as well as can be, three times as slow.
    """
    effects, borders, interpolations = _library()
    strength = LEVELS[level]
    turn = strength / max(1.0, flatness / 2)
    sampling = interpolations["cubic" if fine else "linear"]
    whole = {"fit_output": True, "border_mode": borders, "interpolation": sampling}
    size = (1 + strength * (smallest / 100 - 1), 1 + 0.2 * strength)
    sized = {"scale": size, "keep_ratio": True, "p": 1, **whole}
    if way == "scan":
        turned = effects.Affine(rotate=_around(0.3 + 1.5 * turn), **sized)
        return _keeping([turned])
    far = 0.004 + 0.05 * turn
    seen = effects.Perspective((0.3 * far, far), keep_size=False, p=1, **whole)
    rotate, shear = _around(0.6 + 3 * turn), _around(1.2 * turn)
    turned = effects.Affine(rotate=rotate, shear=shear, **sized)
    return _keeping([effects.OneOf([seen, turned], p=1)])


@cache
def sent_around(level: int, coarseness: int, smallest: int) -> Any:
    """Return what may happen to a file: resized, softened, recoloured; keypoints move along.

    The arguments are those of `slant` and `camera`.
    """
    effects, _, interpolations = _library()
    strength = LEVELS[level]
    # Between sizes that are close, averaging gains nothing.
    linear, cubic = interpolations["linear"], interpolations["cubic"]
    shrink = min(-0.02, strength * (smallest / 100 - 1))
    smaller = effects.RandomScale((shrink, -0.01), interpolation=linear, p=1)
    larger = effects.RandomScale((0.02, 0.05 + 0.25 * strength), interpolation=cubic, p=1)
    smooth = {"downscale": linear, "upscale": linear}
    rescaled = effects.Downscale((0.95 - 0.2 * strength, 0.98), interpolation_pair=smooth, p=1)
    return _keeping(
        [
            effects.OneOf([smaller, larger], p=0.6),
            effects.OneOf([_soft(strength, coarseness), rescaled], p=0.25),
            *_tones("file", strength),
        ]
    )


@cache
def camera(way: Way, level: int, coarseness: int) -> Any:
    """Return what a camera or a scanner does to what it sees: softens it, gives it its own tones.

    `coarseness` is a sixth of an x in pixels: larger letters bear more.
    """
    effects, _, _ = _library()
    strength = LEVELS[level]
    soft = _soft(strength, coarseness)
    shaken = effects.MotionBlur((3, 3 + 2 * (coarseness // 2)), allow_shifted=False, p=1)
    both = [soft] if way == "scan" else [soft, soft, shaken]
    return effects.Compose([effects.OneOf(both, p=0.2 + 0.4 * strength), *_tones(way, strength)])


def _soft(strength: float, coarseness: int) -> Any:
    effects, _, _ = _library()
    width = 2 * coarseness + 1
    return effects.GaussianBlur((width, width), (0.2, (0.3 + 0.35 * strength) * coarseness), p=1)


def _tones(way: Way, strength: float) -> list[Any]:
    effects, _, _ = _library()
    # Cameras are at the mercy of the light; a file's white stays near white.
    darker = 0.05 + 0.12 * strength if way in ("photo", "screen") else 0.02 + 0.04 * strength
    exposure = effects.RandomBrightnessContrast(
        (-darker, 0.03 + 0.05 * strength), (-0.2 * strength, 0.2 * strength), p=1
    )
    gamma = round(35 * strength)
    steps = [
        exposure,  # always: no two variants are to be the same picture
        effects.RandomGamma((100 - gamma, 100 + gamma), p=0.35),
        effects.RandomToneCurve(0.12 * strength, p=0.3),
        effects.ToGray(p=0.15 if way == "scan" else 0.07),
    ]
    if way == "file":
        shift = 3 + 6 * strength
        steps.append(effects.RGBShift(shift, shift, shift, p=0.25))
        # Few colours, as in a small GIF or on a shared screen.
        steps.append(effects.Posterize(6 - round(2 * strength), p=0.12))
    return steps


def _keeping(steps: list[Any]) -> Any:
    effects, _, _ = _library()
    places = effects.KeypointParams("xy", remove_invisible=False)
    return effects.Compose(steps, keypoint_params=places)


def _around(reach: float) -> tuple[float, float]:
    return -reach, reach


@cache
def _library() -> tuple[Any, int, dict[str, int]]:
    """Return albumentations, OpenCV's way to go on beyond an edge, and its interpolations."""
    # Without this, the library asks the network for a newer version when it is imported.
    os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"
    import albumentations
    import cv2

    interpolations = {"linear": cv2.INTER_LINEAR, "cubic": cv2.INTER_CUBIC}
    return albumentations, cv2.BORDER_REPLICATE, interpolations
