"""Typed text is drawn where it was measured, in its own letters."""

from __future__ import annotations

import numpy as np
import pytest

from synth.drawing.encoding import Pixels
from synth.drawing.fonts import PRINT, SANS, SERIF, Face
from synth.drawing.glyphs import write
from synth.drawing.lettering import Lettering
from synth.drawing.scene import TextLine

TEXT = "look up 12 Incident records"


def line_of(face: Face, size: float, x: float, baseline: float, text: str = TEXT) -> TextLine:
    lettering = Lettering(face, size)
    return TextLine(text, x, baseline, lettering.width(text), lettering)


def written(*lines: TextLine, colour: int = 0) -> Pixels:
    canvas = np.full((80, 700), 255, np.uint8)
    write(canvas, lines, colour)
    return canvas


@pytest.mark.parametrize("face", PRINT, ids=lambda face: face.name)
def test_ink_stays_in_the_box_that_was_measured(face: Face) -> None:
    for size in (11.0, 12.4, 24.0, 37.3):
        line = line_of(face, size, 20.3, 55.0)
        rows, columns = np.nonzero(written(line) < 200)
        box = line.box
        assert abs(columns.min() - box.x) <= 0.16 * size
        assert abs(columns.max() + 1 - box.right) <= 0.16 * size
        assert rows.min() >= box.y - 1.5
        assert rows.max() + 1 <= box.bottom + 1.5


def test_letters_are_those_that_pillow_draws() -> None:
    from PIL import Image, ImageDraw

    for face in (SERIF, SANS):
        page = Image.new("L", (700, 80), 255)
        ImageDraw.Draw(page).text((20, 55), "H", font=face.at(24), fill=0, anchor="ls")
        ours = written(line_of(face, 24.0, 20.0, 55.0, "H"))
        assert np.abs(np.asarray(page).astype(int) - ours).max() <= 2


def test_a_quarter_of_a_pixel_shows() -> None:
    pictures = [written(line_of(SERIF, 13.0, 20 + shift, 40.0)) for shift in (0, 0.25, 0.5, 1.0)]
    assert len({picture.tobytes() for picture in pictures}) == 4
    assert np.array_equal(pictures[0][:, 15:-5], pictures[3][:, 16:-4])


def test_colour_mixes_with_what_lies_below() -> None:
    canvas = np.full((60, 400, 3), (200, 100, 50), np.uint8)
    write(canvas, [line_of(SANS, 24.0, 10, 40)], (0, 50, 250))
    low, high = canvas.reshape(-1, 3).min(axis=0), canvas.reshape(-1, 3).max(axis=0)
    assert (low == (0, 50, 50)).all()
    assert (high == (200, 100, 250)).all()
    grey = written(line_of(SANS, 24.0, 10, 40))
    touched = (canvas != (200, 100, 50)).any(axis=2)
    assert abs(int(touched.sum()) - int((grey[:60, :400] < 255).sum())) < 60


def test_what_lies_outside_is_left_out() -> None:
    for x, baseline in ((-30.0, 40.0), (690.0, 40.0), (10.0, 2.0), (10.0, 84.0)):
        canvas = written(line_of(SERIF, 20.0, x, baseline))
        assert (canvas < 255).any()
    assert not (written(line_of(SERIF, 20.0, 900.0, 40.0)) < 255).any()
    assert not (written() < 255).any()
