from __future__ import annotations

from collections.abc import Callable
from random import Random

import cv2
import numpy as np
import pytest

from synth.drawing.encoding import Pixels
from synth.effects import light, surface
from synth.effects.capture import DARK_GROUND, LEVELS, Scene, altered, other_light, way_of
from tests.synth.pages import page

SHEET = page(size=20, ink=40, ground=230).pixels

FIELDS = (light.uneven, light.shadow, light.fold, light.crumple, light.page_edge)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.__name__)
def test_light_is_uneven_by_its_strength_and_never_goes_out(field: Callable[..., light.Field]):
    spans = []
    for strength in (LEVELS[0], LEVELS[-1]):
        made = [field(Random(seed), strength) for seed in range(20)]
        assert all(one.dtype == np.float32 and one.min() > 0.2 for one in made)
        assert all(one.max() < 1.35 for one in made)
        spans.append(np.mean([one.max() - one.min() for one in made]))
    assert 0.01 < spans[0] < spans[1]
    assert np.array_equal(field(Random(1), 1.0), field(Random(1), 1.0))
    assert not np.array_equal(field(Random(1), 1.0), field(Random(2), 1.0))


def test_light_darkens_what_it_falls_on_and_tints_it() -> None:
    half = np.full((8, 8), 0.5, np.float32)
    seen = light.lit(SHEET, half, (0.8, 1.0, 1.0)).astype(int)
    assert np.abs(seen[..., 1] - SHEET[..., 1] // 2).max() <= 2
    assert np.abs(seen[..., 0] - SHEET[..., 0] * 0.4).max() <= 2
    for seed in range(50):
        colour = light.cast(Random(seed), 1.0)
        assert max(colour) == 1
        assert min(colour) > 0.7


def test_glare_pales_ink_by_no_more_than_half() -> None:
    paler = 0
    for seed in range(20):
        seen = light.glare(SHEET, Random(seed), 1.0)
        assert seen.shape == SHEET.shape
        assert (seen.astype(int) - SHEET >= -1).all(), "light only adds"
        strokes = SHEET < 60
        left = (230 - seen[strokes].astype(int)) / (230 - SHEET[strokes].astype(int))
        assert left.min() > 0.35
        paler += left.min() < 0.8
    assert paler > 5


def test_grain_is_as_strong_as_asked_for_and_covers_large_pictures() -> None:
    for size in ((300, 400), (2_300, 100)):
        plain = np.full((*size, 3), 128, np.uint8)
        seen = surface.grain(plain, Random(1), 6.0)
        assert seen.shape == plain.shape
        grey = cv2.cvtColor(seen, cv2.COLOR_BGR2GRAY)
        assert 3 < grey.std() < 8
        assert abs(seen.mean() - 128) < 0.5


def test_ink_bleeds_starves_and_fades() -> None:
    ink = (SHEET < 130).mean()
    assert (surface.bled(SHEET, 0.8) < 130).mean() > 1.2 * ink
    assert (surface.bled(SHEET, -0.8) < 130).mean() < 0.8 * ink
    pale = surface.faded(SHEET, (230.0, 230.0, 230.0), 0.5)
    assert pale.min() == pytest.approx((230 + int(SHEET.min())) / 2, abs=1)
    assert np.abs(pale[SHEET == 230].astype(int) - 230).max() <= 1, "the ground stays as it is"


def test_a_copier_knows_no_colours_and_no_shade() -> None:
    shade = np.linspace(0.5, 1, SHEET.shape[1])[None, :, None]
    yellow = (SHEET * shade * np.array([0.7, 0.95, 1])).astype(np.uint8)
    copy = surface.photocopied(yellow, Random(3)).astype(int)
    assert (copy[..., 0] == copy[..., 2]).all()
    ground, ink = copy[SHEET[..., 0] == 230], copy[SHEET[..., 0] <= 41]
    assert np.percentile(ground, 5) > 200
    assert np.percentile(ink, 95) < 120


def test_streaks_are_thin_and_upright() -> None:
    plain = np.full((200, 300, 3), 200, np.uint8)
    for seed in range(10):
        changed = (surface.streaked(plain, Random(seed), 1.0) != plain).any(2)
        assert 1 <= changed.any(0).sum() <= 6
    assert (plain == 200).all(), "the picture itself is left as it is"


def test_a_screen_shows_its_grid_but_faintly() -> None:
    plain = np.full((300, 400, 3), 240, np.uint8)
    seen = surface.moire(plain, Random(1), 1.0)
    assert 0.5 < seen.std() < 6


def test_a_desk_shows_around_the_sheet() -> None:
    for seed in range(10):
        desk, margin = surface.on_desk(SHEET, Random(seed))
        height, width = SHEET.shape[:2]
        assert desk.shape[:2] == (height + 2 * margin, width + 2 * margin)
        assert (desk[margin : margin + height, margin : margin + width] == SHEET).all()
        assert abs(desk[: margin - 1].mean() - 230) > 20


def test_media_come_about_in_their_own_ways() -> None:
    ways = {
        source: {way_of(source, Random(seed)) for seed in range(200)}
        for source in ("manual", "whiteboard", "synthetic", "digital", "ui")
    }
    assert ways["manual"] == {"photo", "scan"}
    assert ways["whiteboard"] == {"photo"}
    assert ways["synthetic"] == ways["digital"] == ways["ui"] == {"file", "screen"}


def scene_of(pixels: Pixels) -> Scene:
    made = page(size=20)
    return Scene(pixels, made.boxes, made.text_height)


@pytest.mark.parametrize("way", ["photo", "scan", "file", "screen"])
def test_stronger_effects_change_more_and_leave_the_original_alone(way) -> None:
    before = SHEET.copy()
    lost = []
    for level in range(len(LEVELS)):
        changes = []
        for seed in range(25):
            made = altered(scene_of(SHEET), "manual", way, level, Random(seed))
            assert made.pixels.dtype == np.uint8
            assert made.pixels.shape[2] == 3
            assert len(made.boxes) == 6
            small = cv2.resize(made.pixels, (SHEET.shape[1], SHEET.shape[0]))
            changes.append(np.abs(small.astype(int) - SHEET).mean())
        lost.append(np.mean(changes))
    assert lost[0] < lost[-1]
    assert (before == SHEET).all()


@pytest.mark.parametrize(
    ("source", "way"),
    [
        ("manual", "photo"),
        ("manual", "scan"),
        ("whiteboard", "photo"),
        ("ui", "file"),
        ("ui", "screen"),
    ],
)
def test_boxes_stay_around_what_they_stood_around(source, way) -> None:
    """A disc in the middle of each box is in the middle of each moved box."""
    pixels = np.full((420, 640, 3), 235, np.uint8)
    boxes = tuple((60.0 + 200 * x, 60.0 + 120 * y, 120.0, 70.0) for y in range(3) for x in range(3))
    for x, y, width, height in boxes:
        cv2.circle(pixels, (round(x + width / 2), round(y + height / 2)), 24, (60, 40, 40), -1)
    moved = 0
    for seed in range(30):
        made = altered(Scene(pixels, boxes, 8.0), source, way, seed % 3, Random(seed))
        seen = cv2.cvtColor(made.pixels, cv2.COLOR_BGR2GRAY)
        height, width = seen.shape
        moved += made.boxes != boxes
        diameters = []
        for x, y, wide, high in made.boxes:
            assert 0 <= x < x + wide <= width
            assert 0 <= y < y + high <= height
            inside = seen[round(y) : round(y + high), round(x) : round(x + wide)].astype(int)
            rows, columns = np.nonzero(inside < (inside.min() + np.median(inside[:3])) / 2)
            assert abs(columns.mean() - wide / 2) < 0.06 * wide
            assert abs(rows.mean() - high / 2) < 0.06 * high
            diameters.append(2 * np.sqrt(len(rows) / np.pi))
        # What is twice as large is twice as high.
        assert made.text_height == pytest.approx(8 * np.median(diameters) / 49, rel=0.06)
    assert moved >= 10


def test_a_long_strip_does_not_become_a_square() -> None:
    strip = np.full((90, 1800, 3), 240, np.uint8)
    scene = Scene(strip, ((10.0, 10.0, 1700.0, 60.0),), 6.0)
    for seed in range(40):
        made = altered(scene, "whiteboard", "photo", 2, Random(seed))
        assert made.pixels.shape[0] < 230


def test_what_paper_does_is_not_done_to_a_blackboard() -> None:
    board = np.full((200, 300, 3), DARK_GROUND - 50, np.uint8)
    for seed in range(40):
        made = altered(Scene(board, (), 8.0), "manual", "scan", 0, Random(seed))
        assert made.pixels.mean() < DARK_GROUND, "no copier makes its ground white"


def test_other_light_moves_nothing() -> None:
    made = other_light(scene_of(SHEET), Random(1))
    assert made.boxes == scene_of(SHEET).boxes
    assert made.pixels.shape == SHEET.shape
    assert 0.75 < made.pixels.mean() / SHEET.mean() < 1
