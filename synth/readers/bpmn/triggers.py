"""What starts a process: its start event as a trigger."""

from __future__ import annotations

from sketch2flow.workflow import Input, Trigger
from sketch2flow.workflow.document import MAX_TEXT_CHARACTERS
from synth.readers.bpmn import times
from synth.readers.bpmn.mapping import Named, rules
from synth.readers.bpmn.process import Node, Process
from synth.readers.items import Unreadable

RECORD = "{{trigger.current}}"

_ON_RECORDS = ("record_create", "record_update", "record_create_or_update")
_NAMED = ("messageRef", "signalRef")


def trigger_of(process: Process) -> tuple[Trigger | None, list[str]]:
    """Return the trigger of a process, and what of its start is not mapped.

    None for a start without name and definition: then other flows call it, as a subflow. Raises
    Refused for starts that only subprocesses have.
    """
    start = process.scope.start
    if start.event in ("error", "escalation"):
        raise start.refused(f"no trigger is an {start.event}")
    name = _name(start, process.names)
    if not start.event and not name:
        return None, []
    unmapped: list[str] = []
    schedule = _schedule(start, unmapped) if start.event == "timer" else None
    if schedule is not None:
        said = ", ".join(value for _, value in schedule.inputs)
        return _trigger(name or f"{schedule.trigger} {said}".strip(), *_plain(schedule)), unmapped
    kind = f"{start.kind}:{start.event}" if start.event else start.kind
    named = Named(kind, name)
    rule = named.rule(rules().triggers)
    if rule is None or rule.trigger is None:
        raise start.refused("no trigger fits it")
    if not rule.words and start.event != "timer":
        said = name or start.element.identifier
        unmapped.append(f"what starts it: nothing in {said!r:.80} says {rule.trigger}")
    return _trigger(name or rule.trigger, rule.trigger, named.filled(rule, None)), unmapped


def record_of(trigger: Trigger | None) -> str | None:
    """Return the data pill of the record that started the flow, if one did."""
    return RECORD if trigger is not None and trigger.type in _ON_RECORDS else None


def _plain(schedule: times.Schedule) -> tuple[str, times.Inputs]:
    return schedule.trigger, schedule.inputs


def _trigger(annotation: str, type_: str, inputs: times.Inputs) -> Trigger:
    if any(len(text) > MAX_TEXT_CHARACTERS for text in (annotation, *(v for _, v in inputs))):
        raise Unreadable(f"a name of more than {MAX_TEXT_CHARACTERS:,} characters")
    values = tuple(Input(name=name, value=value) for name, value in inputs)
    return Trigger(annotation=annotation, type=type_, inputs=values or None)


def _name(start: Node, names: dict[str, str]) -> str:
    """Return the start's name, or that of the message or signal that it waits for."""
    if start.label or start.definition is None:
        return start.label
    attributes = start.definition.attributes
    given = (attributes.get(key, "").rpartition(":")[2] for key in _NAMED)
    return next((names[one] for one in given if one in names), "")


def _schedule(start: Node, unmapped: list[str]) -> times.Schedule | None:
    """Return the schedule of a timer; one that no trigger has is told, and its name decides."""
    definition = start.definition
    for name, read in (("timeDate", times.once), ("timeCycle", times.cycle)):
        element = definition.first(name) if definition is not None else None
        if element is not None:
            if schedule := read(element.words()):
                return schedule
            unmapped.append(f"{name} {element.words()[:80]!r} of {start.element.identifier!r:.80}")
    return None
