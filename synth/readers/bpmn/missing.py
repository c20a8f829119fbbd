"""What a document needs and its BPMN does not say: told, so that nobody takes it for whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sketch2flow.workflow import Component, Input, Workflow, load_catalogue
from sketch2flow.workflow.catalogue import Step, TriggerType

_SIGN = re.compile(r"[<>=!]")


def missing_in(workflow: Workflow) -> Iterator[str]:
    """Yield a line for each mandatory input without a value, and each condition on no record.

    A condition of BPMN tests variables of the process; one that is called like a column of a
    record that the flow has by then is taken for that.
    """
    columns: set[str] = set()
    trigger = workflow.trigger
    if trigger is not None:
        entry = load_catalogue().triggers[trigger.type]
        yield from _empty(entry, trigger.inputs or (), f"the trigger {trigger.type}")
        columns |= _columns(trigger.inputs or ())
    for component in workflow.components:
        inputs = component.inputs or ()
        place = f"{component.definition} {component.annotation!r:.80}"
        step = _step(component)
        if step is not None:
            yield from _empty(step, inputs, place)
        if component.category == "flowlogic":
            yield from _variables(inputs, columns, place)
        columns |= _columns(inputs)


def _step(component: Component) -> Step | None:
    """Return the catalogue's entry of a step; None for calls of subflows that only BPMN knows."""
    catalogue = load_catalogue()
    if component.category == "flowlogic":
        return catalogue.logic[component.definition]
    key = f"{component.scope}/{component.definition}"
    return catalogue.actions.get(key) or catalogue.subflows.get(key)


def _empty(entry: Step | TriggerType, inputs: Sequence[Input], place: str) -> Iterator[str]:
    given = {one.name for one in inputs if one.value}
    for name in entry.inputs:
        if name not in entry.optional and name not in given:
            yield f"the input {name!r} of {place}"


def _variables(inputs: Sequence[Input], columns: set[str], place: str) -> Iterator[str]:
    for one in inputs:
        if one.name == "condition":
            fields = {_SIGN.split(part)[0] for part in one.value.split("^")}
            if names := sorted(fields - columns):
                yield (
                    f"whose field the condition {one.value!r:.80} of {place} tests: "
                    f"{', '.join(names):.80} is a variable of the process"
                )


def _columns(inputs: Sequence[Input]) -> set[str]:
    """Return the columns of the table whose record or records a trigger or step gives."""
    tables = load_catalogue().tables
    return {name for one in inputs if one.name == "table" for name in tables[one.value].columns}
