"""Clean drawings: every style is legible, repeats, scales, and looks like nothing else."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from random import Random
from typing import Any

import numpy as np
import pytest

from sketch2flow.workflow.document import Workflow
from synth.diagram import Diagram, DrawingError, diagram_of
from synth.drawing.clean import STYLES, genuine, graphviz_looks
from synth.drawing.clean.genuine import GenuineLook, GraphvizScene
from synth.drawing.clean.look import CleanLook
from synth.drawing.collisions import collisions
from synth.drawing.encoding import Pixels
from synth.drawing.engine import graphviz
from synth.drawing.fonts import GRAPHVIZ, HANDS, PRINT
from synth.drawing.looks import Brief, Look, Style
from synth.drawing.scene import Scene
from synth.generate import generate_workflows
from synth.pictures import Orientation
from tests.synth.by_hand import ALL, BRANCHED_LOOP, flow, step

by_style = pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
with_graphviz = pytest.mark.skipif(graphviz() is None, reason="there is no Graphviz here")

WISHES: tuple[Orientation | None, ...] = (None, "landscape", "portrait")


@cache
def workflows() -> tuple[Workflow, ...]:
    generated = [one.workflow for one in generate_workflows("clean", 3, 3, 9)]
    return (*ALL.values(), *generated)


def made(
    style: Style, workflow: Workflow, seed: str = "0", wish: Orientation | None = None
) -> tuple[Look, Diagram, Scene]:
    letters = "".join({letter for node in diagram_of(workflow).nodes for letter in node.text})
    look = style.look(Random(seed), Brief("train", letters, wish))
    diagram = diagram_of(workflow, look.conventions, style.name)
    return look, diagram, look.arrange(diagram)


def painted(look: Look, scene: Scene, scale: float = 1.0, seed: int = 0) -> Pixels:
    return look.paint(scene, scale, Random(seed)).pixels


def grey(pixels: Pixels) -> Any:
    return pixels.astype(float).mean(axis=2) if pixels.ndim == 3 else pixels.astype(float)


@by_style
def test_nothing_overlaps(style: Style) -> None:
    for index, workflow in enumerate(workflows()):
        for wish in WISHES:
            _, _, scene = made(style, workflow, str(index), wish)
            found = collisions(scene)
            if isinstance(scene, GraphvizScene):
                # Graphviz runs its own lines as it likes; its shapes and pages are its promise.
                found = [each for each in found if "leaves" in each or " lies on step" in each]
            assert found == [], (index, wish)
            assert crossed_texts(scene) == [] or isinstance(scene, GraphvizScene), (index, wish)


def crossed_texts(scene: Scene) -> list[str]:
    """Return the lines of text, inside shapes or beside them, that a connector runs through."""
    ways = [np.array(each.way) for each in scene.connectors if len(each.way) > 1]
    found = []
    for line in scene.texts():
        box = line.box.grown(-1.5)
        for way in ways:
            for (ax, ay), (bx, by) in pairwise(way):
                along = np.linspace(0, 1, max(2, int(np.hypot(bx - ax, by - ay) / 2)))
                x, y = ax + (bx - ax) * along, ay + (by - ay) * along
                inside = (x > box.x) & (x < box.right) & (y > box.y) & (y < box.bottom)
                if inside.any():
                    found.append(line.text)
    return found


@by_style
def test_the_same_seed_draws_the_same_picture_and_others_do_not(style: Style) -> None:
    pictures = []
    for seed in ("a", "a", "b", "c", "d"):
        look, _, scene = made(style, BRANCHED_LOOP, seed)
        pictures.append(painted(look, scene).tobytes())
    assert pictures[0] == pictures[1]
    assert len(set(pictures[1:])) >= 3


@by_style
def test_text_has_the_size_that_the_reader_reads(style: Style) -> None:
    for seed in range(12):
        look, _, scene = made(style, BRANCHED_LOOP, str(seed))
        heights = [line.lettering.x_height for line in scene.texts()]
        assert 5.4 <= min(heights) <= max(heights) <= 6.7
        drawn = {line.lettering.face.name for line in scene.texts()}
        assert drawn <= set(look.fonts)
        assert set(look.fonts) <= {face.name for face in (*PRINT, *HANDS)} | {
            f"{face.name} Bold" for face in PRINT
        } | {f"{face.name} SemiBold" for face in PRINT}


@by_style
def test_a_larger_scale_is_the_same_picture_with_more_pixels(style: Style) -> None:
    import cv2

    look, _, scene = made(style, BRANCHED_LOOP, "7")
    one, two = grey(painted(look, scene)), grey(painted(look, scene, 2.0))
    assert abs(one.shape[0] - scene.height) <= 2
    assert abs(two.shape[0] - 2 * one.shape[0]) <= 3
    assert abs(two.shape[1] - 2 * one.shape[1]) <= 3
    # Seen from afar: letters and lines of pixels differ, their places do not.
    far = [cv2.resize(each, (64, 64), interpolation=cv2.INTER_AREA) for each in (one, two)]
    assert np.corrcoef(far[0].ravel(), far[1].ravel())[0, 1] > 0.85


@by_style
def test_every_line_of_text_is_inked(style: Style) -> None:
    for index, workflow in enumerate(workflows()):
        look, _, scene = made(style, workflow, f"ink {index}")
        for scale in (0.7, 1.6):
            pixels = grey(painted(look, scene, scale))
            for line in scene.at(scale).texts():
                box = line.box
                region = pixels[
                    max(0, int(box.y)) : int(box.bottom) + 1, int(box.x) : int(box.right) + 1
                ]
                # Dark on bright or bright on dark: letters cover between a tenth and a half.
                ground = np.median(region)
                stands_out = (np.abs(region - ground) > 60).mean()
                assert 0.04 < stands_out < 0.5, (style.name, line.text)


@by_style
def test_nothing_touches_the_border(style: Style) -> None:
    for index, workflow in enumerate(workflows()):
        look, _, scene = made(style, workflow, f"border {index}")
        theme = getattr(look, "theme", None)
        if theme is not None and theme.grid is not None:
            continue
        pixels = painted(look, scene, 1.3)
        ground = pixels[0, 0]
        for edge in (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]):
            assert (edge == ground).all(), (style.name, index)


def test_grey_looks_are_grey_pixels_and_others_have_colour() -> None:
    planes = {"plain": 2, "bold": 3, "pastel": 3, "slate": 3}
    for style in STYLES:
        for seed in range(2):
            look, _, scene = made(style, BRANCHED_LOOP, str(seed))
            pixels = painted(look, scene)
            if style.name in planes:
                assert pixels.ndim == planes[style.name]
            if pixels.ndim == 3:
                assert (pixels.max(axis=2) != pixels.min(axis=2)).any(), style.name


def test_styles_differ_and_share_their_sources() -> None:
    names = [style.name for style in STYLES]
    assert len(set(names)) == len(names)
    for source, least in (("synthetic", 5), ("digital", 6)):
        styles = [style for style in STYLES if style.source == source]
        assert len(styles) >= least
        assert sum(style.share for style in styles) == pytest.approx(1)
    shares = {style.name: style.share for style in STYLES}
    assert shares["dot"] >= 0.1
    assert shares["plain"] + shares["dot"] == pytest.approx(0.45, abs=0.03)
    pictures = set()
    for style in STYLES:
        look, _, scene = made(style, BRANCHED_LOOP, "1")
        pictures.add(painted(look, scene).tobytes())
    assert len(pictures) == len(STYLES)


@by_style
def test_only_graphviz_writes_definitions(style: Style) -> None:
    for seed in range(4):
        _, diagram, scene = made(style, BRANCHED_LOOP, str(seed))
        texts = [line.text for line in scene.texts()]
        definitions = [f"({node.name})" for node in diagram.nodes if node.order is not None]
        assert all((name in texts) == (style.source == "synthetic") for name in definitions)
        words = " ".join(" ".join(line.text for line in s.lines) for s in scene.shapes)
        for node in diagram.nodes:
            assert node.text in words


@by_style
def test_definitions_are_left_out_where_they_are_not_wished_for(style: Style) -> None:
    diagram = diagram_of(BRANCHED_LOOP)
    brief = Brief("train", "", definitions=False)
    scene = style.look(Random("1"), brief).arrange(diagram)
    texts = [line.text for line in scene.texts()]
    assert not any(f"({node.name})" in texts for node in diagram.nodes)


def test_plain_graphs_say_trigger_and_draw_every_else() -> None:
    (plain,) = (style for style in STYLES if style.name == "plain")
    for seed in range(8):
        look, diagram, scene = made(plain, BRANCHED_LOOP, str(seed))
        assert look.conventions.alternative == "shape"
        assert not look.conventions.ends
        assert scene.shapes[0].lines[0].text.startswith("Trigger: ")
        outlines = {shape.node.kind: shape.outline for shape in scene.shapes}
        assert outlines == {"trigger": "box", "action": "box", "logic": "diamond"}
        assert len(diagram.nodes) == len(BRANCHED_LOOP.components) + 1


def test_letters_that_a_face_lacks_are_named() -> None:
    strange = flow(step(1, "look up \u4e2d records", "look_up_records"))
    for style in STYLES:
        with pytest.raises(DrawingError, match="\u4e2d"):
            made(style, strange)


@with_graphviz
def test_our_shapes_are_as_large_as_graphvizs_own() -> None:
    for seed in range(6):
        look = graphviz_looks.plain(Random(seed), Brief("train", ""))
        diagram = diagram_of(workflows()[5 + seed % 3], look.conventions)
        theirs = GenuineLook(look).arrange(diagram)
        assert isinstance(theirs, GraphvizScene)
        for ours, shape in zip(look.arrange(diagram).shapes, theirs.shapes, strict=True):
            assert ours.frame.width == pytest.approx(shape.slot.width, rel=0.04, abs=2)
            assert ours.frame.height == pytest.approx(shape.slot.height, rel=0.04, abs=2)


@with_graphviz
def test_our_raster_is_like_graphvizs_own() -> None:
    look = graphviz_looks.plain(Random(3), Brief("train", ""))
    diagram = diagram_of(ALL["one_step"], look.conventions)
    genuine_look = GenuineLook(look)
    ours = 255 - grey(painted(look, look.arrange(diagram)))
    theirs = 255 - grey(painted(genuine_look, genuine_look.arrange(diagram)))
    assert ours.sum() == pytest.approx(theirs.sum(), rel=0.1)
    high, wide = np.minimum(ours.shape, theirs.shape)
    for axis in (0, 1):
        profiles = [each[:high, :wide].sum(axis=axis) for each in (ours, theirs)]
        # Neighbours count as one: a line may lie half a pixel further.
        soft = [np.convolve(each, np.ones(5), mode="same") for each in profiles]
        assert np.corrcoef(soft[0], soft[1])[0, 1] > 0.85


@with_graphviz
def test_genuine_pictures_are_graphvizs_and_stand_on_pages() -> None:
    (dot,) = (style for style in STYLES if style.name == "dot")
    for seed in range(6):
        look, _, scene = made(dot, BRANCHED_LOOP, str(seed))
        assert isinstance(scene, GraphvizScene)
        assert set(look.fonts) <= {face.name for face in GRAPHVIZ}
        words = {each.label.text for each in scene.connectors if each.label is not None}
        assert words == {"true", "false", "done"}
        pixels = painted(look, scene)
        page = scene.on_page(scene.width + 60, scene.height + 30)
        larger = painted(look, page)
        assert abs(larger.shape[1] - pixels.shape[1] - 60) <= 2
        shifted = larger[15 : 15 + pixels.shape[0], 30 : 30 + pixels.shape[1]]
        assert np.abs(grey(shifted) - grey(pixels)).mean() < 1
        assert (larger[:10] == larger[0, 0]).all()


def test_without_graphviz_its_style_is_drawn_by_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(genuine, "graphviz", lambda: None)
    (dot,) = (style for style in STYLES if style.name == "dot")
    look, _, scene = made(dot, BRANCHED_LOOP)
    assert isinstance(look, GenuineLook)
    assert isinstance(look.ours, CleanLook)
    assert not isinstance(scene, GraphvizScene)
    assert painted(look, scene).tobytes() == painted(look.ours, scene).tobytes()


@pytest.mark.parametrize("wish", ["landscape", "portrait"])
def test_orientation_is_followed(wish: Orientation) -> None:
    straight = flow(*(step(k, f"update record number {k}", "update_record") for k in range(1, 6)))
    for style in STYLES:
        _, _, scene = made(style, straight, "o", wish)
        assert (scene.width > scene.height) == (wish == "landscape"), style.name


@with_graphviz
def test_graphviz_breaks_no_flow_into_rows() -> None:
    long = flow(*(step(k, f"update the record number {k}", "update_record") for k in range(1, 15)))
    for seed in range(12):
        look = graphviz_looks.plain(Random(seed), Brief("train", ""))
        scene = look.arrange(diagram_of(long, look.conventions))
        assert all(connector.smooth for connector in scene.connectors)
        assert scene.width < 1500


def test_hands_are_those_of_the_split() -> None:
    held_out = {face.name for face in HANDS if face.held_out}
    for style in STYLES:
        for seed in range(6):
            for split in ("train", "test"):
                fonts = set(style.look(Random(seed), Brief(split, "abc")).fonts)
                hands = fonts & {face.name for face in HANDS}
                assert hands <= held_out if split == "test" else not hands & held_out
