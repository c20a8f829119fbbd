"""The view of a sheet or board: where the scene comes to lie in the picture, and how it bends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

from synth.drawing.geometry import Point
from synth.drawing.looks import Homography

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Map = NDArray[np.float32]
else:
    Numbers = Map = Any

Sides = tuple[float, float, float, float]  # left, top, right, bottom

# Bending may move a place by so many units at most, so that nothing leaves the picture.
MOST_BENT = 3.0
_CELL = 8.0  # the finest bends, in units


@dataclass(frozen=True)
class Camera:
    """How a sheet or board is seen; lengths are in units.

    `sheet` is how far the sheet reaches beyond the scene, `beyond` how much is seen beyond the
    sheet: at sides where that is 0 the picture ends on the sheet. `turn` (radians) and `keystone`
    (how far the four corners lie off, as shares of the shorter side) are those of the camera;
    `bend` is how much the strokes are bent, from none to 1. No picture is `longest` times as wide
    as high, or as high as wide: the drawing stands at `place` in the room that this leaves on the
    sheet, as shares of it from left and top.
    """

    sheet: Sides = (6.0, 6.0, 6.0, 6.0)
    beyond: Sides = (0.0, 0.0, 0.0, 0.0)
    turn: float = 0.0
    keystone: tuple[tuple[float, float], ...] = ((0.0, 0.0),) * 4
    bend: float = 1.0
    longest: float = 3.0
    place: tuple[float, float] = (0.5, 0.5)

    def view(self, width: float, height: float, unit: float) -> View:
        """Return the view of a scene of a width and height in pixels, `unit` pixels a unit."""
        import cv2
        import numpy as np

        corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)
        # Long rows and columns would need much room for a turn.
        turn = self.turn * min(1.0, 3 * min(width, height) / max(width, height))
        cos, sin = math.cos(turn), math.sin(turn)
        # What is far from the camera is by little smaller where the way there is short.
        seen = corners + np.array(self.keystone) * min(width, height)
        seen = (seen - (width / 2, height / 2)) @ np.array([[cos, sin], [-sin, cos]])
        x, y = seen[:, 0], seen[:, 1]
        area = abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
        # Text keeps its size on average.
        seen *= math.sqrt(width * height / area)
        there: Homography = np.array(
            cv2.getPerspectiveTransform(corners.astype(np.float32), seen.astype(np.float32)),
            np.float64,
        )
        sheet = self._sheet(width / unit, height / unit)
        out = [s + b for s, b in zip(sheet, self.beyond, strict=True)]
        outer = _grown(width, height, out, unit)
        placed = _placed(there, outer)
        low = placed.min(axis=0)
        size = np.ceil(placed.max(axis=0) - low).astype(int)
        extra = _kept_orientation(width, height, int(size[0]), int(size[1]))
        move = np.eye(3)
        move[:2, 2] = -low + (extra[0] // 2, extra[1] // 2)
        # A sheet whose edge is not seen goes on beyond the picture.
        on = 40 + 0.4 * max(width, height) / unit
        far = [s if b else s + on for s, b in zip(sheet, self.beyond, strict=True)]
        return View(
            int(size[0]) + extra[0],
            int(size[1]) + extra[1],
            unit,
            move @ there,
            _grown(width, height, far, unit),
            (width, height),
            self.bend,
        )

    def _sheet(self, width: float, height: float) -> Sides:
        """Return how far the sheet reaches beyond a scene of a size in units."""
        left, top, right, bottom = self.sheet
        (x, y), whole = self.place, (width + left + right, height + top + bottom)
        wider = max(0.0, whole[1] / self.longest - whole[0])
        higher = max(0.0, whole[0] / self.longest - whole[1])
        return (
            *(left + x * wider, top + y * higher),
            *(right + (1 - x) * wider, bottom + (1 - y) * higher),
        )


def _kept_orientation(
    width: float, height: float, picture_width: int, picture_height: int
) -> tuple[int, int]:
    """Return what to add to a picture's sides, so that it stays wide or high like its scene."""
    if round(width) > round(height):
        return max(0, picture_height + 1 - picture_width), 0
    return 0, max(0, picture_width - picture_height)


