"""The `starflow` mode: the official StarFlow metrics with all their quirks.

Follows the metric code of ServiceNow/StarFlow (commit 3dee76b) in every value that it can
return, in our own words and without its recursion; where that code would end the evaluation
with an exception, `compare` raises too. Shape and wording quirks are kept on purpose: other
modes are the place to mend them.
"""

from __future__ import annotations

from sketch2flow.scoring.engines import Distance
from sketch2flow.scoring.modes import Comparison
from sketch2flow.scoring.starflow.answers import read_value
from sketch2flow.scoring.starflow.matches import component_match, trigger_match
from sketch2flow.scoring.starflow.outline import outline
from sketch2flow.scoring.starflow.similarity import flow_similarity, tree_bleu


def compare(candidate: str, reference: str, distance: Distance) -> Comparison:
    """Score one candidate text against one reference text.

    Raises RecursionError or ValueError where the official scorer raises (nesting or integers
    that Python's JSON does not take) and TooLargeError over our own limits.
    """
    left, right = read_value(candidate), read_value(reference)
    variants = {
        name: (outline(left, with_inputs), outline(right, with_inputs))
        for name, with_inputs in (("no_inputs", False), ("with_inputs", True))
    }
    scores: dict[str, float | None] = {}
    for name, (found, wanted) in variants.items():
        scores[f"flow_sim_{name}"] = flow_similarity(found, wanted, distance)
        scores[f"flow_bleu_{name}"] = tree_bleu(found, wanted)
    scores["flow_trigger_match_score"] = trigger_match(left, right)
    scores["flow_component_match_score"] = component_match(left, right)
    found, wanted = variants["with_inputs"]
    return Comparison(
        scores,
        nodes_candidate=found.paid_nodes() if found else 0,
        nodes_reference=wanted.paid_nodes() if wanted else 0,
    )
