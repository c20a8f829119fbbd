"""Pictures made small enough to be carried inside the page."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass

from sketch2flow.pictures import PictureError, on_white, open_picture

SIZES = (1600, 1200, 900, 640, 400, 240)  # longest side, tried in this order
WIDE = 2.2  # times wider than high: too small to read in a third of the page


@dataclass(frozen=True)
class EmbeddedPicture:
    """A picture as a data URI, and whether it needs the page's full width."""

    uri: str
    wide: bool


def embed_picture(picture: bytes, budget: int) -> EmbeddedPicture | None:
    """Return the picture as a data URI of about at most `budget` bytes; None if unreadable.

    It is decoded and encoded anew (WebP on white), so that nothing but pixels gets through.
    """
    try:
        flat = on_white(open_picture(picture, draft=SIZES[0]))
    except PictureError:
        return None
    encoded = b""
    for size in SIZES:
        small = flat.copy()
        small.thumbnail((size, size))
        out = io.BytesIO()
        small.save(out, "WEBP", quality=80, method=3)
        encoded = out.getvalue()
        if len(encoded) * 4 / 3 <= budget:
            break
    uri = f"data:image/webp;base64,{base64.b64encode(encoded).decode()}"
    return EmbeddedPicture(uri, wide=flat.width > WIDE * flat.height)
