from __future__ import annotations

from collections import Counter
from itertools import combinations
from random import Random

import pytest

from sketch2flow.workflow.document import Workflow
from synth.diagram import DrawingError, diagram_of
from synth.draw import SOURCES, Drawing, DrawingFailure, Wish, draw, draw_all
from synth.drawing.encoding import Pixels, decode
from synth.drawing.fonts import HANDS
from synth.drawing.looks import Brief
from synth.drawing.styles import chosen_styles, styles_of
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


each_style = pytest.mark.parametrize(
    ("source", "style"),
    [(source, style.name) for source in SOURCES for style in styles_of(source)],
)


@each_style
def test_a_drawing_is_what_it_says(source: str, style: str) -> None:
    for name, workflow in by_hand.ALL.items():
        drawing = draw(workflow, source, f"1/{name}", wish=Wish((style,)))
        assert drawing.style == f"{source} {style}"
        facts = inspect_picture(drawing.picture)
        assert (facts.width, facts.height, facts.format) == (
            drawing.width,
            drawing.height,
            drawing.format,
        )
        assert (facts.orientation, facts.resolution) == (drawing.orientation, drawing.resolution)
        # Ink enough to be a drawing, little enough to be no blot.
        assert 0.01 < facts.ink_share < 0.4
        # ELSE may be no shape of its own; a start and an end may stand around the flow.
        names = [box[0] for box in drawing.boxes if box[0] not in ("start", "end")]
        nodes = diagram_of(workflow).nodes
        alternatives = {node.identifier for node in nodes if node.name == "ELSE"}
        assert set(names) - alternatives == {n.identifier for n in nodes} - alternatives
        assert drawing.fonts
        assert 4.5 < drawing.text_height < 30


@each_source
def test_words_stand_in_their_boxes(source: str, generated: list[Workflow]) -> None:
    for index, workflow in enumerate(generated):
        drawing = draw(workflow, source, f"words/{index}")
        nodes = {node.identifier: node.text for node in diagram_of(workflow).nodes}
        grey = decode(drawing.picture, colour=False)
        for word in drawing.words:
            assert word.x >= -2
            assert word.x + word.width <= drawing.width + 2
            inside = grey[
                max(0, round(word.y)) : round(word.y + word.height) + 1,
                max(0, round(word.x)) : round(word.x + word.width) + 1,
            ]
            assert int(inside.max()) - int(inside.min()) > 25, (drawing.style, word)
        for name in {word.node for word in drawing.words} & set(nodes):
            said = "".join(word.text for word in drawing.words if word.node == name).casefold()
            told = nodes[name].casefold().replace(" ", "")
            assert told in said or told.removesuffix("?") in said, (drawing.style, said, told)


@each_source
def test_the_same_seed_gives_the_same_bytes(source: str) -> None:
    first = draw(by_hand.BRANCHED_LOOP, source, "7/a")
    assert draw(by_hand.BRANCHED_LOOP, source, "7/a") == first
    # Two seeds may ask for the very same plain drawing.
    others = {draw(by_hand.BRANCHED_LOOP, source, f"7/{n}").picture for n in range(6)}
    assert len(others) >= 4


@each_source
def test_boxes_lie_in_the_picture_and_apart(source: str, generated: list[Workflow]) -> None:
    # Upright boxes around shapes that a photo has turned reach into each other's corners.
    slack = 6.0 if source in ("manual", "whiteboard") else 0.5
    for index, workflow in enumerate(generated):
        drawing = draw(workflow, source, f"2/{index}", wish=Wish(scale=1.0))
        for _, x, y, width, height in drawing.boxes:
            assert x >= 1
            assert y >= 1
            assert x + width <= drawing.width - 1
            assert y + height <= drawing.height - 1
        for one, other in combinations(drawing.boxes, 2):
            apart = (
                one[1] + one[3] <= other[1] + slack
                or other[1] + other[3] <= one[1] + slack
                or one[2] + one[4] <= other[2] + slack
                or other[2] + other[4] <= one[2] + slack
            )
            assert apart, (index, one, other)


