"""The nested tree: exact both ways, however deep, and a named place where there is none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from sketch2flow.workflow import (
    WARNINGS,
    Component,
    DocumentError,
    Node,
    Tree,
    Workflow,
    from_tree,
    parse_document,
    structure_errors,
    to_tree,
)
from sketch2flow.workflow.document import MAX_COMPONENTS
from tests.workflow.documents import flow, step
from tests.workflow.strategies import documents
from tests.workflow.test_rules import SOUND


def test_steps_stand_in_their_blocks() -> None:
    document = flow(
        step(1, "FOREACH"), step(2, "IF", 1), step(3, block=2), step(4, block=1), step(5)
    )
    tree = to_tree(parse_document(document))
    loop, last = tree.children
    test, inside = loop.children
    assert [one.component.order for one in (loop, test, inside, last)] == [1, 2, 4, 5]
    assert [one.component.order for one in test.children] == [3]
    assert [(depth, one.order) for depth, one in tree.walk()] == [
        (1, 1), (2, 2), (3, 3), (2, 4), (1, 5),
    ]  # fmt: skip
    assert repr(loop) == "<Node 1 FOREACH (2 inside)>"


@pytest.mark.parametrize("document", SOUND)
def test_small_sound_documents_come_back_exactly(document: dict[str, Any]) -> None:
    workflow = parse_document(document)
    assert from_tree(to_tree(workflow)) == workflow


@given(documents())
def test_sound_documents_come_back_exactly(workflow: Workflow) -> None:
    assert WARNINGS.issuperset(error.code for error in structure_errors(workflow))
    assert from_tree(to_tree(workflow)) == workflow


def chain(depth: int, innermost: str = "a") -> Workflow:
    components = [step(n, "IF", n - 1 if n > 1 else None) for n in range(1, depth)]
    return parse_document(flow(*components, step(depth, block=depth - 1, annotation=innermost)))


def test_no_nesting_is_too_deep() -> None:
    workflow = chain(MAX_COMPONENTS)
    tree = to_tree(workflow)
    assert from_tree(tree) == workflow
    assert tree == to_tree(workflow)
    assert hash(tree) == hash(to_tree(workflow))
    assert tree != to_tree(chain(MAX_COMPONENTS, "b"))
    assert "Node 1 IF" in repr(tree)


def test_the_nesting_decides_about_blocks() -> None:
    one, two = parse_document(flow(step(1, "IF"), step(2, block=7))).components
    tree = Tree("subflow", "global", None, (Node(one, (Node(two),)),))
    assert from_tree(tree).components[1].block == 1


UNSOUND = {
    "two blocks in each other": (
        flow(step(1, "IF", 2), step(2, "IF", 1)), "/components/0/block: a cycle, 1 in 2 in 1",
    ),
    "a long cycle": (
        flow(step(1), step(2, "IF", 4), step(3, "IF", 2), step(4, "IF", 3)),
        "/components/1/block: a cycle, 2 in 4 in 3 in 2",
    ),
    "a block in itself": (flow(step(1, "IF", 1)), "/components/0/block: a cycle, 1 in 1"),
    "an unknown block": (
        flow(step(1), step(2, block=7)), "/components/1/block: no component has order 7",
    ),
    "a block further down": (flow(step(1, block=2), step(2, "IF")), "/components/0/block"),
    "an order twice": (flow(step(1), step(1)), "/components/1/order: 1 stands twice"),
    "orders that fall": (flow(step(2), step(1)), "/components/1/order"),
    "a closed block": (
        flow(step(1, "IF"), step(2, block=1), step(3), step(4, block=1)), "/components/3/block",
    ),
    "an action that holds steps": (flow(step(1), step(2, block=1)), "/components/1/block"),
}  # fmt: skip


@pytest.mark.parametrize("case", UNSOUND)
def test_where_there_is_no_tree_the_error_names_the_place(case: str) -> None:
    document, message = UNSOUND[case]
    with pytest.raises(DocumentError) as error:
        to_tree(parse_document(document), "row 7")
    assert str(error.value).startswith("row 7" + message)


def test_a_tree_that_is_no_document_is_refused() -> None:
    def node(order: int, definition: str, *children: Node) -> Node:
        own = Component(annotation="", category="flowlogic" if definition.isupper() else "action",
                        definition=definition, scope="global", order=order)  # fmt: skip
        return Node(own, children)

    for steps, message in (
        ((node(2, "log"), node(1, "log")), "/components/1/order: 1 stands behind 2"),
        ((node(1, "log", node(2, "log")),), "/components/1/block: 'log' (1) holds no components"),
    ):
        with pytest.raises(DocumentError) as error:
            from_tree(Tree("subflow", "global", None, steps))
        assert str(error.value) == "document" + message
