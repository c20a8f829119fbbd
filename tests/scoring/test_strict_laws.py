"""The laws of the strict mode, on any documents."""

from __future__ import annotations

import random
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketch2flow.scoring import metrics_of, score_pair
from sketch2flow.scoring.source import Source
from sketch2flow.scoring.strict import prepare
from sketch2flow.scoring.tree import Tree
from sketch2flow.workflow import Query, Workflow, to_json, to_object, write_query
from synth.generate import generate_workflows
from tests.scoring.flows import flow, score, similarity, step, trigger
from tests.workflow.strategies import QUERIES, documents

# Scores that are the same whichever side is the answer.
SYMMETRIC = ("flow_sim", "flow_bleu_f1", "flow_trigger", "flow_component", "trigger_", "component_")


def generated(count: int, seed: int) -> list[str]:
    return [to_json(one.workflow) for one in generate_workflows("synthetic", count, seed, 12)]


def both(candidate: str, reference: str, **more: Any) -> dict[str, float | None]:
    found = score_pair(candidate, reference, mode="strict", **more)
    assert found.error is None
    return found.scores


@given(documents(), documents())
@settings(max_examples=150, deadline=None)
def test_every_score_lies_between_nothing_and_one(one: Workflow, other: Workflow) -> None:
    there, back = both(to_json(one), to_json(other)), both(to_json(other), to_json(one))
    assert set(there) == set(metrics_of("strict"))
    for name, value in there.items():
        assert value is None or 0.0 <= value <= 1.0, name
        if name.startswith(SYMMETRIC) and one.components and other.components:
            assert value == back[name], name
    for way in ("no_inputs", "with_inputs"):
        assert there[f"node_precision_{way}"] == back[f"node_recall_{way}"]
        assert there[f"flow_bleu_precision_{way}"] == back[f"flow_bleu_{way}"]


@given(documents())
@settings(max_examples=100, deadline=None)
def test_a_document_is_like_itself(one: Workflow) -> None:
    assert set(both(to_json(one), to_json(one)).values()) <= {1.0, None}


def test_known_flows_have_the_official_scores_without_inputs() -> None:
    # Where no quirk bites, the two modes are one measure.
    texts = generated(60, seed=1)
    for one, other in pairwise(texts):
        official = score_pair(one, other).scores
        found = both(one, other)
        for name in ("flow_sim_no_inputs", "flow_trigger_match_score"):
            assert found[name] == official[name]
        assert found["flow_component_match_score"] == official["flow_component_match_score"]


def test_the_engines_agree_on_whole_workflows() -> None:
    texts = generated(25, seed=2)
    for one, other in pairwise(texts):
        assert both(one, other) == both(one, other, engine="apted")


@given(documents(), documents(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_permuted_inputs_keep_all_scores(
    one: Workflow, other: Workflow, random_: random.Random
) -> None:
    turned = one.model_copy(
        update={
            "components": tuple(
                part.model_copy(update={"inputs": _shuffled(random_, part.inputs)})
                for part in one.components
            )
        }
    )
    assert both(to_json(turned), to_json(other)) == both(to_json(one), to_json(other))


@given(QUERIES, QUERIES, st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_permuted_clauses_keep_all_scores(one: Query, other: Query, random_: random.Random) -> None:
    groups = (
        _shuffled(random_, tuple(_shuffled(random_, clause) for clause in group))
        for group in one.groups
    )
    turned = Query(_shuffled(random_, tuple(groups)), one.order, not one.has_end)

    def holding(query: Query) -> dict[str, Any]:
        text = write_query(query)
        return flow(step(1, conditions=text), trigger=trigger(condition=text))

    same = score(holding(turned), holding(one)).scores
    assert same == {**dict.fromkeys(metrics_of("strict"), 1.0), "would_activate": None}
    found = score(holding(one), holding(other)).scores
    assert score(holding(turned), holding(other)).scores == found


@given(documents(), documents(), st.integers(1, 5), st.integers(0, 50))
@settings(max_examples=60, deadline=None)
def test_renumbered_orders_keep_all_scores(
    one: Workflow, other: Workflow, factor: int, offset: int
) -> None:
    value = to_object(one)
    for component in value["components"]:
        for key in component.keys() & {"order", "block"}:
            component[key] = factor * component[key] + offset
    assert score(value, to_json(other)) == score(to_json(one), to_json(other))


@given(documents(), documents())
@settings(max_examples=40, deadline=None)
def test_kept_nodes_are_the_most_that_a_structure_keeping_mapping_keeps(
    one: Workflow, other: Workflow
) -> None:
    ready = prepare(Source(to_json(one)), Source(to_json(other)))
    if not ready.trees or len(ready.trees[0][0]) + len(ready.trees[0][1]) > 22:
        return
    first, second = ready.trees[0]
    scores = both(to_json(one), to_json(other))
    kept = _most_kept(first, second)
    assert scores["node_precision_no_inputs"] == _share(kept, sum(first.weights))
    assert scores["node_recall_no_inputs"] == _share(kept, sum(second.weights))


@pytest.mark.parametrize("engine", ["python", "apted"])
def test_a_thousand_nested_blocks_are_scored_or_refused(engine: str) -> None:
    deep = flow(*(step(i + 1, "IF", i or None) for i in range(1_000)))
    found = score(deep, flow(step(1)), engine=engine)
    if found.error is not None:
        assert found.error.startswith("TooLargeError")
    else:
        assert found.nodes_candidate == 1_000  # 715 read, the others there but unreadable
    assert str(score(flow(step(1)), deep, engine=engine).error).startswith("the reference: ")
    if engine == "python":
        deep["components"] = deep["components"][:700]
        other = flow(*(step(i + 1, "TRY", i or None) for i in range(700)))
        assert (similarity(deep, deep), similarity(other, deep)) == (1.0, 0.0)


def _shuffled(random_: random.Random, parts: Any) -> Any:
    return tuple(random_.sample(parts, len(parts))) if parts else parts


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _most_kept(first: Tree, second: Tree) -> int:
    """Count by the definition: forests whose last roots are dropped, or kept where equal."""
    kids = _children(first), _children(second)

    @cache
    def best(left: tuple[int, ...], right: tuple[int, ...]) -> int:
        if not left or not right:
            return 0
        one, two = left[-1], right[-1]
        found = max(
            best((*left[:-1], *kids[0][one]), right), best(left, (*right[:-1], *kids[1][two]))
        )
        if first.labels[one] == second.labels[two]:
            inside = best(tuple(kids[0][one]), tuple(kids[1][two]))
            found = max(found, first.weights[one] + inside + best(left[:-1], right[:-1]))
        return found

    return best((len(first) - 1,), (len(second) - 1,))


def _children(tree: Tree) -> list[list[int]]:
    found: list[list[int]] = []
    open_nodes: list[int] = []
    for node, left in enumerate(tree.leftmost):
        own = [one for one in open_nodes if one >= left]
        open_nodes = [one for one in open_nodes if one < left] + [node]
        found.append(own)
    return found
