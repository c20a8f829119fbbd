"""What training tells the reader of a picture's words: which letters where, which token where."""

import re
from typing import Any

import numpy as np
import pytest

from sketch2flow.media import MEDIA
from sketch2flow.pictures import open_picture
from sketch2flow.vlm.hints import ALPHABET, letters_in_cells, numbered, places_of_tokens, written
from sketch2flow.vlm.reader_processor import INK_THRESHOLD, ReaderImageProcessor, Seen
from synth.row_plan import RowPlan
from synth.rows import drawn_rows

PROCESSOR = ReaderImageProcessor()


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    plan = RowPlan(documents=40, seed=11, sources=dict.fromkeys(MEDIA, 1.0), augmented=0.4)
    return drawn_rows(plan, 0, 0, 1, 6)


def seen(row: dict[str, Any]) -> Seen:
    return PROCESSOR.seen(open_picture(row["images"][0]["bytes"]))


def blank(rows: int = 4, columns: int = 10) -> Seen:
    ink = np.zeros((16 * rows, 16 * columns), np.uint8)
    return Seen(ink, np.ones((rows, columns), bool), 1.0, 0, 0)


def word(text: str, x: float, y: float, node: str = "1", letter: float = 8.0) -> dict[str, Any]:
    width = letter * len(text)
    return {"node": node, "text": text, "x": x, "y": y - 8, "width": width, "height": 16.0}


def test_letters_lie_in_the_halves_of_cells_that_their_middle_is_in() -> None:
    nodes = written([word("Ab", 16, 24), word("c", 44, 24), word("d", 0, 40, "2")], blank())
    assert [[tuple(each) for each in node] for node in nodes] == [
        [("a", 11, 0), ("b", 11, 1), ("c", 13, 0)],
        [("d", 20, 0)],
    ]
    found = [(cell, half, ALPHABET[code]) for cell, half, code in letters_in_cells(nodes).tolist()]
    assert found == [(11, 0, "a"), (11, 1, "b"), (13, 0, "c"), (20, 0, "d")]


def test_what_is_scaled_and_cut_off_is_found_where_it_came_to() -> None:
    moved = blank()._replace(scale=0.5, left=16, top=16)
    nodes = written([word("ab", 64, 80, letter=16)], moved)
    assert [tuple(each) for each in nodes[0]] == [("a", 11, 0), ("b", 11, 1)]


def test_letters_beyond_the_picture_and_in_cells_not_looked_at_are_left_out() -> None:
    cells = np.ones((4, 10), bool)
    cells[1, 1] = False
    nodes = written([word("abc", 16, 24), word("x", -9, 8), word("x", 500, 8)], blank())
    assert [each.letter for node in nodes for each in node] == ["a", "b", "c"]
    nodes = written([word("abc", 16, 24)], blank()._replace(cells=cells))
    assert [tuple(each) for each in nodes[0]] == [("c", 11, 0)]


@pytest.mark.parametrize(
    "broken",
    [
        {"x": float("nan")},
        {"y": float("inf")},
        {"width": None},
        {"text": None},
        {"text": "a" * 501},
        {"node": None},
    ],
)
def test_words_that_are_none_are_passed_over(broken: dict[str, Any]) -> None:
    words: list[Any] = ["no", None, word("no", 16, 24) | broken, word("b", 16, 24)]
    nodes = written(words, blank())
    assert [each.letter for node in nodes for each in node] == ["b"]


def test_tokens_are_where_their_letters_are_and_equal_annotations_in_their_order() -> None:
    answer = '{"annotation": "run it"}, {"annotation": "run it"}, {"annotation": "not drawn"}'
    words = [
        *(word("Trigger:", 0, 8, "1"), word("Run", 80, 8, "1"), word("it", 0, 24, "1")),
        *(word("run", 0, 40, "2"), word("it", 32, 40, "2")),
    ]
    first, second = (each.start() for each in re.finditer("run it", answer))
    tokens = [(first, first + 3), (first + 3, first + 6), (second, second + 6), (0, 5)]
    pairs = places_of_tokens(written(words, blank()), answer, tokens)
    assert pairs.tolist() == [[0, 5], [0, 6], [1, 10], [2, 20], [2, 21], [2, 22]]


def test_a_batch_numbers_its_pictures() -> None:
    nodes = written([word("a", 0, 8)], blank())
    letters = letters_in_cells(nodes)
    none = letters_in_cells([])
    assert numbered([letters, none, letters])[:, 0].tolist() == [0, 2]
    assert numbered([none]).shape == (0, 4)


def test_nearly_all_annotations_of_drawn_rows_are_found(rows: list[dict[str, Any]]) -> None:
    found = wanted = 0
    for row in rows:
        answer = row["annotations"][0]
        nodes = written(row["words"], seen(row))
        known = set(places_of_tokens(nodes, answer, [(n, n + 1) for n in range(len(answer))])[:, 0])
        for annotation in re.finditer(r'"annotation": "([^"]+)"', answer):
            wanted += 1
            found += annotation.start(1) in known
    assert wanted > 80
    assert found / wanted > 0.95  # an ELSE is not drawn at times


def test_cells_with_letters_hold_ink_in_every_medium(rows: list[dict[str, Any]]) -> None:
    assert {row["source"] for row in rows} == set(MEDIA)
    for row in rows:
        picture = seen(row)
        places = np.argwhere(picture.cells)
        cells = {each.cell for node in written(row["words"], picture) for each in node}
        inked = 0
        for line, column in places[sorted(cells)]:
            square = picture.ink[16 * line : 16 * line + 16, 16 * column : 16 * column + 16]
            inked += bool((square > INK_THRESHOLD).any())
        assert inked > 0.97 * len(cells), (row["identifier"], row["style"])


def test_hints_teach_and_rows_without_words_cost_nothing(rows: list[dict[str, Any]]) -> None:
    import torch

    from sketch2flow.vlm.answer_tokenizer import train_answer_tokenizer
    from sketch2flow.vlm.loading import in_tensors
    from sketch2flow.vlm.loss import AnswerLoss
    from sketch2flow.vlm.reader import build_reader
    from sketch2flow.vlm.recipe import ReaderShape
    from sketch2flow.vlm.shapes import make_shape

    sizes = ReaderShape(hidden_size=32, channels=(8, 8, 16, 32), attention_heads=2, vocabulary=320)
    answers = [row["annotations"][0] for row in rows]
    model, processor = build_reader(sizes, train_answer_tokenizer(answers, 320), seed=0)
    shape, loss = make_shape(processor, model.config), AnswerLoss(model, 10**8)
    two = sorted(rows, key=lambda row: len(row["annotations"][0]))[:2]
    told = in_tensors(two, shape)
    untold = in_tensors([{**row, "words": None} for row in two], shape)
    assert len(told.inputs["aims"])
    assert not len(untold.inputs["aims"])

    model.eval()
    assert loss.with_hints(*told)[1] is None, "told in training only"
    model.train()
    answer, hints = loss.with_hints(*untold)
    assert hints is not None
    assert hints.item() == 0
    (answer + hints).backward()
    # All ranks exchange the same gradients, whatever rows they have.
    assert all(parameter.grad is not None for parameter in model.parameters())
    model.zero_grad()

    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    costs = []
    for _ in range(25):
        answer, hints = loss.with_hints(*told)
        assert hints is not None
        costs.append(hints.item())
        hints.backward()
        optimizer.step()
        optimizer.zero_grad()
    assert costs[-1] < 0.6 * costs[0]
