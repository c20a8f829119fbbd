"""Panels with round corners, borders and soft shadows: drawn once small, then pulled to any size.

A panel's corners and edges are the same at every size, so that a picture of it, not larger than
its corners need, is kept; pulling its edges costs a twentieth of drawing the panel.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from synth.drawing.colours import Colour
from synth.drawing.encoding import Pixels
from synth.drawing.geometry import Box

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Field = NDArray[np.float32]
else:
    Field = Any

# Panels of no more pixels are kept whole.
_SMALL = 4096

Rounded = Literal["all", "top", "bottom", "left"]


@dataclass(frozen=True)
class Plate:
    """How a panel looks on a ground of one colour; lengths are whole pixels.

    `line` is the border's width. The shadow is `blur` wide and moved down by `drop`; `depth` says
    how dark it is (0 to 1). `bar` is a strip of colour along the left or the upper edge.
    """

    fill: Colour
    ground: Colour
    radius: int = 0
    border: Colour | None = None
    line: int = 1
    blur: int = 0
    drop: int = 0
    depth: float = 0.12
    bar: Colour | None = None
    bar_width: int = 0
    bar_side: Literal["left", "top"] = "left"
    rounded: Rounded = "all"

    @property
    def outside(self) -> int:
        """How far the shadow reaches beyond the panel."""
        return self.blur + self.drop if self.blur or self.drop else 0


def press(pixels: Pixels, box: Box, plate: Plate) -> None:
    """Draw a panel onto H x W x 3 pixels; its edges lie on whole pixels."""
    height, width = pixels.shape[:2]
    left, top = max(0, round(box.x)), max(0, round(box.y))
    right, bottom = min(width, round(box.right)), min(height, round(box.bottom))
    if right - left < 1 or bottom - top < 1:
        return
    half = min(right - left, bottom - top) // 2
    if plate.radius > half:
        plate = replace(plate, radius=half)
    room = min(left, top, width - right, height - bottom)
    if plate.outside > room:
        plate = replace(plate, blur=0, drop=0)
    if not plate.outside and (right - left) * (bottom - top) <= _SMALL:
        pixels[top:bottom, left:right] = _whole(plate, right - left, bottom - top)
    else:
        _assemble(pixels, (left, top, right, bottom), plate)


@lru_cache(maxsize=512)
def _whole(plate: Plate, width: int, height: int) -> Pixels:
    """Return the picture of a small panel, such as a tile or a pill: they come again and again."""
    import numpy as np

    picture = np.empty((height, width, 3), np.uint8)
    _assemble(picture, (0, 0, width, height), plate)
    picture.setflags(write=False)
    return picture


def _assemble(pixels: Pixels, edges: tuple[int, int, int, int], plate: Plate) -> None:
    """Draw a panel from its corners and edges; left, top, right and bottom are the panel's own."""
    left, top, right, bottom = edges
    tile = _tile(plate)
    middle = tile.shape[0] // 2
    out = plate.outside
    left, top, right, bottom = left - out, top - out, right + out, bottom + out
    # Panels smaller than their corners need keep the outer part of each.
    across, down = min(middle, (right - left) // 2), min(middle, (bottom - top) // 2)
    for rows, source in (
        (slice(top, top + down), slice(0, down)),
        (slice(top + down, bottom - down), slice(middle, middle + 1)),
        (slice(bottom - down, bottom), slice(tile.shape[0] - down, None)),
    ):
        if rows.start >= rows.stop:
            continue
        band = tile[source]
        pixels[rows, left : left + across] = band[:, :across]
        pixels[rows, right - across : right] = band[:, tile.shape[1] - across :]
        _pull(pixels[rows, left + across : right - across], band[:, middle : middle + 1])


def _pull(area: Pixels, column: Pixels) -> None:
    """Fill an area with a column of pixels, or with one pixel."""
    import cv2

    height, width = area.shape[:2]
    if height == 0 or width == 0:
        return
    if column.shape[0] == 1:
        cv2.rectangle(area, (0, 0), (width, height), column[0, 0].tolist(), -1)
    else:
        # The same as `area[:] = column`, in a quarter of the time.
        cv2.resize(column, (width, height), dst=area, interpolation=cv2.INTER_NEAREST)


@lru_cache(maxsize=192)
def _tile(plate: Plate) -> Pixels:
    """Return the smallest picture of a panel: its corners, and one pixel between them."""
    import numpy as np

    out = plate.outside
    core = max(plate.radius, plate.line if plate.border else 0, plate.bar_width) + 1
    half = out + core + plate.outside
    side = 2 * half + 1
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) + 0.5
    low, high = float(out), float(side - out)
    away = _distance(x, y, low, high, plate)
    picture = np.empty((side, side, 3), np.float32)
    picture[:] = plate.ground
    if out:
        blur = max(1.0, float(plate.blur))
        shade = np.clip(0.5 - _distance(x, y - plate.drop, low, high, plate) / (2 * blur), 0, 1)
        picture *= 1 - (plate.depth * shade * shade * (3 - 2 * shade))[:, :, None]
    cover = np.clip(0.5 - away, 0, 1)
    inner = cover
    if plate.border is not None:
        _mix(picture, plate.border, cover)
        inner = np.clip(0.5 - away - plate.line, 0, 1)
    _mix(picture, plate.fill, inner)
    if plate.bar is not None:
        along = x if plate.bar_side == "left" else y
        _mix(picture, plate.bar, cover * np.clip(low + plate.bar_width - along + 0.5, 0, 1))
    tile: Pixels = np.round(picture).astype(np.uint8)
    tile.setflags(write=False)
    return tile


def _mix(picture: Field, colour: Colour, cover: Field) -> None:
    import numpy as np

    picture += (np.array(colour, np.float32) - picture) * cover[:, :, None]


def _distance(x: Field, y: Field, low: float, high: float, plate: Plate) -> Field:
    """Return how far each place lies outside the panel (negative: inside)."""
    import numpy as np

    middle = (low + high) / 2
    radius = np.full(x.shape, plate.radius, np.float32)
    if plate.rounded == "top":
        radius[y > middle] = 0
    elif plate.rounded == "bottom":
        radius[y < middle] = 0
    elif plate.rounded == "left":
        radius[x > middle] = 0
    across = np.abs(x - middle) - (high - low) / 2 + radius
    down = np.abs(y - middle) - (high - low) / 2 + radius
    outside = np.hypot(np.maximum(across, 0), np.maximum(down, 0))
    distance: Field = outside + np.minimum(np.maximum(across, down), 0) - radius
    return distance
