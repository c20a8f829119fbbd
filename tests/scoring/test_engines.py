"""The engines agree with the definition, with each other, and with the laws of a distance."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import combinations

import pytest
from apted import APTED
from hypothesis import given, settings
from hypothesis import strategies as st

from sketch2flow.scoring.engines import ENGINES, engine, zhang_shasha
from sketch2flow.scoring.engines.mended_apted import Costs
from sketch2flow.scoring.reductions import key_root_sum, mirrored
from sketch2flow.scoring.tree import Tree
from tests.scoring.trees import (
    Nested,
    brute_force,
    flat,
    from_depths,
    leaf,
    nested_trees,
    random_tree,
)


def single(name: str) -> Callable[[Tree, Tree], int]:
    """Return an engine as a function of two trees."""

    def distance(first: Tree, second: Tree) -> int:
        (found,) = engine(name)([(first, second)])
        assert found is not None
        return found

    return distance


python, apted = single("python"), single("apted")


def as_released(first: Nested, second: Nested) -> int:
    one, two = flat(first), flat(second)
    costs = Costs(one, two)
    return int(APTED(len(one), len(one) + len(two), costs).compute_edit_distance())


def test_all_engines_agree_with_brute_force_on_random_trees() -> None:
    random_ = random.Random("brute force")
    for _ in range(1_500):
        first, second = (random_tree(random_, random_.randint(1, 6)) for _ in range(2))
        expected = brute_force(first, second)
        one, two = flat(first), flat(second)
        assert python(one, two) == expected, (first, second)
        assert zhang_shasha.zhang_shasha(one, two) == expected, (first, second)
        assert apted(one, two) == expected, (first, second)


@given(nested_trees(20), nested_trees(20))
@settings(max_examples=150, deadline=None)
def test_engines_and_orientations_agree(first: Nested, second: Nested) -> None:
    one, two = flat(first), flat(second)
    expected = zhang_shasha.zhang_shasha(one, two)
    assert python(one, two) == expected
    assert apted(one, two) == expected
    assert zhang_shasha.zhang_shasha(mirrored(one), mirrored(two)) == expected


@given(nested_trees(), nested_trees(), nested_trees())
@settings(max_examples=150, deadline=None)
def test_the_distance_is_a_pseudo_metric(a: Nested, b: Nested, c: Nested) -> None:
    one, two, three = flat(a), flat(b), flat(c)
    assert python(one, one) == 0
    assert python(one, two) == python(two, one)
    assert python(one, three) <= python(one, two) + python(two, three)
    assert abs(sum(one.weights) - sum(two.weights)) <= python(one, two)
    assert python(one, two) <= sum(one.weights) + sum(two.weights)


@given(nested_trees(), nested_trees(), st.data())
@settings(max_examples=150, deadline=None)
def test_deleting_a_node_changes_the_distance_by_its_cost_at_most(
    first: Nested, second: Nested, data: st.DataObject
) -> None:
    labels, depths = outline_of(first)
    if len(labels) == 1:
        return
    place = data.draw(st.integers(1, len(labels) - 1))
    end = place + 1
    while end < len(depths) and depths[end] > depths[place]:
        end += 1
    fewer = from_depths(
        labels[:place] + labels[place + 1 :],
        depths[:place] + [d - 1 for d in depths[place + 1 : end]] + depths[end:],
    )
    paid = python(flat(leaf(labels[place])), flat(leaf("")))  # 0: the law for free nodes
    change = python(flat(fewer), flat(second)) - python(flat(first), flat(second))
    assert abs(change) <= paid


@given(nested_trees(), nested_trees(), nested_trees(), st.booleans())
@settings(max_examples=100, deadline=None)
def test_a_common_subtree_at_the_same_end_changes_nothing(
    first: Nested, second: Nested, common: Nested, at_front: bool
) -> None:
    def joined(tree: Nested) -> Tree:
        return flat(("a", (common, tree) if at_front else (tree, common)))

    assert apted(joined(first), joined(second)) == python(flat(first), flat(second))


@given(nested_trees(20))
@settings(max_examples=100, deadline=None)
def test_the_mirror_of_the_mirror_is_the_tree(nested: Nested) -> None:
    tree = flat(nested)
    assert mirrored(mirrored(tree)) == tree
    assert flat(turned(nested)) == mirrored(tree)


def test_orientation_makes_a_right_leaning_comb_cheap() -> None:
    comb = leaf("a")
    for _ in range(30):
        comb = ("b", (leaf("a"), comb))
    assert key_root_sum(mirrored(flat(comb))) * 5 < key_root_sum(flat(comb))


# The two faults of apted 1.0.3, by their smallest cases. When one of the first assertions fails,
# the release has changed: then the mend may go.


def test_released_apted_is_too_large_where_roots_are_counted_twice() -> None:
    first, second = ("daily", (leaf("action"), leaf("b"))), ("a", (leaf("email"),))
    assert as_released(first, second) == 5
    assert apted(flat(first), flat(second)) == brute_force(first, second) == 4


@pytest.mark.parametrize(
    ("first", "second"),
    [(("", (leaf(""),)), leaf("action_a")), (("flow", (leaf("inputs"),)), leaf("a"))],
)
def test_released_apted_is_too_small_where_nodes_are_free(first: Nested, second: Nested) -> None:
    assert as_released(first, second) == 0
    assert apted(flat(first), flat(second)) == brute_force(first, second) == 1


def test_released_apted_is_right_where_the_mended_one_need_not_differ() -> None:
    trees = [("a", (leaf("b"), leaf("a"))), ("b", (("a", (leaf("b"),)),)), leaf("a")]
    for first, second in combinations(trees, 2):
        assert as_released(first, second) == apted(flat(first), flat(second))


def test_an_unknown_engine_is_refused_in_one_line_that_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match="unknown engine 'zss'; known engines: python, apted"):
        engine("zss")
    assert [callable(engine(name)) for name in ENGINES] == [True, True]


def test_both_engines_refuse_what_would_take_minutes() -> None:
    wide = flat(("a", tuple(("b", (leaf(str(i)), leaf("c"))) for i in range(1_500))))
    other = flat(("a", tuple(("d", (leaf(f"x{i}"), leaf("e"))) for i in range(1_500))))
    leaf_tree = flat(leaf("a"))
    for name in ENGINES:
        assert engine(name)([(leaf_tree, leaf_tree), (wide, other)]) == [0, None]


def test_a_deep_tree_is_compared_or_refused() -> None:
    size = 3_000
    chain = Tree(["a"] * size, [0] * size, [1] * size, [1] * size)
    assert python(chain, flat(leaf("a"))) == size - 1
    assert engine("apted")([(chain, flat(leaf("a")))]) == [None]


def outline_of(tree: Nested) -> tuple[list[str], list[int]]:
    labels: list[str] = []
    depths: list[int] = []
    waiting = [(tree, 0)]
    while waiting:
        (label, kids), depth = waiting.pop()
        labels.append(label)
        depths.append(depth)
        waiting += [(kid, depth + 1) for kid in reversed(kids)]
    return labels, depths


def turned(tree: Nested) -> Nested:
    return (tree[0], tuple(turned(kid) for kid in reversed(tree[1])))
