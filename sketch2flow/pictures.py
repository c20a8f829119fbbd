"""Picture files of anyone, opened safely and seen upright: the one door for every package."""

from __future__ import annotations

import io
import struct
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("PNG", "JPEG", "WEBP")
MAX_BYTES = 25_000_000
MAX_PIXELS = 40_000_000

_ORIENTATION = 0x0112  # the Exif tag by which a phone says how it was held
_EXIF_KEYS = ("exif", "Raw profile type exif", "XML:com.adobe.xmp", "xmp")
# What a broken file makes the decoders raise is not one family of errors.
_BROKEN = (
    *(OSError, ValueError, SyntaxError, TypeError, LookupError, ArithmeticError, EOFError),
    *(struct.error, RuntimeError, MemoryError),
)


class PictureError(ValueError):
    """A picture that is refused; the message says in one line why."""


def open_picture(data: bytes, draft: int | None = None) -> Image:
    """Return the picture in the file `data`, decoded, and turned as its Exif asks.

    It is a PNG, JPEG or WebP of one frame, at most 25 MB and 40 megapixels, which is read from
    the header before any pixel is unpacked; anything else raises PictureError. With `draft` a
    JPEG may be decoded at a fraction of its size whose sides have at least that many pixels.
    """
    return _open(data, draft)[0]


def upright_file(data: bytes) -> bytes:
    """Return the picture file for readers that may ignore its Exif.

    That is `data` itself, or where it asks to be turned, a JPEG that is. Raises PictureError.
    """
    picture, was_turned = _open(data, None)
    if not was_turned:
        return data
    file = io.BytesIO()
    try:
        on_white(picture).save(file, "JPEG", quality=95)
    except OSError as error:
        size = f"{picture.width} x {picture.height}"
        raise PictureError(f"{size} pixels cannot be turned ({error})") from None
    return file.getvalue()


def on_white(picture: Image) -> Image:
    """Return the picture in RGB; what shines through is white, as on every viewer's page."""
    import PIL.Image

    if not picture.has_transparency_data:
        return picture.convert("RGB")
    ground = PIL.Image.new("RGBA", picture.size, "white")
    return PIL.Image.alpha_composite(ground, picture.convert("RGBA")).convert("RGB")


def _open(data: bytes, draft: int | None) -> tuple[Image, bool]:
    if not data:
        raise PictureError("an empty file is no picture")
    if len(data) > MAX_BYTES:
        raise PictureError(f"{len(data):,} bytes, at most {MAX_BYTES:,} are read")
    try:
        with warnings.catch_warnings():
            # Decoders warn of harmless oddities; a bomb is refused by its size.
            warnings.simplefilter("ignore")
            picture = _decode(data, draft)
            orientation = _orientation(picture)
    except PictureError:
        raise
    except _BROKEN as error:
        reason = " ".join(str(error).split())[:200]
        raise PictureError(f"not a readable picture ({reason or type(error).__name__})") from None
    turned = _turned(picture, orientation)
    return turned or picture, turned is not None


def _decode(data: bytes, draft: int | None) -> Image:
    import PIL.Image

    try:
        picture = PIL.Image.open(io.BytesIO(data), formats=FORMATS)
    except PIL.UnidentifiedImageError:
        raise PictureError("not a PNG, JPEG or WebP picture") from None
    except PIL.Image.DecompressionBombError:
        raise PictureError(f"more than {MAX_PIXELS // 1_000_000} megapixels") from None
    if picture.width * picture.height > MAX_PIXELS:
        raise PictureError(
            f"{picture.width} x {picture.height} pixels, at most {MAX_PIXELS // 1_000_000} "
            "megapixels are read"
        )
    if picture.format == "MPO":  # a phone's JPEG with a smaller copy or a depth map behind it
        picture.format = "JPEG"
    elif getattr(picture, "n_frames", 1) > 1:
        raise PictureError("an animation, not one picture")
    if draft:
        picture.draft(None, (draft, draft))
    picture.load()
    return picture


def _orientation(picture: Image) -> int:
    try:
        return int(picture.getexif().get(_ORIENTATION, 1))
    except _BROKEN:
        return 1  # A damaged note on how the phone was held spoils no picture.


def _turned(picture: Image, orientation: int) -> Image | None:
    """Return the picture turned as an Exif orientation asks; None where nothing is asked."""
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    if orientation not in turns:
        return None
    turned = picture.transpose(turns[orientation])
    turned.format = picture.format
    for key in _EXIF_KEYS:  # so that nobody turns it once more
        turned.info.pop(key, None)
    return turned
