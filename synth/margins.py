"""What is wrong with a drawn picture at a glance: blank, clipped, or a shape without ink."""

from __future__ import annotations

from collections.abc import Sequence

from synth.drawing.encoding import Pixels
from synth.letters import Rectangle, grey_of

# Shapes end at least so many pixels inside the picture.
MARGIN = 1.0

# Grey levels by which a place differs from what is around it where something is written, and the
# share of what they are in other shapes: squared paper and wiped traces differ as well.
_LEAST_INK = 9.0
_SHARE = 0.35
# What is always enough: a brush's outline is many times as strong as typed text.
_ENOUGH_INK = 30.0
# The part of a shape that is looked at: its outline is not what is written in it, but text may
# begin at its left side.
_ACROSS, _DOWN = 0.08, 0.25


def faults(pixels: Pixels, boxes: Sequence[Rectangle]) -> list[str]:
    """Return why a picture is not fit to be shown, a line each; none where it is.

    Args:
        pixels: the picture, H x W or H x W x 3.
        boxes: (x, y, width, height) in pixels of the shapes that are drawn in it.

    Whether something is clipped is told by the boxes, not by ink on the picture's edge: a page, a
    desk or the frame of a whiteboard may well be cut. A rhomb without its text goes unnoticed, for
    its own sides are taken for it.
    """
    if not boxes:
        return ["nothing is drawn"]
    height, width = pixels.shape[:2]
    found = []
    for number, box in enumerate(boxes, 1):
        inside = _inside(box, width, height)
        if inside < MARGIN:
            found.append(
                f"shape {number} of {len(boxes)} ends {inside:.1f} pixels inside the picture, "
                f"at least {MARGIN:g} is wanted"
            )
    ink = [_ink(pixels, box) for box in boxes]
    if max(ink) < _LEAST_INK:
        return [*found, "the picture is blank"]
    level = max(_LEAST_INK, min(_SHARE * sorted(ink)[len(ink) // 2], _ENOUGH_INK))
    return found + [
        f"shape {number} of {len(boxes)} holds no ink"
        for number, there in enumerate(ink, 1)
        if there < level
    ]


def _inside(box: Rectangle, width: int, height: int) -> float:
    """Return how far inside the picture a box ends at its nearest side; negative outside."""
    x, y, across, down = box
    return min(x, y, width - x - across, height - y - down)


def _ink(pixels: Pixels, box: Rectangle) -> float:
    """Return by how many grey levels something in a box differs from what is around it.

    Grain is smoothed away, and shades are around it as well.
    """
    import cv2

    x, y, width, height = box
    top, bottom = max(0, round(y + _DOWN * height)), round(y + (1 - _DOWN) * height)
    left, right = max(0, round(x + _ACROSS * width)), round(x + (1 - _ACROSS) * width)
    inside = pixels[top:bottom, left:right]
    if not inside.size:
        return 0.0
    grey = grey_of(inside)
    strongest = cv2.minMaxLoc(cv2.absdiff(cv2.blur(grey, (5, 5)), cv2.blur(grey, (25, 25))))[1]
    return float(strongest)
