from __future__ import annotations

import cv2
import numpy as np
import pytest

from synth.draw import SOURCES, Wish, draw
from synth.drawing.encoding import Pixels, decode, encode
from synth.drawing.fonts import HANDS, SANS, SERIF
from synth.legibility import Legibility, illegible, jpeg_quality, measure
from tests.synth import by_hand
from tests.synth.pages import page, shaded, squared


@pytest.mark.parametrize("x_height", [6, 9.4, 18])
def test_text_height_is_measured_on_the_letters(x_height: float) -> None:
    missed = []
    for face in (SANS, SERIF, *HANDS):
        size = round(x_height / face.x_height)
        made = page(face, size)
        for boxes in ((), made.boxes):
            measured = measure(made.pixels, boxes).text_height
            # A pixel is a sixth of the smallest letters.
            if measured != pytest.approx(face.x_height * size, rel=0.2, abs=1.3):
                missed.append(face.name)
    # In some hands hardly two letters are equally tall.
    assert not {SANS.name, SERIF.name} & set(missed)
    assert len(set(missed)) <= 3, missed


def test_neither_paper_nor_light_nor_colour_hides_the_letters() -> None:
    made = page(SANS, 16)
    dark = page(SANS, 16, ink=225, ground=25)
    filled = page(SANS, 16, ink=250, ground=250, outline=60, fill=60)
    for pixels in (squared(made.pixels), shaded(made.pixels), dark.pixels, filled.pixels):
        found = measure(pixels)
        assert found.text_height == pytest.approx(made.text_height, rel=0.12)
        assert not illegible(found)


def test_shapes_alone_are_no_text() -> None:
    empty = page(written=0)
    assert measure(empty.pixels) == Legibility(0.0, 0.0)
    assert illegible(measure(empty.pixels)) == "no letters are found"
    grain = np.random.default_rng(1).normal(200, 8, (300, 400, 3)).astype(np.uint8)
    assert illegible(measure(grain))
    assert illegible(measure(np.full((9, 9, 3), 255, np.uint8))) == "no letters are found"


def shaken(pixels: Pixels, length: int) -> Pixels:
    return cv2.blur(pixels, (length, 1))


@pytest.mark.parametrize(
    "worse",
    [
        lambda pixels, step: cv2.GaussianBlur(pixels, (0, 0), 0.3 + 0.3 * step),
        lambda pixels, step: cv2.convertScaleAbs(pixels, alpha=1 - 0.2 * step, beta=50 * step),
        lambda pixels, step: shaken(pixels, 1 + step),
        lambda pixels, step: cv2.rotate(
            shaken(cv2.rotate(pixels, cv2.ROTATE_90_CLOCKWISE), 1 + step),
            cv2.ROTATE_90_COUNTERCLOCKWISE,
        ),
    ],
    ids=["blur", "paleness", "shaken sideways", "shaken up and down"],
)
@pytest.mark.parametrize("known", [True, False])
def test_contrast_falls_with_all_that_makes_text_hard_to_read(worse, known: bool) -> None:
    made = page()
    found = [
        measure(worse(made.pixels, step), made.boxes if known else (), made.text_height).contrast
        for step in range(5)
    ]
    assert found == sorted(found, reverse=True)
    assert found[0] > 0.45
    assert found[-1] < 0.3 * found[0]


def test_bright_on_dark_counts_as_dark_on_bright_does() -> None:
    usual = page(ink=40, ground=240)
    reversed_ = page(ink=215, ground=15)
    filled = page(ink=240, ground=240, outline=40, fill=40)
    expected = measure(usual.pixels, usual.boxes, usual.text_height).contrast
    for other in (reversed_, filled):
        contrast = measure(other.pixels, other.boxes, other.text_height).contrast
        assert contrast == pytest.approx(expected, rel=0.1)


