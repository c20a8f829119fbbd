"""Screenshots of flow designers: nothing overlaps, all is said, every style is its own."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import combinations, pairwise
from random import Random

import pytest

from sketch2flow.workflow.document import Workflow
from synth.diagram import Diagram, DrawingError, Edge, Node, diagram_of
from synth.drawing.collisions import collisions
from synth.drawing.colours import mixed, rgb
from synth.drawing.fonts import SANS
from synth.drawing.geometry import Box
from synth.drawing.lettering import Lettering
from synth.drawing.looks import Brief, Look, Painting, Style
from synth.drawing.scene import Connector, Scene, Shape, TextLine
from synth.drawing.ui import STYLES
from synth.drawing.ui.board import Board
from synth.drawing.ui.card_look import MOST_AREA, CardLook
from synth.drawing.ui.cards import wrapped
from synth.drawing.ui.curves import curved
from synth.drawing.ui.icons import icon
from synth.drawing.ui.names import title_of
from synth.drawing.ui.pills import PillLettering, seat_pills
from synth.drawing.ui.plates import Plate, press
from synth.drawing.ui.scopes import ScopeLook
from synth.drawing.ui.symbols import GROUPS, symbol_of, tints
from synth.generate import generate_workflows
from synth.pictures import Orientation
from tests.synth import by_hand

each_style = pytest.mark.parametrize("style", STYLES, ids=[style.name for style in STYLES])
BY_NAME = {style.name: style for style in STYLES}


@pytest.fixture(scope="module")
def workflows() -> list[Workflow]:
    generated = [one.workflow for one in generate_workflows("ui", 5, 2, 8)]
    return [by_hand.BRANCHED_LOOP, by_hand.TRY_CATCH, by_hand.PARALLEL, by_hand.SUBFLOW, *generated]


def look_of(
    style: Style, workflow: Workflow, seed: object = 1, orientation: Orientation | None = None
) -> Look:
    letters = "".join(sorted({c for node in diagram_of(workflow).nodes for c in node.text}))
    return style.look(Random(str(seed)), Brief("train", letters, orientation))


def drawn(
    style: Style, workflow: Workflow, seed: object = 1, scale: float = 1.0
) -> tuple[CardLook, Diagram, Scene, Painting]:
    look = look_of(style, workflow, seed)
    assert isinstance(look, CardLook)
    diagram = diagram_of(workflow, look.conventions)
    scene = look.arrange(diagram)
    return look, diagram, scene, look.paint(scene, scale, Random(f"{seed}/paint"))


def test_shares_add_up_and_names_differ() -> None:
    assert sum(style.share for style in STYLES) == pytest.approx(1)
    assert len(BY_NAME) == len(STYLES) >= 5
    assert {style.source for style in STYLES} == {"ui"}


def test_importing_the_styles_imports_nothing_heavy() -> None:
    code = (
        "import sys, synth.drawing.ui; print([m for m in ('cv2', 'numpy', 'albumentations')"
        " if m in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert answer.stdout.strip() == "[]", answer.stderr


@each_style
def test_nothing_lies_on_anything(style: Style, workflows: list[Workflow]) -> None:
    for index, workflow in enumerate(workflows):
        for seed in range(3):
            look, _, scene, _ = drawn(style, workflow, f"{index}/{seed}")
            assert collisions(scene) == [], (index, seed)
            assert pill_faults(look, scene) == [], (index, seed)


def pill_faults(look: CardLook, scene: Scene) -> list[str]:
    """Return what the pills around the words on connectors lie on."""
    pills = [look.pills.around(line) for line in labels_of(scene)]
    found = [f"pills {a} and {b}" for a, b in combinations(pills, 2) if a.meets(b)]
    for pill in (pill.grown(-0.5) for pill in pills):
        found += [f"{pill} on {s.node.identifier}" for s in scene.shapes if pill.meets(s.slot)]
        for connector in scene.connectors:
            for (ax, ay), (bx, by) in pairwise(connector.way):
                # Level and upright pieces only: a curve's are tried by its points.
                ends = Box(min(ax, bx), min(ay, by), abs(bx - ax) + 0.01, abs(by - ay) + 0.01)
                straight = abs(ax - bx) < 1e-6 or abs(ay - by) < 1e-6
                if straight and pill.meets(ends):
                    found.append(f"a line through {pill}")
    return found


def labels_of(scene: Scene) -> list[TextLine]:
    labels = [each.label for each in scene.connectors]
    return [label for label in labels if label is not None and label.role == "label"]


@each_style
def test_all_that_a_node_says_is_written(style: Style, workflows: list[Workflow]) -> None:
    for index, workflow in enumerate(workflows):
        look, diagram, scene, _ = drawn(style, workflow, index)
        assert [shape.node for shape in scene.shapes] == list(diagram.nodes)
        for shape in scene.shapes:
            if shape.node.kind in ("start", "end"):
                continue
            assert said(shape, "text") == squeezed(shape.node.text)
            assert squeezed(title_of(shape.node, look.form.own_triggers)) in said(shape, "title")
            if shape.node.order is not None and look.form.number != "none":
                number = str(shape.node.order)
                where = said(shape, "number") or said(shape, "title").partition(".")[0]
                assert where == number


def said(shape: Shape, role: str) -> str:
    return squeezed("".join(line.text for line in shape.lines if line.role == role))


def squeezed(text: str) -> str:
    return "".join(text.split())


@each_style
def test_text_has_the_size_that_is_read(style: Style) -> None:
    for seed in range(8):
        scene = look_of(style, by_hand.PARALLEL, seed).arrange(diagram_of(by_hand.PARALLEL))
        heights = [line.lettering.x_height for line in scene.texts()]
        assert min(heights) >= 5.5
        assert max(heights) <= 7.2


@each_style
def test_the_same_seed_paints_the_same_picture(style: Style) -> None:
    def pixels(seed: int) -> bytes:
        return drawn(style, by_hand.TRY_CATCH, seed)[3].pixels.tobytes()

    assert pixels(4) == pixels(4)
    assert len({pixels(seed) for seed in range(6)}) == 6


@each_style
def test_scale_scales_all(style: Style) -> None:
    import cv2
    import numpy as np

    _, _, scene, small = drawn(style, by_hand.SUBFLOW, 3)
    large = drawn(style, by_hand.SUBFLOW, 3, 2.5)[3]
    assert small.pixels.shape[:2] == (np.ceil(scene.height), np.ceil(scene.width))
    assert large.pixels.shape[:2] == (np.ceil(2.5 * scene.height), np.ceil(2.5 * scene.width))
    shrunk = cv2.resize(large.pixels, small.pixels.shape[1::-1], interpolation=cv2.INTER_AREA)
    blurred = [cv2.blur(each, (9, 9)).astype(float) for each in (shrunk, small.pixels)]
    assert np.abs(blurred[0] - blurred[1]).mean() < 5


@each_style
def test_every_shape_holds_ink_and_the_edge_holds_none(
    style: Style, workflows: list[Workflow]
) -> None:
    for index, workflow in enumerate(workflows):
        look, _, scene, painting = drawn(style, workflow, index)
        height, width = painting.pixels.shape[:2]
        assert painting.placed is None
        for shape in scene.shapes:
            for line in shape.lines:
                box = line.box
                there = painting.pixels[
                    round(box.y) : round(box.bottom), round(box.x) : round(box.right)
                ]
                assert there.std() > 12, (index, line.text)
            slot = shape.slot
            assert min(slot.x, slot.y, width - slot.right, height - slot.bottom) >= 2
        if look.window is None and look.theme.grid is None and look.theme.dots is None:
            edges = [painting.pixels[0], painting.pixels[-1], painting.pixels[:, 0]]
            for edge in (*edges, painting.pixels[:, -1]):
                assert (edge == look.theme.ground).all()


def test_styles_do_not_look_alike() -> None:
    import cv2

    thumbs = {}
    for style in STYLES:
        pixels = drawn(style, by_hand.BRANCHED_LOOP, 7)[3].pixels
        thumbs[style.name] = cv2.resize(pixels, (64, 64), interpolation=cv2.INTER_AREA)
    for one, other in combinations(thumbs, 2):
        assert cv2.absdiff(thumbs[one], thumbs[other]).mean() > 3, (one, other)


@each_style
@pytest.mark.parametrize("orientation", ["landscape", "portrait"])
def test_an_orientation_that_is_asked_for_is_met(style: Style, orientation: Orientation) -> None:
    for name in ("one_step", "try_catch", "subflow"):
        for seed in range(2):
            look = look_of(style, by_hand.ALL[name], seed, orientation)
            scene = look.arrange(diagram_of(by_hand.ALL[name], look.conventions))
            assert collisions(scene) == []
            assert (scene.width > scene.height) == (orientation == "landscape"), (name, seed)


def test_what_would_be_a_poster_is_set_more_narrowly() -> None:
    look = look_of(BY_NAME["diagram"], by_hand.BRANCHED_LOOP)
    assert isinstance(look, CardLook)
    diagram = diagram_of(by_hand.BRANCHED_LOOP)
    usual, set_anew = look.arranged(diagram), look.arrange(diagram)
    assert usual.width * usual.height > MOST_AREA
    assert set_anew.width * set_anew.height < 0.8 * usual.width * usual.height
    assert collisions(set_anew) == []
    small = by_hand.ONE_STEP
    assert look.arrange(diagram_of(small)) == look.arranged(diagram_of(small))


def test_letters_that_a_face_lacks_are_refused() -> None:
    odd = by_hand.flow(by_hand.step(1, "ask \U0001f600", "log"))
    for style in STYLES:
        with pytest.raises(DrawingError, match="has no character"):
            look_of(style, by_hand.ONE_STEP).arrange(diagram_of(odd))


# Scopes


def test_panels_hold_what_their_header_encloses() -> None:
    look = look_of(BY_NAME["scopes"], by_hand.BRANCHED_LOOP)
    assert isinstance(look, ScopeLook)
    scene = look.arrange(diagram_of(by_hand.BRANCHED_LOOP))
    frames = {shape.node.identifier: shape.frame for shape in scene.shapes}
    panels = [
        Box(*guide[0], guide[1][0] - guide[0][0], guide[2][1] - guide[1][1])
        for guide in scene.guides
    ]

    def held(name: str) -> set[str]:
        head = frames[name]
        (panel,) = [p for p in panels if (p.x, p.y, p.width) == (head.x, head.y, head.width)]
        return {
            other
            for other, box in frames.items()
            if panel.x <= box.x and box.right <= panel.right
            if panel.y <= box.y and box.bottom <= panel.bottom
        } - {name}

    assert held("step2") == {f"step{order}" for order in range(3, 9)}
    assert held("step3") == {f"step{order}" for order in range(4, 9)}
    assert held("step5") == {"step6", "step7", "step8"}


def test_arrows_between_panels_follow_the_flow() -> None:
    look = look_of(BY_NAME["scopes"], by_hand.BRANCHED_LOOP)
    scene = look.arrange(diagram_of(by_hand.BRANCHED_LOOP))
    joined = {(each.edge.tail, each.edge.head) for each in scene.connectors if each.way}
    assert joined == {
        ("trigger", "step1"),
        ("step1", "step2"),
        ("step2", "step9"),
        ("step7", "step8"),
    }


# Pills and curves

PILLS = PillLettering(SANS, 12.0)


def wired(
    *way: tuple[float, float], word: str = "", beside: float = 24.0, size: float = 300
) -> Scene:
    """Return a scene of one connector, its word right of the middle of its first piece."""
    label = None
    if word:
        x, y = way[0][0] + beside, (way[0][1] + way[1][1]) / 2
        label = TextLine(word, x, y, PILLS.width(word), PILLS, "label")
    return Scene(size, size, (), (Connector(Edge("a", "b", word), way, False, label),))


def test_a_pill_sits_on_its_line_which_is_cut_there() -> None:
    scene = seat_pills(wired((100, 20), (100, 120), word="true"), PILLS, {"true": "yes"})
    upper, lower = scene.connectors
    assert upper.label is not None
    assert lower.label is None
    pill = PILLS.around(upper.label)
    assert (upper.label.text, upper.label.lettering) == ("yes", Lettering(SANS, 12.0))
    assert pill.centre == pytest.approx((100, 70), abs=8)
    assert upper.way == ((100, 20), (100, pytest.approx(pill.y)))
    assert lower.way == ((100, pytest.approx(pill.bottom)), (100, 120))


def test_a_pill_that_has_no_seat_stays_beside_its_line() -> None:
    crossed = wired((100, 20), (100, 60), word="true")
    other = Connector(Edge("c", "d"), ((20, 40), (110, 40)), False, None)
    scene = seat_pills(replace(crossed, connectors=(*crossed.connectors, other)), PILLS, {})
    assert len(scene.connectors) == 2
    label = scene.connectors[0].label
    assert label is not None
    assert label.x > 110


def test_the_way_back_into_a_loop_gets_one_word() -> None:
    back = Edge("b", "a", back=True)
    ways = [((100, 200), (250, 200), (250, 20)), ((100, 150), (100, 200), (250, 200), (250, 20))]
    scene = Scene(400, 300, (), tuple(Connector(back, way, False, None) for way in ways))
    words = [
        each.label.text
        for each in seat_pills(scene, PILLS, {}, "continue").connectors
        if each.label is not None
    ]
    assert words == ["continue"]


def test_curves_end_where_their_ways_did_and_stay_between() -> None:
    way = ((10, 50), (60, 50), (60, 150), (120, 150))
    (curve,) = curved(wired(*way), 10).connectors
    assert curve.smooth
    assert (curve.way[0], curve.way[-1]) == (way[0], way[-1])
    assert all(10 <= x <= 120 and 50 <= y <= 150 for x, y in curve.way)
    steps = [b[0] - a[0] for a, b in pairwise(curve.way)]
    assert min(steps) >= 0
    # Two corners of 90 degrees became one soft swing.
    assert sum(b[0] != a[0] and b[1] != a[1] for a, b in pairwise(curve.way)) > 8


# Parts


@pytest.mark.parametrize(
    ("kind", "name", "title"),
    [
        ("action", "look_up_records", "Look Up Records"),
        ("action", "send_sms", "Send SMS"),
        ("logic", "FOREACH", "For Each"),
        ("logic", "DOUNTIL", "Do Until"),
        ("logic", "ELSEIF", "Else If"),
        ("logic", "IF", "If"),
        ("trigger", "record_create", "Record Create"),
        ("inputs", "inputs", "Inputs"),
        ("action", "___", "___"),
    ],
)
def test_titles_are_display_names(kind: str, name: str, title: str) -> None:
    node = Node("step1", kind, "text", name)  # type: ignore[arg-type]
    assert title_of(node) == title
    if name == "record_create":
        assert title_of(node, own_triggers=True) == "Created"


def test_every_icon_that_a_step_can_have_is_drawn(workflows: list[Workflow]) -> None:
    names = {
        "look_up_records",
        "send_email",
        "create_task",
        "post_message",
        "upload_file",
        "run_sql_query",
        "no_such_word",
        *("IF", "ELSE", "FOREACH", "TRY", "CATCH", "END", "TIMER", "ODD"),
    }
    for name in names:
        for kind in ("action", "logic", "trigger", "subflow", "inputs", "outputs"):
            found = symbol_of(Node("n", kind, "t", name))  # type: ignore[arg-type]
            assert found.group in GROUPS
            for size in (7, 16, 60):
                ink = icon(found.icon, size)
                assert ink.shape == (size, size, 1)
                assert 0.05 < ink.mean() < 0.75


def test_colours_of_groups_fall_back() -> None:
    found = tints(core="102030", test="405060")
    assert set(found) == set(GROUPS)
    assert found["mail"] == rgb("102030") == (0x30, 0x20, 0x10)
    assert found["guard"] == rgb("405060")
    assert mixed((0, 0, 0), (100, 200, 50), 0.5) == (50, 100, 25)


@pytest.mark.parametrize("size", [(200, 90), (41, 40), (9, 7)])
def test_a_plate_has_ground_border_and_fill_at_every_size(size: tuple[int, int]) -> None:
    import numpy as np

    ground, fill, border = (240, 240, 240), (255, 255, 255), (0, 0, 200)
    pixels = np.full((120, 240, 3), 240, np.uint8)
    box = Box(20, 15, *size)
    press(pixels, box, Plate(fill, ground, 6, border, 1))
    inside = pixels[15 : 15 + size[1], 20 : 20 + size[0]]
    middle = size[1] // 2, size[0] // 2
    assert tuple(inside[middle]) == fill
    for place in ((middle[0], 0), (middle[0], -1), (0, middle[1]), (-1, middle[1])):
        assert tuple(inside[place]) == border
    assert np.abs(inside[0, 0].astype(int) - ground).max() < 60  # round corners
    assert (inside == inside[::-1]).all()
    assert (inside == inside[:, ::-1]).all()
    pixels[15 : 15 + size[1], 20 : 20 + size[0]] = ground
    assert (pixels == 240).all()


def test_a_shadow_lies_around_its_plate_and_not_beyond_the_picture() -> None:
    import numpy as np

    plate = Plate((255, 255, 255), (240, 240, 240), 4, blur=4, drop=2, depth=0.3)
    pixels = np.full((80, 80, 3), 240, np.uint8)
    press(pixels, Box(20, 20, 40, 40), plate)
    assert pixels[61, 40, 0] < 235
    assert pixels[61, 40, 0] < pixels[19, 40, 0]
    assert pixels[70, 40, 0] == 240
    press(pixels, Box(-3, 50, 30, 40), plate)  # at the edge: no shadow, and no error
    assert pixels[79, 5, 0] == 255


def test_lines_have_the_width_that_is_asked_for() -> None:
    import numpy as np

    for width in (1.0, 2.0, 3.0, 5.0):
        board = Board(100, 100, (255, 255, 255))
        board.wire([(10, 50), (90, 50)], (0, 0, 0), width)
        assert (board.pixels[:, 50, 0] == 0).sum() == width
        board = Board(100, 100, (255, 255, 255))
        turns = np.linspace(0, np.pi, 40)
        board.curve([(10 + 80 * t / np.pi, 50 + 30 * np.sin(t)) for t in turns], (0, 0, 0), width)
        ink = (255 - board.pixels[:, 50, 0].astype(float)).sum() / 255
        assert ink == pytest.approx(max(width, 1.3), abs=0.5)


def test_words_longer_than_a_card_are_cut_and_none_is_lost() -> None:
    lettering = Lettering(SANS, 12.0)
    text = "a " + "x" * 60 + " word or two"
    lines = wrapped(text, lettering, 100)
    assert squeezed("".join(line for line, _ in lines)) == squeezed(text)
    for line, width in lines:
        assert width <= 100
        assert lettering.width(line) == pytest.approx(width)
    assert wrapped("", lettering, 100) == []