def test_the_plain_styles_have_the_text_scale_that_the_reader_reads() -> None:
    for style in ("plain", "dot"):
        for index in range(6):
            wish = Wish((style,), 1.0)
            drawing = draw(by_hand.ONE_STEP, "synthetic", f"6/{index}", wish=wish)
            assert drawing.text_height == pytest.approx(5.8 if style == "plain" else 6.0, abs=0.4)
            # Two or three lines of 12.4 pixels, each in a line of about 15.
            assert all(30 <= box[4] <= 62 for box in drawing.boxes)
            if style == "plain":
                assert (pixels(drawing).min(axis=2) == 255).mean() > 0.4


@each_source
def test_scale_scales_everything(source: str) -> None:
    small = draw(by_hand.TRY_CATCH, source, "8", wish=Wish(scale=1.0))
    large = draw(by_hand.TRY_CATCH, source, "8", wish=Wish(scale=2.0))
    assert large.width == pytest.approx(2 * small.width, rel=0.05)
    assert large.height == pytest.approx(2 * small.height, rel=0.05)
    assert large.style == small.style
    assert large.fonts == small.fonts


def test_all_size_classes_and_both_orientations_occur() -> None:
    drawings = [draw(by_hand.TRY_CATCH, "digital", f"9/{n}", "test") for n in range(60)]
    classes = Counter(drawing.resolution for drawing in drawings)
    assert set(classes) == {"small", "medium", "large"}
    assert classes["small"] >= 40
    assert min(Counter(drawing.orientation for drawing in drawings).values()) >= 10


def test_larger_pictures_are_rarer_in_training() -> None:
    larger = {
        split: sum(
            draw(by_hand.TRY_CATCH, "ui", f"9/{n}", split).resolution != "small" for n in range(80)
        )
        for split in ("train", "test")
    }
    assert 0 < larger["train"] < larger["test"] / 2


@each_style
def test_size_class_and_orientation_are_as_asked(source: str, style: str) -> None:
    for number, name in enumerate(("one_step", "try_catch")):
        for resolution in ("small", "medium", "large"):
            orientation = ("portrait", "landscape")[number]
            wish = Wish((style,), None, resolution, orientation)  # type: ignore[arg-type]
            if (name, resolution) == ("try_catch", "small"):
                continue  # six shapes by hand may need more room than a small picture has
            drawing = draw(by_hand.ALL[name], source, "3", wish=wish)
            assert (drawing.resolution, drawing.orientation) == (resolution, orientation)


def test_what_cannot_be_as_asked_is_refused() -> None:
    long = flow(*(step(n, f"send email {n} to the manager", "send_email") for n in range(1, 90)))
    with pytest.raises(DrawingError, match="a small picture has room for 360,000 pixels"):
        draw(long, "synthetic", "1", wish=Wish(resolution="small"))
    with pytest.raises(DrawingError, match="ui has no style 'oil', but "):
        draw(by_hand.ONE_STEP, "ui", "1", wish=Wish(("oil",)))
    with pytest.raises(DrawingError, match="ui has no style 'oil', but "):
        list(draw_all(items(), "ui", 1, wish=Wish(("oil",))))


@each_source
def test_every_source_has_styles_that_differ(source: str) -> None:
    styles = styles_of(source)
    assert len(styles) >= 4
    assert len({style.name for style in styles}) == len(styles)
    drawn = {
        style.name: draw(by_hand.TRY_CATCH, source, "5", wish=Wish((style.name,), 1.0)).picture
        for style in styles
    }
    assert len(set(drawn.values())) == len(styles)


