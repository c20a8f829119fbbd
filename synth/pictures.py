"""What a picture file is, told before anything else opens it; hostile ones are refused."""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from PIL.Image import Image

Orientation = Literal["landscape", "portrait"]
Resolution = Literal["small", "medium", "large"]

MAX_BYTES = 25_000_000
MAX_PIXELS = 40_000_000
FORMATS = ("PNG", "JPEG", "WEBP")

# A pixel is ink if its grey is this far (of 255) from the mean of its neighbourhood, on ink's side.
INK_CONTRAST = 25
NEIGHBOURHOOD = 31
MIN_INK_SHARE = 0.0005

_SIDEWAYS = (5, 6, 7, 8)  # Exif orientations that turn a picture by a quarter


class PictureError(ValueError):
    """A picture that is refused; the message says in one line why."""


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

    Raises PictureError for what is no such picture, is cut off, blank, or larger than 25 MB or 40
    megapixels; the size is read from the header, before any pixel is unpacked.
    """
    if not data:
        raise PictureError("an empty file is no picture")
    if len(data) > MAX_BYTES:
        raise PictureError(f"{len(data):,} bytes, at most {MAX_BYTES:,} are read")
    # What a broken file makes the decoders raise is not one family of errors.
    broken = (OSError, ValueError, SyntaxError, TypeError, LookupError, ArithmeticError, EOFError)
    try:
        with warnings.catch_warnings():
            # Decoders warn of harmless oddities; a bomb is refused by its size below.
            warnings.simplefilter("ignore")
            return _facts(data)
    except PictureError:
        raise
    except (*broken, RuntimeError, MemoryError) as error:
        reason = " ".join(str(error).split())[:200]
        raise PictureError(f"not a readable picture ({reason or type(error).__name__})") from None


def _facts(data: bytes) -> PictureFacts:
    from PIL import Image, UnidentifiedImageError

    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError:
        raise PictureError("not a PNG, JPEG or WebP picture") from None
    except Image.DecompressionBombError:
        raise PictureError(f"more than {MAX_PIXELS // 1_000_000} megapixels") from None
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise PictureError(
            f"{width} x {height} pixels, at most {MAX_PIXELS // 1_000_000} megapixels are read"
        )
    if getattr(picture, "n_frames", 1) > 1:
        raise PictureError("an animation, not one picture")
    share = _ink_share(picture)
    if share < MIN_INK_SHARE:
        raise PictureError(f"blank: {share:.4%} of its pixels are ink")
    if picture.getexif().get(0x0112) in _SIDEWAYS:
        width, height = height, width
    return PictureFacts(
        width,
        height,
        str(picture.format).lower(),
        share,
        orientation_of(width, height),
        resolution_of(width, height),
        hashlib.sha256(data).hexdigest(),
    )


def _ink_share(picture: Image) -> float:
    import cv2
    import numpy as np
    from PIL import Image

    if picture.has_transparency_data:
        # What shines through is white, as in every viewer's page.
        ground = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(ground, picture.convert("RGBA"))
    grey = np.asarray(picture.convert("L"))
    around = cv2.blur(grey, (NEIGHBOURHOOD, NEIGHBOURHOOD))
    dark, bright = cv2.subtract(around, grey), cv2.subtract(grey, around)
    # Ink differs more from the mean than the ground does: dark on bright, or chalk on a board.
    standing_out = dark if dark.max() >= bright.max() else bright
    return float(np.count_nonzero(standing_out > INK_CONTRAST) / grey.size)
