from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketch2flow.vlm.batches import BatchPlan, in_batches, padded_cost, padding_share
from sketch2flow.vlm.recipe import CurriculumStage, Recipe
from sketch2flow.vlm.rows import DataSetError, RowSize, within_limits


def recipe(**changes: Any) -> Recipe:
    settings = {"name": "test", "model": "some/model", "steps": 10, "max_components": 8}
    return Recipe.model_validate(settings | changes)


def row(index: int, *extents: int, components: int = 1, **changes: Any) -> RowSize:
    size = RowSize(index, components, "synthetic", (), extents, 64, extents[-1], 9)
    return replace(size, **changes)


one_extent = st.lists(st.integers(1, 400), min_size=8, max_size=120).map(
    lambda lengths: [row(index, length) for index, length in enumerate(lengths)]
)
two_extents = st.lists(
    st.tuples(st.integers(1, 20), st.integers(1, 20), st.sampled_from([(), (1,)])),
    min_size=8,
    max_size=120,
).map(
    lambda sizes: [
        row(index, 32 * high, 32 * wide, group=group)
        for index, (high, wide, group) in enumerate(sizes)
    ]
)
rows_of_any_kind = st.one_of(one_extent, two_extents)


@given(rows_of_any_kind, st.integers(200, 50_000), st.integers(1, 4), st.integers(4, 16))
def test_batches_keep_within_cost_and_rows_and_group(
    rows: list[RowSize], cost: int, fewest: int, most: int
) -> None:
    chosen = recipe(cost_per_batch=cost, fewest_rows=fewest, most_rows=most)
    batches = in_batches(rows, chosen)
    assert sorted(r.index for batch in batches for r in batch) == [r.index for r in rows]
    for batch in batches:
        assert len({r.group for r in batch}) == 1
        assert 1 <= len(batch) <= most
        assert len(batch) <= fewest or padded_cost(batch) <= cost


@given(rows_of_any_kind, st.integers(1, 4), st.integers(0, 3))
def test_an_epoch_has_each_row_at_most_once_in_steps_of_equally_many_batches(
    rows: list[RowSize], batches_per_step: int, seed: int
) -> None:
    chosen = recipe(cost_per_batch=1000, batches_per_step=batches_per_step)
    plan = BatchPlan(rows, chosen, seed)
    steps = [plan.next(0) for _ in range(plan.steps_of_an_epoch())]
    seen = [r.index for step in steps for batch in step for r in batch]
    assert plan.state()["epoch"] == 0
    assert len(seen) == len(set(seen))
    assert {len(step) for step in steps} == {batches_per_step}
    # Only batches that fill no step wait for the next epoch.
    left = [r for r in rows if r.index not in set(seen)]
    assert len(in_batches(left, chosen)) < 2 * batches_per_step if left else True


@given(rows_of_any_kind, st.integers(0, 40))
def test_a_restored_plan_goes_on_with_the_same_steps(rows: list[RowSize], taken: int) -> None:
    chosen = recipe(cost_per_batch=2000)
    plan = BatchPlan(rows, chosen, seed=1)
    for _ in range(taken):
        plan.next(0)
    resumed = BatchPlan(list(reversed(rows)), chosen, seed=1)
    resumed.restore(plan.state())
    assert [plan.next(0) for _ in range(12)] == [resumed.next(0) for _ in range(12)]


def test_epochs_and_seeds_differ() -> None:
    rows = [row(index, 100 + index % 7) for index in range(64)]
    chosen = recipe(cost_per_batch=400)
    plan, other = BatchPlan(rows, chosen, seed=0), BatchPlan(rows, chosen, seed=1)
    steps = plan.steps_of_an_epoch()
    first, second = ([plan.next(0) for _ in range(steps)] for _ in range(2))
    assert first != second
    assert first != [other.next(0) for _ in range(steps)]


@pytest.mark.parametrize("extents", [1, 2])
def test_little_of_what_is_computed_is_padding(extents: int) -> None:
    random = Random(0)

    def length() -> int:
        return min(8000, max(300, round(random.lognormvariate(7, 0.7))))

    rows = [row(index, *(length() for _ in range(extents))) for index in range(4096)]
    budget = 16_000 if extents == 1 else 16_000_000
    batches = in_batches(rows, recipe(cost_per_batch=budget))
    unsorted = [rows[start : start + 8] for start in range(0, 4096, 8)]
    share = padding_share([batches])
    assert share < (0.01 if extents == 1 else 0.12)
    assert share < padding_share([unsorted]) / 4


def test_few_rows_are_shared_out_so_that_each_batch_has_one() -> None:
    rows = [row(index, 10) for index in range(5)]
    plan = BatchPlan(rows, recipe(batches_per_step=4), seed=0)
    step = plan.next(0)
    assert sorted(len(batch) for batch in step) == [1, 1, 1, 2]


def test_fewer_rows_than_batches_of_a_step_are_refused_by_name() -> None:
    stage = CurriculumStage(until=0.5, max_components=1, sources=("synthetic",))
    rows = [row(index, 10, components=4) for index in range(8)]
    plan = BatchPlan([*rows, row(9, 10)], recipe(curriculum=[stage.model_dump()]), seed=0)
    with pytest.raises(DataSetError, match="at most 1 components from synthetic are fewer than"):
        plan.next(0)
    assert plan.next(1)


def test_a_stage_admits_small_workflows_and_its_sources_only() -> None:
    stage = {"until": 0.5, "max_components": 2, "sources": ["synthetic"]}
    rows = [
        row(index, 10, components=1 + index % 4, source=("synthetic", "ui")[index // 4 % 2])
        for index in range(64)
    ]
    plan = BatchPlan(rows, recipe(curriculum=[stage]), seed=0)
    early = [r for _ in range(8) for batch in plan.next(0) for r in batch]
    assert {r.source for r in early} == {"synthetic"}
    assert {r.components for r in early} == {1, 2}
    late = [r for _ in range(8) for batch in plan.next(1) for r in batch]
    assert {r.components for r in late} == {1, 2, 3, 4}


def test_rows_beyond_a_limit_are_counted_by_reason() -> None:
    rows = [
        row(0, 10),
        row(1, 10, components=9),
        row(2, 10, pixels=5000),
        row(3, 10, tokens=9000),
        row(4, 10, tokens=9001),
    ]
    kept, left_out = within_limits(rows, recipe(max_pixels=4999, max_tokens=8999))
    assert [r.index for r in kept] == [0]
    assert left_out == {
        "more than 8 components": 1,
        "more than 4,999 pixels at the model's text scale": 1,
        "more than 8,999 tokens": 2,
    }


@given(st.integers(1, 40), st.integers(1, 20))
def test_all_ranks_validate_equally_many_batches_and_each_counts_once(
    count: int, ranks: int
) -> None:
    from sketch2flow.vlm.loading import numbers_for_rank

    shares = [numbers_for_rank(count, (rank, ranks)) for rank in range(ranks)]
    assert len({len(share) for share in shares}) == 1
    counted = [number for share in shares for number in share if number < count]
    assert sorted(counted) == list(range(count))
