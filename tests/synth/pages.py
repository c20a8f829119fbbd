"""Pages with shapes and text whose size is known to the pixel, without any drawing engine."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from synth.drawing.encoding import Pixels
from synth.drawing.fonts import SANS, Face
from synth.letters import Rectangle

TEXTS = (
    ("when a new incident", "is created"),
    ("look up the user", "of the record"),
    ("send an email to", "the manager"),
    ("update the state", "and wait a moment"),
    ("ask for approval", "on every change"),
    ("close the incident", "without a notice"),
)


class Page(NamedTuple):
    """A picture (H x W x 3), its shapes, and the height of an x in it."""

    pixels: Pixels
    boxes: tuple[Rectangle, ...]
    text_height: float


def page(
    face: Face = SANS,
    size: float = 12.4,
    ink: int = 30,
    ground: int = 250,
    outline: int | None = None,
    fill: int | None = None,
    rhombs: bool = False,
    written: int = len(TEXTS),
) -> Page:
    """Return six shapes in two columns; the first `written` of them hold text.

    `size` is in pixels per em; `ink`, `ground`, `outline` and `fill` are grey levels.
    """
    font = face.at(size)
    line = 1.3 * size
    wide = max(font.getlength(text) for pair in TEXTS for text in pair)
    width, height = wide * (2 if rhombs else 1) + 1.6 * size, 2 * line + 1.2 * size
    if rhombs:
        height *= 1.8
    gap = 1.5 * size
    sheet = Image.new("L", (round(2 * width + 3 * gap), round(3 * height + 4 * gap)), ground)
    pen = ImageDraw.Draw(sheet)
    boxes = []
    for index, pair in enumerate(TEXTS):
        x = gap + index % 2 * (width + gap)
        y = gap + index // 2 * (height + gap)
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        if rhombs:
            corners = [
                (x + width / 2, y),
                (x + width, y + height / 2),
                (x + width / 2, y + height),
                (x, y + height / 2),
            ]
        border = ink if outline is None else outline
        pen.polygon(corners, fill=fill, outline=border, width=max(1, round(size / 9)))
        if index < written:
            top = y + height / 2 - line
            for number, text in enumerate(pair):
                middle = (x + width / 2, top + (number + 0.5) * line)
                pen.text(middle, text, fill=ink, font=font, anchor="mm")
        boxes.append((x, y, width, height))
    _, upper, _, lower = face.at(400).getbbox("x", anchor="ls")
    grey = np.array(sheet)
    return Page(np.repeat(grey[..., None], 3, 2), tuple(boxes), (lower - upper) * size / 400)


def squared(pixels: Pixels, pitch: int = 13, level: int = 205) -> Pixels:
    """Return the picture on squared paper."""
    ruled = pixels.copy()
    ruled[::pitch] = np.minimum(ruled[::pitch], level)
    ruled[:, ::pitch] = np.minimum(ruled[:, ::pitch], level)
    return ruled


def shaded(pixels: Pixels) -> Pixels:
    """Return the picture in light that falls to a half from left to right."""
    light = np.linspace(1, 0.5, pixels.shape[1])[None, :, None]
    return np.rint(pixels * light).astype(np.uint8)
