"""Text fits the shape it stands in, measured in the face that draws it."""

from __future__ import annotations

from random import Random

import pytest
from synth.drawing.hand_looks import manual_look, text_lines, whiteboard_look

from sketch2flow.workflow.document import Workflow
from synth.diagram import diagram_of
from synth.drawing.fonts import HANDS, wrap
from synth.drawing.hand import paint_hand
from synth.drawing.lettering import Lettering, block_height
from synth.generate import generate_workflows


@pytest.fixture(scope="module")
def generated() -> list[Workflow]:
    return [one.workflow for one in generate_workflows("sample", 12, 5, 10)]


def in_diamond(width: float, rise: float, box_width: float, box_height: float) -> bool:
    """Whether a corner `rise` above or below the middle of a diamond lies in it."""
    return width / box_width + 2 * rise / box_height <= 1.0


@pytest.mark.parametrize("make", [manual_look, whiteboard_look])
def test_handwriting_fits_its_shape(make: object, generated: list[Workflow]) -> None:
    for index, workflow in enumerate(generated):
        diagram = diagram_of(workflow)
        random = Random(index)
        look = make(random, "train", "abc")  # type: ignore[operator]
        _, layout = paint_hand(diagram, look, 1.0, random)
        lettering = Lettering(look.face, look.face.size_for(2 * look.x_height))
        for node, box in zip(diagram.nodes, layout.boxes, strict=True):
            lines = text_lines(node, look)
            height = block_height(lettering, lines) / 2
            widths = [lettering.width(line) / 2 for line in lines]
            assert max(widths) <= box.width - 5
            assert height <= box.height - 3
            if node.kind == "logic":
                for number, width in enumerate(widths):
                    middle = (number + 0.5) * height / len(lines) - height / 2
                    small = lettering.ascent / 8  # half of a small letter
                    assert in_diamond(width, abs(middle) + small, box.width, box.height), lines


def test_lines_break_between_words_and_lose_none() -> None:
    assert wrap("look up incident tasks", 12) == ["look up", "incident", "tasks"]
    assert wrap("  a   b ", 12) == ["a b"]
    assert wrap("", 12) == []
    assert "".join(wrap("x" * 50 + " tail", 12)) == "x" * 50 + "tail"
    assert max(map(len, wrap("x" * 500, 12))) <= 24


def test_words_are_written_where_they_were_measured() -> None:
    import numpy as np

    lettering = Lettering(HANDS[0], 30.0)
    ink = np.zeros((60, 400), np.uint8)
    lettering.write(ink, "quick", 50, 40, Random(1))
    columns = np.flatnonzero(ink.max(axis=0))
    assert 46 <= columns[0] <= 56
    assert columns[-1] <= 50 + lettering.width("quick") + 6
    assert lettering.width("quick") / 2 < columns[-1] - columns[0]


def test_letters_at_the_edge_are_cut_not_wrapped() -> None:
    import numpy as np

    lettering = Lettering(HANDS[0], 30.0)
    ink = np.zeros((20, 20), np.uint8)
    lettering.write(ink, "mmmm", -20, 10, Random(1))
    assert ink.any()
