from __future__ import annotations

import logging

import pytest

from synth.augment import KEPT_DETAIL, augment, augment_all, copies_of, detail
from synth.draw import SOURCES, draw
from synth.drawing.encoding import Pixels, decode, on_white
from synth.pictures import inspect_picture
from tests.synth import by_hand


@pytest.fixture(scope="module", params=SOURCES)
def drawn(request: pytest.FixtureRequest) -> tuple[str, bytes]:
    return request.param, draw(by_hand.TRY_CATCH, request.param, "1", scale=1.0).picture


def test_the_same_seed_gives_the_same_bytes(drawn: tuple[str, bytes]) -> None:
    source, picture = drawn
    first = augment(picture, source, "a")
    assert augment(picture, source, "b") != first
    assert augment(picture, source, "a") == first


def test_variants_stay_legible_and_whole(drawn: tuple[str, bytes]) -> None:
    source, picture = drawn
    original = inspect_picture(picture)
    kept = detail(decode(picture))
    for seed in range(40):
        variant = augment(picture, source, f"{seed}")
        facts = inspect_picture(variant)
        # Nothing is cut off: smaller only by the rescaling.
        assert facts.width > 0.93 * original.width
        assert facts.height > 0.93 * original.height
        assert facts.width < 1.25 * original.width
        assert detail(decode(variant)) > 0.9 * KEPT_DETAIL * kept
        assert facts.ink_share > 0.5 * original.ink_share


def test_variants_are_no_copies(drawn: tuple[str, bytes]) -> None:
    import numpy as np

    source, picture = drawn
    pixels = decode(picture)
    variants = [augment(picture, source, f"{seed}") for seed in range(30)]
    assert len(set(variants)) == 30
    changed = 0
    for variant in map(decode, variants):
        same_size = variant.shape == pixels.shape
        changed += not same_size or float(np.abs(variant.astype(int) - pixels).mean()) > 1.5
    assert changed >= 15


def test_a_variant_that_cannot_be_read_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    import cv2

    from synth import augment as module

    class Blur:
        def set_random_seed(self, seed: int) -> None: ...

        def __call__(self, image: Pixels) -> dict[str, Pixels]:
            return {"image": cv2.blur(image, (9, 9))}

    picture = draw(by_hand.TRY_CATCH, "synthetic", "1", scale=1.0).picture
    monkeypatch.setattr(module, "_effects", lambda kind: Blur())
    kept = detail(decode(augment(picture, "synthetic", "1")))
    assert kept > 0.9 * detail(decode(picture))


def test_detail_falls_with_blur_and_with_contrast() -> None:
    import cv2

    pixels = decode(draw(by_hand.TRY_CATCH, "synthetic", "1", scale=1.0).picture)
    assert detail(cv2.GaussianBlur(pixels, (5, 5), 2)) < 0.6 * detail(pixels)
    assert detail(cv2.convertScaleAbs(pixels, alpha=0.4, beta=150)) < 0.5 * detail(pixels)


def pictures() -> list[tuple[str, bytes]]:
    return [
        (name, draw(workflow, "manual", name, scale=1.0).picture)
        for name, workflow in by_hand.ALL.items()
    ]


def test_two_workers_make_what_one_makes() -> None:
    alone = list(augment_all(pictures(), "manual", 2, 5, workers=1))
    assert [(parent, number) for parent, number, _ in alone] == [
        (name, number) for name in by_hand.ALL for number in (1, 2)
    ]
    assert len({picture for *_, picture in alone}) == len(alone)
    assert list(augment_all(pictures(), "manual", 2, 5, workers=2)) == alone


def test_what_is_no_picture_is_left_out_by_name(caplog: pytest.LogCaptureFixture) -> None:
    items = [("broken", b"no picture"), *pictures()[:1], ("empty", b"")]
    with caplog.at_level(logging.WARNING):
        made = list(augment_all(items, "manual", 1, 5))
    assert [parent for parent, *_ in made] == ["one_step"]
    assert "broken: variant 1 is left out" in caplog.text
    assert "empty: variant 1 is left out" in caplog.text
    with pytest.raises(ValueError, match="no picture that OpenCV can read"):
        augment(b"no picture", "manual", "1")


def test_transparent_ground_is_white() -> None:
    import cv2
    import numpy as np

    clear = np.zeros((60, 80, 4), np.uint8)
    clear[20:40, 30:50, 3] = 255
    _, theirs = cv2.imencode(".png", clear)
    seen = on_white(bytes(theirs))
    assert seen[0, 0].tolist() == [255, 255, 255]
    assert seen[30, 40].tolist() == [0, 0, 0]


def test_a_share_of_the_pictures_has_copies() -> None:
    copies = [copies_of(f"picture_{index}", 0.3, 0) for index in range(2_000)]
    assert set(copies) == {0, 1}
    assert 0.26 < sum(copies) / len(copies) < 0.34
    assert {copies_of(f"picture_{index}", 2, 0) for index in range(50)} == {2}