@pytest.mark.parametrize("rhombs", [False, True])
def test_a_black_outline_does_not_make_pale_text_legible(rhombs: bool) -> None:
    pale = page(ink=222, ground=250, outline=0, rhombs=rhombs)
    found = measure(pale.pixels, pale.boxes, pale.text_height)
    assert found.contrast < 0.12
    assert illegible(found) == f"contrast {found.contrast:.2f}, at least 0.12 is wanted"


def test_one_box_that_cannot_be_read_is_enough() -> None:
    made = page()
    x, y, width, height = (round(number) for number in made.boxes[3])
    inside = made.pixels[y + 3 : y + height - 3, x + 3 : x + width - 3]
    inside[:] = cv2.GaussianBlur(inside, (0, 0), 3)
    found = measure(made.pixels, made.boxes, made.text_height)
    assert illegible(found)
    assert found.faintest[0] == made.boxes[3]


def test_grain_is_no_contrast() -> None:
    made = page()
    clean = measure(made.pixels, made.boxes, made.text_height).contrast
    noise = np.random.default_rng(5).normal(0, 12, (*made.pixels.shape[:2], 1)).repeat(3, 2)
    grainy = np.clip(made.pixels + noise, 0, 255).astype(np.uint8)
    assert measure(grainy, made.boxes, made.text_height).contrast < 1.05 * clean
    empty = np.clip(220 + noise, 0, 255).astype(np.uint8)
    assert measure(empty, made.boxes, made.text_height).contrast < 0.09


def test_blur_that_large_letters_bear_makes_small_ones_illegible() -> None:
    for size, verdict in ((12.4, True), (37.2, False)):
        made = page(size=size)
        soft = cv2.GaussianBlur(made.pixels, (0, 0), 1.6)
        assert bool(illegible(measure(soft, made.boxes, made.text_height))) == verdict


def test_small_letters_are_refused_by_their_height() -> None:
    assert illegible(Legibility(3.14, 0.9)) == "text 3.1 pixels high, at least 4 are wanted"
    assert not illegible(Legibility(4.0, 0.12))
    made = page(size=20)
    small = cv2.resize(made.pixels, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    assert illegible(measure(small))


@pytest.mark.parametrize("source", SOURCES)
def test_what_is_drawn_is_legible(source: str) -> None:
    looked_for = 0
    for name, workflow in by_hand.ALL.items():
        drawing = draw(workflow, source, name, wish=Wish(scale=1.0))
        boxes = tuple(box[1:] for box in drawing.boxes)
        pixels = decode(drawing.picture)
        assert not illegible(measure(pixels, boxes, drawing.text_height)), name
        looked_for += not illegible(measure(pixels))
    # Where nothing is known, letters may be missed in small pictures: white icons in dark tiles
    # may outweigh dark letters on white.
    assert looked_for >= len(by_hand.ALL) - 1


def test_grey_pictures_are_measured_as_coloured_ones_are() -> None:
    made = page()
    grey = np.ascontiguousarray(made.pixels[..., 0])
    assert measure(grey, made.boxes) == measure(made.pixels, made.boxes)
    assert jpeg_quality(grey, measure(grey, made.boxes), 5) == jpeg_quality(
        made.pixels, measure(made.pixels, made.boxes), 5
    )


def test_a_jpeg_is_as_good_as_its_text_needs() -> None:
    strong, pale = page(size=30), page(size=11, ink=150)
    needed = []
    for made in (strong, pale):
        found = measure(made.pixels, made.boxes, made.text_height)
        assert jpeg_quality(made.pixels, found, 92) == 92, "never less than is wished for"
        quality = jpeg_quality(made.pixels, found, 5)
        needed.append(quality)
        saved = decode(encode(made.pixels, "jpeg", quality))
        assert not illegible(measure(saved, made.boxes, made.text_height))
        assert measure(saved, made.boxes, made.text_height).contrast > 0.7 * found.contrast
    assert needed[0] < 20
    assert needed[1] > needed[0] + 20


def test_a_picture_without_text_gets_the_quality_wished_for() -> None:
    assert jpeg_quality(page(written=0).pixels, Legibility(0.0, 0.0), 40) == 40
