"""BPMN 2.0 files as modelers write them, made of a few words."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from synth.readers import FolderReading, read_folder
from synth.readers.bpmn.parsing import MODEL

LAYOUT = """
  <bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="process">
    <bpmndi:BPMNShape id="shape" bpmnElement="start"><dc:Bounds x="1" y="1" width="36" height="36"/>
    </bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"""
EVENTS = {
    "timer": "<bpmn:timerEventDefinition>{}</bpmn:timerEventDefinition>",
    "message": '<bpmn:messageEventDefinition messageRef="{}"/>',
    "signal": '<bpmn:signalEventDefinition signalRef="{}"/>',
    "error": '<bpmn:errorEventDefinition errorRef="{}"/>',
    "conditional": "<bpmn:conditionalEventDefinition/>",
    "terminate": "<bpmn:terminateEventDefinition/>",
    "escalation": "<bpmn:escalationEventDefinition/>",
    "compensate": "<bpmn:compensateEventDefinition/>",
    "link": '<bpmn:linkEventDefinition name="over there"/>',
}


def node(kind: str, identifier: str, name: str = "", inside: str = "", **attributes: str) -> str:
    """Return an element of a process."""
    values = {"id": identifier, **({"name": name} if name else {}), **attributes}
    written = " ".join(f"{key}={quoteattr(value)}" for key, value in values.items())
    return f"<bpmn:{kind} {written}>{inside}</bpmn:{kind}>"


def event(
    kind: str, identifier: str, name: str = "", on: str = "", of: str = "", **more: str
) -> str:
    """Return an event; `on` is its definition (timer, ...), `of` what stands in it."""
    return node(kind, identifier, name, EVENTS[on].format(of) if on else "", **more)


def flows(*ways: str) -> str:
    """Return sequence flows of words such as `a > b`, `a > b: yes` or `a > b if ${x}`."""
    found = []
    for number, way in enumerate(ways):
        way, _, code = way.partition(" if ")
        way, _, name = way.partition(": ")
        source, target = (part.strip() for part in way.split(">"))
        inside = f"<bpmn:conditionExpression>{escape(code)}</bpmn:conditionExpression>"
        ends = {"sourceRef": source, "targetRef": target}
        identifier = f"flow_{source}_{target}_{number}"
        found.append(node("sequenceFlow", identifier, name, inside if code else "", **ends))
    return "\n".join(found)


def definitions(*parts: str) -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="{MODEL}" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" id="definitions"
  targetNamespace="http://bpmn.io/schema/bpmn" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
  {"".join(parts)}{LAYOUT}
</bpmn:definitions>"""


def bpmn(*parts: str, start: str = '<bpmn:startEvent id="start" name="Request received"/>') -> str:
    """Return a file with one process: a start, these parts and the end."""
    end = '<bpmn:endEvent id="end"/>'
    inside = "\n".join([start, *parts, end])
    return definitions(f'<bpmn:process id="process" isExecutable="true">{inside}</bpmn:process>')


def read(folder: Path, text: str | bytes) -> FolderReading:
    """Return what is read of one file a.bpmn."""
    data = text if isinstance(text, bytes) else text.encode()
    (folder / "a.bpmn").write_bytes(data)
    return read_folder(folder, "plant")


Outline = list[tuple[int | None, str, str]]


def outline(reading: FolderReading) -> Outline:
    """Return (block, definition, annotation) of each component of the only document."""
    assert reading.skipped == []
    (item,) = reading.items
    return [(one.block, one.definition, one.annotation) for one in item.workflow.components]


# A whole process with one of each: look-up, loop, test, branches, subflow.
INVOICE = bpmn(
    node("serviceTask", "look_up", "Look up incidents"),
    node(
        "subProcess",
        "each",
        "Chase",
        '<bpmn:multiInstanceLoopCharacteristics><bpmn:inputDataItem name="incident"/>'
        "</bpmn:multiInstanceLoopCharacteristics>" + node("sendTask", "remind", "Remind the owner"),
    ),
    node("exclusiveGateway", "check", "Invoice correct?"),
    node("userTask", "approve", "Approve the invoice"),
    node("userTask", "clarify", "Clarify with the supplier"),
    node("endEvent", "rejected", "Invoice rejected"),
    node("exclusiveGateway", "join"),
    node("parallelGateway", "fork"),
    node("serviceTask", "post", "Post to Slack"),
    node("sendTask", "mail", "Send confirmation"),
    node("parallelGateway", "meet"),
    node("callActivity", "archive", "Archive invoice"),
    flows(
        "start > look_up",
        "look_up > each",
        "each > check",
        "check > approve: yes",
        "check > clarify: amount > 1,000 €",
        "check > rejected: no",
        "approve > join",
        "clarify > join",
        "join > fork",
        "fork > post",
        "fork > mail",
        "post > meet",
        "mail > meet",
        "meet > archive",
        "archive > end",
    ),
)
