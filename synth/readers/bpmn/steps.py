"""What tasks, events and calls are: actions, subflows, or the waiting of flow logic."""

from __future__ import annotations

from dataclasses import dataclass

from synth.readers.bpmn import times
from synth.readers.bpmn.mapping import Named, plain, rules
from synth.readers.bpmn.process import Node

_CALLS = ("callActivity", "subProcess", "transaction")
MAX_DEFINITION_CHARACTERS = 60


@dataclass(frozen=True)
class Meaning:
    """What a component says besides its place."""

    category: str
    definition: str
    scope: str
    annotation: str
    inputs: list[tuple[str, str]]


def meaning_of(node: Node, record: str | None) -> Meaning:
    """Return what a task, an event or a subprocess without steps is; Refused if nothing is.

    `record` is the data pill of the record that started the flow, if one did.
    """
    kind = f"{node.kind}:{node.event}" if node.event else node.kind
    if kind == "intermediateCatchEvent:timer":
        return _waiting(node)
    named = Named(kind, node.label)
    rule = named.rule(rules().steps)
    if rule is None and node.kind in _CALLS:
        return _call(node)
    if rule is None:
        event = f"{node.event} event" if node.event else node.kind
        raise node.refused(f"nothing on the platform is a {event} here")
    scope, _, definition = named.step(rule).partition("/")
    inputs = named.filled(rule, record)
    category = "subflow" if rule.subflow else "action"
    annotation = node.label or definition.replace("_", " ")
    return Meaning(category, definition, scope, annotation, inputs)


def _call(node: Node) -> Meaning:
    """Return the call of a subflow of the step's own name, as it is drawn."""
    called = node.element.attributes.get("calledElement", "").rpartition(":")[2]
    words = plain(node.label) or plain(called)
    definition = words.replace(" ", "_")[:MAX_DEFINITION_CHARACTERS]
    if not definition:
        raise node.refused("neither its name nor calledElement says what is called")
    return Meaning("subflow", definition, "global", node.label or words, [])


def _waiting(node: Node) -> Meaning:
    """Return the flow logic that waits for a duration."""
    element = node.definition.first("timeDuration") if node.definition is not None else None
    seconds = times.seconds_in(element.words()) if element is not None else None
    inputs = [("duration", times.as_duration(seconds))] if seconds is not None else []
    said = node.label or " ".join(["wait", *(value for _, value in inputs)])
    return Meaning("flowlogic", "TIMER", "global", said, inputs)
