from __future__ import annotations

import logging

import cv2
import numpy as np
import pytest
from PIL import Image

from synth import augment as module
from synth.augment import Item, Variant, augment, augment_all, copies_of
from synth.draw import SOURCES, Drawing, Wish, draw
from synth.drawing.encoding import decode, encode, on_white
from synth.effects.capture import Scene
from synth.legibility import illegible, measure
from synth.margins import faults
from synth.pictures import inspect_picture
from tests.synth import by_hand
from tests.synth.pages import Page, page, squared


@pytest.fixture(scope="module", params=SOURCES)
def drawn(request: pytest.FixtureRequest) -> tuple[str, Drawing]:
    return request.param, draw(by_hand.TRY_CATCH, request.param, "1", wish=Wish(scale=1.0))


@pytest.fixture(scope="module")
def variants(drawn: tuple[str, Drawing]) -> list[Variant]:
    source, drawing = drawn
    return [augment(drawing.picture, source, f"{seed}", boxes_of(drawing)) for seed in range(50)]


def boxes_of(drawing: Drawing) -> tuple[tuple[float, float, float, float], ...]:
    return tuple(box[1:] for box in drawing.boxes)


def test_the_same_seed_gives_the_same_bytes(drawn: tuple[str, Drawing]) -> None:
    source, drawing = drawn
    boxes = boxes_of(drawing)
    first = augment(drawing.picture, source, "a", boxes)
    assert augment(drawing.picture, source, "b", boxes) != first
    assert augment(drawing.picture, source, "a", boxes) == first


def test_variants_stay_legible_and_whole(
    drawn: tuple[str, Drawing], variants: list[Variant]
) -> None:
    _, drawing = drawn
    for variant in variants:
        pixels = decode(variant.picture)
        assert faults(pixels, variant.boxes) == []
        assert illegible(measure(pixels, variant.boxes, variant.text_height)) == ""
        facts = inspect_picture(variant.picture)
        assert 0.6 * drawing.width < facts.width < 1.6 * drawing.width
        assert 0.6 * drawing.height < facts.height < 1.6 * drawing.height


def test_variants_are_no_copies(drawn: tuple[str, Drawing], variants: list[Variant]) -> None:
    _, drawing = drawn
    assert len({variant.picture for variant in variants}) == len(variants)
    pixels = decode(drawing.picture)
    changed = 0
    for variant in variants:
        seen = decode(variant.picture)
        same_size = seen.shape == pixels.shape
        changed += not same_size or float(np.abs(seen.astype(int) - pixels).mean()) > 1.5
    assert changed > 0.6 * len(variants)


@pytest.mark.parametrize("source", SOURCES)
def test_text_height_follows_the_size(source: str) -> None:
    made = page(size=20)
    picture = encode(made.pixels, "png")
    heights, errors = set(), []
    for seed in range(25):
        variant = augment(picture, source, f"{seed}", made.boxes, made.text_height)
        assert variant.text_height is not None
        measured = measure(decode(variant.picture), variant.boxes).text_height
        errors.append(abs(measured / variant.text_height - 1))
        heights.add(round(variant.text_height, 2))
    assert np.median(errors) < 0.05
    assert np.percentile(errors, 90) < 0.12
    assert len(heights) > 5


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    "made",
    [
        page(size=8.6),
        page(size=12, ink=185),
        page(size=16, ink=160, rhombs=True),
        page(size=12, ink=225, ground=60, fill=40),
        page(size=30, ink=20),
    ],
    ids=["small", "pale", "pale rhombs", "dark", "large"],
)
@pytest.mark.parametrize("known", [True, False])
def test_no_variant_fails_where_the_original_passes(source: str, made: Page, known: bool) -> None:
    pixels = squared(made.pixels, level=225) if source == "manual" else made.pixels
    boxes, text_height = (made.boxes, made.text_height) if known else ((), None)
    assert illegible(measure(pixels, boxes, text_height)) == "", "the law is about something"
    for seed in range(12):
        variant = augment(encode(pixels, "png"), source, f"{seed}", boxes, text_height)
        found = measure(decode(variant.picture), variant.boxes, variant.text_height)
        assert illegible(found) == "", seed


def blurred(scene: Scene) -> Scene:
    return scene._replace(pixels=cv2.blur(scene.pixels, (9, 9)))


