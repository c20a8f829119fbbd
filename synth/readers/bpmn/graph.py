"""The graph of a process that is folded: its nodes as blocks, splits and joins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, TypeAlias

from synth.readers.bpmn.blocks import Item, Kind, Step
from synth.readers.bpmn.process import GATEWAYS, Flow, Node, Scope

Role: TypeAlias = Literal["block", "split", "join"]

_KINDS: dict[str, Kind] = {"exclusiveGateway": "xor", "parallelGateway": "and"}
# End events that are no step of their own: the flow just ends there.
_SILENT_ENDS = ("", "terminate", "error")


@dataclass(eq=False)
class Edge:
    """A way from one vertex to the next; `back` if it closes a loop."""

    tail: Vertex
    head: Vertex
    flow: Flow | None = None
    back: bool = False

    def unlink(self) -> None:
        self.tail.outs.remove(self)
        self.head.ins.remove(self)

    def move_tail(self, tail: Vertex) -> None:
        """Let it come from another vertex."""
        self.tail.outs.remove(self)
        self.tail = tail
        tail.outs.append(self)


@dataclass(eq=False)
class Vertex:
    """A piece of the graph.

    A block has items, at most one edge in and one out; a split one in and several out; a join
    several in and one out. `kind` is that of the gateway, "" for a join that takes any. A pinned
    block is a step with an error event, which nothing joins before its try is folded.
    """

    role: Role
    node: Node
    kind: Kind | Literal[""] = ""
    items: list[Item] = field(default_factory=list)
    ins: list[Edge] = field(default_factory=list)
    outs: list[Edge] = field(default_factory=list)
    end: Node | None = None
    pinned: bool = False
    gone: bool = False

    def become_block(self, items: list[Item]) -> None:
        self.role, self.kind, self.items = "block", "", items

    def simplify(self) -> None:
        """Make a join or split with one way through it a block."""
        ways = {"join": self.ins, "split": self.outs}.get(self.role, [])
        if len(ways) == 1:
            self.become_block([])


def link(tail: Vertex, head: Vertex, flow: Flow | None = None, back: bool = False) -> None:
    """Add an edge."""
    edge = Edge(tail, head, flow, back)
    tail.outs.append(edge)
    head.ins.append(edge)


def graph_of(scope: Scope) -> list[Vertex]:
    """Return the vertices of a process or a subprocess, loops marked; all are reached.

    Raises Refused for what nothing leads to.
    """
    graph = _Graph(scope)
    entry = graph.entries[scope.start]
    for vertex in graph.vertices:
        vertex.simplify()
    _mark_back_edges(entry)
    _check_reached(entry, graph)
    return graph.vertices


class _Graph:
    """The vertices of a scope; in a subprocess, all ends lead to one `exit`."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.vertices: list[Vertex] = []
        self.entries: dict[Node, Vertex] = {}
        self.leaves: dict[Node, Vertex] = {}
        self.exit = None if scope.is_process else self._vertex("join", scope.nodes[-1])
        nodes = [node for node in scope.nodes if not _is_shared_end(node)]
        for node in nodes:
            self._add(node)
        for node in nodes:
            self._lead_on(node)
            if node.handler is not None:
                self._lead_on(node.handler)

    def _vertex(self, role: Role, node: Node, kind: Kind | Literal[""] = "") -> Vertex:
        vertex = Vertex(role, node, kind)
        self.vertices.append(vertex)
        return vertex

    def _add(self, node: Node) -> None:
        """Add a node: a join where several flows meet, the node itself, a split where they part."""
        is_gateway = node.kind in GATEWAYS
        kind: Kind = _KINDS.get(node.kind, "xor")
        if node.kind == "endEvent" and node.event == "error" and not self.scope.is_process:
            raise node.refused("no flow logic raises an error")
        chain: list[Vertex] = []
        if len(node.incoming) > 1:
            chain.append(self._vertex("join", node, kind))
        block = Vertex("block", node, pinned=node.handler is not None)
        if node.handler is not None:
            chain.append(self._vertex("split", node, "try"))
        self.vertices.append(block)
        chain.append(block)
        if _is_silent_end(node):
            block.end = node
        elif not is_gateway and node.kind != "startEvent":
            block.items.append(Step(node))
        if len(node.outgoing) > 1:
            chain.append(self._vertex("split", node, kind if is_gateway else _split_of(node)))
        for tail, head in pairwise(chain):
            link(tail, head)
        self.entries[node], self.leaves[node] = chain[0], chain[-1]
        if node.handler is not None:
            self.leaves[node.handler] = self._vertex("block", node.handler)
            link(block.ins[0].tail, self.leaves[node.handler])

    def _lead_on(self, node: Node) -> None:
        leaf = self.leaves[node]
        for flow in node.outgoing:
            link(leaf, self._target(flow), flow)
        if not node.outgoing and self.exit is not None:
            link(leaf, self.exit)

    def _target(self, flow: Flow) -> Vertex:
        """Return where a flow leads; a shared end is one for each flow that leads there."""
        node = flow.target
        if not _is_shared_end(node):
            return self.entries[node]
        if self.exit is not None:
            return self.exit
        vertex = self._vertex("block", node)
        vertex.end = node
        return vertex


def _is_silent_end(node: Node) -> bool:
    return node.kind == "endEvent" and node.event in _SILENT_ENDS


def _is_shared_end(node: Node) -> bool:
    return _is_silent_end(node) and len(node.incoming) > 1


def _split_of(node: Node) -> Kind:
    """Return what several flows out of a step are: parallel branches, unless they have tests."""
    if node.default is not None or any(flow.expression for flow in node.outgoing):
        raise node.refused("conditional flows leave it without a gateway")
    return "and"


def _mark_back_edges(entry: Vertex) -> None:
    """Mark the edges that lead back to a vertex on the way to them (depth first, by hand)."""
    on_way = {entry}
    seen = {entry}
    ways: list[tuple[Vertex, Iterator[Edge]]] = [(entry, iter(entry.outs))]
    while ways:
        vertex, edges = ways[-1]
        edge = next(edges, None)
        if edge is None:
            ways.pop()
            on_way.discard(vertex)
        elif edge.head in on_way:
            edge.back = True
        elif edge.head not in seen:
            seen.add(edge.head)
            on_way.add(edge.head)
            ways.append((edge.head, iter(edge.head.outs)))


def _check_reached(entry: Vertex, graph: _Graph) -> None:
    reached = {entry}
    waiting = [entry]
    while waiting:
        for edge in waiting.pop().outs:
            if edge.head not in reached:
                reached.add(edge.head)
                waiting.append(edge.head)
    if graph.exit is not None and graph.exit not in reached:
        raise graph.exit.node.refused("not block-structured: a loop that nothing leaves")
    for vertex in graph.vertices:
        if vertex not in reached:
            raise vertex.node.refused("nothing leads to it from the start")
