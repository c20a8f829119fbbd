"""The diagram of a workflow: its nodes and the edges between them, without any geometry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from sketch2flow.workflow.document import Component, Parameters, Workflow
from sketch2flow.workflow.rules import logic_word

# A picture with more steps than this is a poster, not a sketch.
MAX_NODES = 200
# Characters in one shape: a sketch holds phrases, not pages.
MAX_TEXT = 400

Kind = Literal["trigger", "action", "subflow", "logic", "inputs", "outputs"]

# An end is a place that the next step is reached from: a node and the label of the edge.
End = tuple[str, str]

_CONDITIONS = ("IF", "ELSEIF")
_ALTERNATIVES = ("ELSE", "ELSEIF")
_LOOPS = ("FOREACH", "DOUNTIL")
# Steps that nothing follows inside their branch.
_LEAVING = ("END", "BREAK", "CONTINUE", "GOBACKTO")


class DrawingError(ValueError):
    """A workflow that cannot be drawn; the message names the place and the reason."""


@dataclass(frozen=True)
class Node:
    """One shape of the diagram: what is written in it and what it stands for.

    `name` is the trigger's type or the component's definition; `order` the component's order.
    """

    identifier: str
    kind: Kind
    text: str
    name: str
    depth: int = 0
    order: int | None = None


@dataclass(frozen=True)
class Edge:
    """An arrow from `tail` to `head`, with the word beside it; `back` closes a loop."""

    tail: str
    head: str
    label: str = ""
    back: bool = False


@dataclass
class Diagram:
    """Nodes in document order, and edges in the order of drawing."""

    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)


def diagram_of(workflow: Workflow) -> Diagram:
    """Return the diagram of `workflow`, as StarFlow draws it (its Graphviz sample).

    Every flow-logic step is a node of its own: ELSE and ELSEIF hang on the "false" edge of their
    IF, CATCH on the "error" edge of its TRY; the last steps of a loop lead back to it, and what
    follows the loop leaves it by "done". Neighbouring PARALLELs are reached from the same ends.

    Raises DrawingError for an empty or too large workflow, a text too long for a shape, an order
    that stands twice, and a block that names no earlier step.
    """
    if len(workflow.components) > MAX_NODES:
        count = len(workflow.components)
        raise DrawingError(f"components: {count} steps, at most {MAX_NODES} can be drawn")
    builder = _Builder(_children(workflow.components))
    ends: list[End] = []
    if workflow.trigger is not None:
        trigger = workflow.trigger
        text = _text(trigger.annotation, trigger.type, "trigger")
        ends = [(builder.add(Node("trigger", "trigger", text, trigger.type), ends), "")]
    if workflow.inputs is not None and workflow.inputs.items:
        text = _parameters(workflow.inputs)
        ends = [(builder.add(Node("inputs", "inputs", text, "inputs"), ends), "")]
    ends = builder.block(None, 0, ends)
    if workflow.outputs is not None and workflow.outputs.items:
        builder.add(Node("outputs", "outputs", _parameters(workflow.outputs), "outputs"), ends)
    if not builder.diagram.nodes:
        raise DrawingError("the workflow holds nothing to draw")
    return builder.diagram


def _parameters(parameters: Parameters) -> str:
    texts = []
    for item in parameters.items:
        reference = f" {item.reference}" if item.reference else ""
        texts.append(f"{item.name} ({item.type}{reference})")
    return _bounded(", ".join(texts), "inputs and outputs")


def _text(annotation: str, name: str, place: str) -> str:
    """Return what a drawer writes: the annotation, or the machine name where there is none."""
    text = " ".join(annotation.split()) or " ".join(name.split())
    if not text:
        raise DrawingError(f"{place}: neither annotation nor name to write")
    if len(name) > MAX_TEXT:
        raise DrawingError(f"{place}: a name of {len(name):,} characters")
    return _bounded(text, place)


def _bounded(text: str, place: str) -> str:
    if len(text) > MAX_TEXT:
        raise DrawingError(f"{place}: {len(text):,} characters, at most {MAX_TEXT} can be drawn")
    return text


def _children(components: Sequence[Component]) -> dict[int | None, list[Component]]:
    children: dict[int | None, list[Component]] = defaultdict(list)
    known: set[int] = set()
    for index, component in enumerate(components):
        if component.order in known:
            raise DrawingError(f"components[{index}].order: {component.order} stands twice")
        if component.block is not None and component.block not in known:
            raise DrawingError(
                f"components[{index}].block: no step before it has the order {component.block}"
            )
        known.add(component.order)
        children[component.block].append(component)
    return children


class _Builder:
    """Walks the tree of blocks; the recursion is as deep as the nesting (below MAX_NODES)."""

    def __init__(self, children: dict[int | None, list[Component]]) -> None:
        self.children = children
        self.diagram = Diagram()

    def add(self, node: Node, ends: Sequence[End]) -> str:
        self.diagram.nodes.append(node)
        self.diagram.edges += [Edge(tail, node.identifier, label) for tail, label in ends]
        return node.identifier

    def block(self, block: int | None, depth: int, ends: list[End]) -> list[End]:
        """Add the steps of one block, reached from `ends`; return the ends that it leaves."""
        before = ""  # the flow logic that the step before was, for what hangs on it
        before_node = ""  # its node
        before_ends: list[End] = []  # what led to the step before
        for component in self.children[block]:
            word = logic_word(component)
            if word in _ALTERNATIVES and before in _CONDITIONS:
                # The false edge of the condition is no open end any more: it leads here.
                closed = [end for end in ends if end != (before_node, "false")]
                reached, kept = [(before_node, "false")], closed
            elif word == "CATCH" and before == "TRY":
                reached, kept = [(before_node, "error")], ends
            elif word == "PARALLEL" and before == "PARALLEL":
                reached, kept = before_ends, ends
            else:
                reached, kept = ends, []
            node = self.step(component, depth, reached)
            before, before_node, before_ends = word, node, reached
            ends = kept + self.leave(component, word, node, depth)
        return ends

    def step(self, component: Component, depth: int, ends: Sequence[End]) -> str:
        kind: Kind = "logic" if component.category == "flowlogic" else component.category
        identifier = f"step{component.order}"
        text = _text(component.annotation, component.definition, identifier)
        name = component.definition
        return self.add(Node(identifier, kind, text, name, depth, component.order), ends)

    def leave(self, component: Component, word: str, node: str, depth: int) -> list[End]:
        """Add what the step encloses; return the ends that it leaves to the next step."""
        if word in _LEAVING:
            return []
        inside = self.block(
            component.order, depth + 1, [(node, "true" if word in _CONDITIONS else "")]
        )
        if word in _LOOPS:
            # A condition without an else at the loop's end gets no "false" arrow: the next round
            # is understood.
            self.diagram.edges += [
                Edge(tail, node, label, back=True)
                for tail, label in inside
                if tail != node and label != "false"
            ]
            return [(node, "done")]
        return [*inside, (node, "false")] if word in _CONDITIONS else inside
