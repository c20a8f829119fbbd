from __future__ import annotations

import numpy as np
import pytest

from synth.draw import SOURCES, Wish, draw
from synth.drawing.encoding import decode
from synth.margins import faults
from tests.synth import by_hand
from tests.synth.pages import page, shaded, squared


@pytest.mark.parametrize("source", SOURCES)
def test_drawings_have_no_faults(source: str) -> None:
    for name, workflow in by_hand.ALL.items():
        drawing = draw(workflow, source, name, wish=Wish(scale=1.0))
        assert faults(decode(drawing.picture), [box[1:] for box in drawing.boxes]) == [], name


def test_a_blank_picture_is_told() -> None:
    made = page()
    grain = np.random.default_rng(2).normal(0, 6, made.pixels.shape[:2])[..., None].repeat(3, 2)
    for blank in (np.full_like(made.pixels, 255), (220 + grain).astype(np.uint8)):
        assert faults(blank, made.boxes) == ["the picture is blank"]
    assert faults(made.pixels, []) == ["nothing is drawn"]


@pytest.mark.parametrize("change", [lambda pixels: pixels, squared, shaded])
def test_a_shape_without_text_is_told(change) -> None:
    made = page(written=4)
    assert faults(change(made.pixels), made.boxes) == [
        "shape 5 of 6 holds no ink",
        "shape 6 of 6 holds no ink",
    ]


def test_shapes_on_the_edge_or_beyond_it_are_told() -> None:
    made = page()
    x, y, width, height = made.boxes[0]
    cut = made.pixels[:, round(x + 5) :]
    moved = [(left - round(x + 5), *rest) for left, *rest in made.boxes]
    assert faults(cut, moved[:1] + moved[1:2])[0].startswith("shape 1 of 2 ends -5.")
    close = made.pixels[int(y) :]
    assert faults(close, [(x, y - int(y), width, height)])[0].startswith("shape 1 of 1 ends 0.")
    far = [*made.boxes, (5000.0, 10.0, 40.0, 20.0)]
    assert [reason.split(",")[0] for reason in faults(made.pixels, far)] == [
        f"shape 7 of 7 ends -{5040 - made.pixels.shape[1]:.1f} pixels inside the picture",
        "shape 7 of 7 holds no ink",
    ]
