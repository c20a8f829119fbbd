"""Rows drawn for training: the same for the same arguments, and never what is held out."""

from __future__ import annotations

import logging
from collections import Counter
from typing import Any

import pytest

from sketch2flow.pictures import open_picture
from sketch2flow.workflow import Workflow, content_digest, read_answer, split_of, structure_errors
from synth import held_out, rows
from synth.augment import Variant
from synth.draw import DrawingError, Wish, draw
from synth.drawing.fonts import HANDS
from synth.row_plan import RowPlan, RowPlanError
from synth.rows import drawn_rows
from tests.synth import by_hand

HELD_OUT_HANDS = {face.name for face in HANDS if face.held_out}


def document(row: dict[str, Any]) -> Workflow:
    workflow = read_answer(row["annotations"][0]).workflow
    assert workflow is not None
    return workflow


class Drawn:
    """Stands in for `draw`: keeps what was asked for; `fast` draws one picture for all."""

    def __init__(self, fast: bool) -> None:
        self.fonts: list[tuple[str, tuple[str, ...]]] = []
        self.wishes: list[tuple[str, Wish]] = []
        self.picture = draw(by_hand.ONE_STEP, "synthetic", "1") if fast else None

    def __call__(self, workflow: Workflow, source: str, seed: str, split: str, wish: Wish) -> Any:
        drawing = self.picture or draw(workflow, source, seed, split, wish)
        self.fonts.append((source, drawing.fonts))
        self.wishes.append((source, wish))
        return drawing


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> Drawn:
    found = Drawn(fast=True)
    monkeypatch.setattr(rows, "draw", found)
    return found


def test_the_same_arguments_give_the_same_rows_and_ranks_share_a_window() -> None:
    plan = RowPlan(documents=24, seed=3)
    whole = drawn_rows(plan, 5, 0, 1, 4)
    halves = [drawn_rows(plan, 5, rank, 2, 4) for rank in (0, 1)]
    assert [row for pair in zip(*halves, strict=True) for row in pair] == whole
    assert len({row["identifier"] for row in whole}) == 24
    other = drawn_rows(plan, 6, 0, 12, 4) + drawn_rows(RowPlan(documents=2), 5, 0, 1, 4)
    pictures = {row["images"][0]["bytes"] for row in whole}
    assert pictures.isdisjoint(row["images"][0]["bytes"] for row in other)
    for row in whole:
        picture = open_picture(row["images"][0]["bytes"])
        assert min(picture.size) > 30
        assert row["queries"] == ["Generate workflow JSON"]
        assert row["style"].startswith(row["source"])
        assert 3 < row["text_height"] < 40
        workflow = document(row)
        assert row["components"] == len(workflow.components) <= 4
        assert not structure_errors(workflow)


def test_no_document_and_no_hand_that_is_held_out_is_ever_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    training, examined = Drawn(fast=False), Drawn(fast=False)
    monkeypatch.setattr(rows, "draw", training)
    monkeypatch.setattr(held_out, "draw", examined)
    plan = RowPlan(documents=60, sources={"manual": 1, "whiteboard": 1}, augmented=0)
    found = drawn_rows(plan, 0, 0, 1, 3)
    assert {split_of(content_digest(document(row))) for row in found} == {"train"}
    assert len(training.fonts) == 60
    assert all(HELD_OUT_HANDS.isdisjoint(fonts) for _, fonts in training.fonts)
    exam = list(held_out.held_out_rows(12, 0))
    assert {split_of(content_digest(document(row))) for row in exam} == {"test"}
    by_hands = [fonts for source, fonts in examined.fonts if source in ("manual", "whiteboard")]
    assert len(by_hands) == 4
    assert all(HELD_OUT_HANDS.issuperset(fonts) for fonts in by_hands)


def test_shares_hold(fast: Drawn, monkeypatch: pytest.MonkeyPatch) -> None:
    augmented = []

    def variant(*arguments: Any, words: Any) -> Variant:
        augmented.append(arguments)
        return Variant(arguments[0], arguments[3], arguments[4], words)

    monkeypatch.setattr(rows, "augment", variant)
    plan = RowPlan(
        documents=1000,
        sizes={4: 0.25, 8: 0.75},
        sources={"synthetic": 3, "ui": 1},
        styles={"synthetic": {"plain": 4, "dot": 1}},
        definitions=0.3,
        augmented=0.1,
        lessons=0,
    )
    found = drawn_rows(plan, 0, 0, 1, 20)
    assert len(found) == 1000
    assert Counter(row["source"] for row in found)["ui"] == pytest.approx(250, abs=45)
    wished = Counter(wish.styles for source, wish in fast.wishes if source == "synthetic")
    assert wished[("dot",)] == pytest.approx(150, abs=40)
    assert wished.total() == wished[("dot",)] + wished[("plain",)]
    assert all(wish.styles is None for source, wish in fast.wishes if source == "ui")
    assert sum(w.definitions for _, w in fast.wishes) == pytest.approx(300, abs=50)
    assert len(augmented) == pytest.approx(100, abs=35)
    sizes = Counter(row["components"] for row in found)
    assert set(sizes) == set(range(1, 9))
    assert sum(sizes[size] for size in (1, 2, 3, 4)) == pytest.approx(250, abs=55)


