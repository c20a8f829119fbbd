"""Things that lie around a sheet: pens, cups, phones, rulers, keyboards, other papers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, Any, Literal

from synth.drawing.colours import Colour
from synth.drawing.encoding import Pixels
from synth.drawing.geometry import Point
from synth.drawing.hand.areas import paint, shade, toned
from synth.drawing.hand.camera import View

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
else:
    Numbers = Any

Thing = Literal["pen", "cup", "phone", "ruler", "paper", "keyboard", "eraser"]


@dataclass(frozen=True)
class _Spot:
    """A strip of table: its middle, the direction of its length, its length and depth."""

    x: float
    y: float
    along: Point
    length: float
    depth: float

    def away(self, by: float) -> _Spot:
        """Return the spot further from the sheet."""
        return replace(self, x=self.x + self.along[1] * by, y=self.y - self.along[0] * by)

    def bar(self, length: float, thick: float, turn: float, shift: float = 0.0) -> Numbers:
        """Return the corners of a bar that lies along the spot, turned a little."""
        import numpy as np

        angle = math.atan2(self.along[1], self.along[0]) + turn
        way, aside = np.array([math.cos(angle), math.sin(angle)]), np.zeros(2)
        aside[:] = -way[1], way[0]
        middle = np.array([self.x + shift, self.y + shift])
        corners = ((-1, -1), (1, -1), (1, 1), (-1, 1))
        return np.array([middle + way * a * length / 2 + aside * b * thick / 2 for a, b in corners])


def scatter(picture: Pixels, view: View, things: Sequence[Thing], random: Random) -> None:
    """Lay things where the table is seen, in place, before the sheet lies on it."""
    spots = _spots(view, random) if things else []
    for thing, spot in zip(things, spots, strict=False):
        _THINGS[thing](picture, spot, view.unit, random)


def _spots(view: View, random: Random) -> list[_Spot]:
    """Return strips of table beside the sheet's edges, in the picture, the deepest first."""
    import numpy as np

    corners = view.at(view.sheet)
    found = []
    for index in range(4):
        start, end = corners[index], corners[(index + 1) % 4]
        along = (end - start) / max(1e-6, float(np.hypot(*(end - start))))
        out = (float(along[1]), float(-along[0]))
        middle = start + (end - start) * random.uniform(0.25, 0.75)
        x, y = np.clip(middle, (0, 0), (view.width, view.height)).tolist()
        depth = _room((x, y), out, view.width, view.height)
        if depth > 4 * view.unit:
            span = view.width if abs(along[0]) > abs(along[1]) else view.height
            length = min(span, 400 * view.unit)
            spot = _Spot(x, y, (float(along[0]), float(along[1])), length, depth)
            found.append(spot.away(0.62 * depth))
    return sorted(found, key=lambda spot: -spot.depth)


def _room(place: Point, way: Point, width: int, height: int) -> float:
    """Return how far it is from a place to the picture's edge."""
    reach = math.inf
    for at, step, most in zip(place, way, (width, height), strict=True):
        if step > 1e-6:
            reach = min(reach, (most - at) / step)
        elif step < -1e-6:
            reach = min(reach, -at / step)
    return reach


def _pen(picture: Pixels, spot: _Spot, unit: float, random: Random) -> None:
    turn, thick = random.uniform(-0.12, 0.12), max(2.5, min(7.0 * unit, spot.depth * 0.5))
    length = min(150 * unit, spot.length * 0.6)
    body = random.choice(((150, 70, 30), (40, 40, 45), (60, 50, 190), (215, 215, 210)))
    shade(picture, spot.bar(length, thick, turn, 2.0 * unit), 0.72)
    paint(picture, spot.bar(length, thick, turn), body)
    shine = spot.bar(length * 0.96, thick * 0.25, turn, -thick * 0.12)
    paint(picture, shine, toned(body, 1.5))


def _cup(picture: Pixels, spot: _Spot, unit: float, random: Random) -> None:
    import cv2

    # Seen from above, the larger part of it outside the picture.
    radius = max(spot.depth * random.uniform(0.8, 1.3), 24 * unit)
    place = spot.away(radius * 0.8)
    middle = (round(place.x), round(place.y))
    body = random.choice(((235, 235, 230), (120, 80, 50), (60, 60, 150), (70, 110, 80)))
    drink = random.choice(((22, 38, 62), (60, 120, 160), (30, 30, 34)))
    for part, colour in ((1.0, body), (0.9, toned(body, 0.7)), (0.86, drink)):
        cv2.circle(picture, middle, max(1, round(radius * part)), colour, -1, cv2.LINE_AA)


