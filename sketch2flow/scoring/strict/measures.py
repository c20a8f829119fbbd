"""The formulas of the strict mode: all between 0 and 1, None where there is nothing to compare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence, Set

from sketch2flow.scoring.strict.labels import Label
from sketch2flow.scoring.strict.outline import Node
from sketch2flow.scoring.strict.queries import canonical_query
from sketch2flow.workflow.document import Trigger
from sketch2flow.workflow.queries import QUERY_INPUTS

Edge = tuple[Label, Label]


def flow_similarity(distance: float, candidate: int, reference: int) -> float:
    """Return 1 - d / (w1 + w2), 0..1: d the tree edit distance, w the paid nodes of each tree.

    Deleting one tree and inserting the other costs w1 + w2, so d is no more (StarFlow,
    arXiv:2503.21889, with weights in the place of printed lines).
    """
    return 1 - distance / (candidate + reference)


def kept_nodes(distance: int, candidate: int, reference: int) -> int:
    """Return M, the most paid nodes that can be kept equal while the structure is kept.

    M = (w1 + w2 - d') / 2, d' the distance where a rename costs as much as delete and insert, so
    that it does not depend on which of several cheapest edits is taken.
    """
    return (candidate + reference - distance) // 2


def share(part: int, whole: int) -> float:
    """Return part / whole, 0..1, and 0.0 of nothing."""
    return part / whole if whole else 0.0


def edges(nodes: Sequence[Node]) -> frozenset[Edge]:
    """Return the tree's (parent, child) labels, without those of two that only hold others."""
    found: set[Edge] = set()
    path: list[Label] = []
    for node in nodes:
        del path[node.depth :]
        if path and not path[-1][0] == node.label[0] == "structure":
            found.add((path[-1], node.label))
        path.append(node.label)
    return frozenset(found)


def tree_bleu(found: Set[Edge], wanted: Set[Edge]) -> tuple[float, float, float] | None:
    """Return recall (StarFlow's TreeBLEU), precision and F1 of (parent, child) labels, 0..1.

    None where both sets are empty.
    """
    if not found and not wanted:
        return None
    both = len(found & wanted)
    recall, precision = share(both, len(wanted)), share(both, len(found))
    return recall, precision, 2 * both / (len(found) + len(wanted))


def trigger_match(
    candidate: Trigger | None, reference: Trigger | None
) -> tuple[float | None, float | None, float | None]:
    """Return the match of the whole trigger, of its type and of its inputs, each 1.0 or 0.0.

    Whole and type are None where neither flow has a trigger, inputs where neither has any. Inputs
    are equal if the names and values are, in any order, queries by what they mean.
    """
    inputs, wanted = _inputs(candidate), _inputs(reference)
    same_inputs = float(inputs == wanted)
    inputs_match = same_inputs if inputs or wanted else None
    if candidate is None and reference is None:
        return None, None, None
    if candidate is None or reference is None:
        return 0.0, 0.0, inputs_match
    same_type = float(candidate.type == reference.type)
    return same_type * same_inputs, same_type, inputs_match


def component_match(
    found: Counter[Label], wanted: Counter[Label]
) -> tuple[float, float] | tuple[None, None]:
    """Return the Jaccard index of the sets of steps and of the multisets, 0..1.

    None where there is no step at all.
    """
    if not found and not wanted:
        return None, None
    as_sets = len(found.keys() & wanted.keys()) / len(found.keys() | wanted.keys())
    return as_sets, (found & wanted).total() / (found | wanted).total()


def _inputs(trigger: Trigger | None) -> Counter[tuple[str, Hashable]]:
    given = (trigger.inputs or ()) if trigger is not None else ()
    return Counter((one.name, _meaning(one.name, one.value)) for one in given)


def _meaning(name: str, value: str) -> Hashable:
    query = canonical_query(value) if name in QUERY_INPUTS else None
    return value if query is None else query
