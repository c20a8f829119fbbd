"""Many pictures on one: a contact sheet for metadata, small enough to be kept in a database."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sketch2flow.pictures import PictureError, on_white, open_picture

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_BYTES = 200_000
MAX_PICTURES = 64
SMALLEST_TILE = 60

_CAPTION = 15  # pixels
_GAP = 6


def contact_sheet(
    pictures: Sequence[tuple[bytes, str]], columns: int = 4, tile: int = 260
) -> bytes:
    """Return a PNG of fewer than 200 kB that shows `pictures` with their captions in a grid.

    Tiles are `tile` pixels wide and high, pictures are made smaller to fit but never larger;
    where the file would be too large, the tiles shrink. A picture that cannot be read shows its
    caption only. At most the first 64 are shown.
    """
    columns = max(1, min(columns, len(pictures) or 1))
    size = max(SMALLEST_TILE, tile)
    tiles = [(_thumbnail(data, size), caption) for data, caption in pictures[:MAX_PICTURES]]
    while True:
        sheet = _sheet(tiles, columns, size)
        if len(sheet) < MAX_BYTES or size <= SMALLEST_TILE:
            return sheet
        size = max(SMALLEST_TILE, int(size * min(0.9, 0.95 * math.sqrt(MAX_BYTES / len(sheet)))))


def _thumbnail(data: bytes, tile: int) -> Image:
    from PIL import Image

    try:
        small = on_white(open_picture(data, draft=tile))
    except PictureError:
        return Image.new("RGB", (tile, tile), (200, 200, 200))
    small.thumbnail((tile, tile))
    return small


def _sheet(tiles: Sequence[tuple[Image, str]], columns: int, tile: int) -> bytes:
    from PIL import Image, ImageDraw

    from synth.drawing.fonts import SANS

    rows = max(1, math.ceil(len(tiles) / columns))
    step, down = tile + _GAP, tile + _CAPTION + _GAP
    sheet = Image.new("RGB", (columns * step + _GAP, rows * down + _GAP), (225, 225, 225))
    pen, font = ImageDraw.Draw(sheet), SANS.at(11)
    for index, (picture, caption) in enumerate(tiles):
        x, y = _GAP + index % columns * step, _GAP + index // columns * down
        small = picture.copy()
        small.thumbnail((tile, tile))
        sheet.paste(small, (x + (tile - small.width) // 2, y + (tile - small.height) // 2))
        text = " ".join(caption.split())
        while text and font.getlength(text) > tile:
            text = text[:-1]
        pen.text((x, y + tile + 1), text, fill=(40, 40, 40), font=font)
    file = io.BytesIO()
    # Few colours keep the file small; captions and strokes need no more.
    few = sheet.quantize(64, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(file, "PNG", optimize=True)
    return file.getvalue()