def _grown(width: float, height: float, by: Sequence[float], unit: float) -> list[Point]:
    left, top, right, bottom = (each * unit for each in by)
    return [
        (-left, -top),
        (width + right, -top),
        (width + right, height + bottom),
        (-left, height + bottom),
    ]


def _placed(there: Homography, points: Sequence[Point] | Numbers) -> Numbers:
    import numpy as np

    known = np.asarray(points, np.float64)
    moved = known @ there[:, :2].T + there[:, 2]
    placed: Numbers = moved[:, :2] / moved[:, 2:]
    return placed


@dataclass(frozen=True)
class View:
    """A picture's width and height in pixels, and where the scene lies in it.

    `there` leads from the scene's places (pixels, `unit` of them a unit) to the picture's.
    `sheet` are the corners of the sheet or board and `scene` the scene's size, in the scene.
    """

    width: int
    height: int
    unit: float
    there: Homography
    sheet: list[Point]
    scene: tuple[float, float]
    bend: float

    def at(self, points: Sequence[Point] | Numbers) -> Numbers:
        """Return where places of the scene lie in the picture (N x 2)."""
        return _placed(self.there, points)

    def fixed(self, points: Sequence[Point] | Numbers) -> Any:
        """Return `at`, in the sixteenths of a pixel that OpenCV draws at."""
        import numpy as np

        return np.round((self.at(points) - 0.5) * 16).astype(np.int32)

    def within(self) -> tuple[int, int, int, int]:
        """Return the part of the picture that the scene takes up: x, y, width, height."""
        import numpy as np

        width, height = self.scene
        placed = self.at([(0, 0), (width, 0), (width, height), (0, height)])
        room = (MOST_BENT + 1) * self.unit
        low = np.maximum(np.floor(placed.min(axis=0) - room), 0).astype(int)
        high = np.ceil(placed.max(axis=0) + room).astype(int)
        high = np.minimum(high, (self.width, self.height))
        return int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1])

    def maps(self, fine: int, random: Random) -> tuple[Map, Map]:
        """Return where the pixels `within` look on a plane of `fine` pixels a pixel.

        The plane is bent on the way: boxes stand askew, lines climb, no letter equals another.
        """
        import cv2
        import numpy as np

        noise = np.random.default_rng(random.getrandbits(64))
        left, top, width, height = self.within()
        cell = max(5, round(_CELL * self.unit))
        columns, rows = -(-width // cell) + 2, -(-height // cell) + 2
        x = left + (np.arange(columns) - 0.5) * cell
        y = top + (np.arange(rows) - 0.5) * cell
        grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        back: Homography = np.linalg.inv(self.there).astype(np.float64)
        on_plane = _placed(back, grid).reshape(rows, columns, 2).astype(np.float32)
        bends = np.zeros((rows, columns, 2), np.float32)
        for reach, deviation in ((260.0, 1.5), (45.0, 0.6), (_CELL, 0.22)):
            share = reach / _CELL
            size = (max(2, round(rows / share)), max(2, round(columns / share)), 2)
            field = (deviation * noise.standard_normal(size)).astype(np.float32)
            if share > 1:
                field = cv2.resize(field, (columns, rows), interpolation=cv2.INTER_CUBIC)
            bends += field[:rows, :columns]
        np.clip(bends, -MOST_BENT, MOST_BENT, out=bends)
        on_plane += bends * np.float32(self.unit * self.bend)
        on_plane *= fine
        on_plane -= 0.5
        whole = (columns * cell, rows * cell)
        found = []
        for axis in range(2):
            full = cv2.resize(on_plane[:, :, axis].copy(), whole, interpolation=cv2.INTER_LINEAR)
            found.append(full[cell : cell + height, cell : cell + width])
        return found[0], found[1]
