"""The pixels of a screen: panels, icons, wires and text on a ground of one colour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from synth.drawing import glyphs
from synth.drawing.colours import Colour, mixed
from synth.drawing.encoding import Pixels
from synth.drawing.geometry import Box, Point
from synth.drawing.outlines import polygon
from synth.drawing.scene import TextLine
from synth.drawing.ui.icons import Mask, icon
from synth.drawing.ui.plates import Plate, press

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Places = NDArray[np.int32]
else:
    Places = Any

# Lines are drawn at sixteenths of a pixel.
_SHIFT = 4
# OpenCV draws smooth lines 1.4, 3.5 or 5.5 pixels wide and none between: wider ones than the
# thinnest are made of several, side by side.
_THIN = 1.4


class Board:
    """A screen of H x W x 3 pixels; lengths are in pixels."""

    def __init__(self, width: float, height: float, ground: Colour) -> None:
        import numpy as np

        self.ground = ground
        self.pixels: Pixels = np.empty((math.ceil(height), math.ceil(width), 3), np.uint8)
        # Copying a row is a hundred times faster than spreading a colour.
        self.pixels[0] = ground
        self.pixels[1:] = self.pixels[0]

    def colour_at(self, x: float, y: float) -> Colour:
        """Return the colour of a pixel."""
        height, width = self.pixels.shape[:2]
        row, column = min(max(0, round(y)), height - 1), min(max(0, round(x)), width - 1)
        blue, green, red = self.pixels[row, column].tolist()
        return blue, green, red

    def panel(self, box: Box, plate: Plate) -> None:
        """Draw a panel with its border and shadow."""
        press(self.pixels, box, plate)

    def block(self, box: Box, colour: Colour) -> None:
        """Fill a rectangle; its edges lie on whole pixels."""
        import cv2

        left, top = round(box.x), round(box.y)
        right, bottom = max(left + 1, round(box.right)), max(top + 1, round(box.bottom))
        cv2.rectangle(self.pixels, (left, top), (right - 1, bottom - 1), colour, -1)

    def symbol(self, name: str, centre: Point, size: float, colour: Colour) -> None:
        """Draw an icon around a place; what would lie outside is left out."""
        self.stamp(icon(name, max(6, round(size))), centre, colour)

    def stamp(self, mask: Mask, centre: Point, colour: Colour) -> None:
        """Lay ink (H x W x 1, 0 to 1) of a colour around a place."""
        import numpy as np

        high, wide = mask.shape[:2]
        x, y = round(centre[0] - wide / 2), round(centre[1] - high / 2)
        height, width = self.pixels.shape[:2]
        left, top = max(0, -x), max(0, -y)
        right, bottom = min(wide, width - x), min(high, height - y)
        if right <= left or bottom <= top:
            return
        area = self.pixels[y + top : y + bottom, x + left : x + right]
        ink = mask[top:bottom, left:right]
        area[:] = area + (np.array(colour, np.float32) - area) * ink + 0.5

    def disc(self, centre: Point, radius: float, colour: Colour) -> None:
        """Fill a circle."""
        import cv2

        ((x, y),) = _fixed([centre]).tolist()
        reach = round(radius * (1 << _SHIFT))
        cv2.circle(self.pixels, (x, y), reach, colour, -1, cv2.LINE_AA, _SHIFT)

    def wire(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        """Draw along points: level and upright pieces sharp, of whole pixels."""
        thick = max(1, round(width))
        if width < 1:
            colour = mixed(self.ground, colour, max(0.4, width))
        half = thick / 2
        slanted: list[list[Point]] = []
        for (ax, ay), (bx, by) in pairwise(points):
            if ax == bx or ay == by:
                left, top = round(min(ax, bx) - half), round(min(ay, by) - half)
                long = round(max(abs(bx - ax), abs(by - ay))) + thick
                across, down = (thick, long) if ax == bx else (long, thick)
                self.block(Box(left, top, across, down), colour)
            elif slanted and slanted[-1][-1] == (ax, ay):
                slanted[-1].append((bx, by))
            else:
                slanted.append([(ax, ay), (bx, by)])
        for piece in slanted:
            self.curve(piece, colour, thick)

    def curve(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        """Draw smoothly along points, which turn gently."""
        import cv2

        lines = [_fixed(points)] if width <= _THIN else _side_by_side(points, width)
        cv2.polylines(self.pixels, lines, False, colour, 1, cv2.LINE_AA, _SHIFT)

    def dashed_frame(
        self, box: Box, radius: float, colour: Colour, width: float, on: float, off: float
    ) -> None:
        """Draw a border of dashes, its round corners whole."""
        import numpy as np

        thick = max(1, round(width))
        left, top, right, bottom = (round(v) for v in (box.x, box.y, box.right, box.bottom))
        reach = round(min(radius, box.width / 2, box.height / 2))
        for rows, columns in (
            (slice(top, top + thick), slice(left + reach, right - reach)),
            (slice(bottom - thick, bottom), slice(left + reach, right - reach)),
            (slice(top + reach, bottom - reach), slice(left, left + thick)),
            (slice(top + reach, bottom - reach), slice(right - thick, right)),
        ):
            side = self.pixels[rows, columns]
            upright = side.shape[0] > thick
            long = side.shape[0] if upright else side.shape[1]
            # The gaps are the same at both ends.
            shown = (np.arange(long) + on - (long % (on + off) - off) / 2) % (on + off) < on
            if upright:
                side[shown] = colour
            else:
                side[:, shown] = colour
        half = thick / 2
        middle = Box(left + half, top + half, right - left - thick, bottom - top - thick)
        edge = polygon("rounded", middle, reach - half)
        if reach > thick:
            count = len(edge) // 4
            for corner in range(4):
                self.curve(edge[corner * count : (corner + 1) * count], colour, thick)

    def shape(self, points: Sequence[Point], colour: Colour) -> None:
        """Fill a convex polygon."""
        import cv2

        cv2.fillConvexPoly(self.pixels, _fixed(points), colour, cv2.LINE_AA, _SHIFT)

    def dots(self, step: float, size: float, colour: Colour) -> None:
        """Cover the ground with a grid of dots."""
        every, wide = max(4, round(step)), max(1, round(size))
        first = every // 2
        for row in range(wide):
            for column in range(wide):
                self.pixels[first + row :: every, first + column :: every] = colour

    def grid(self, step: float, colour: Colour) -> None:
        """Cover the ground with squares."""
        every = max(4, round(step))
        self.pixels[every // 2 :: every] = colour
        self.pixels[:, every // 2 :: every] = colour

    def write(self, lines: Sequence[TextLine], colour: Colour) -> None:
        """Write lines of text."""
        glyphs.write(self.pixels, lines, colour)


def _side_by_side(points: Sequence[Point], width: float) -> list[Places]:
    """Return thin lines next to each other that make one of some width."""
    import numpy as np

    way = np.array(points, np.float64)
    along = np.gradient(way, axis=0)
    along /= np.maximum(np.hypot(along[:, :1], along[:, 1:]), 1e-9)
    aside = along[:, ::-1] * (-1, 1)
    reach = (width - _THIN) / 2
    count = math.ceil(width - _THIN) + 1
    return [_fixed(way + aside * far) for far in np.linspace(-reach, reach, count)]


def _fixed(points: Any) -> Places:
    """Return points in sixteenths of a pixel; a pixel's middle has whole numbers in OpenCV."""
    import numpy as np

    return np.round((np.array(points, np.float64) - 0.5) * (1 << _SHIFT)).astype(np.int32)
