"""Sheets of paper: their rulings, margins and holes, on a table or filling the picture."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, Literal

from synth.drawing.colours import Colour
from synth.drawing.encoding import Pixels
from synth.drawing.hand import textures
from synth.drawing.hand.areas import paint, shade
from synth.drawing.hand.camera import View
from synth.drawing.hand.desk import Desk
from synth.drawing.hand.sketching import Fill

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
else:
    Numbers = Any

Ruling = Literal["none", "squares", "lines", "dots"]


@dataclass(frozen=True)
class Paper:
    """A sheet; lengths are in units, colours blue, green, red.

    `pitch` is the way from ruling to ruling. `margin` is a margin's line so far right of the
    sheet's left edge, or of the picture's; `holes` are punched along that edge. `smudges` says
    how many traces of an eraser there are. Where `desk` is None no table is seen.
    """

    tint: Colour = (250, 251, 252)
    ruling: Ruling = "none"
    pitch: float = 12.0
    line: Colour = (228, 205, 180)
    margin: float | None = None
    margin_line: Colour = (165, 160, 235)
    holes: int = 0
    smudges: int = 0
    grey: bool = False
    desk: Desk | None = None

    def lay(self, view: View, fills: list[Fill], random: Random) -> Pixels:
        """Return the sheet with what is filled on it (H x W x 3, or H x W where it is grey)."""
        import cv2

        if self.desk is None:
            tint = self.tint[1] if self.grey else self.tint
            picture = textures.plain(view.width, view.height, tint)
        else:
            picture = self.desk.lay(view, random)
            paint(picture, view.at(view.sheet), self.tint)
        for fill in fills:
            paint(picture, view.at(fill.corners), fill.colour)
        self._rule(picture, view, random)
        self._punch(picture, view)
        for _ in range(self.smudges):
            _smudge(picture, view, random)
        fibre = textures.window(textures.fibre, view.width, view.height, random)
        if not self.grey:
            fibre = cv2.cvtColor(fibre, cv2.COLOR_GRAY2BGR)
        cv2.subtract(picture, fibre, picture)
        return picture

    def _rule(self, picture: Pixels, view: View, random: Random) -> None:
        """Draw the rulings over the part of the sheet that is seen."""
        import cv2
        import numpy as np

        left, top, right, bottom = _seen(view)
        pitch = self.pitch * view.unit
        tone = self.line[1] if self.grey else self.line
        thick = max(1, round(0.55 * view.unit))
        first_x = left + random.uniform(0.2, 0.9) * pitch
        first_y = top + random.uniform(0.2, 0.9) * pitch
        ys = np.arange(first_y, bottom, pitch)
        xs = np.arange(first_x, right, pitch)
        if self.ruling == "dots":
            grid = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
            for x, y in view.fixed(grid):
                cv2.circle(picture, (int(x), int(y)), 9 * thick, tone, -1, cv2.LINE_AA, 4)
            return
        rows = np.stack([_ends(ys, left, 1), _ends(ys, right, 1)], axis=1)
        columns = np.stack([_ends(xs, top, 0), _ends(xs, bottom, 0)], axis=1)
        lines = {"lines": [rows], "squares": [rows, columns], "none": []}[self.ruling]
        for points in lines:
            if len(points):
                self._lines(picture, view.fixed(points.reshape(-1, 2)).reshape(-1, 2, 2), thick)
        if self.margin is not None:
            x = left + self.margin * view.unit
            line = view.fixed([(x, top), (x, bottom)])
            tone = self.margin_line[1] if self.grey else self.margin_line
            cv2.polylines(picture, [line], False, tone, max(1, thick), cv2.LINE_AA, 4)

    def _lines(self, picture: Pixels, lines: Any, thick: int) -> None:
        """Draw parallel lines: fine ones beside each other, as OpenCV's thick ones are slow."""
        import cv2

        tone = self.line[1] if self.grey else self.line
        for step in range(thick):
            beside = list(lines + 16 * step)
            cv2.polylines(picture, beside, False, tone, 1, cv2.LINE_AA, 4)

    def _punch(self, picture: Pixels, view: View) -> None:
        import numpy as np

        if not self.holes:
            return
        left, top, _, bottom = _seen(view)
        turns = np.linspace(0, 2 * np.pi, 24, endpoint=False)
        ring = np.column_stack([np.cos(turns), np.sin(turns)]) * 4.2 * view.unit
        below = self.desk.colour if self.desk else (112, 116, 120)
        for index in range(self.holes):
            y = top + (bottom - top) * (index + 0.5) / self.holes
            x = left + 8.5 * view.unit
            hole = ring + np.array((x, y))
            paint(picture, view.at(hole), below)
            # The sheet's thickness throws a shadow into the hole.
            shade(picture, view.at(hole * 0.9 + np.array((x, y)) * 0.1) - 0.5 * view.unit, 0.75)


def _ends(places: Numbers, other: float, axis: int) -> Numbers:
    """Return places along an axis as points whose other coordinate is the same."""
    import numpy as np

    same = np.full(len(places), other)
    return np.column_stack([same, places] if axis == 1 else [places, same])


def _seen(view: View) -> tuple[float, float, float, float]:
    """Return the part of the sheet that the picture shows: left, top, right, bottom."""
    import numpy as np

    picture = [(0, 0), (view.width, 0), (view.width, view.height), (0, view.height)]
    back = np.linalg.inv(view.there)
    moved = np.array([(x, y, 1.0) for x, y in picture]) @ back.T
    corners = moved[:, :2] / moved[:, 2:]
    low, high = corners.min(axis=0), corners.max(axis=0)
    (left, top), (right, bottom) = view.sheet[0], view.sheet[2]
    return (
        float(max(left, low[0])),
        float(max(top, low[1])),
        float(min(right, high[0])),
        float(min(bottom, high[1])),
    )


def _smudge(picture: Pixels, view: View, random: Random) -> None:
    """Darken a soft patch a little, as an eraser leaves it."""
    import cv2
    import numpy as np

    unit = view.unit
    x, y = random.uniform(0, view.width), random.uniform(0, view.height)
    wide, high = random.uniform(15, 50) * unit, random.uniform(6, 16) * unit
    low = np.clip(np.array([x - wide, y - high]).astype(int), 0, None)
    place = picture[low[1] : int(y + high), low[0] : int(x + wide)]
    if place.size == 0:
        return
    rows, columns = place.shape[:2]
    down, across = np.mgrid[-1:1:12j, -1:1:24j]
    soft = np.clip(1 - across**2 - down**2, 0, 1) * random.uniform(6, 20)
    stain = cv2.resize(soft.astype(np.uint8), (columns, rows))
    if picture.ndim == 3:
        stain = cv2.cvtColor(stain, cv2.COLOR_GRAY2BGR)
    cv2.subtract(place, stain, dst=place)
