"""The `starflow` mode: the official StarFlow metrics with all their quirks.

Follows the metric code of ServiceNow/StarFlow (commit 3dee76b) in every value that it can
return, in our own words and without its recursion; where that code would end the evaluation
with an exception, `prepare` raises too. Shape and wording quirks are kept on purpose: other
modes are the place to mend them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sketch2flow.scoring.modes import VARIANTS, Comparison, Prepared
from sketch2flow.scoring.source import Source, kept
from sketch2flow.scoring.starflow.answers import read_value
from sketch2flow.scoring.starflow.matches import (
    Trigger,
    component_match,
    components_of,
    trigger_match,
    trigger_of,
)
from sketch2flow.scoring.starflow.origins import MarkedOutline, origins
from sketch2flow.scoring.starflow.outline import grow, outline
from sketch2flow.scoring.starflow.similarity import (
    Edges,
    counted_lines,
    edges,
    flow_similarity,
    is_comparable,
    to_tree,
    tree_bleu,
)
from sketch2flow.scoring.tree import MarkedTree, Tree


class _Variant(NamedTuple):
    """What is compared of a flow's tree in one variant.

    `tree` and `edges` are None where the official scorer trips over them; `lines` is n.
    """

    tree: Tree | None
    lines: int
    edges: Edges | None
    paid_nodes: int


class _Side(NamedTuple):
    """What is compared of a text."""

    variants: dict[str, _Variant]
    trigger: Trigger
    components: frozenset[str] | None


@kept
def _side(source: Source) -> _Side:
    value = read_value(source.text)
    variants = {name: _variant(value, inputs) for name, inputs in VARIANTS.items()}
    return _Side(variants, trigger_of(value), components_of(value))


def _variant(value: object, with_inputs: bool) -> _Variant:
    built = outline(value, with_inputs)
    if built is None:
        return _Variant(None, 0, None, 0)
    paid = built.paid_nodes()
    if not is_comparable(built):
        return _Variant(None, 0, edges(built), paid)
    return _Variant(to_tree(built), counted_lines(built), edges(built), paid)


def prepare(candidate: Source, reference: Source) -> Prepared:
    """Read one candidate and one reference.

    Raises RecursionError or ValueError where the official scorer raises (nesting or integers
    that Python's JSON does not take) and TooLargeError over our own limits.
    """
    left, right = _side(candidate), _side(reference)
    pairs = {
        name: (found.tree, wanted.tree)
        for name, found in left.variants.items()
        for wanted in [right.variants[name]]
        if found.tree is not None and wanted.tree is not None
    }

    def finish(distances: Sequence[int]) -> Comparison:
        apart = dict(zip(pairs, distances, strict=True))
        scores: dict[str, float | None] = {}
        for name, found in left.variants.items():
            wanted = right.variants[name]
            lines = found.lines + wanted.lines
            scores[f"flow_sim_{name}"] = flow_similarity(apart.get(name), lines)
            scores[f"flow_bleu_{name}"] = tree_bleu(found.edges, wanted.edges)
        scores["flow_trigger_match_score"] = trigger_match(left.trigger, right.trigger)
        scores["flow_component_match_score"] = component_match(left.components, right.components)
        whole = "with_inputs"
        return Comparison(scores, left.variants[whole].paid_nodes, right.variants[whole].paid_nodes)

    return Prepared(tuple(pairs.values()), finish)


def marked_tree(source: Source, with_inputs: bool) -> MarkedTree | None:
    """Return the tree that `prepare` compares, with the origin of each node in the JSON read.

    None where the official scorer trips over it; raises as `prepare` does.
    """
    value, tree = read_value(source.text), MarkedOutline()
    if not grow(tree, value, with_inputs) or not is_comparable(tree):
        return None
    return MarkedTree(to_tree(tree), origins(tree, value))
