"""Small trees for tests: nested tuples, their flat form, and a brute-force distance."""

from __future__ import annotations

import random
from functools import cache

from hypothesis import strategies as st

from sketch2flow.scoring.starflow.words import rename_cost, weight
from sketch2flow.scoring.tree import Tree

# A node is (label, children). The words take every path of the costs: blank, structural, trigger
# type, component, plain.
Nested = tuple[str, tuple["Nested", ...]]
ALPHABET = ("", "inputs", "flow", "daily", "email", "action_a", "subflow_b", "a", "b")


def leaf(label: str) -> Nested:
    return (label, ())


def flat(nested: Nested) -> Tree:
    tree = Tree([], [], [], [])

    def visit(node: Nested) -> None:
        first = len(tree)
        for kid in node[1]:
            visit(kid)
        tree.labels.append(node[0])
        tree.leftmost.append(first)
        tree.weights.append(weight(node[0]))
        tree.renames.append(rename_cost(node[0]))

    visit(nested)
    return tree


def from_depths(labels: list[str], depths: list[int]) -> Nested:
    """Build a tree from pre-order labels and depths."""
    position = 0

    def build() -> Nested:
        nonlocal position
        label, depth = labels[position], depths[position]
        position += 1
        kids = []
        while position < len(labels) and depths[position] > depth:
            kids.append(build())
        return (label, tuple(kids))

    return build()


def random_tree(random_: random.Random, size: int) -> Nested:
    depths = [0]
    for _ in range(size - 1):
        depths.append(random_.randint(1, depths[-1] + 1))
    return from_depths([random_.choice(ALPHABET) for _ in depths], depths)


@st.composite
def nested_trees(draw: st.DrawFn, max_size: int = 12) -> Nested:
    depths = [0]
    for _ in range(draw(st.integers(0, max_size - 1))):
        depths.append(draw(st.integers(1, depths[-1] + 1)))
    labels = [draw(st.sampled_from(ALPHABET)) for _ in depths]
    return from_depths(labels, depths)


def brute_force(first: Nested, second: Nested) -> int:
    """The distance by its definition: the last roots are deleted, inserted or matched."""

    @cache
    def between(left: tuple[Nested, ...], right: tuple[Nested, ...]) -> int:
        if not left and not right:
            return 0
        costs = []
        if left:
            label, kids = left[-1]
            costs.append(between(left[:-1] + kids, right) + weight(label))
        if right:
            other, other_kids = right[-1]
            costs.append(between(left, right[:-1] + other_kids) + weight(other))
        if left and right:
            rename = 0 if label == other else max(rename_cost(label), rename_cost(other))
            costs.append(between(left[:-1], right[:-1]) + between(kids, other_kids) + rename)
        return min(costs)

    return between((first,), (second,))
