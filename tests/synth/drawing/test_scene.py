"""Text fits the outline it stands in, and everything scales."""

from __future__ import annotations

import math
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.diagram import DrawingError, Node, diagram_of
from synth.drawing.collisions import collisions
from synth.drawing.fonts import HANDS, SANS, SERIF, wrap
from synth.drawing.geometry import Box
from synth.drawing.layouts.blocks import Blocks
from synth.drawing.lettering import Lettering
from synth.drawing.outlines import Outline, holds, landing, polygon
from synth.drawing.scene import Shape, fit, set_lines
from tests.synth import by_hand
from tests.synth.drawing.scenes import TYPE, scene_of

OUTLINES: tuple[Outline, ...] = get_args(Outline)
SOLID = tuple(outline for outline in OUTLINES if outline != "none")


@settings(max_examples=80, deadline=None)
@given(
    text=st.text("abcdefghij klmnop WQ", min_size=1, max_size=120).filter(str.strip),
    outline=st.sampled_from(SOLID),
    flatness=st.floats(1.3, 3.5),
    face=st.sampled_from([SERIF, SANS, *HANDS[:4]]),
)
def test_text_fits_every_outline(
    text: str, outline: Outline, flatness: float, face: object
) -> None:
    lettering = Lettering(face, 12.0)  # type: ignore[arg-type]
    lines = [(line, lettering, "text") for line in wrap(text, 18)]
    content = fit(lines, outline, flatness=flatness)
    node = Node("step1", "action", text, "log")
    shape = Shape(node, outline, content.frame, content.frame, content.lines)
    corners = polygon(outline, content.frame)
    for line in content.lines:
        for x in (line.x, line.x + line.width):
            for y in (line.baseline - 0.8 * lettering.ascent, line.baseline):
                assert holds(corners, (x, y), 0.75), (outline, line.text)
    assert shape.scaled(2).frame.width == 2 * shape.frame.width


def test_measures_are_linear_in_the_size() -> None:
    small, large = Lettering(SERIF, 10), Lettering(SERIF, 40)
    for text in ("a", "Trigger: every day", "WWW ..."):
        assert large.width(text) == pytest.approx(4 * small.width(text))
    assert large.line_height == pytest.approx(4 * small.line_height)
    assert small.scaled(4) == large


def test_letters_that_a_face_lacks_are_named() -> None:
    with pytest.raises(DrawingError, match="U\\+4E2D"):
        set_lines([("send 中", TYPE, "text")])


def test_a_scene_scales_as_a_whole() -> None:
    scene = scene_of(diagram_of(by_hand.TRY_CATCH), Blocks())
    large = scene.at(2.5)
    assert large.width == 2.5 * scene.width
    assert collisions(large) == []
    for small, big in zip(scene.texts(), large.texts(), strict=True):
        assert big.x == pytest.approx(2.5 * small.x)
        assert big.width == pytest.approx(big.lettering.width(big.text))


def test_a_page_leaves_the_scene_in_its_middle() -> None:
    scene = scene_of(diagram_of(by_hand.TRY_CATCH), Blocks())
    page = scene.on_page(scene.width + 100, scene.height)
    assert (page.width, page.height) == (scene.width + 100, scene.height)
    assert page.shapes[0].slot.x == scene.shapes[0].slot.x + 50
    assert collisions(page) == []
    assert scene.on_page(10, 10) is scene


def test_lines_land_on_the_outline() -> None:
    box = Box(0, 0, 100, 40)
    for outline in SOLID:
        corners = polygon(outline, box)
        x, y = landing(corners, (50, 90), (50, 40))
        assert (x, y) == (pytest.approx(50), pytest.approx(40, abs=0.2))
        assert landing(corners, (300, 90), (300, 40)) == (300, 40)
        assert holds(corners, (50, 20))
        assert not holds(corners, (101, 20))
        assert all(math.isfinite(number) for corner in corners for number in corner)
