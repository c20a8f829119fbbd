"""The diagram of a workflow: its nodes, how they nest, and the edges between them; no geometry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sketch2flow.workflow.document import Component, Parameters, Workflow
from sketch2flow.workflow.rules import logic_word

# A picture with more steps than this is a poster, not a sketch.
MAX_NODES = 200
# Characters in one shape: a sketch holds phrases, not pages.
MAX_TEXT = 400

Kind = Literal["trigger", "action", "subflow", "logic", "inputs", "outputs", "start", "end"]

_CONDITIONS = ("IF", "ELSEIF")
_ALTERNATIVES = ("ELSE", "ELSEIF")
_LOOPS = ("FOREACH", "DOUNTIL")
# Steps that nothing follows inside their branch.
_LEAVING = ("END", "BREAK", "CONTINUE", "GOBACKTO")


class DrawingError(ValueError):
    """A workflow that cannot be drawn; the message names the place and the reason."""


@dataclass(frozen=True)
class Conventions:
    """What drawers do differently before anything is placed.

    `alternative`: ELSE is a shape of its own, or nothing but the "false" edge; `ends`: a start and
    an end stand around the flow.
    """

    alternative: Literal["shape", "edge"] = "shape"
    ends: bool = False


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


@dataclass(frozen=True)
class Step:
    """A node that the flow passes through; `leaves` where nothing follows it."""

    node: Node
    leaves: bool = False


@dataclass(frozen=True)
class Branch:
    """One way out of a fork: the word on it and the items along it, maybe none."""

    label: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Fork:
    """Ways that part and meet again; `node` is what they part at, None for the step before."""

    node: Node | None
    branches: tuple[Branch, ...]


@dataclass(frozen=True)
class Loop:
    """A node, and the items that lead back to it; what follows leaves the node by "done"."""

    node: Node
    body: tuple[Item, ...]


Item = Step | Fork | Loop

# An end is a place that the next step is reached from: a node and the label of the edge.
End = tuple[str, str]


@dataclass(frozen=True)
class Diagram:
    """Items as they nest; nodes in document order, and the edges between them.

    `title` names the diagram in messages.
    """

    items: tuple[Item, ...]
    title: str = ""
    nodes: tuple[Node, ...] = field(init=False)
    edges: tuple[Edge, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "nodes", tuple(_nodes(self.items)))
        object.__setattr__(self, "edges", tuple(_edges_of(self.items)))


def diagram_of(
    workflow: Workflow, conventions: Conventions | None = None, title: str = ""
) -> Diagram:
    """Return the diagram of `workflow`; without conventions, those of StarFlow's samples.

    Every flow-logic step is a node of its own: ELSE and ELSEIF hang on the "false" edge of their
    IF, CATCH on the "error" edge of its TRY; the last steps of a loop lead back to it, and what
    follows the loop leaves it by "done". Neighbouring PARALLELs are reached from the same ends.

    Raises DrawingError for an empty or too large workflow, a text too long for a shape, an order
    that stands twice, and a block that names no earlier step.
    """
    conventions = conventions or Conventions()
    if len(workflow.components) > MAX_NODES:
        count = len(workflow.components)
        raise DrawingError(f"components: {count} steps, at most {MAX_NODES} can be drawn")
    items: list[Item] = []
    if workflow.trigger is not None:
        trigger = workflow.trigger
        text = _text(trigger.annotation, trigger.type, "trigger")
        items.append(Step(Node("trigger", "trigger", text, trigger.type)))
    if workflow.inputs is not None and workflow.inputs.items:
        items.append(Step(Node("inputs", "inputs", _parameters(workflow.inputs), "inputs")))
    items += _Builder(_children(workflow.components), conventions).block(None, 0)
    if workflow.outputs is not None and workflow.outputs.items:
        items.append(Step(Node("outputs", "outputs", _parameters(workflow.outputs), "outputs")))
    if not items:
        raise DrawingError("the workflow holds nothing to draw")
    if conventions.ends:
        items = [
            Step(Node("start", "start", "Start", "start")),
            *items,
            Step(Node("end", "end", "End", "end")),
        ]
    return Diagram(tuple(items), title)


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

    def __init__(
        self, children: dict[int | None, list[Component]], conventions: Conventions
    ) -> None:
        self.children, self.conventions = children, conventions

    def block(self, block: int | None, depth: int) -> list[Item]:
        """Return the items of one block."""
        return self.items(self.children[block], depth)

    def items(self, components: Sequence[Component], depth: int) -> list[Item]:
        found: list[Item] = []
        rest = list(components)
        while rest:
            first = rest[0]
            word = logic_word(first)
            taken = 1
            if word in _CONDITIONS:
                taken = self._followers(rest, _ALTERNATIVES)
                found.append(self.condition(rest[:taken], depth))
            elif word == "TRY" and len(rest) > 1 and logic_word(rest[1]) == "CATCH":
                taken = 2
                body, caught = self.block(first.order, depth + 1), self.series(rest[1], depth)
                branches = (Branch("", tuple(body)), Branch("error", tuple(caught)))
                found.append(Fork(self.node(first, depth), branches))
            elif word == "PARALLEL":
                taken = self._followers(rest, ("PARALLEL",))
                ways = [Branch("", tuple(self.series(each, depth))) for each in rest[:taken]]
                found += [Fork(None, tuple(ways))] if taken > 1 else ways[0].items
            elif word in _LOOPS:
                body = self.block(first.order, depth + 1)
                found.append(Loop(self.node(first, depth), tuple(body)))
            elif word in _LEAVING and not self.children[first.order]:
                found.append(Step(self.node(first, depth), leaves=True))
            else:
                found += self.series(first, depth)
            rest = rest[taken:]
        return found

    def condition(self, chain: Sequence[Component], depth: int) -> Item:
        """Return the fork of an IF, or of an ELSEIF in its place, and what follows it."""
        first, rest = chain[0], chain[1:]
        inside = self.block(first.order, depth + 1)
        other: list[Item] = []
        if rest and logic_word(rest[0]) == "ELSEIF":
            other = [self.condition(rest, depth)]
        elif rest:
            other = self.series(rest[0], depth)
            # A condition right behind the edge would read as an ELSEIF.
            inner = other[1].node if len(other) > 1 and not isinstance(other[1], Loop) else None
            conditional = inner is not None and inner.name.upper() in _CONDITIONS
            if self.conventions.alternative == "edge" and len(other) > 1 and not conditional:
                other = other[1:]
        ways = (Branch("true", tuple(inside)), Branch("false", tuple(other)))
        return Fork(self.node(first, depth), ways)

    def series(self, component: Component, depth: int) -> list[Item]:
        """Return a step and, behind it, what it encloses."""
        return [Step(self.node(component, depth)), *self.block(component.order, depth + 1)]

    def _followers(self, components: Sequence[Component], words: Sequence[str]) -> int:
        """Return how many components belong to the first: those behind it with such words.

        Nothing follows an ELSE, so that another alternative behind it is a step by itself.
        """
        count = 1
        while count < len(components) and logic_word(components[count]) in words:
            count += 1
            if logic_word(components[count - 1]) == "ELSE":
                break
        return count

    def node(self, component: Component, depth: int) -> Node:
        kind: Kind = "logic" if component.category == "flowlogic" else component.category
        identifier = f"step{component.order}"
        text = _text(component.annotation, component.definition, identifier)
        return Node(identifier, kind, text, component.definition, depth, component.order)


def _nodes(items: Sequence[Item]) -> Iterator[Node]:
    for item in items:
        if item.node is not None:
            yield item.node
        if isinstance(item, Loop):
            yield from _nodes(item.body)
        elif isinstance(item, Fork):
            for branch in item.branches:
                yield from _nodes(branch.items)


def returning(ends: Sequence[End], loop: str) -> list[End]:
    """Return those of the ends of a loop's body that an arrow leads back from.

    A condition without an else at the loop's end gets no "false" arrow, the next round is
    understood; but where no other arrow would lead back, it does.
    """
    leading = [(tail, label) for tail, label in ends if tail != loop]
    return [end for end in leading if end[1] != "false"] or leading


def _edges_of(items: Sequence[Item]) -> list[Edge]:
    edges: list[Edge] = []
    _flow(items, [], edges)
    return edges


def _flow(items: Sequence[Item], ends: list[End], edges: list[Edge]) -> list[End]:
    """Add the edges of items that are reached from `ends`; return the ends that they leave."""
    for item in items:
        if isinstance(item, Step):
            ends = _reach(item.node, ends, edges)
            if item.leaves:
                ends = []
        elif isinstance(item, Loop):
            inside = _flow(item.body, _reach(item.node, ends, edges), edges)
            name = item.node.identifier
            back = returning(inside, name)
            edges += [Edge(tail, name, label, back=True) for tail, label in back]
            ends = [(name, "done")]
        else:
            ends = _fork(item, ends, edges)
    return ends


def _fork(fork: Fork, ends: list[End], edges: list[Edge]) -> list[End]:
    left: list[End] = []
    reached = ends if fork.node is None else _reach(fork.node, ends, edges)
    for branch in fork.branches:
        starts = reached
        if fork.node is not None:
            starts = [(fork.node.identifier, branch.label)]
        left += _flow(branch.items, starts, edges)
    return left


def _reach(node: Node, ends: Sequence[End], edges: list[Edge]) -> list[End]:
    edges += [Edge(tail, node.identifier, label) for tail, label in ends]
    return [(node.identifier, "")]