def _phone(picture: Pixels, spot: _Spot, unit: float, random: Random) -> None:
    turn, thick = random.uniform(-0.2, 0.2), max(60 * unit, spot.depth)
    place, length = spot.away(thick * 0.35), min(130 * unit, spot.length * 0.5)
    shade(picture, place.bar(length + 4 * unit, thick, turn, 2.5 * unit), 0.75)
    paint(picture, place.bar(length, thick, turn), (52, 50, 50))
    paint(picture, place.bar(length * 0.95, thick * 0.92, turn), (26, 24, 24))


def _ruler(picture: Pixels, spot: _Spot, unit: float, random: Random) -> None:
    import numpy as np

    turn, thick = random.uniform(-0.05, 0.05), min(18.0 * unit, spot.depth * 0.7)
    length = min(330 * unit, spot.length * 0.8)
    colour = random.choice(((150, 205, 230), (225, 225, 220), (120, 170, 205)))
    shade(picture, spot.bar(length, thick, turn, 1.5 * unit), 0.8)
    body = spot.bar(length, thick, turn)
    paint(picture, body, colour)
    for number in range(1, 50):
        start = body[0] + (body[1] - body[0]) * number / 50
        end = body[3] + (body[2] - body[3]) * number / 50
        tick = np.array([start, start + (end - start) * (0.25 if number % 5 else 0.45)])
        paint(picture, np.concatenate([tick, tick[::-1] + 0.7 * unit]), (70, 70, 70))


def _paper(picture: Pixels, spot: _Spot, unit: float, random: Random) -> None:
    turn, thick = random.uniform(-0.25, 0.25), max(70 * unit, spot.depth)
    place, length = spot.away(thick * 0.42), min(220 * unit, spot.length * 0.7)
    shade(picture, place.bar(length + 3 * unit, thick, turn, 2.0 * unit), 0.85)
    tint = random.choice(((240, 242, 243), (150, 225, 245), (235, 225, 215)))
    paint(picture, place.bar(length, thick, turn), tint)


def _keyboard(picture: Pixels, spot: _Spot, unit: float, random: Random) -> None:
    import numpy as np

    turn, thick = random.uniform(-0.06, 0.06), max(80 * unit, spot.depth * 1.2)
    place, length = spot.away(thick * 0.4), spot.length * 0.9
    metal, key = random.choice((((178, 176, 174), (48, 46, 46)), ((60, 58, 58), (92, 90, 90))))
    shade(picture, place.bar(length + 6 * unit, thick, turn, 3.0 * unit), 0.75)
    body = place.bar(length, thick, turn)
    paint(picture, body, metal)
    pitch = 15 * unit
    across, down = (body[1] - body[0]) / length * pitch, (body[3] - body[0]) / thick * pitch
    square = np.array([(0.62, 0.32), (1.38, 0.32), (1.38, 1.08), (0.62, 1.08)])
    for row in range(int(thick / pitch)):
        for column in range(int(length / pitch) - 1):
            steps = square + np.array((column, row))
            paint(picture, body[0] + steps[:, :1] * across + steps[:, 1:] * down, key)


def _eraser(picture: Pixels, spot: _Spot, unit: float, random: Random) -> None:
    turn, thick = random.uniform(-0.5, 0.5), min(14 * unit, spot.depth * 0.7)
    shade(picture, spot.bar(34 * unit, thick, turn, 1.8 * unit), 0.75)
    paint(picture, spot.bar(34 * unit, thick, turn), (238, 238, 236))
    sleeve: Colour = random.choice(((160, 90, 40), (70, 70, 200), (90, 150, 60)))
    paint(picture, spot.bar(20 * unit, thick, turn), sleeve)


_THINGS: dict[Thing, Callable[[Pixels, _Spot, float, Random], None]] = {
    "pen": _pen,
    "cup": _cup,
    "phone": _phone,
    "ruler": _ruler,
    "paper": _paper,
    "keyboard": _keyboard,
    "eraser": _eraser,
}
