"""Lines are as wide as asked, shapes as large, heads point where they should."""

from __future__ import annotations

import math

import numpy as np
import pytest

from synth.drawing.canvas import Canvas, rounded_way, shortened
from synth.drawing.geometry import Box
from synth.drawing.rastering import grown

SLANT = [(20.0, 30.0), (150.0, 95.0)]


def ink(canvas: Canvas) -> float:
    """Return the ink on white, in whole black pixels."""
    return float((255 - canvas.pixels.astype(float)).sum() / 255)


@pytest.mark.parametrize("width", [1.6, 2.0, 3.0, 4.4, 7.0])
def test_thick_lines_have_the_width_that_was_asked(width: float) -> None:
    for way in (SLANT, [(20.3, 40.7), (160.3, 40.7)], [(50.5, 20.2), (50.5, 140.2)]):
        canvas = Canvas(200, 160, 255)
        canvas.stroke(way, 0, width)
        assert ink(canvas) / math.dist(*way) == pytest.approx(width, rel=0.15)


def test_thin_lines_become_paler_not_thinner() -> None:
    inks = []
    for width in (0.3, 0.6, 0.9, 1.2):
        canvas = Canvas(200, 160, 255)
        canvas.stroke(SLANT, 0, width)
        inks.append(ink(canvas) / math.dist(*SLANT))
    assert inks == sorted(inks)
    assert all(
        abs(got - asked) < 0.25 for got, asked in zip(inks, (0.3, 0.6, 0.9, 1.2), strict=True)
    )


def test_level_lines_are_sharp_on_whole_pixels() -> None:
    canvas = Canvas(60, 40, 255)
    canvas.stroke([(10.0, 20.5), (50.0, 20.5)], 0, 1.0)
    assert (canvas.pixels[20, 12:48] == 0).all()
    assert (canvas.pixels[[19, 21], :] == 255).all()
    between = Canvas(60, 40, 255)
    between.stroke([(10.0, 20.25), (50.0, 20.25)], 0, 1.0)
    assert (between.pixels[20, 12:48] == round(0.25 * 255)).all()
    assert (between.pixels[19, 12:48] == round(0.75 * 255)).all()


def test_rectangles_cover_what_they_cover() -> None:
    canvas = Canvas(40, 30, 255)
    canvas.rectangle(Box(4.5, 6.25, 20, 10), 0)
    assert ink(canvas) == pytest.approx(200, rel=0.01)
    coloured = Canvas(40, 30, (200, 250, 255))
    coloured.rectangle(Box(4.5, 6, 20, 10), (0, 50, 55))
    assert tuple(coloured.pixels[10, 10]) == (0, 50, 55)
    assert tuple(coloured.pixels[10, 4]) == (100, 150, 155)
    outside = Canvas(40, 30, 255)
    outside.rectangle(Box(-10, -10, 15, 12), 0)
    outside.rectangle(Box(100, 5, 10, 10), 0)
    assert ink(outside) == pytest.approx(10)


def test_polygons_are_as_large_as_they_are() -> None:
    diamond = [(100.0, 20.0), (180.0, 60.0), (100.0, 100.0), (20.0, 60.0)]
    for points in (diamond, diamond[::-1]):
        canvas = Canvas(200, 120, 255)
        canvas.fill(points, 0)
        assert ink(canvas) == pytest.approx(160 * 80 / 2, rel=0.02)
    outlined = Canvas(200, 120, 255)
    outlined.outlined(diamond, 255, 0, 4.0)
    assert ink(outlined) == pytest.approx(4 * 4 * math.dist(*diamond[:2]), rel=0.1)
    assert outlined.pixels[60, 100] == 255


def test_growing_moves_every_edge_by_as_much() -> None:
    box = [(10.0, 10.0), (30.0, 10.0), (30.0, 20.0), (10.0, 20.0)]
    expected = [(8, 8), (32, 8), (32, 22), (8, 22)]
    assert np.allclose(grown(box, 2.0), expected)
    assert np.allclose(grown(box[::-1], 2.0), expected[::-1])
    assert np.allclose(grown(box, -2.0), [(12, 12), (28, 12), (28, 18), (12, 18)])


@pytest.mark.parametrize("style", ["normal", "block", "vee", "open", "hollow"])
def test_heads_lie_behind_their_tip(style: str) -> None:
    for before in ((20.0, 60.0), (100.0, 20.0), (140.0, 110.0)):
        canvas = Canvas(160, 120, 255)
        canvas.head(before, (80.0, 60.0), 12.0, 0, style, 1.5)
        rows, columns = np.nonzero(canvas.pixels < 128)
        x, y = columns + 0.5 - 80, rows + 0.5 - 60
        away = (before[0] - 80, before[1] - 60)
        back = (x * away[0] + y * away[1]) / math.hypot(*away)
        assert back.min() >= -2.5
        assert 9 <= back.max() <= 14.5
        assert np.hypot(x, y).min() < 2.5


def test_grounds_fill_the_canvas_in_grey_and_colour() -> None:
    assert (Canvas(30.2, 20.7, 240).pixels == 240).all()
    coloured = Canvas(30.2, 20.7, (10, 20, 30))
    assert coloured.pixels.shape == (21, 31, 3)
    assert (coloured.pixels == (10, 20, 30)).all()


def test_colours_on_dark_grounds_brighten_where_lines_are_thin() -> None:
    canvas = Canvas(60, 40, (40, 30, 20))
    canvas.stroke([(10.0, 20.2), (50.0, 20.2)], (240, 230, 220), 0.6)
    row = canvas.pixels[20, 30].astype(int)
    assert (row > (40, 30, 20)).all()
    assert (row < (240, 230, 220)).all()
    mixed = Canvas(60, 40, (200, 30, 20))
    mixed.stroke([(10.0, 20.2), (50.0, 20.2)], (20, 230, 20), 0.6)
    assert 20 < mixed.pixels[20, 30, 0] < 200
    assert 30 < mixed.pixels[20, 30, 1] < 230


def test_bright_lines_show_on_dark_shapes_of_a_bright_ground() -> None:
    for dark, bright in ((40, 255), ((90, 40, 20), (255, 255, 255))):
        canvas = Canvas(60, 40, bright)
        canvas.rectangle(Box(5, 5, 50, 30), dark)
        canvas.stroke([(10.0, 20.25), (50.0, 20.25)], bright, 1.0)
        row = canvas.pixels[19:21, 30].astype(float)
        share = (row - np.array(dark)) / (np.array(bright) - np.array(dark))
        assert np.allclose(share.reshape(2, -1), [[0.25], [0.75]], atol=0.02)


def test_corners_are_rounded_and_ways_shortened() -> None:
    way = rounded_way([(0, 0), (100, 0), (100, 50)], 10)
    assert way[0] == (0, 0)
    assert way[-1] == (100, 50)
    assert max(x for x, _ in way) <= 100
    assert (100, 0) not in way
    assert shortened([(0, 0), (100, 0)], 30) == [(0, 0), (70, 0)]
    assert shortened([(0, 0), (100, 0), (100, 10)], 30)[-1] == pytest.approx((80, 0))
