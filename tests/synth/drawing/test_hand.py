"""Drawings by hand: nothing overlaps, is cut off or lost, and all of it can be read."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest

from sketch2flow.workflow.document import Workflow
from synth.diagram import Conventions, DrawingError, diagram_of
from synth.drawing.collisions import collisions
from synth.drawing.fonts import HANDS
from synth.drawing.geometry import Box
from synth.drawing.hand import STYLES
from synth.drawing.hand.glyphs import MOODS, WAYS, glyphs_of, stem_of
from synth.drawing.hand.light import Light
from synth.drawing.hand.look import HandLook
from synth.drawing.hand.papers import Paper
from synth.drawing.hand.ways import pieces_of
from synth.drawing.hand.writing import write
from synth.drawing.lettering import Lettering
from synth.drawing.looks import Brief, Painting, Style
from synth.drawing.scene import Scene, TextLine
from synth.drawing.strokes import Pen
from synth.generate import generate_workflows
from synth.pictures import orientation_of
from tests.synth import by_hand

LETTERS = "".join(map(chr, range(32, 127)))
INK = (40, 40, 40)

styles = pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)


@pytest.fixture(scope="module")
def workflows() -> list[Workflow]:
    generated = [each.workflow for each in generate_workflows("hand", 5, 4, 12)]
    return [*by_hand.ALL.values(), *generated]


def look_of(style: Style, seed: object, **wishes: Any) -> HandLook:
    look = style.look(Random(f"{seed}/{style.name}"), Brief("train", LETTERS, **wishes))
    assert isinstance(look, HandLook)
    return look


def scene_of(look: HandLook, workflow: Workflow) -> Scene:
    return look.arrange(diagram_of(workflow, look.conventions))


def bare(look: HandLook) -> HandLook:
    """The same drawing in dark ink on white paper, without light, in grey."""
    pens = replace(
        look.pens, medium="ballpoint", shape=INK, arrow=INK, text=INK, special={}, fills={}
    )
    white = Paper((255, 255, 255), grey=True)
    return replace(look, ground=white, light=Light(1, 0, 0, noise=0), pens=pens)


def grey_of(pixels: np.ndarray) -> np.ndarray:
    return pixels if pixels.ndim == 2 else pixels.mean(axis=2)


def part(pixels: np.ndarray, painting: Painting, box: Box) -> np.ndarray:
    """What the picture shows of a box of the scene."""
    assert painting.placed is not None
    corners = [(box.x, box.y), (box.right, box.y), (box.right, box.bottom), (box.x, box.bottom)]
    moved = np.array([(x, y, 1.0) for x, y in corners]) @ painting.placed.T
    places = moved[:, :2] / moved[:, 2:]
    (left, top), (right, bottom) = places.min(axis=0).astype(int), places.max(axis=0).astype(int)
    assert left >= 0
    assert top >= 0
    assert right < pixels.shape[1]
    assert bottom < pixels.shape[0]
    return pixels[top : bottom + 1, left : right + 1]


def test_all_sources_have_their_styles() -> None:
    for source, least in (("manual", 6), ("whiteboard", 5)):
        found = [style for style in STYLES if style.source == source]
        assert len(found) >= least
        assert sum(style.share for style in found) == pytest.approx(1.0)
    assert len({style.name for style in STYLES}) == len(STYLES)


def test_the_styles_are_listed_without_the_heavy_packages() -> None:
    code = (
        "import sys, synth.drawing.hand as hand; assert hand.STYLES; "
        "print(sorted({'cv2', 'numpy', 'albumentations'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@styles
def test_nothing_overlaps_and_all_ink_is_inside(style: Style, workflows: list[Workflow]) -> None:
    for index, workflow in enumerate(workflows):
        look = look_of(style, index)
        scene = scene_of(look, workflow)
        assert collisions(scene) == [], index
        drawn = bare(look).paint(scene, 1.0, Random(index))
        assert drawn.pixels.ndim == 2
        inner = drawn.pixels[4:-4, 4:-4]
        rim = drawn.pixels.copy()
        rim[4:-4, 4:-4] = 255
        assert rim.min() > 225, (index, look.camera)
        assert inner.min() < 100
        for shape in scene.shapes:
            assert (part(drawn.pixels, drawn, shape.slot) < 140).any(), (index, shape.node)


@styles
def test_every_line_of_text_stands_out(style: Style, workflows: list[Workflow]) -> None:
    for index, workflow in enumerate(workflows[3:7]):
        look = look_of(style, index)
        scene = scene_of(look, workflow)
        painting = look.paint(scene, 1.0, Random(index))
        drawn = bare(look).paint(scene, 1.0, Random(index))
        seen = grey_of(painting.pixels)
        assert seen.shape == drawn.pixels.shape
        for line in scene.texts():
            ink = part(drawn.pixels, drawn, line.box)
            shown = part(seen, painting, line.box)
            ground = np.median(shown[ink > 235])
            assert abs(ground - np.median(shown[ink < 110])) > 45, (index, line.text)


@styles
def test_seeds_repeat_and_differ(style: Style, workflows: list[Workflow]) -> None:
    workflow = workflows[1]
    one, same, other = look_of(style, 1), look_of(style, 1), look_of(style, 2)
    assert one == same
    assert one != other
    scene = scene_of(one, workflow)
    first = one.paint(scene, 1.0, Random(5))
    again = same.paint(scene_of(same, workflow), 1.0, Random(5))
    assert np.array_equal(first.pixels, again.pixels)
    assert np.array_equal(first.placed, again.placed)
    later = one.paint(scene, 1.0, Random(6)).pixels
    assert first.pixels.shape == later.shape
    assert not np.array_equal(first.pixels, later)


@styles
def test_scale_scales(style: Style, workflows: list[Workflow]) -> None:
    look = look_of(style, 3)
    scene = scene_of(look, workflows[2])
    sizes = {scale: look.paint(scene, scale, Random(1)).pixels.shape for scale in (0.7, 1.0, 2.1)}
    for axis in (0, 1):
        assert sizes[0.7][axis] == pytest.approx(0.7 * sizes[1.0][axis], abs=4)
        assert sizes[2.1][axis] == pytest.approx(2.1 * sizes[1.0][axis], abs=4)
    lettering = look.setting.lettering
    assert 5.6 <= lettering.x_height <= 7.7


@styles
def test_orientation_is_kept_in_the_picture(style: Style, workflows: list[Workflow]) -> None:
    for index in (1, 6, 7):
        look = look_of(style, index)
        scene = scene_of(look, workflows[index])
        height, width = look.paint(scene, 1.0, Random(1)).pixels.shape[:2]
        wished = orientation_of(round(scene.width), round(scene.height))
        assert orientation_of(width, height) == wished
    if style.name != "list":  # a list is as high as it is long
        look = look_of(style, 1, orientation="landscape")
        scene = scene_of(look, by_hand.TRY_CATCH)
        assert scene.width > scene.height


def test_styles_differ_in_what_they_are_drawn_on_and_with(workflows: list[Workflow]) -> None:
    pictures = {}
    for style in STYLES:
        look = look_of(style, 1)
        painting = look.paint(scene_of(look, workflows[1]), 1.0, Random(1))
        pictures[style.name] = painting.pixels.tobytes()
        assert look.format == "jpeg"
        assert look.fonts[0] in {face.name for face in HANDS}
    assert len(set(pictures.values())) == len(STYLES)


def test_scans_are_grey_where_the_sheet_is(workflows: list[Workflow]) -> None:
    (style,) = (style for style in STYLES if style.name == "scan")
    looks = [look_of(style, seed) for seed in range(12)]
    grey = {look.ground.grey for look in looks if isinstance(look.ground, Paper)}
    assert grey == {True, False}
    for look in looks:
        pixels = look.paint(scene_of(look, workflows[0]), 1.0, Random(1)).pixels
        assert isinstance(look.ground, Paper)
        assert pixels.ndim == (2 if look.ground.grey else 3)
        assert np.median(pixels) > 235


def test_people_vary_the_diagram_itself() -> None:
    looks = [look_of(style, seed) for style in STYLES for seed in range(12)]
    edges = [look.conventions.alternative == "edge" for look in looks]
    ends = [look.conventions.ends for look in looks]
    prefixed = [look.setting.prefix == "Trigger: " for look in looks]
    assert 0.12 < np.mean(edges) < 0.4
    assert 0.12 < np.mean(ends) < 0.4
    assert 0.4 < np.mean(prefixed) < 0.75


def test_held_out_hands_stay_held_out() -> None:
    known = {face.name: face.held_out for face in HANDS}
    for style in STYLES:
        for split in ("train", "test"):
            look = style.look(Random(1), Brief(split, LETTERS))
            assert [known[name] for name in look.fonts] == [split != "train"]


def test_letters_that_no_hand_has_are_named() -> None:
    with pytest.raises(DrawingError, match="中"):
        STYLES[0].look(Random(1), Brief("train", "中"))


def test_shared_lines_are_drawn_once() -> None:
    (style,) = (style for style in STYLES if style.name == "gateway")
    look = replace(look_of(style, 1), conventions=Conventions())
    scene = scene_of(look, by_hand.BRANCHED_LOOP)
    pieces = pieces_of(scene.connectors, 1.0)

    def length(ways: list[tuple[tuple[float, float], ...]]) -> float:
        return sum(float(np.hypot(*np.diff(np.array(way), axis=0).T).sum()) for way in ways if way)

    drawn = length([piece.way for piece in pieces])
    assert drawn < 0.97 * length([each.way for each in scene.connectors])
    # Every node but the first is still pointed at.
    heads = {piece.connector.edge.head for piece in pieces if piece.ends}
    assert heads == {edge.head for edge in diagram_of(by_hand.BRANCHED_LOOP).edges}


def test_no_two_equal_letters_are_equal_and_pens_set_their_width() -> None:
    face = HANDS[0]
    thin, thick = (glyphs_of(face, 30, stem) for stem in (1.5, 5.0))
    variants = [thin["a", number].ink for number in range(MOODS * WAYS)]
    assert len({variant.tobytes() for variant in variants}) == MOODS * WAYS
    assert thick["l", 0].ink.sum() > 1.4 * thin["l", 0].ink.sum()
    for each in HANDS:
        assert 0.03 < stem_of(each) < 0.2, each.name


def test_words_are_written_where_they_were_measured() -> None:
    for face in HANDS:
        lettering = Lettering(face, 30.0, 0.045)
        plane = np.zeros((70, 600), np.uint8)
        text = "quick, 12:45 and done"
        write(plane, [TextLine(text, 50, 45, lettering.width(text), lettering)], 2.5, Random(3))
        columns, rows = np.flatnonzero(plane.max(axis=0)), np.flatnonzero(plane.max(axis=1))
        assert 44 <= columns[0] <= 58, face.name
        assert abs(columns[-1] - 50 - lettering.width(text)) < 12, face.name
        assert rows[0] >= 45 - 1.4 * lettering.ascent
        assert rows[-1] <= 45 + 1.5 * lettering.descent


def test_letters_at_the_edge_are_cut_not_wrapped() -> None:
    lettering = Lettering(HANDS[0], 30.0)
    plane = np.zeros((20, 20), np.uint8)
    for x in (-20, 10):
        write(plane, [TextLine("mmmm", x, 12, 80, lettering)], 2.5, Random(1))
    assert plane.any()


def test_a_pen_returns_what_it_drew_and_draws_what_it_holds() -> None:
    pen = Pen(3, 2.0, 0.5, Random(1))
    points = pen.stroke([(20, 20), (120, 20)])
    assert points[0] == pytest.approx((20, 20), abs=2)
    assert points[-1] == pytest.approx((120, 20), abs=2)
    pen.line((20, 60), (120, 60), overshoot=3)
    pen.closed([(20, 80), (60, 80), (60, 120), (20, 120)], sides=True)
    pen.head((120, 100), (100, 100), 8, "hollow")
    plane = np.zeros((140, 160), np.uint8)
    pen.draw(plane)
    for x, y in ((70, 20), (70, 60), (40, 80), (60, 100)):
        assert plane[y - 3 : y + 4, x - 3 : x + 4].max() > 150, (x, y)
    assert plane[100, 40] == 0
    assert 0.005 < (plane > 127).mean() < 0.12
