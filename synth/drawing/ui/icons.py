"""Icons as strokes on a grid of 24, and their pictures at any size."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Mask = NDArray[np.float32]
else:
    Mask = Any

GRID = 24
STROKE = 2.2
# Icons are drawn at so many times their size and then made small.
_FINER = 4

# Each mark is a letter and numbers: l an open and p a closed line through points, f a filled
# polygon, c a circle and d a disc (x, y, radius), a an arc (x, y, radius, from, to in degrees).
_Mark = tuple[str, tuple[float, ...]]


def _marks(text: str) -> tuple[_Mark, ...]:
    found = []
    for each in text.split(";"):
        letter, *numbers = each.split()
        found.append((letter, tuple(float(number) for number in numbers)))
    return tuple(found)


_ICONS = {
    name: _marks(text)
    for name, text in {
        "ring": "a 12 12 8 125 415",
        "bolt": "f 13 2 5 13 11 13 10 22 19 10 13 10",
        "clock": "c 12 12 9;l 12 7 12 12 15.5 14",
        "calendar": "p 4 6 20 6 20 20 4 20;l 4 10.5 20 10.5;l 8 3.5 8 7;l 16 3.5 16 7",
        "mail": "p 3 5.5 21 5.5 21 18.5 3 18.5;l 3.5 6.5 12 13 20.5 6.5",
        "search": "c 10.5 10.5 6;l 15 15 20.5 20.5",
        "plus": "l 12 4 12 20;l 4 12 20 12",
        "record": "p 6 3 14 3 19 8 19 21 6 21;l 9.5 12 15.5 12;l 9.5 16 15.5 16",
        "pencil": "p 4 20 5 15.5 16 4.5 19.5 8 8.5 19;l 13 7.5 16.5 11",
        "bin": "l 4 6.5 20 6.5;p 6 6.5 18 6.5 17 21 7 21;l 9.5 3.5 14.5 3.5",
        "check": "l 4.5 12.5 10 18 20 6.5",
        "person": "c 12 8 4;a 12 21 7.5 180 360",
        "chat": "p 3 4.5 21 4.5 21 16 11 16 6.5 20.5 6.5 16 3 16;l 7.5 10.3 16.5 10.3",
        "phone": "p 7 2.5 17 2.5 17 21.5 7 21.5;l 11 18 13 18",
        "gear": "c 12 12 3;c 12 12 7;l 12 2.5 12 5;l 12 19 12 21.5;l 2.5 12 5 12;l 19 12 21.5 12;"
        "l 5.3 5.3 7 7;l 17 17 18.7 18.7;l 5.3 18.7 7 17;l 17 7 18.7 5.3",
        "lines": "l 4 6 20 6;l 4 12 20 12;l 4 18 14 18",
        "hourglass": "l 6 3 18 3;l 6 21 18 21;p 7.5 3 16.5 3 12 12 16.5 21 7.5 21 12 12",
        "clip": "l 18.5 11 11 18.5;a 8.3 15.8 3.8 45 225;l 5.6 13.1 13.5 5.2;"
        "a 15.6 7.3 2.9 225 405;l 17.7 9.4 10.5 16.6",
        "table": "p 3.5 4.5 20.5 4.5 20.5 19.5 3.5 19.5;l 3.5 9.5 20.5 9.5;l 3.5 14.5 20.5 14.5;"
        "l 9.5 9.5 9.5 19.5",
        "code": "l 8.5 6 2.5 12 8.5 18;l 15.5 6 21.5 12 15.5 18",
        "cloud": "a 8 14.5 4.5 90 270;a 12.5 10.5 5 200 350;a 17.5 15 4 270 450;l 8 19 17.5 19",
        "shield": "p 12 2.5 20 5.5 19 14 12 21.5 5 14 4 5.5;l 8.5 11.5 11.2 14.2 15.8 8.8",
        "warning": "p 12 3.5 22 20.5 2 20.5;l 12 9.5 12 14.5;d 12 17.6 0.8",
        "parallel": "l 6 3 6 19;l 3 16 6 19.5 9 16;l 18 3 18 19;l 15 16 18 19.5 21 16",
        "fork": "l 12 3 12 9;l 12 9 5 14 5 20;l 12 9 19 14 19 20",
        "split": "l 3 12 9 12 15 5.5 21 5.5;l 9 12 15 18.5 21 18.5",
        "loop": "a 12 12 7.5 200 340;a 12 12 7.5 20 160;f 22 6 22 12.5 15.8 10.4;"
        "f 2 18 2 11.5 8.2 13.6",
        "repeat": "l 16.5 2.5 20 6 16.5 9.5;l 20 6 5 6 5 11.5;l 7.5 14.5 4 18 7.5 21.5;"
        "l 4 18 19 18 19 12.5",
        "stop": "c 12 12 8.5;f 8.7 8.7 15.3 8.7 15.3 15.3 8.7 15.3",
        "back": "l 9 4.5 4 9.5 9 14.5;l 4 9.5 20 9.5 20 19.5 11 19.5",
        "flow": "p 9 3 15 3 15 8 9 8;p 3 16 9 16 9 21 3 21;p 15 16 21 16 21 21 15 21;"
        "l 6 16 6 12 18 12 18 16;l 12 8 12 12",
        "enter": "l 13 4 20 4 20 20 13 20;l 3 12 14 12;l 10 8 14 12 10 16",
        "leave": "l 11 4 4 4 4 20 11 20;l 9 12 20 12;l 16 8 20 12 16 16",
        "bell": "a 12 11 6.5 180 360;l 5.5 11 5.5 15 3.5 18 20.5 18 18.5 15 18.5 11;l 10.5 21.3 "
        "13.5 21.3",
        "cart": "l 2.5 4 6 4 8.5 15.5 18.5 15.5 20.5 7.5 7 7.5;d 9.5 19.5 1.6;d 17.5 19.5 1.6",
        "gauge": "a 12 15 9 180 360;l 3 15 21 15;l 12 15 16 9.5",
        "task": "p 4.5 4.5 19.5 4.5 19.5 20 4.5 20;l 8.5 12.2 11 15 15.8 9",
        "globe": "c 12 12 9;l 3 12 21 12;l 12 3 8.5 8 8.5 16 12 21;l 12 3 15.5 8 15.5 16 12 21",
        "question": "a 12 8.5 4.2 180 420;l 14 12.3 12 14 12 15.8;d 12 19.3 1",
        "variable": "l 8 4 5 4 5 20 8 20;l 16 4 19 4 19 20 16 20;l 9.5 9 14.5 15;l 14.5 9 9.5 15",
        "kebab": "d 12 5 1.9;d 12 12 1.9;d 12 19 1.9",
        "dots": "d 5 12 1.9;d 12 12 1.9;d 19 12 1.9",
        "chevron": "l 6 9 12 15 18 9",
        "diamond": "f 12 0 24 12 12 24 0 12",
        "play": "f 7 4 20 12 7 20",
        "cross": "l 5 5 19 19;l 19 5 5 19",
    }.items()
}


@lru_cache(maxsize=512)
def icon(name: str, size: int) -> Mask:
    """Return an icon as ink of `size` x `size` x 1 pixels, 0 to 1."""
    import cv2
    import numpy as np

    big = size * _FINER
    unit = big / GRID
    ink = np.zeros((big, big), np.uint8)
    thick = max(_FINER, round(STROKE * unit))
    for letter, numbers in _ICONS[name]:
        if letter in "cda":
            x, y, radius = (value * unit for value in numbers[:3])
            centre, reach = (round(x), round(y)), max(1, round(radius))
            if letter == "a":
                points = _arc(x, y, radius, *numbers[3:])
                cv2.polylines(ink, [np.round(points).astype(np.int32)], False, 255, thick)
            else:
                cv2.circle(ink, centre, reach, 255, thick if letter == "c" else -1)
            continue
        places = np.round(np.array(numbers).reshape(-1, 2) * unit).astype(np.int32)
        if letter == "f":
            cv2.fillPoly(ink, [places], 255)
        else:
            cv2.polylines(ink, [places], letter == "p", 255, thick)
    small = cv2.resize(ink, (size, size), interpolation=cv2.INTER_AREA)
    mask: Mask = (small.astype(np.float32) / 255)[:, :, None]
    mask.setflags(write=False)
    return mask


def _arc(x: float, y: float, radius: float, start: float, end: float) -> Any:
    import numpy as np

    turns = [math.radians(start + (end - start) * k / 24) for k in range(25)]
    return np.array([(x + radius * math.cos(t), y + radius * math.sin(t)) for t in turns])
