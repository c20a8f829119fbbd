"""The process of a BPMN file: its nodes and flows, checked one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from synth.readers.bpmn.parsing import Element
from synth.readers.items import Unreadable

MAX_NODES = 2_000

TASKS = frozenset(
    {"task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "scriptTask"}
    | {"businessRuleTask", "callActivity"}
)
SUBPROCESSES = frozenset({"subProcess", "transaction"})
EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent"})
GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway"})
_REFUSED = {
    "inclusiveGateway": "no flow logic takes several of its branches",
    "eventBasedGateway": "no flow logic waits for whichever event comes first",
    "complexGateway": "no flow logic is as free",
    "adHocSubProcess": "its steps have no order",
    "subChoreography": "a choreography is no process",
    "choreographyTask": "a choreography is no process",
}
# What has no place in a workflow document, and whose absence is told.
_DROPPED = {
    "lane": "lanes",
    "dataObjectReference": "data objects",
    "dataStoreReference": "data stores",
    "textAnnotation": "text annotations",
}
_DEFINITION = "EventDefinition"


class Refused(Unreadable):
    """Why a process is left out; the message names the element first."""

    def __init__(self, element: Element, reason: str) -> None:
        label = f" ({element.label[:60]})" if element.label else ""
        super().__init__(f"{element.name} {element.identifier!r:.80}{label}: {reason}")


@dataclass(eq=False)
class Flow:
    """A sequence flow; `label` is drawn beside the arrow, `expression` is its condition in code."""

    element: Element
    source: Node
    target: Node
    label: str = ""
    expression: str = ""


@dataclass(eq=False)
class Node:
    """A task, subprocess, event or gateway.

    `event` is the word of its event definition (timer, message, ...), "" for none; `handler` the
    error event at its border; `inside` what a subprocess holds.
    """

    element: Element
    event: str = ""
    definition: Element | None = None
    incoming: list[Flow] = field(default_factory=list)
    outgoing: list[Flow] = field(default_factory=list)
    default: Flow | None = None
    handler: Node | None = None
    inside: Scope | None = None

    @property
    def kind(self) -> str:
        return self.element.name

    @property
    def label(self) -> str:
        return self.element.label

    def refused(self, reason: str) -> Refused:
        return Refused(self.element, reason)


@dataclass(eq=False)
class Scope:
    """The nodes of a process, or of a subprocess in it, in document order, and the first of them.

    `is_process` is false for a subprocess.
    """

    element: Element
    nodes: list[Node]
    start: Node
    is_process: bool


@dataclass(eq=False)
class Process:
    """A process and what of its file has no place in a document, in words."""

    scope: Scope
    names: dict[str, str]  # messages, signals and the like: identifier -> name
    dropped: Counter[str]


def read_process(definitions: Element) -> Process:
    """Return the only process of a file.

    Raises Unreadable (Refused, naming the element) for several processes, several starts, and for
    elements that no workflow document has.
    """
    processes = [one for one in definitions.all("process") if _has_nodes(one)]
    if len(processes) != 1:
        names = ", ".join(one.identifier[:60] for one in processes[:5])
        found = f"{len(processes)} processes ({names})" if processes else "no process with steps"
        raise Unreadable(f"{found}; a file with one is wanted")
    scope = _Builder().scope(processes[0], is_process=True)
    named = {one.identifier: one.label for one in definitions.children if one.label}
    return Process(scope, named, Counter(_dropped(definitions)))


def _has_nodes(process: Element) -> bool:
    known = TASKS | SUBPROCESSES | EVENTS | GATEWAYS | set(_REFUSED)
    return any(child.name in known for child in process.children)


def _dropped(element: Element) -> Iterator[str]:
    for child in element.children:
        if child.name in _DROPPED:
            yield _DROPPED[child.name]
        elif child.name == "messageFlow":
            yield "message flows"
        yield from _dropped(child)  # no deeper than parsing.MAX_DEPTH


class _Builder:
    """Reads scopes; the recursion is as deep as subprocesses are nested (parsing.MAX_DEPTH)."""

    def __init__(self) -> None:
        self._count = 0

    def scope(self, element: Element, is_process: bool) -> Scope:
        nodes: dict[str, Node] = {}
        for child in element.children:
            if child.name in _REFUSED:
                raise Refused(child, _REFUSED[child.name])
            if child.name in TASKS | SUBPROCESSES | EVENTS | GATEWAYS | {"boundaryEvent"}:
                self._add(child, nodes)
        for child in element.all("sequenceFlow"):
            _connect(child, nodes)
        for node in nodes.values():
            _arrange(node)
        for node in list(nodes.values()):
            if node.kind == "boundaryEvent":
                _attach(node, nodes)
        within = [node for node in nodes.values() if node.kind != "boundaryEvent"]
        return Scope(element, within, _start(element, within, is_process), is_process)

    def _add(self, element: Element, nodes: dict[str, Node]) -> None:
        self._count += 1
        if self._count > MAX_NODES:
            raise Unreadable(f"more than {MAX_NODES:,} steps, events and gateways")
        if not element.identifier:
            raise Refused(element, "it has no id")
        if element.identifier in nodes:
            raise Refused(element, "another element has its id")
        node = Node(element)
        if element.name in EVENTS or element.name == "boundaryEvent":
            _read_event(node)
        if element.name in SUBPROCESSES:
            if element.attributes.get("triggeredByEvent") == "true":
                raise Refused(element, "no flow logic starts steps at an event")
            if _has_nodes(element):
                node.inside = self.scope(element, is_process=False)
        nodes[element.identifier] = node


def _read_event(node: Node) -> None:
    found = [one for one in node.element.children if one.name.endswith(_DEFINITION)]
    if len(found) > 1 or node.element.first("eventDefinitionRef"):
        raise node.refused("one event definition, inside it, is wanted")
    if found:
        node.definition = found[0]
        node.event = found[0].name.removesuffix(_DEFINITION)
    if node.event in ("link", "compensate", "cancel"):
        raise node.refused(f"no flow logic is a {node.event} event")


def _connect(element: Element, nodes: dict[str, Node]) -> None:
    ends = [nodes.get(element.attributes.get(key, "")) for key in ("sourceRef", "targetRef")]
    if ends[0] is None or ends[1] is None:
        raise Refused(element, "it does not join two elements of its process")
    condition = element.first("conditionExpression")
    expression = condition.words() if condition else ""
    flow = Flow(element, ends[0], ends[1], element.label, expression)
    flow.source.outgoing.append(flow)
    flow.target.incoming.append(flow)


def _arrange(node: Node) -> None:
    """Put the outgoing flows in the order that the node gives, and find its default."""
    listed = [one.words().rpartition(":")[2] for one in node.element.all("outgoing")]
    places = {name: place for place, name in enumerate(listed)}
    node.outgoing.sort(key=lambda flow: places.get(flow.element.identifier, len(places)))
    default = node.element.attributes.get("default")
    node.default = next((one for one in node.outgoing if one.element.identifier == default), None)


def _attach(event: Node, nodes: dict[str, Node]) -> None:
    activity = nodes.get(event.element.attributes.get("attachedToRef", ""))
    if activity is None or activity.kind not in TASKS | SUBPROCESSES:
        raise event.refused("it is at the border of no step of its process")
    if event.event != "error":
        raise event.refused("no flow logic leaves a running step but at an error")
    if activity.handler is not None:
        raise event.refused("a second error event at one step; a TRY has one CATCH")
    if event.incoming or len(event.outgoing) > 1:
        raise event.refused("one flow leaves it and none leads to it")
    activity.handler = event


def _start(scope: Element, nodes: list[Node], is_process: bool) -> Node:
    """Return where the scope begins: its start event, or in a subprocess its first step."""
    starts = [node for node in nodes if node.kind == "startEvent"]
    first = [node for node in nodes if not node.incoming]
    if is_process and not starts:
        raise Refused(scope, "it has no start event")
    if len(first) > 1:
        raise first[1].refused("nothing leads to it: a second start")
    if not first:
        raise Refused(scope, "nothing in it is the start")
    if starts and starts[0] is not first[0]:
        raise starts[0].refused("a flow leads back to the start")
    return first[0]
