from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest

from sketch2flow.workflow.document import Workflow
from synth.diagram import DrawingError, diagram_of
from synth.draw import SOURCES, Drawing, DrawingFailure, draw, draw_all
from synth.drawing.encoding import Pixels, decode
from synth.drawing.fonts import HANDS
from synth.generate import generate_workflows
from synth.pictures import inspect_picture
from tests.synth import by_hand
from tests.synth.by_hand import flow, step

each_source = pytest.mark.parametrize("source", SOURCES)


def pixels(drawing: Drawing) -> Pixels:
    return decode(drawing.picture)


@pytest.fixture(scope="module")
def generated() -> list[Workflow]:
    return [one.workflow for one in generate_workflows("sample", 25, 11, 12)]


@each_source
def test_a_drawing_is_what_it_says(source: str) -> None:
    for name, workflow in by_hand.ALL.items():
        drawing = draw(workflow, source, f"1/{name}")
        facts = inspect_picture(drawing.picture)
        assert (facts.width, facts.height, facts.format) == (
            drawing.width,
            drawing.height,
            drawing.format,
        )
        assert (facts.orientation, facts.resolution) == (drawing.orientation, drawing.resolution)
        # Ink enough to be a drawing, little enough to be no blot.
        assert 0.02 < facts.ink_share < 0.4
        assert [box[0] for box in drawing.boxes] == [
            node.identifier for node in diagram_of(workflow).nodes
        ]
        assert drawing.style
        assert drawing.fonts


@each_source
def test_the_same_seed_gives_the_same_bytes(source: str) -> None:
    first = draw(by_hand.BRANCHED_LOOP, source, "7/a")
    assert draw(by_hand.BRANCHED_LOOP, source, "7/a") == first
    # Two seeds may ask for the very same plain drawing.
    others = {draw(by_hand.BRANCHED_LOOP, source, f"7/{n}").picture for n in range(6)}
    assert len(others) >= 4


@each_source
def test_boxes_lie_in_the_picture_and_apart(source: str, generated: list[Workflow]) -> None:
    for index, workflow in enumerate(generated):
        drawing = draw(workflow, source, f"2/{index}", scale=1.0)
        for _, x, y, width, height in drawing.boxes:
            assert x >= 1
            assert y >= 1
            assert x + width <= drawing.width - 1
            assert y + height <= drawing.height - 1
        for one, other in combinations(drawing.boxes, 2):
            apart = (
                one[1] + one[3] <= other[1] + 0.5
                or other[1] + other[3] <= one[1] + 0.5
                or one[2] + one[4] <= other[2] + 0.5
                or other[2] + other[4] <= one[2] + 0.5
            )
            assert apart, (index, one, other)


@each_source
def test_nothing_is_drawn_on_the_pictures_edge(source: str, generated: list[Workflow]) -> None:
    import numpy as np

    for index, workflow in enumerate(generated[:12]):
        grey = pixels(draw(workflow, source, f"3/{index}", scale=1.0)).mean(axis=2)
        edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
        # Ground may be ruled and unevenly lit; ink is far darker.
        assert edge.min() > np.median(grey) - 75, index


@each_source
def test_every_box_holds_ink(source: str, generated: list[Workflow]) -> None:
    for index, workflow in enumerate(generated[:12]):
        drawing = draw(workflow, source, f"4/{index}", scale=1.0)
        grey = pixels(drawing).min(axis=2)
        for name, x, y, width, height in drawing.boxes:
            # The middle of a shape is text: dark letters beside their ground.
            part = grey[
                round(y + 0.15 * height) : round(y + 0.85 * height),
                round(x + 0.2 * width) : round(x + 0.8 * width),
            ]
            assert int(part.max()) - int(part.min()) > 70, (index, name)


@pytest.mark.parametrize("source", ["synthetic", "digital"])
def test_the_ground_is_exactly_white(source: str) -> None:
    grey = pixels(draw(by_hand.BRANCHED_LOOP, source, "5", scale=1.0)).min(axis=2)
    assert not ((grey > 250) & (grey < 255)).any()
    assert (grey == 255).mean() > 0.4


def test_the_plain_style_has_the_text_scale_that_the_reader_reads() -> None:
    sizes = []
    for index in range(40):
        drawing = draw(by_hand.ONE_STEP, "synthetic", f"6/{index}", scale=1.0)
        (_, x, *_), (_, other_x, _, _, height) = drawing.boxes
        downwards = other_x - x < 40
        if drawing.style == "graphviz plain" and downwards:
            sizes.append((drawing.width, drawing.height))
            # Two or three lines of 12.4 pixels, each in a line of about 15.
            assert 30 <= height <= 56
    assert len(sizes) > 5
    assert all(95 <= width <= 160 and 85 <= height <= 130 for width, height in sizes)


