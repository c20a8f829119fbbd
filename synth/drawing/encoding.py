"""Pixels to bytes: PNG for clean drawings, JPEG for what looks like a photo."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
else:
    Pixels = Any

Format = Literal["png", "jpeg"]

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Of ISA-L's levels the smallest files at level 0's speed; level 3 takes four times as long on line
# art, and what it writes depends on the processor.
PNG_LEVEL = 2


def encode(pixels: Pixels, form: Format, quality: int = 90, fine_colours: bool = True) -> bytes:
    """Return `pixels` (H x W grey, or H x W x 3 blue-green-red as OpenCV has them) as a file.

    PNG is written without row filters: on line art the search for one costs most of the time and
    makes larger files. JPEG keeps full colour resolution, as thin coloured strokes need it, unless
    `fine_colours` says that it may halve it, as cameras do; optimised or progressive files would
    be a tenth smaller, for two to six times the time.

    Raises ValueError for pixels of another shape or type, and for no pixels.
    """
    import cv2

    whole = pixels.size > 0 and pixels.dtype == "uint8"
    if not whole or not (pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] == 3)):
        raise ValueError(f"{pixels.dtype} {pixels.shape}: pixels are uint8, H x W or H x W x 3")
    if form == "png":
        return _png(pixels)
    full, half = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420
    colours = full if fine_colours else half
    options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, colours]
    try:
        done, data = cv2.imencode(".jpeg", pixels, options)
    except cv2.error as error:
        raise ValueError(f"OpenCV cannot write JPEG of {pixels.shape}: {error.err}") from None
    if not done:
        raise ValueError(f"OpenCV cannot write JPEG of {pixels.shape}")
    return bytes(data)


def _png(pixels: Pixels) -> bytes:
    import cv2
    import numpy as np
    from isal import isal_zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return len(data).to_bytes(4, "big") + body + isal_zlib.crc32(body).to_bytes(4, "big")

    height, width = pixels.shape[:2]
    grey = pixels.ndim == 2
    # Each row follows the number of its filter: 0, none.
    rows = np.empty((height, 1 + width * (1 if grey else 3)), np.uint8)
    rows[:, 0] = 0
    if grey:
        rows[:, 1:] = pixels
    else:
        # Straight into the rows, so that no copy is made.
        cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB, dst=rows[:, 1:].reshape(height, width, 3))
    # Eight bits a channel, the colour type, the only methods there are, no interlacing.
    head = struct.pack(">IIBBBBB", width, height, 8, 0 if grey else 2, 0, 0, 0)
    data = isal_zlib.compress(rows, PNG_LEVEL)
    return PNG_SIGNATURE + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


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


def decode_indexed(data: bytes) -> tuple[Pixels, Pixels] | None:
    """Return the indices (H x W) and the table (256 x 1 x 3, blue-green-red) of a palette PNG.

    None where `data` is anything but a whole PNG of eight bits with a palette, without row filters
    and transparency: what Graphviz writes through gd. `cv2.applyColorMap(indices, table)` is
    `decode(data)` in half the time; what is done to all pixels can be done to the table.
    """
    import numpy as np
    from isal import isal_zlib

    if data[:8] != PNG_SIGNATURE or data[24:29] != b"\x08\x03\0\0\0":
        return None
    width, height = struct.unpack(">II", data[16:24])
    table = np.zeros((256, 1, 3), np.uint8)
    parts, at = [], 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length
        if kind == b"tRNS":
            return None
        if kind == b"PLTE":
            colours = np.frombuffer(body, np.uint8).reshape(-1, 1, 3)
            table[: len(colours)] = colours[:, :, ::-1]
        elif kind == b"IDAT":
            parts.append(body)
    size = height * (width + 1)
    rows = np.frombuffer(isal_zlib.decompress(b"".join(parts), bufsize=size), np.uint8)
    rows = rows.reshape(height, width + 1)
    return None if rows[:, 0].any() else (rows[:, 1:], table)


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
