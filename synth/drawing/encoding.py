"""Pixels to bytes: PNG for clean drawings, JPEG for what looks like a photo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
else:
    Pixels = Any

Format = Literal["png", "jpeg"]


def encode(pixels: Pixels, form: Format, quality: int = 90, fine_colours: bool = True) -> bytes:
    """Return `pixels` (grey, or blue-green-red as OpenCV has them) as a picture file.

    PNG is written without row filters: on line art the search for one costs most of the time and
    makes larger files. JPEG keeps full colour resolution, as thin coloured strokes need it, unless
    `fine_colours` says that it may halve it, as cameras do.
    """
    import cv2

    if form == "png":
        options = [
            cv2.IMWRITE_PNG_COMPRESSION,
            3,
            cv2.IMWRITE_PNG_FILTER,
            cv2.IMWRITE_PNG_FILTER_NONE,
        ]
    else:
        full, half = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420
        colours = full if fine_colours else half
        options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, colours]
    done, data = cv2.imencode(f".{form}", pixels, options)
    if not done:
        raise ValueError(f"OpenCV cannot write {form} of {pixels.shape}")
    return bytes(data)


def decode(data: bytes, colour: bool = True) -> Pixels:
    """Return the pixels of a picture file, as it is seen: turned as it asks, on white ground.

    Raises ValueError where it is no picture.
    """
    import cv2
    import numpy as np

    mode = cv2.IMREAD_COLOR if colour else cv2.IMREAD_GRAYSCALE
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), mode) if data else None
    if pixels is None:
        raise ValueError(f"no picture that OpenCV can read ({len(data)} bytes)")
    found: Pixels = pixels
    return found


def on_white(data: bytes) -> Pixels:
    """Return `decode(data)`, but with what is transparent in it shown as white.

    Only files of others need it: ours have no transparency.
    """
    import cv2
    import numpy as np

    pixels = decode(data)
    if data[:3] == b"\xff\xd8\xff" or _opaque_png(data):  # JPEG has no transparency
        return pixels
    raw = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if raw is None or raw.ndim != 3 or raw.shape[2] != 4 or raw.shape[:2] != pixels.shape[:2]:
        return pixels
    cover = raw[:, :, 3:].astype(np.float32) / np.iinfo(raw.dtype).max
    seen: Pixels = np.round(pixels * cover + 255 * (1 - cover)).astype(np.uint8)
    return seen


def _opaque_png(data: bytes) -> bool:
    """Tell whether a file is a PNG without transparency, by its header."""
    # After the signature and IHDR's length, name, width, height and depth comes the colour type:
    # 4 and 6 have an alpha channel; any other has transparency by a chunk before the pixels only.
    if data[:8] != b"\x89PNG\r\n\x1a\n" or len(data) < 33:
        return False
    return data[25] in (0, 2, 3) and b"tRNS" not in data[: data.find(b"IDAT")]
