"""Light on a photographed surface: uneven, coloured, shadowed, thrown back; and noise."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, Literal

from synth.drawing.encoding import Pixels
from synth.drawing.grounds import smooth_field
from synth.drawing.hand.noise import add_noise

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Field = NDArray[np.float32]
else:
    Field = Any

# Light changes so slowly that a map of so many cells along the longer side holds it.
_CELLS = 44

WHITE = (1.0, 1.0, 1.0)

# Black ink below brighter light could not be read.
_BRIGHTEST = 105


@dataclass(frozen=True)
class Light:
    """How a surface is lit, in shares of full light.

    `level` is the light in the middle, `slope` what it loses from one side to the other, `blotch`
    how it varies, `vignette` what the corners lose; `tint` is the light's colour (blue, green,
    red). A shadow of the depth `dark` may fall on it: that of a hand and phone from below, or of
    a scanner's lid along an edge. `gloss` are spots of light thrown back, of strength 0 to 255
    each. `noise` is the camera's (deviation of 4 grey levels where it is 1), `soft` its blur.
    """

    level: float = 0.95
    slope: float = 0.05
    blotch: float = 0.02
    vignette: float = 0.0
    tint: tuple[float, float, float] = WHITE
    shadow: Literal["none", "hand", "lid"] = "none"
    dark: float = 0.15
    gloss: tuple[float, ...] = ()
    noise: float = 0.5
    soft: float = 0.0

    def fall(self, picture: Pixels, random: Random) -> Pixels:
        """Return a picture (H x W, or H x W x 3) in this light; the given one is written over."""
        import cv2
        import numpy as np

        height, width = picture.shape[:2]
        share = _CELLS / max(width, height)
        columns, rows = max(8, round(width * share)), max(8, round(height * share))
        field = self._field(columns, rows, random)
        if picture.ndim == 3 and self.tint != WHITE:
            field = field[:, :, None] * np.array(self.tint)
        small = np.clip(field * 255, 0, 255).astype(np.uint8)
        cv2.multiply(picture, _spread(small, picture), picture, 1 / 255)
        if self.shadow == "lid":
            _lid(picture, self.dark, random)
        if self.gloss:
            gloss = np.clip(self._gloss(columns, rows, random), 0, _BRIGHTEST).astype(np.uint8)
            cv2.add(picture, _spread(gloss, picture), picture)
        if self.soft:
            picture = cv2.GaussianBlur(picture, (3, 3), self.soft)
        if self.noise:
            add_noise(picture, self.noise, random)
        return picture

    def _field(self, columns: int, rows: int, random: Random) -> Field:
        import cv2
        import numpy as np

        noise = np.random.default_rng(random.getrandbits(64))
        down, across = np.mgrid[0:rows, 0:columns].astype(np.float32)
        across, down = across / (columns - 1) - 0.5, down / (rows - 1) - 0.5
        turn = random.uniform(0, 2 * math.pi)
        field = self.level + self.slope * (across * math.cos(turn) + down * math.sin(turn))
        field -= self.vignette * 2 * (across**2 + down**2)
        if self.blotch:
            field += smooth_field(columns, rows, (4, 4), self.blotch, noise)
        if self.shadow == "hand":
            shade = np.zeros((rows, columns), np.float32)
            cv2.fillPoly(shade, [_hand(columns, rows, random)], self.dark)
            reach = 2 * round(random.uniform(0.03, 0.09) * max(columns, rows)) + 1
            field *= 1 - cv2.GaussianBlur(shade, (reach, reach), 0)
        lit: Field = field
        return lit

    def _gloss(self, columns: int, rows: int, random: Random) -> Field:
        import numpy as np

        down, across = np.mgrid[0:rows, 0:columns].astype(np.float32)
        gloss = np.zeros((rows, columns), np.float32)
        size = min(columns, rows)
        for strength in self.gloss:
            x, y = random.uniform(0, columns), random.uniform(0, rows)
            if random.random() < 0.5:
                y = random.choice((-0.02, 0.05)) * rows
            wide = size * random.uniform(0.07, 0.22)
            high = wide * random.choice((0.6, 0.9, 1.6))
            away = ((across - x) / wide) ** 2 + ((down - y) / high) ** 2
            # A bright core, and light strewn around it.
            gloss += strength * (0.7 * np.exp(-away) + 0.3 * np.exp(-away / 6))
        return gloss


def _spread(small: Pixels, picture: Pixels) -> Pixels:
    """Return a small map at the size of a picture, with as many channels."""
    import cv2

    height, width = picture.shape[:2]
    spread: Pixels = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    return spread if spread.ndim == picture.ndim else cv2.cvtColor(spread, cv2.COLOR_GRAY2BGR)


def _hand(columns: int, rows: int, random: Random) -> Any:
    """Return the outline of the shadow that whoever holds the camera throws, from some side."""
    import numpy as np

    x = random.uniform(0.1, 0.9) * columns
    reach = random.uniform(0.25, 0.7) * rows
    wide = random.uniform(0.2, 0.45) * columns
    lean = random.uniform(-0.3, 0.3) * columns
    shape = [
        (x - wide, rows + 4),
        (x - 0.6 * wide + 0.5 * lean, rows - 0.6 * reach),
        (x - 0.35 * wide + lean, rows - reach),
        (x + 0.45 * wide + lean, rows - reach * random.uniform(0.85, 1.1)),
        (x + 0.7 * wide + 0.5 * lean, rows - 0.5 * reach),
        (x + 1.1 * wide, rows + 4),
    ]
    if random.random() < 0.4:
        shape = [(y * columns / rows, x * rows / columns) for x, y in shape]
    return np.array(shape, np.int32)


def _lid(picture: Pixels, dark: float, random: Random) -> None:
    """Darken a strip along one or two edges, where a scanner's lid stood open a little."""
    import numpy as np

    height, width = picture.shape[:2]
    for edge in random.sample(("left", "right", "top", "bottom"), random.randint(1, 2)):
        long = height if edge in ("left", "right") else width
        reach = max(3, round(random.uniform(0.008, 0.03) * min(height, width)))
        ramp = 1 - dark * random.uniform(0.4, 1.6) * (1 - np.arange(reach) / reach) ** 1.5
        if edge in ("right", "bottom"):
            ramp = ramp[::-1]
        side = slice(0, reach) if edge in ("left", "top") else slice(-reach, None)
        strip = picture[:, side] if edge in ("left", "right") else picture[side]
        shade = ramp[None, :] if edge in ("left", "right") else ramp[:, None]
        shade = np.broadcast_to(shade, strip.shape[:2] if long else shade.shape)
        if picture.ndim == 3:
            shade = shade[:, :, None]
        strip[:] = (strip * shade).astype(np.uint8)
