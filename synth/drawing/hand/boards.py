"""Boards on a wall: white or for chalk, with their frame, tray and what was wiped away."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Literal

from synth.drawing.colours import Colour
from synth.drawing.encoding import Pixels
from synth.drawing.hand import textures
from synth.drawing.hand.areas import bar, larger, paint, ring, shade, toned
from synth.drawing.hand.camera import View
from synth.drawing.hand.sketching import Fill

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
        picture = textures.plain(view.width, view.height, self.tint)
        self._wipe(picture, view, random)
        if self.frame is not None:
            self._frame(picture, view, self.frame * view.unit)
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

    def _frame(self, picture: Pixels, view: View, width: float) -> None:
        """Paint a frame of a width in pixels around the board, and the wall beyond it."""
        metal, unit = self.frame_colour, view.unit
        outer = larger(view.sheet, width)
        # The picture ends somewhere on the wall.
        far = larger(view.sheet, width + 0.3 * max(view.width, view.height))
        cast = [(x + 2.5 * unit, y + 4 * unit) for x, y in outer]
        for side in ring(far, outer):
            paint(picture, view.at(side), self.wall)
        for side in ring(cast, view.sheet):
            shade(picture, view.at(side), 0.8)
        edges = (1.0, 0.8, 0.7, 0.45, 0.12, 0.0)
        for (start, end), light in zip(pairwise(edges), (1.0, 0.62, 1.12, 0.92, 0.6), strict=True):
            for side in ring(larger(view.sheet, start * width), larger(view.sheet, end * width)):
                paint(picture, view.at(side), toned(metal, light))

    def _tray(self, picture: Pixels, view: View, random: Random) -> None:
        """Hang a tray below the board, with what lies in it."""
        assert self.frame is not None
        unit = view.unit
        (left, _), (right, bottom) = view.sheet[0], view.sheet[2]
        middle, half = (left + right) / 2, (right - left) * random.uniform(0.25, 0.45)
        top = bottom + 0.55 * self.frame * unit
        low = top + 11 * unit
        body = self.frame_colour if self.kind == "white" else toned(self.frame_colour, 0.8)
        tray = bar(middle - half, top, middle + half, low)
        shade(picture, view.at([(x, y + 3 * unit) for x, y in tray]), 0.75)
        paint(picture, view.at(tray), body)
        edge = bar(middle - half, low - 2.2 * unit, middle + half, low)
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
            paint(picture, view.at(bar(x, bottom - 4 * unit, x + 16 * unit, bottom)), chalk)
            return
        if random.random() < 0.25:
            felt = bar(x, bottom - 8 * unit, x + 26 * unit, bottom)
            paint(picture, view.at(felt), (70, 66, 64))
            back = bar(x, bottom - 8 * unit, x + 26 * unit, bottom - 4 * unit)
            paint(picture, view.at(back), (170, 110, 50))
            return
        colour = random.choice(_MARKERS)
        paint(picture, view.at(bar(x, bottom - 5 * unit, x + 30 * unit, bottom)), (225, 226, 226))
        paint(
            picture, view.at(bar(x + 20 * unit, bottom - 5 * unit, x + 31 * unit, bottom)), colour
        )