@each_source
def test_scale_scales_everything(source: str) -> None:
    small = draw(by_hand.TRY_CATCH, source, "8", scale=1.0)
    large = draw(by_hand.TRY_CATCH, source, "8", scale=2.0)
    assert large.width == pytest.approx(2 * small.width, rel=0.05)
    assert large.height == pytest.approx(2 * small.height, rel=0.05)
    assert large.style == small.style
    assert large.fonts == small.fonts


def test_all_size_classes_and_both_orientations_occur() -> None:
    drawings = [draw(by_hand.BRANCHED_LOOP, "digital", f"9/{n}", "test") for n in range(60)]
    classes = Counter(drawing.resolution for drawing in drawings)
    assert set(classes) == {"small", "medium", "large"}
    assert classes["small"] >= 40
    assert min(Counter(drawing.orientation for drawing in drawings).values()) >= 10


def test_larger_pictures_are_rarer_in_training() -> None:
    larger = {
        split: sum(
            draw(by_hand.BRANCHED_LOOP, "ui", f"9/{n}", split).resolution != "small"
            for n in range(80)
        )
        for split in ("train", "test")
    }
    assert 0 < larger["train"] < larger["test"] / 2


@pytest.mark.parametrize("source", ["manual", "whiteboard"])
def test_some_hands_are_kept_for_validation_and_test(source: str) -> None:
    kept = {face.name for face in HANDS if face.held_out}
    assert len(kept) == 4
    fonts = {
        split: {draw(by_hand.ONE_STEP, source, f"{n}", split, 1.0).fonts[0] for n in range(25)}
        for split in ("train", "validation", "test")
    }
    assert fonts["validation"] == fonts["test"] == kept
    assert len(fonts["train"]) >= 10
    assert not fonts["train"] & kept


def test_long_flows_that_would_run_too_wide_turn_downwards() -> None:
    long = flow(*(step(n, "send an email to the manager", "send_email") for n in range(1, 25)))
    for source in ("synthetic", "digital", "manual", "whiteboard"):
        for seed in range(4):
            assert draw(long, source, f"{seed}", scale=1.0).width <= 1700


@each_source
def test_signs_are_drawn_as_they_are(source: str) -> None:
    signs = flow(step(1, r'say "a\nb" & <b>c</b> \N {x|y} [] ; // #', "log"))
    letters = flow(step(1, r"say  a nb    b c  b   N  x y        ", "log"))
    seeds = [f"{n}" for n in range(3)]
    for seed in seeds:
        assert draw(signs, source, seed).picture != draw(letters, source, seed).picture


@each_source
def test_what_cannot_be_drawn_is_named(source: str) -> None:
    with pytest.raises(DrawingError, match="U\\+4E2D"):
        draw(flow(step(1, "send 中", "log")), source, "1")
    with pytest.raises(DrawingError, match=r"step1: 500 characters"):
        draw(flow(step(1, "x" * 500, "log")), source, "1")
    with pytest.raises(DrawingError, match="scale 9 is not within"):
        draw(by_hand.ONE_STEP, source, "1", scale=9)
    with pytest.raises(DrawingError, match="'oil' is none of synthetic, manual"):
        draw(by_hand.ONE_STEP, "oil", "1")


def test_a_poster_is_refused_before_it_is_made() -> None:
    text = " ".join(["word"] * 79)
    poster = flow(*(step(n, text, "log") for n in range(1, 190)))
    for source in SOURCES:
        with pytest.raises(DrawingError, match="at most 40 million"):
            draw(poster, source, "1", scale=4.0)


def items() -> list[tuple[str, Workflow, str]]:
    good = [(f"good_{n}", one, "train") for n, one in enumerate(by_hand.ALL.values())]
    bad = ("bad", flow(step(1, "send 中", "log")), "train")
    return [*good[:2], bad, *good[2:], ("held", by_hand.ONE_STEP, "test")]


def test_one_bad_document_costs_one_picture() -> None:
    results = dict(draw_all(items(), "synthetic", 3))
    assert list(results) == [name for name, _, _ in items()]
    failures = [one for one in results.values() if isinstance(one, DrawingFailure)]
    assert [failure.identifier for failure in failures] == ["bad"]
    assert "U+4E2D" in failures[0].reason


def test_two_workers_draw_what_one_draws() -> None:
    for source in ("synthetic", "whiteboard"):
        alone = list(draw_all(items(), source, 3, workers=1))
        assert list(draw_all(items(), source, 3, workers=2)) == alone


def test_a_picture_does_not_depend_on_its_neighbours() -> None:
    everything = dict(draw_all(items(), "manual", 3))
    assert dict(draw_all(items()[3:4], "manual", 3)) == {items()[3][0]: everything[items()[3][0]]}
