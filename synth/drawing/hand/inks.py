"""Inks over a ground: what covers in which colour, and how evenly."""

from __future__ import annotations

from random import Random
from typing import Literal

from synth.drawing.colours import Colour
from synth.drawing.encoding import Pixels
from synth.drawing.hand import textures

Medium = Literal["ballpoint", "graphite", "felt", "chalk"]

_COVERS: dict[Medium, textures.Texture] = {
    "ballpoint": textures.ballpoint,
    "graphite": textures.graphite,
    "felt": textures.felt,
    "chalk": textures.chalk,
}


def lay_over(
    picture: Pixels, ink: Pixels, colour: Colour, medium: Medium, unit: float, random: Random
) -> None:
    """Lay a plane of ink (H x W, 0 to 255) over a picture, in place; `unit` is pixels a unit.

    Pens darken what lies below them; chalk covers it.
    """
    import cv2

    height, width = ink.shape
    grain = 0.7 * unit if medium in ("graphite", "chalk") else 1.0
    cover = textures.window(_COVERS[medium], width, height, random, grain)
    ink = cv2.multiply(ink, cover, scale=1 / 255)
    if medium == "chalk":
        ground = picture[::16, ::16].reshape(-1, 3).mean(axis=0)
        shares = [(each - ground[index]) / 255 for index, each in enumerate(colour)]
        cv2.add(picture, _toned(ink, shares, 0, picture.ndim), picture)
        return
    # 250 is about the brightness of a ground in full light.
    shares = [1 - min(each, 250) / 250 for each in colour]
    cv2.multiply(
        picture, _toned(ink, [-each for each in shares], 255, picture.ndim), picture, 1 / 255
    )


def _toned(ink: Pixels, shares: list[float], ground: int, dimensions: int) -> Pixels:
    """Return `ground` plus shares of a plane of ink, one for each channel."""
    import cv2

    if dimensions == 2 or max(shares) - min(shares) < 0.05:
        toned: Pixels = cv2.convertScaleAbs(ink, alpha=shares[1], beta=ground)
        return toned if dimensions == 2 else cv2.cvtColor(toned, cv2.COLOR_GRAY2BGR)
    tones = [cv2.convertScaleAbs(ink, alpha=each, beta=ground) for each in shares]
    merged: Pixels = cv2.merge(tones)
    return merged
