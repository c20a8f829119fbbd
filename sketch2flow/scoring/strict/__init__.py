"""The `strict` mode: StarFlow's metrics with their counting put right, and some beside them.

Trees are built from what the lenient door reads (`Source.answer`). The kind of a node decides
what it costs: nodes that only hold others nothing, all others 1, a rename 2 where a trigger or a
component takes part and 1 elsewhere. Queries are compared by what they mean, orphans stand at the
top level, annotations are not looked at. Every score lies between 0 and 1: an answer that cannot
be read or says nothing scores 0 in all metrics, and a reference that cannot be read is an error.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from sketch2flow.scoring.metrics import METRICS, OF_MODE
from sketch2flow.scoring.modes import VARIANTS, Comparison, Prepared
from sketch2flow.scoring.source import Source, UnreadableReferenceError, kept
from sketch2flow.scoring.strict.labels import Label, component_label, lost_label
from sketch2flow.scoring.strict.measures import (
    Edge,
    component_match,
    edges,
    flow_similarity,
    kept_nodes,
    share,
    tree_bleu,
    trigger_match,
)
from sketch2flow.scoring.strict.outline import outline, to_tree
from sketch2flow.scoring.strict.soft import SCALE, soft_pair
from sketch2flow.scoring.tree import MarkedTree, TooLargeError, Tree, TreePair
from sketch2flow.workflow.document import Trigger

_METRICS = (*METRICS, *OF_MODE["strict"])


class _Variant(NamedTuple):
    """A workflow's tree in one variant.

    `exact` is the same tree where no rename is cheaper than delete and insert: `tree` itself if
    that is so there.
    """

    tree: Tree
    exact: Tree
    weight: int
    edges: frozenset[Edge]


class _Side(NamedTuple):
    """What is compared of a text."""

    variants: dict[str, _Variant]
    trigger: Trigger | None
    components: Counter[Label]

    @property
    def weight(self) -> int:
        """The paid nodes of the tree with inputs."""
        return self.variants["with_inputs"].weight


def prepare(candidate: Source, reference: Source) -> Prepared:
    """Read one candidate and one reference.

    A candidate over the limits counts as unreadable. Raises UnreadableReferenceError.
    """
    return _prepare(candidate, reference, soft=False)


def prepare_soft(candidate: Source, reference: Source) -> Prepared:
    """Do the same with soft match: in FlowSim with inputs a changed free text costs 0..1.

    Raises TooLargeError for more texts than can be compared, too.
    """
    return _prepare(candidate, reference, soft=True)


def _prepare(candidate: Source, reference: Source, soft: bool) -> Prepared:
    right = _reference_side(reference)
    try:
        left = _side(candidate)
    except TooLargeError:  # nobody could use such an answer
        left = None
    if left is None or not left.weight:
        # Where nothing is asked for, an empty workflow is no mistake, but no merit either.
        score = None if left is not None and not right.weight else 0.0
        return Prepared((), lambda _: _all(score, 0, right.weight))
    pairs: dict[tuple[str, bool], TreePair] = {}
    for name, found in left.variants.items():
        wanted = right.variants[name]
        pairs[name, False] = found.tree, wanted.tree
        if found.exact is not found.tree or wanted.exact is not wanted.tree:
            pairs[name, True] = found.exact, wanted.exact
    units: dict[str, int] = {}  # what a cost of 1 is, where it is not 1
    if soft and (softened := soft_pair(*pairs["with_inputs", False])) is not None:
        pairs["with_inputs", False] = softened
        units["with_inputs"] = SCALE

    def finish(distances: Sequence[int]) -> Comparison:
        apart = dict(zip(pairs, distances, strict=True))
        scores: dict[str, float | None] = {}
        for name, found in left.variants.items():
            wanted = right.variants[name]
            weights = found.weight, wanted.weight
            distance = apart[name, False] / units.get(name, 1)
            scores[f"flow_sim_{name}"] = flow_similarity(distance, *weights)
            equal = kept_nodes(apart.get((name, True), apart[name, False]), *weights)
            scores[f"node_precision_{name}"] = share(equal, found.weight)
            scores[f"node_recall_{name}"] = share(equal, wanted.weight)
            bleu = tree_bleu(found.edges, wanted.edges) or (None, None, None)
            names = ("flow_bleu", "flow_bleu_precision", "flow_bleu_f1")
            scores |= zip((f"{one}_{name}" for one in names), bleu, strict=True)
        whole, of_type, of_inputs = trigger_match(left.trigger, right.trigger)
        as_sets, as_multisets = component_match(left.components, right.components)
        scores |= {
            "flow_trigger_match_score": whole,
            "trigger_type_match_score": of_type,
            "trigger_input_match_score": of_inputs,
            "flow_component_match_score": as_sets,
            "component_multiset_match_score": as_multisets,
        }
        ordered = {name: scores[name] for name in _METRICS}
        return Comparison(ordered, left.weight, right.weight)

    # Of two trees that are too large for each other the candidate's is to blame if it is larger.
    is_runaway = left.weight > right.weight
    too_large = _all(0.0, left.weight, right.weight) if is_runaway else None
    return Prepared(tuple(pairs.values()), finish, too_large)


def _all(score: float | None, *weights: int) -> Comparison:
    return Comparison(dict.fromkeys(_METRICS, score), *weights)


def marked_tree(source: Source, with_inputs: bool) -> MarkedTree | None:
    """Return a text's tree with the origin of each node, None where nothing could be read.

    Raises TooLargeError over the limits.
    """
    nodes = outline(source.answer, with_inputs)
    return to_tree(nodes) if nodes else None


@kept
def _side(source: Source) -> _Side | None:
    workflow = source.answer.workflow
    if workflow is None:
        return None
    labels = map(lost_label, source.answer.lost)
    lost = (label for label in labels if label[0] == "component")
    return _Side(
        {name: _variant(source, with_inputs) for name, with_inputs in VARIANTS.items()},
        workflow.trigger,
        Counter((*map(component_label, workflow.components), *lost)),
    )


def _variant(source: Source, with_inputs: bool) -> _Variant:
    nodes = outline(source.answer, with_inputs)
    tree = to_tree(nodes).tree
    dear = [
        max(rename, 2 * weight) for rename, weight in zip(tree.renames, tree.weights, strict=True)
    ]
    exact = tree if dear == tree.renames else replace(tree, renames=dear)
    return _Variant(tree, exact, sum(tree.weights), edges(nodes))


@kept
def _reference_side(reference: Source) -> _Side:
    """Return the side of a reference; what was read in part is no truth to score against."""
    answer = reference.answer
    try:
        side = _side(reference)
    except TooLargeError as error:
        raise UnreadableReferenceError(str(error)) from None
    cut = [error for error in answer.errors if error.code == "json_invalid"]
    if side is None or cut:
        first = (cut or answer.errors)[0]
        raise UnreadableReferenceError(f"{first.message} ({first.code})")
    if answer.lost:
        raise UnreadableReferenceError(f"{answer.lost[0]} is no piece of a workflow")
    return side