def test_a_variant_that_cannot_be_read_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    made = page()
    picture = encode(made.pixels, "png")
    original = measure(made.pixels, made.boxes, made.text_height)
    levels = []

    def spoilt(scene: Scene, source: str, way: str, level: int, random: object) -> Scene:
        levels.append(level)
        return blurred(scene)

    monkeypatch.setattr(module, "altered", spoilt)
    for seed in range(10):
        variant = augment(picture, "manual", f"{seed}", made.boxes, made.text_height)
        assert variant.boxes == made.boxes
        found = measure(decode(variant.picture), variant.boxes, variant.text_height)
        assert found.contrast > 0.6 * original.contrast
        assert decode(variant.picture).tobytes() != made.pixels.tobytes()
    assert levels[1::2] == [0] * 10, "the second try is the mildest"

    monkeypatch.setattr(module, "other_light", lambda scene, random: blurred(scene))
    last = augment(picture, "manual", "1", made.boxes, made.text_height)
    assert decode(last.picture).tobytes() == made.pixels.tobytes()


def test_of_what_cannot_be_read_next_to_nothing_is_taken() -> None:
    soft = cv2.GaussianBlur(page().pixels, (0, 0), 2.2)
    made = page()
    before = measure(soft, made.boxes, made.text_height)
    assert illegible(before)
    for seed in range(10):
        variant = augment(encode(soft, "png"), "whiteboard", f"{seed}", made.boxes, 6.5)
        after = measure(decode(variant.picture), variant.boxes, variant.text_height)
        assert after.contrast > 0.6 * before.contrast


@pytest.mark.parametrize("source", SOURCES)
def test_pictures_without_letters_and_tiny_ones_pass_through(source: str) -> None:
    for size in ((200, 300), (12, 9), (1, 1)):
        blank = np.full((*size, 3), 250, np.uint8)
        variant = augment(encode(blank, "png"), source, "1")
        assert decode(variant.picture).shape[:2] == size
        assert variant.text_height is None


def test_no_variant_has_more_pixels_than_are_allowed() -> None:
    made = page(size=14)
    picture = encode(made.pixels, "png")
    area = made.pixels.shape[0] * made.pixels.shape[1]
    sizes = []
    for limit in (area, round(1.2 * area), area // 2):
        found = []
        for seed in range(25):
            variant = augment(
                picture, "ui", f"{seed}", made.boxes, made.text_height, max_pixels=limit
            )
            height, width = decode(variant.picture).shape[:2]
            found.append(height * width)
        assert max(found) <= max(limit, area)
        sizes.append(max(found))
    assert sizes[1] > area


def items() -> list[Item]:
    made = []
    for name, workflow in by_hand.ALL.items():
        drawing = draw(workflow, "manual", name, wish=Wish(scale=1.0))
        made.append(Item(name, drawing.picture, boxes_of(drawing), 6.0))
    return made


def test_two_workers_make_what_one_makes() -> None:
    alone = list(augment_all(items(), "manual", 2, 5, workers=1))
    assert [(parent, number) for parent, number, _ in alone] == [
        (name, number) for name in by_hand.ALL for number in (1, 2)
    ]
    assert len({variant.picture for *_, variant in alone}) == len(alone)
    assert list(augment_all(items(), "manual", 2, 5, workers=2)) == alone


def test_what_is_no_picture_is_left_out_by_name(caplog: pytest.LogCaptureFixture) -> None:
    mixed = [Item("broken", b"no picture"), *items()[:1], Item("empty", b"")]
    with caplog.at_level(logging.WARNING):
        made = list(augment_all(mixed, "manual", 1, 5))
    assert [parent for parent, *_ in made] == ["one_step"]
    assert "broken: variant 1 is left out" in caplog.text
    assert "empty: variant 1 is left out" in caplog.text
    with pytest.raises(ValueError, match="no picture that OpenCV can read"):
        augment(b"no picture", "manual", "1")


def test_transparent_ground_is_white(tmp_path_factory: pytest.TempPathFactory) -> None:
    clear = np.zeros((60, 80, 4), np.uint8)
    clear[20:40, 30:50, 3] = 255
    seen = on_white(cv2.imencode(".png", clear)[1].tobytes())
    assert seen[0, 0].tolist() == [255, 255, 255]
    assert seen[30, 40].tolist() == [0, 0, 0]
    # Without an alpha channel, but with one colour that is transparent.
    few = Image.new("P", (80, 60), 0)
    few.putpalette([10, 20, 30, 200, 0, 0])
    few.paste(1, (30, 20, 50, 40))
    path = tmp_path_factory.mktemp("few") / "few.png"
    few.save(path, transparency=0)
    seen = on_white(path.read_bytes())
    assert seen[0, 0].tolist() == [255, 255, 255]
    assert seen[30, 40].tolist() == [0, 0, 200]


def test_a_share_of_the_pictures_has_copies() -> None:
    copies = [copies_of(f"picture_{index}", 0.3, 0) for index in range(2_000)]
    assert set(copies) == {0, 1}
    assert 0.26 < sum(copies) / len(copies) < 0.34
    assert {copies_of(f"picture_{index}", 2, 0) for index in range(50)} == {2}
