"""Variants of training pictures: as if photographed, scanned, rescaled or sent around anew."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterable, Iterator
from functools import cache
from random import Random
from typing import Any

from synth.drawing.encoding import Pixels, encode, on_white
from synth.drawing.grounds import smooth_field
from synth.drawing.pool import in_order

logger = logging.getLogger(__name__)

# The media that lie on a table or hang on a wall; all others are screens.
PHOTOGRAPHED = ("manual", "whiteboard")

# The least of the fine detail (see `detail`) that a variant must keep to be used: below it,
# small letters run into each other.
KEPT_DETAIL = 0.6

_lock = threading.Lock()


def augment(picture: bytes, source: str, seed: str) -> bytes:
    """Return a variant of the picture file `picture`; the same seed gives the same bytes.

    Pictures of the media in PHOTOGRAPHED get paper and photo effects (slant, light, blur,
    noise), all others those of a screen that is rescaled and compressed. Nothing is cut off. A
    variant that lost too much detail is replaced by the original in another light.

    Raises ValueError if `picture` is no picture.
    """
    random = Random(f"{seed}/{source}")
    pixels = on_white(picture)
    kind = "photo" if source in PHOTOGRAPHED else "screen"
    with _lock:
        effects = _effects(kind)
        effects.set_random_seed(random.getrandbits(32))
        changed: Pixels = effects(image=pixels)["image"]
    if kind == "photo" and random.random() < 0.6:
        changed = _shade(changed, random)
    quality = random.randint(60, 92)
    if detail(changed) < KEPT_DETAIL * detail(pixels):
        return encode(_shade(pixels, random), "jpeg", random.randint(86, 96))
    if kind == "screen" and random.random() < 0.3:
        return encode(changed, "png")
    return encode(changed, "jpeg", quality)


def detail(pixels: Pixels) -> float:
    """Return how strongly a picture's fine structure stands out, in grey levels.

    It is the deviation from the mean of the surrounding 5 x 5 pixels: blur and loss of contrast
    both lower it.
    """
    import cv2
    import numpy as np

    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY) if pixels.ndim == 3 else pixels
    fine = cv2.absdiff(grey, cv2.blur(grey, (5, 5)))
    mean, deviation = cv2.meanStdDev(fine)
    return float(np.hypot(mean[0, 0], deviation[0, 0]))


@cache
def _effects(kind: str) -> Any:
    # Without this, the library asks the network for a newer version when it is imported.
    os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"
    import albumentations as effects
    import cv2

    light = [
        # Always: no two variants are to be the same picture.
        effects.RandomBrightnessContrast((-0.1, 0.06), (-0.12, 0.1), p=1),
        effects.RandomGamma((85, 118), p=0.3),
        effects.ToGray(p=0.1),
        effects.RandomScale((-0.06, 0.08), interpolation=cv2.INTER_CUBIC, p=0.3),
    ]
    if kind == "screen":
        smooth = {"downscale": cv2.INTER_AREA, "upscale": cv2.INTER_LINEAR}
        soft = effects.OneOf(
            [
                effects.GaussianBlur((3, 3), (0.2, 0.5), p=1),
                effects.Downscale((0.85, 0.98), interpolation_pair=smooth, p=1),
            ],
            p=0.3,
        )
        return effects.Compose([*light, effects.RGBShift(8, 8, 8, p=0.35), soft])
    # Bilinear sampling between pixels would blur thin strokes more than all the rest.
    whole = {
        "fit_output": True,
        "border_mode": cv2.BORDER_REPLICATE,
        "interpolation": cv2.INTER_CUBIC,
    }
    slant = effects.OneOf(
        [
            effects.Perspective((0.005, 0.02), keep_size=False, **whole),
            effects.Affine(rotate=(-1.6, 1.6), shear=(-1, 1), **whole),
        ],
        p=0.6,
    )
    # The slant has softened the picture already: little more is left to take.
    soft = effects.GaussianBlur((3, 3), (0.2, 0.45), p=0.25)
    noise = effects.AdditiveNoise(
        noise_type="gaussian",
        spatial_mode="shared",
        noise_params={"mean_range": (0, 0), "std_range": (0.01, 0.025)},
        p=0.3,
    )
    return effects.Compose(
        [slant, *light, effects.PlanckianJitter(temperature_limit=(5200, 7600), p=0.3), soft, noise]
    )


def _shade(pixels: Pixels, random: Random) -> Pixels:
    """Return the picture in uneven light: up to a quarter darker in places."""
    import cv2
    import numpy as np

    height, width = pixels.shape[:2]
    noise = np.random.default_rng(random.getrandbits(32))
    light = smooth_field(width, height, (3, 3), 20, noise) + 235
    shade = cv2.convertScaleAbs(np.clip(light, 190, 255))
    shaded: Pixels = cv2.multiply(pixels, cv2.merge([shade] * 3), scale=1 / 255)
    return shaded


def copies_of(identifier: str, variants: float, seed: int) -> int:
    """Return how many variants a picture gets where pictures get `variants` on average."""
    return int(variants + Random(f"{seed}/{identifier}/variants").random())


def augment_all(
    items: Iterable[tuple[str, bytes]], source: str, variants: float, seed: int, workers: int = 1
) -> Iterator[tuple[str, int, bytes]]:
    """Yield (parent, variant, picture) for every (identifier, picture), in their order.

    A picture has `copies_of` variants; they count from 1. Each has a seed of its own, so that the
    number of `workers` does not matter. A picture that cannot be augmented is left out and named
    in the log.
    """
    jobs = (
        (parent, variant, picture, source, seed)
        for parent, picture in items
        for variant in range(1, copies_of(parent, variants, seed) + 1)
    )
    for parent, variant, result in in_order(_augment_job, jobs, workers, _died):
        if isinstance(result, str):
            logger.warning("%s: variant %d is left out: %s", parent, variant, result)
        else:
            yield parent, variant, result


_Job = tuple[str, int, bytes, str, int]


def _augment_job(job: _Job) -> tuple[str, int, bytes | str]:
    """Return the variant, or the reason why there is none."""
    parent, variant, picture, source, seed = job
    try:
        return parent, variant, augment(picture, source, f"{seed}/{parent}/{variant}")
    except Exception as error:  # noqa: BLE001 - whatever it is, it costs one variant, by name
        return parent, variant, " ".join(f"{type(error).__name__}: {error}".split())[:300]


def _died(job: _Job) -> tuple[str, int, bytes | str]:
    return job[0], job[1], "the process that made it died"
