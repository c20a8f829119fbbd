"""Boards on a wall: white or for chalk, with their frame, tray and what was wiped away."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, Literal

from synth.drawing.canvas import Colour
from synth.drawing.encoding import Pixels
from synth.drawing.geometry import Point
from synth.drawing.hand import textures
from synth.drawing.hand.areas import paint, shade, toned
from synth.drawing.hand.camera import View
from synth.drawing.hand.sketching import Fill

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
else:
    Numbers = Any

_MARKERS: tuple[Colour, ...] = ((45, 40, 40), (170, 80, 30), (60, 50, 190), (80, 130, 30))


@dataclass(frozen=True)
class Board:
    """A board; lengths are in units, colours blue, green, red.

    `frame` is the frame's width, None where it is not seen; `tray` says that one hangs below.
    `ghosts` is how strongly wiped writing shows, `wiped` how strongly the sponge's traces do:
    shares of 1. Chalk leaves light traces, markers dark ones.
    """

    tint: Colour = (236, 238, 238)
    kind: Literal["white", "chalk"] = "white"
    frame: float | None = None
    frame_colour: Colour = (188, 186, 184)
    wall: Colour = (196, 204, 208)
    tray: bool = False
    ghosts: float = 0.4
    wiped: float = 0.3

    def lay(self, view: View, fills: list[Fill], random: Random) -> Pixels:
        """Return the board with what hangs on it (H x W x 3)."""
        import cv2
        import numpy as np

        picture = textures.plain(view.width, view.height, self.tint)
        self._wipe(picture, view, random)
        if self.frame is not None:
            board = picture
            picture = textures.plain(view.width, view.height, self.wall)
            self._frame(picture, view)
            inside = np.zeros(picture.shape[:2], np.uint8)
            cv2.fillPoly(inside, [view.fixed(view.sheet)], 255, cv2.LINE_8, 4)
            cv2.copyTo(board, inside, picture)
            if self.tray:
                self._tray(picture, view, random)
        for fill in fills:
            paint(picture, view.at(fill.corners), fill.colour)
        return picture

    def _wipe(self, picture: Pixels, view: View, random: Random) -> None:
        import cv2

        size, zoom = (view.width, view.height), 0.8 * view.unit
        ghosts = textures.cut(textures.ghosts, *size, random, zoom)
        wiped = textures.cut(textures.wiped, *size, random, zoom)
        traces = cv2.addWeighted(ghosts, self.ghosts, wiped, self.wiped, 0)
        traces = textures.fitted(traces, *size)
        if self.kind == "chalk":
            cv2.add(picture, cv2.cvtColor(traces, cv2.COLOR_GRAY2BGR), picture)
            return
        # What is left of blue ink swallows less of the blue.
        blue = cv2.convertScaleAbs(traces, alpha=random.uniform(0.55, 1.0))
        cv2.subtract(picture, cv2.merge([blue, traces, traces]), picture)

    def _frame(self, picture: Pixels, view: View) -> None:
        assert self.frame is not None
        width, unit = self.frame * view.unit, view.unit
        outer = _larger(view.sheet, width)
        shade(picture, view.at([(x + 2.5 * unit, y + 4 * unit) for x, y in outer]), 0.8)
        paint(picture, view.at(outer), self.frame_colour)
        dark = toned(self.frame_colour, 0.62)
        paint(picture, view.at(_larger(view.sheet, 0.78 * width)), dark)
        paint(picture, view.at(_larger(view.sheet, 0.7 * width)), toned(self.frame_colour, 1.12))
        paint(picture, view.at(_larger(view.sheet, 0.45 * width)), toned(self.frame_colour, 0.92))
        paint(picture, view.at(_larger(view.sheet, 0.12 * width)), dark)

    def _tray(self, picture: Pixels, view: View, random: Random) -> None:
        """Hang a tray below the board, with what lies in it."""
        assert self.frame is not None
        unit = view.unit
        (left, _), (right, bottom) = view.sheet[0], view.sheet[2]
        middle, half = (left + right) / 2, (right - left) * random.uniform(0.25, 0.45)
        top = bottom + 0.55 * self.frame * unit
        low = top + 11 * unit
        body = self.frame_colour if self.kind == "white" else toned(self.frame_colour, 0.8)
        tray = _bar(middle - half, top, middle + half, low)
        shade(picture, view.at([(x, y + 3 * unit) for x, y in tray]), 0.75)
        paint(picture, view.at(tray), body)
        edge = _bar(middle - half, low - 2.2 * unit, middle + half, low)
        paint(picture, view.at(edge), toned(body, 0.75))
        x = middle - half + random.uniform(4, 60) * unit
        while x < middle + half - 40 * unit:
            self._lying(picture, view, x, low - 2 * unit, random)
            x += random.uniform(34, 120) * unit

    def _lying(self, picture: Pixels, view: View, x: float, bottom: float, random: Random) -> None:
        """Put a marker, a piece of chalk or a sponge into the tray."""
        unit = view.unit
        if self.kind == "chalk":
            chalk = random.choice(((235, 240, 240), (235, 240, 240), (120, 220, 240)))
            paint(picture, view.at(_bar(x, bottom - 4 * unit, x + 16 * unit, bottom)), chalk)
            return
        if random.random() < 0.25:
            felt = _bar(x, bottom - 8 * unit, x + 26 * unit, bottom)
            paint(picture, view.at(felt), (70, 66, 64))
            back = _bar(x, bottom - 8 * unit, x + 26 * unit, bottom - 4 * unit)
            paint(picture, view.at(back), (170, 110, 50))
            return
        colour = random.choice(_MARKERS)
        paint(picture, view.at(_bar(x, bottom - 5 * unit, x + 30 * unit, bottom)), (225, 226, 226))
        paint(
            picture, view.at(_bar(x + 20 * unit, bottom - 5 * unit, x + 31 * unit, bottom)), colour
        )


def _larger(corners: list[Point], by: float) -> list[Point]:
    (left, top), (right, bottom) = corners[0], corners[2]
    return _bar(left - by, top - by, right + by, bottom + by)


def _bar(left: float, top: float, right: float, bottom: float) -> list[Point]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]
