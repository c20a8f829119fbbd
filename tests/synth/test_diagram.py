from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketch2flow.workflow.document import Workflow
from synth.diagram import MAX_NODES, MAX_TEXT, Conventions, DrawingError, diagram_of
from synth.generate import generate_workflows
from tests.synth import by_hand
from tests.synth.by_hand import flow, step


def edges(workflow: Workflow) -> set[tuple[str, str, str]]:
    found = diagram_of(workflow).edges
    short = {"trigger": "T", "inputs": "in", "outputs": "out"}
    name = lambda node: short.get(node, node.removeprefix("step"))  # noqa: E731
    assert len({(e.tail, e.head, e.label) for e in found}) == len(found)
    return {(name(edge.tail), name(edge.head), edge.label) for edge in found}


def test_a_chain_is_a_chain() -> None:
    assert edges(by_hand.ONE_STEP) == {("T", "1", "")}


def test_else_hangs_on_the_false_edge_and_all_ends_of_a_loop_lead_back() -> None:
    assert edges(by_hand.BRANCHED_LOOP) == {
        ("T", "1", ""),
        ("1", "2", ""),
        ("2", "3", ""),
        ("3", "4", "true"),
        ("3", "5", "false"),
        ("5", "6", "true"),
        ("5", "7", "false"),
        ("7", "8", ""),
        ("4", "2", ""),
        ("6", "2", ""),
        ("8", "2", ""),
        ("2", "9", "done"),
    }
    back = {edge.tail for edge in diagram_of(by_hand.BRANCHED_LOOP).edges if edge.back}
    assert back == {"step4", "step6", "step8"}


def test_catch_hangs_on_the_error_edge() -> None:
    assert edges(by_hand.TRY_CATCH) == {
        ("T", "1", ""),
        ("1", "2", ""),
        ("1", "3", "error"),
        ("3", "4", ""),
        ("2", "5", ""),
        ("4", "5", ""),
    }


def test_parallel_branches_start_at_the_same_step_and_meet_again() -> None:
    assert edges(by_hand.PARALLEL) == {
        ("T", "1", ""),
        ("1", "2", ""),
        ("T", "3", ""),
        ("3", "4", ""),
        ("4", "5", "true"),
        ("2", "6", ""),
        ("5", "6", ""),
        ("4", "6", "false"),
    }


def test_a_subflow_begins_with_its_inputs_and_ends_with_its_outputs() -> None:
    diagram = diagram_of(by_hand.SUBFLOW)
    assert diagram.nodes[0].text == "request (reference incident), note (string)"
    assert diagram.nodes[-1].text == "approved (boolean)"
    assert [node.kind for node in diagram.nodes[1:-1]] == ["logic", "action", "subflow"]
    assert ("1", "out", "done") in edges(by_hand.SUBFLOW)
    assert ("in", "1", "") in edges(by_hand.SUBFLOW)


def test_a_condition_at_a_loops_end_gets_no_false_arrow() -> None:
    workflow = flow(
        step(1, "for all", "FOREACH"), step(2, "if open", "IF", 1), step(3, "close", "close", 2)
    )
    assert ("2", "1", "false") not in edges(workflow)
    assert ("3", "1", "") in edges(workflow)


def test_where_nothing_else_leads_back_the_false_arrow_does() -> None:
    workflow = flow(
        step(1, "for all", "FOREACH"),
        step(2, "update it", "update_record", 1),
        step(3, "if closed", "IF", 1),
        step(4, "stop", "BREAK", 3),
    )
    assert ("3", "1", "false") in edges(workflow)


def test_else_may_be_no_more_than_an_edge_but_never_looks_like_elseif() -> None:
    usual = flow(
        step(1, "if open", "IF"),
        step(2, "close it", "update_record", 1),
        step(3, "otherwise", "ELSE"),
        step(4, "log it", "log", 3),
    )
    nested = flow(
        step(1, "if open", "IF"),
        step(2, "close it", "update_record", 1),
        step(3, "otherwise", "ELSE"),
        step(4, "if urgent", "IF", 3),
        step(5, "log it", "log", 4),
    )
    as_edge = Conventions(alternative="edge")
    assert "step3" not in {node.identifier for node in diagram_of(usual, as_edge).nodes}
    assert "step3" in {node.identifier for node in diagram_of(nested, as_edge).nodes}
    ended = diagram_of(usual, Conventions(ends=True)).nodes
    assert (ended[0].kind, ended[-1].kind) == ("start", "end")


def test_nothing_follows_an_end() -> None:
    workflow = flow(
        step(1, "if closed", "IF"), step(2, "stop here", "END", 1), step(3, "log", "log")
    )
    assert edges(workflow) == {("T", "1", ""), ("1", "2", "true"), ("1", "3", "false")}


def test_what_cannot_be_drawn_is_named() -> None:
    empty = flow().model_copy(update={"trigger": None})
    with pytest.raises(DrawingError, match="nothing to draw"):
        diagram_of(empty)
    with pytest.raises(DrawingError, match=r"components\[0\].block: no step before it .* 7"):
        diagram_of(flow(step(1, "a", "log", 7)))
    with pytest.raises(DrawingError, match=r"components\[1\].order: 1 stands twice"):
        diagram_of(flow(step(1, "a", "log"), step(1, "b", "log")))
    with pytest.raises(DrawingError, match="step1: 401 characters"):
        diagram_of(flow(step(1, "a" * (MAX_TEXT + 1), "log")))
    with pytest.raises(DrawingError, match="step1: neither annotation nor name"):
        diagram_of(flow(step(1, " ", "")))
    many = flow(*(step(order, "a", "log") for order in range(1, MAX_NODES + 2)))
    with pytest.raises(DrawingError, match="201 steps, at most 200"):
        diagram_of(many)


def test_the_deepest_nesting_that_is_allowed_can_be_drawn() -> None:
    steps = [step(1, "if", "IF"), *(step(n, "if", "IF", n - 1) for n in range(2, MAX_NODES + 1))]
    assert len(diagram_of(flow(*steps)).nodes) == MAX_NODES + 1


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), size=st.integers(1, 20))
def test_every_step_is_a_node_and_reached(seed: int, size: int) -> None:
    (generated,) = generate_workflows("law", 1, seed, size)
    workflow = generated.workflow
    diagram = diagram_of(workflow)
    orders = [node.order for node in diagram.nodes if node.order is not None]
    assert orders == [component.order for component in workflow.components]
    names = {node.identifier for node in diagram.nodes}
    assert len(names) == len(diagram.nodes)
    assert {edge.tail for edge in diagram.edges} | {e.head for e in diagram.edges} <= names
    reached = {edge.head for edge in diagram.edges if not edge.back}
    assert names - reached <= {diagram.nodes[0].identifier}