def test_a_curriculum_cuts_the_sizes_and_lessons_are_small(fast: Drawn) -> None:
    plan = RowPlan(documents=400, sizes={1: 0.001, 6: 1}, lessons=0.25, augmented=0)
    sizes = Counter(row["components"] for row in drawn_rows(plan, 0, 0, 1, 3))
    assert set(sizes) == {1, 2, 3}
    # One of five sizes from 2 to 6; cut at 3, the others are 2 or 3.
    assert sizes[1] == pytest.approx(100, abs=35)


def test_free_words_are_as_many_as_asked(fast: Drawn, monkeypatch: pytest.MonkeyPatch) -> None:
    new: list[int] = []
    with_free_words = rows.with_free_words

    def counted(*arguments: Any) -> Any:
        found = with_free_words(*arguments)
        new.append(len(found[1]))
        return found

    monkeypatch.setattr(rows, "with_free_words", counted)

    def count(**settings: float) -> int:
        new.clear()
        drawn_rows(RowPlan(documents=150, augmented=0, **settings), 0, 0, 1, 8)
        return sum(new)

    few, many = (count(free_words=share, lessons=0) for share in (0.2, 1.0))
    assert count(free_words=0, lessons=0) == 0 < few
    assert few / many == pytest.approx(0.2, abs=0.07)
    lesson = drawn_rows(RowPlan(documents=40, lessons=1, augmented=0), 0, 0, 1, 8)
    assert {row["components"] for row in lesson} == {1}


def test_lessons_stand_anywhere_on_the_page() -> None:
    plan = {"documents": 30, "sources": {"digital": 1}, "styles": {"digital": {"wire": 1}}}
    shares = []
    for lessons in (0, 1):
        found = drawn_rows(RowPlan(**plan, sizes={1: 1}, lessons=lessons, augmented=0), 0, 0, 1, 1)
        pixels = [open_picture(row["images"][0]["bytes"]).size for row in found]
        shares.append(sum(width * height for width, height in pixels))
    assert shares[1] > 2 * shares[0]


def test_what_cannot_be_drawn_is_named_and_replaced(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    drawing = draw(by_hand.ONE_STEP, "synthetic", "1")
    calls = []

    def fails_at_first(*_: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            raise DrawingError("the pen is dry")
        return drawing

    monkeypatch.setattr(rows, "draw", fails_at_first)
    plan = RowPlan(documents=3, augmented=0)
    with caplog.at_level(logging.WARNING):
        assert len(drawn_rows(plan, 0, 0, 1, 3)) == 3
    (message,) = [record.message for record in caplog.records]
    assert message.startswith("drawn_000000_00000: workflow ")
    assert message.endswith("is left out: DrawingError: the pen is dry")

    def always_fails(*_: Any) -> Any:
        raise DrawingError("the pen is dry")

    monkeypatch.setattr(rows, "draw", always_fails)
    assert drawn_rows(plan, 0, 0, 1, 3) == []
    assert "drawn_000000_00002: the row is left out" in caplog.text


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"document": 3}, "recipe.yaml: rows.document: Extra inputs are not permitted"),
        ({"sizes": {0: 1}}, "recipe.yaml: rows.sizes.0.[key]: Input should be greater"),
        ({"sizes": {}}, "recipe.yaml: rows.sizes: Dictionary should have at least 1 item"),
        ({"sources": {"fax": 1}}, "recipe.yaml: rows.sources: fax is none of synthetic, "),
        ({"sources": {"ui": 0}}, "recipe.yaml: rows.sources.ui: Input should be greater"),
        ({"styles": {"ui": {"paper": 1}}}, "recipe.yaml: rows.styles: ui has no style 'paper'"),
        ({"breadth": {"table": 3}}, "recipe.yaml: rows.breadth: table is none of tables, "),
        ({"breadth": {"tables": 0}}, "recipe.yaml: rows.breadth: breadth: tables is 0"),
        ({"lessons": 1.5}, "recipe.yaml: rows.lessons: Input should be less"),
        ([1], "recipe.yaml: rows: Input should be a valid dictionary"),
    ],
)
def test_a_bad_plan_is_refused_in_one_line(settings: object, reason: str) -> None:
    with pytest.raises(RowPlanError) as caught:
        RowPlan.read(settings, "recipe.yaml: rows")
    assert str(caught.value).startswith(reason)
    assert "\n" not in str(caught.value)


def test_a_plan_is_read_and_its_ranks_are_checked() -> None:
    plan = RowPlan.read({"seed": 4, "breadth": {"tables": 3}}, "recipe.yaml: rows")
    assert plan.seed == 4
    assert plan.language().tables == 3
    assert RowPlan.read(None, "rows") == RowPlan()
    with pytest.raises(ValueError, match="rank 2 is none of 2"):
        drawn_rows(plan, 0, 2, 2, 3)
    with pytest.raises(ValueError, match="max_components is 0"):
        drawn_rows(plan, 0, 0, 1, 0)
