"""What a picture file is: its size, its classes, and whether anything is drawn on it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sketch2flow.pictures import MAX_BYTES, MAX_PIXELS, PictureError, on_white, open_picture

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = [
    "MAX_BYTES",
    "MAX_PIXELS",
    "Orientation",
    "PictureError",
    "PictureFacts",
    "Resolution",
    "inspect_picture",
    "orientation_of",
    "resolution_of",
    "text_height_of",
]

Orientation = Literal["landscape", "portrait"]
Resolution = Literal["small", "medium", "large"]

# A pixel is ink if its grey is this far (of 255) from the mean of its neighbourhood, on ink's side.
INK_CONTRAST = 25
NEIGHBOURHOOD = 31
MIN_INK_SHARE = 0.0005


@dataclass(frozen=True)
class PictureFacts:
    """A picture as it is seen: width and height in pixels, after any turn its file asks for.

    `ink_share` is the share of pixels that stand out from their surroundings; `sha256` is that of
    the file's bytes.
    """

    width: int
    height: int
    format: str
    ink_share: float
    orientation: Orientation
    resolution: Resolution
    sha256: str


def orientation_of(width: int, height: int) -> Orientation:
    """Return landscape for a picture wider than high (StarFlow's two classes)."""
    return "landscape" if width > height else "portrait"


def resolution_of(width: int, height: int) -> Resolution:
    """Return the size class by number of pixels (StarFlow's limits: 400,000 and 1,000,000)."""
    pixels = width * height
    if pixels < 400_000:
        return "small"
    return "large" if pixels > 1_000_000 else "medium"


def inspect_picture(data: bytes) -> PictureFacts:
    """Return the facts of the picture file `data` (PNG, JPEG or WebP, one frame).

    Raises PictureError for what `open_picture` refuses, and for a blank picture.
    """
    picture = open_picture(data)
    share = _ink_share(picture)
    if share < MIN_INK_SHARE:
        raise PictureError(f"blank: {share:.4%} of its pixels are ink")
    width, height = picture.size
    return PictureFacts(
        width,
        height,
        str(picture.format).lower(),
        share,
        orientation_of(width, height),
        resolution_of(width, height),
        hashlib.sha256(data).hexdigest(),
    )


def text_height_of(data: bytes) -> float | None:
    """Return the height of an x in pixels in the picture file `data`, None where none is found.

    Raises PictureError for what `open_picture` refuses.
    """
    from synth.letters import find_letters

    return find_letters(_grey(open_picture(data))).height or None


def _grey(picture: Image) -> Any:
    import numpy as np

    seen = on_white(picture) if picture.has_transparency_data else picture
    return np.asarray(seen.convert("L"))


def _ink_share(picture: Image) -> float:
    import cv2
    import numpy as np

    grey = _grey(picture)
    around = cv2.blur(grey, (NEIGHBOURHOOD, NEIGHBOURHOOD))
    dark, bright = cv2.subtract(around, grey), cv2.subtract(grey, around)
    # Ink differs more from the mean than the ground does: dark on bright, or chalk on a board.
    standing_out = dark if dark.max() >= bright.max() else bright
    return float(np.count_nonzero(standing_out > INK_CONTRAST) / grey.size)
