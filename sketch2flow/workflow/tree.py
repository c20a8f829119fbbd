"""The workflow as the nested tree that its `block`s describe, and back; without recursion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from sketch2flow.workflow.document import (
    Component,
    DocumentError,
    Parameters,
    Trigger,
    Workflow,
)
from sketch2flow.workflow.rules import order_errors


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Node:
    """A component and, in order, what stands inside it.

    Where it stands decides about its block: `component.block` is what it was in the document.
    """

    component: Component
    children: tuple[Node, ...] = ()

    # As deep as the nesting is, and so without the recursion that is built in.
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Node):
            return NotImplemented
        return list(_walk((self,))) == list(_walk((other,)))

    def __hash__(self) -> int:
        return hash(tuple(_walk((self,))))

    def __repr__(self) -> str:
        inside = f" ({len(self.children)} inside)" if self.children else ""
        return f"<Node {self.component.order} {self.component.definition}{inside}>"


@dataclass(frozen=True, slots=True)
class Tree:
    """A workflow with its steps nested: the trigger (None: a subflow) above the outermost ones."""

    type: Literal["flow", "subflow"]
    scope: str
    trigger: Trigger | None
    children: tuple[Node, ...]
    inputs: Parameters | None = None
    outputs: Parameters | None = None

    def walk(self) -> Iterator[tuple[int, Component]]:
        """Yield (depth, component) in document order; the outermost ones have depth 1."""
        yield from _walk(self.children)


def to_tree(workflow: Workflow, place: str = "document") -> Tree:
    """Return the tree of `workflow`; `from_tree` gives exactly the same document back.

    Raises DocumentError naming `place`, the component and the reason where orders and blocks form
    no tree: a cycle, an unknown or closed block, an order that stands twice or is out of order.
    """
    components = workflow.components
    cycle = _cycle(components)
    if cycle:
        index = next(i for i, component in enumerate(components) if component.order == cycle[0])
        orders = " in ".join(map(str, (*cycle, cycle[0])))
        raise DocumentError(f"{place}/components/{index}/block: a cycle, {orders}")
    pointers = [f"/components/{index}" for index in range(len(components))]
    for error in order_errors(components, pointers):
        raise DocumentError(f"{place}{error.pointer}: {error.message}")
    inside: dict[int | None, list[Node]] = {}
    for component in reversed(components):  # from the inside out
        children = tuple(reversed(inside.pop(component.order, ())))
        inside.setdefault(component.block, []).append(Node(component, children))
    return Tree(
        type=workflow.type,
        scope=workflow.scope,
        trigger=workflow.trigger,
        children=tuple(reversed(inside.pop(None, ()))),
        inputs=workflow.inputs,
        outputs=workflow.outputs,
    )


def from_tree(tree: Tree, place: str = "document") -> Workflow:
    """Return the document of `tree`: orders are kept, blocks are those of the nesting.

    Raises DocumentError where the orders do not grow from top to bottom, or a component holds
    others that is no flow logic to hold any.
    """
    components: list[Component] = []
    blocks: list[int] = []  # of the component at hand, outermost first
    for depth, component in tree.walk():
        del blocks[depth - 1 :]
        block = blocks[-1] if blocks else None
        blocks.append(component.order)
        if component.block != block:
            component = component.model_copy(update={"block": block})
        components.append(component)
    pointers = [f"/components/{index}" for index in range(len(components))]
    for error in order_errors(components, pointers):
        raise DocumentError(f"{place}{error.pointer}: {error.message}")
    return Workflow(
        type=tree.type,
        scope=tree.scope,
        trigger=tree.trigger,
        inputs=tree.inputs,
        outputs=tree.outputs,
        components=tuple(components),
    )


def _walk(nodes: Sequence[Node]) -> Iterator[tuple[int, Component]]:
    """Yield (depth, component) of `nodes` and all below them, the nodes themselves at depth 1."""
    waiting = [(1, node) for node in reversed(nodes)]
    while waiting:
        depth, node = waiting.pop()
        yield depth, node.component
        waiting += [(depth + 1, child) for child in reversed(node.children)]


def _cycle(components: Sequence[Component]) -> list[int]:
    """Return the orders of components that stand in one another in a circle, [] if none do."""
    blocks = {component.order: component.block for component in reversed(components)}
    settled: set[int] = set()
    for component in components:
        path: dict[int, None] = {}
        order: int | None = component.order
        while order is not None and order in blocks and order not in settled:
            if order in path:
                orders = list(path)
                return orders[orders.index(order) :]
            path[order] = None
            order = blocks[order]
        settled.update(path)
    return []
