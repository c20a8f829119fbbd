from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sketch2flow.vlm.recipe import CurriculumStage, Recipe
from sketch2flow.vlm.rows import BatchPlan, RowSize, within_limits


def recipe(pictures: int, *stages: CurriculumStage, pixels: int = 1) -> Recipe:
    return Recipe(
        name="test",
        model="some/model",
        steps=10,
        max_components=8,
        pictures_per_step=pictures,
        pixels_per_step=pixels,
        curriculum=stages,
    )


sizes = st.lists(
    st.tuples(st.integers(1, 8), st.sampled_from([(64, 64), (64, 128), (128, 64)])),
    min_size=4,
    max_size=80,
).map(
    lambda items: [
        RowSize(index, components, "synthetic", group, group[0] * group[1], 10 * components, 9)
        for index, (components, group) in enumerate(items)
    ]
)


@given(sizes, st.integers(2, 8), st.integers(0, 3))
def test_batches_share_a_group_and_leave_a_row_for_every_rank(
    rows: list[RowSize], rows_per_batch: int, seed: int
) -> None:
    plan = BatchPlan(rows, recipe(rows_per_batch), ranks=2, seed=seed)
    seen: set[int] = set()
    for batch in plan.one_epoch(0):
        assert len({row.group for row in batch}) == 1
        assert 2 <= len(batch) <= rows_per_batch
        assert not seen & {row.index for row in batch}
        seen |= {row.index for row in batch}
    by_group: dict[tuple[int, ...], int] = {}
    for row in rows:
        by_group[row.group] = by_group.get(row.group, 0) + 1
    left = len(rows) - len(seen)
    assert left <= len(by_group)  # at most one row a group waits for company


@given(sizes, st.integers(0, 20))
def test_a_restored_plan_goes_on_with_the_same_batches(rows: list[RowSize], steps: int) -> None:
    doubled = rows + [replace(row, index=row.index + len(rows)) for row in rows]
    plan = BatchPlan(doubled, recipe(4), ranks=2, seed=1)
    for _ in range(steps):
        plan.next(0)
    resumed = BatchPlan(list(reversed(doubled)), recipe(4), ranks=2, seed=1)
    if steps:
        resumed.restore(plan.state())
    assert [plan.next(0) for _ in range(6)] == [resumed.next(0) for _ in range(6)]


def test_a_stage_draws_only_what_it_admits() -> None:
    names = ["synthetic", "manual"]
    rows = [RowSize(i, 1 + i % 5, names[i % 2], (64, 64), 4096, 50, 50) for i in range(60)]
    first = CurriculumStage(until=0.5, max_components=2, sources=("manual",))
    plan = BatchPlan(rows, recipe(4, first), ranks=2, seed=0)
    drawn = [row for _ in range(20) for row in plan.next(0)]
    assert {row.source for row in drawn} == {"manual"}
    assert max(row.components for row in drawn) == 2
    assert {row.source for _ in range(20) for row in plan.next(1)} == set(names)


def test_small_pictures_come_in_larger_batches() -> None:
    rows = [
        RowSize(i, 1, "", (64, 64 * (1 + i % 2)), 4096 * (1 + i % 2), 50, 50) for i in range(200)
    ]
    plan = BatchPlan(rows, recipe(4, pixels=4096 * 10), ranks=2, seed=0)
    largest = {0: 0, 1: 0}
    for batch in plan.one_epoch(0):
        largest[batch[0].index % 2] = max(largest[batch[0].index % 2], len(batch))
    assert largest == {0: 10, 1: 5}


def test_rows_over_a_limit_are_counted_by_reason() -> None:
    rows = [
        RowSize(0, 3, "", (), 100, 10, 10),
        RowSize(1, 9, "", (), 100, 10, 10),
        RowSize(2, 3, "", (), 5000, 10, 10),
        RowSize(3, 3, "", (), 100, 99, 10),
    ]
    kept, left_out = within_limits(rows, max_components=8, max_pixels=1000, max_tokens=50)
    assert [row.index for row in kept] == [0]
    assert sum(left_out.values()) == 3
    assert len(left_out) == 3
