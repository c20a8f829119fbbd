"""Steps over rows that are drawn as they are needed, on one gloo rank."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
import torch
import torch.distributed as dist

from sketch2flow.vlm.drawn import DrawnSteps
from sketch2flow.vlm.loading import RankStep
from sketch2flow.vlm.recipe import ReaderShape, Recipe
from sketch2flow.vlm.rows import DataSetError
from tests.vlm import tiny

ASKED: list[tuple[int, int, int, int]] = []


def draw(window: int, rank: int, ranks: int, most: int) -> list[dict[str, Any]]:
    ASKED.append((window, rank, ranks, most))
    rows = tiny.rows(f"window {window}", 10)
    if window == 1:
        rows[4]["images"] = [{"bytes": b"no picture", "path": None}]
    return [row for row in rows if row["components"] <= most]


def recipe(**changes: Any) -> Recipe:
    settings: dict[str, Any] = {
        "name": "drawn",
        "reader": {"vocabulary": 320},
        "rows": {},
        "steps": 100,
        "cost_per_batch": 40_000,
        "batches_per_step": 2,
        "max_components": 2,
        "curriculum": [{"until": 0.1, "max_components": 1}],
    }
    return Recipe.model_validate(settings | changes)


@pytest.fixture(scope="module")
def shape() -> Iterator[Any]:
    from sketch2flow.vlm.answer_tokenizer import train_answer_tokenizer
    from sketch2flow.vlm.reader import build_reader
    from sketch2flow.vlm.shapes import make_shape

    answers = [row["annotations"][0] for row in tiny.rows("train", 12)]
    model, processor = build_reader(ReaderShape(), train_answer_tokenizer(answers, 320), 0)
    dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
    yield make_shape(processor, model.config)
    dist.destroy_process_group()


def steps_of(shape: Any, chosen: Recipe, stage: int = 1) -> DrawnSteps:
    ASKED.clear()
    return DrawnSteps(draw, shape, chosen, lambda step: stage, (0, 1), workers=0)


def same(one: RankStep, other: RankStep) -> bool:
    return all(
        torch.equal(a.inputs["pixel_values"], b.inputs["pixel_values"])
        and torch.equal(a.answers.tokens, b.answers.tokens)
        for a, b in zip(one.batches, other.batches, strict=True)
    )


def test_a_step_tells_what_it_holds_and_broken_rows_are_counted(shape: Any) -> None:
    data = steps_of(shape, recipe())
    seen = 0
    for step in islice(data.start(0), 6):
        assert len(step.batches) == 2
        assert step.answer_tokens == sum(len(batch.answers.tokens) for batch in step.batches)
        assert step.rows == sum(len(batch.inputs["cells"]) for batch in step.batches)
        assert 0 <= step.padding < step.cost
        seen += step.rows
    assert seen > 10
    assert data.left_out == {"unreadable": 1}
    assert [asked[0] for asked in ASKED] == list(range(len(ASKED)))


@pytest.mark.parametrize("taken", [1, 2, 5])
def test_a_resumed_run_goes_on_with_the_same_batches(shape: Any, taken: int) -> None:
    data = steps_of(shape, recipe())
    steps = data.start(0)
    for _ in range(taken):
        next(steps)
    states = data.states()
    expected = list(islice(steps, 6))
    resumed = steps_of(shape, recipe())
    resumed.restore(states)
    again = list(islice(resumed.start(taken), 6))
    assert all(same(a, b) for a, b in zip(expected, again, strict=True))


def test_with_another_number_of_ranks_the_next_window_comes(shape: Any) -> None:
    resumed = steps_of(shape, recipe())
    resumed.restore([{"window": 3, "position": 2, "stage": 1}] * 2)
    next(resumed.start(7))
    assert ASKED[0][0] == 4


def test_the_stage_says_how_large_workflows_are_and_limits_hold(shape: Any) -> None:
    data = steps_of(shape, recipe(max_tokens=10), stage=0)
    chosen = steps_of(shape, recipe(), stage=0)
    step = next(chosen.start(0))
    assert step.stage == 0
    assert {asked[3] for asked in ASKED} == {1}
    windows = data._windows[0, 1]
    assert windows.batches == []
    assert windows.left_out == {"more than 10 tokens": 10}


def test_a_plan_whose_rows_never_fit_is_refused(shape: Any) -> None:
    steps = steps_of(shape, recipe(max_pixels=1))
    with pytest.raises(DataSetError, match=r"no row of 3 windows .* 1 pixels"):
        next(steps.start(0))
