"""Edit scripts: they cost the distance, they can be applied, and they are the most readable."""

from __future__ import annotations

import random
from functools import cache

import pytest
from hypothesis import given, settings

from sketch2flow.scoring.engines import engine
from sketch2flow.scoring.explanations import script as module
from sketch2flow.scoring.explanations.anatomy import Anatomy, Trait
from sketch2flow.scoring.explanations.script import Script, best_script
from sketch2flow.scoring.modes import marked
from sketch2flow.scoring.source import Source
from sketch2flow.scoring.tree import MarkedTree, Origin, TooLargeError
from tests.scoring.trees import Nested, flat, leaf, nested_trees, random_tree
from tests.scoring.vector_files import FUZZED, PUBLIC, scored_vectors

KINDS = {
    "": "value",
    "inputs": "structure",
    "flow": "input",
    "daily": "trigger",
    "email": "value",
    "action_a": "component",
    "subflow_b": "component",
    "a": "connective",
    "b": "field",
}


def anatomy(nested: Nested) -> Anatomy:
    tree = flat(nested)
    return Anatomy(MarkedTree(tree, [Origin(KINDS[str(label)], "") for label in tree.labels]))


def check(candidate: Anatomy, reference: Anatomy, script: Script) -> None:
    """Assert that a script is valid, leads to the reference and costs the distance."""
    assert len(set(script.pairs.values())) == len(script.pairs)
    costs = sum(candidate.tree.weights) + sum(reference.tree.weights)
    for node, other in script.pairs.items():
        weights = candidate.tree.weights[node], reference.tree.weights[other]
        assert all(weights)
        costs -= sum(weights)
        if candidate.label(node) != reference.label(other):
            costs += max(candidate.tree.renames[node], reference.tree.renames[other])
    assert costs == script.distance
    assert engine("python")([(candidate.tree, reference.tree)]) == [script.distance]
    # What the candidate is after deletions and renames, the reference is before the insertions.
    stays = outline(candidate, {node: reference.label(j) for node, j in script.pairs.items()})
    assert stays == outline(reference, {j: reference.label(j) for j in script.pairs.values()})
    assert list(script.pairs) == sorted(script.pairs)
    assert list(script.pairs.values()) == sorted(script.pairs.values())


def outline(side: Anatomy, labels: dict[int, object]) -> list[tuple[int, object]]:
    """Return depth and label of some nodes in pre-order; what is not among them is no level."""
    depths: dict[int, int] = {}
    found = []
    for node in side.in_order:
        above = depths.get(side.parent[node], -1)
        depths[node] = above + (node in labels)
        if node in labels:
            found.append((depths[node], labels[node]))
    return found


@pytest.mark.parametrize("with_inputs", [False, True])
def test_scripts_of_all_vectors_are_valid_and_cost_the_distance(with_inputs: bool) -> None:
    compared = 0
    for vector in scored_vectors(PUBLIC, FUZZED):
        texts = vector["candidate"], vector["reference"]
        trees = [marked("starflow")(Source(text), with_inputs) for text in texts]
        sides = [Anatomy(tree) for tree in trees if tree is not None]
        if len(sides) == 2:
            check(sides[0], sides[1], best_script(sides[0], sides[1]))
            compared += 1
    assert compared > 450


@given(nested_trees(20), nested_trees(20))
@settings(max_examples=200, deadline=None)
def test_scripts_of_random_trees_are_valid_and_cost_the_distance(
    first: Nested, second: Nested
) -> None:
    candidate, reference = anatomy(first), anatomy(second)
    check(candidate, reference, best_script(candidate, reference))


@pytest.mark.parametrize("few_cells", [0, module.FEW_CELLS])  # in both directions
def test_no_script_of_equal_cost_reads_better(
    few_cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FEW_CELLS", few_cells)
    random_ = random.Random("readable")
    for _ in range(600):
        first, second = (anatomy(random_tree(random_, random_.randint(1, 7))) for _ in range(2))
        found = best_script(first, second)
        check(first, second, found)
        ties = 4 * (paid(first) + paid(second) - 2 * len(found.pairs))
        ties += sum(tie(first.traits[i], second.traits[j]) for i, j in found.pairs.items())
        assert (found.distance, ties) == by_definition(first, second)


def paid(side: Anatomy) -> int:
    return sum(weight > 0 for weight in side.tree.weights)


def tie(one: Trait, other: Trait) -> int:
    """What reads badly where one node becomes another."""
    names = int(one.names != other.names)
    if one.kind != other.kind:
        return 12 + names
    return names + (2 if one.label != other.label else one.context != other.context)


def by_definition(first: Anatomy, second: Anatomy) -> tuple[int, int]:
    """Cost and ties of the best script: the last roots are deleted, inserted or matched."""

    kids = kids_of(first), kids_of(second)

    @cache
    def between(left: tuple[int, ...], right: tuple[int, ...]) -> tuple[int, int]:
        if not left and not right:
            return 0, 0
        choices = []
        if left:
            *rest, node = left
            rest_cost = between((*rest, *kids[0].get(node, ())), right)
            choices.append((rest_cost, (first.tree.weights[node], 4)))
        if right:
            *others, other = right
            rest_cost = between(left, (*others, *kids[1].get(other, ())))
            choices.append((rest_cost, (second.tree.weights[other], 4)))
        if left and right:
            below = between(tuple(kids[0].get(node, ())), tuple(kids[1].get(other, ())))
            beside = between(tuple(rest), tuple(others))
            cost = max(first.tree.renames[node], second.tree.renames[other])
            equal = first.label(node) == second.label(other)
            reads = tie(first.traits[node], second.traits[other])
            both = below[0] + beside[0], below[1] + beside[1]
            choices.append((both, (0 if equal else cost, reads)))
        return min((one[0] + two[0], one[1] + two[1]) for one, two in choices)

    return between(tuple(kids[0].get(None, ())), tuple(kids[1].get(None, ())))


def kids_of(side: Anatomy) -> dict[int | None, list[int]]:
    """Return the paid nodes by the nearest paid node above them, in order."""
    kids: dict[int | None, list[int]] = {}
    nearest: dict[int, int | None] = {}
    for node in side.in_order:
        above = side.parent[node]
        is_paid = above < len(side.tree) and side.tree.weights[above]
        nearest[node] = above if is_paid else nearest.get(above)
        if side.tree.weights[node]:
            kids.setdefault(nearest[node], []).append(node)
    return kids


def test_what_is_too_large_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CELLS", 20)
    small, large = anatomy(("b", (leaf("a"),) * 3)), anatomy(("daily", (leaf("email"),) * 9))
    with pytest.raises(TooLargeError, match="explaining 5 by 11 nodes takes too long"):
        best_script(small, large)
    assert best_script(large, large).distance == 0  # equal parts need no table