def test_a_tenth_of_synthetic_is_rastered_by_graphviz_itself() -> None:
    styles = {style.name: style.share for style in styles_of("synthetic")}
    assert styles["dot"] / sum(styles.values()) >= 0.1
    names = Counter(
        draw(by_hand.ONE_STEP, "synthetic", f"{n}", wish=Wish(scale=1.0)).style for n in range(120)
    )
    assert names["synthetic dot"] >= 8


# Rows and panels say by where they stand what arrows say elsewhere.
WITHOUT_ARROWS = ("list", "barred", "scopes")


@pytest.mark.parametrize(
    ("source", "style"),
    [
        (source, style.name)
        for source in SOURCES
        for style in styles_of(source)
        if style.name not in WITHOUT_ARROWS
    ],
)
def test_no_arrow_is_missing(source: str, style: str, generated: list[Workflow]) -> None:
    """What is an edge of the diagram is a line of the picture."""
    (known,) = chosen_styles(source, (style,))
    for index, workflow in enumerate([*by_hand.ALL.values(), *generated[:8]]):
        for orientation in (None, "portrait", "landscape"):
            brief = Brief("train", "abc", orientation)  # type: ignore[arg-type]
            look = known.look(Random(f"{style}/{index}/{orientation}"), brief)
            diagram = diagram_of(workflow, look.conventions)
            scene = look.arrange(diagram)
            drawn = {(each.edge.tail, each.edge.head) for each in scene.connectors if each.way}
            wanted = {(edge.tail, edge.head) for edge in diagram.edges}
            assert drawn >= wanted, (index, orientation)


@pytest.mark.parametrize("source", ["manual", "whiteboard"])
def test_some_hands_are_kept_for_validation_and_test(source: str) -> None:
    kept = {face.name for face in HANDS if face.held_out}
    assert len(kept) >= 3
    fonts = {
        split: {
            draw(by_hand.ONE_STEP, source, f"{n}", split, Wish(scale=1.0)).fonts[0]
            for n in range(40)
        }
        for split in ("train", "validation", "test")
    }
    # Chalk and felt pens take heavy hands only, so that not all need come.
    assert fonts["validation"] <= kept
    assert fonts["test"] <= kept
    assert min(len(fonts["validation"]), len(fonts["test"])) >= 3
    assert len(fonts["train"]) >= 10
    assert not fonts["train"] & kept


def test_long_flows_that_would_run_too_wide_break_into_rows() -> None:
    long = flow(*(step(n, "send an email to the manager", "send_email") for n in range(1, 25)))
    for source in SOURCES:
        for seed in range(4):
            assert draw(long, source, f"{seed}", wish=Wish(scale=1.0)).width <= 1900


@each_source
def test_signs_are_drawn_as_they_are(source: str) -> None:
    signs = flow(step(1, r'say "a\nb" & <b>c</b> \N {x|y} [] ; // #', "log"))
    letters = flow(step(1, r"say  a nb    b c  b   N  x y        ", "log"))
    for seed in ("0", "1", "2"):
        assert draw(signs, source, seed).picture != draw(letters, source, seed).picture


@each_source
def test_what_cannot_be_drawn_is_named(source: str) -> None:
    with pytest.raises(DrawingError, match="U\\+4E2D"):
        draw(flow(step(1, "send 中", "log")), source, "1")
    with pytest.raises(DrawingError, match=r"step1: 500 characters"):
        draw(flow(step(1, "x" * 500, "log")), source, "1")
    with pytest.raises(DrawingError, match="scale 9 is not within"):
        draw(by_hand.ONE_STEP, source, "1", wish=Wish(scale=9))
    with pytest.raises(DrawingError, match="'oil' is none of synthetic, manual"):
        draw(by_hand.ONE_STEP, "oil", "1")


def test_a_poster_is_refused_before_it_is_made() -> None:
    text = " ".join(["word"] * 79)
    poster = flow(*(step(n, text, "log") for n in range(1, 190)))
    for source in SOURCES:
        with pytest.raises(DrawingError, match="at most 40 million"):
            draw(poster, source, "1", wish=Wish(scale=4.0))


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
