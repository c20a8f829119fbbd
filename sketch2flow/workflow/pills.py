"""Data pills (`{{step_3.record.priority}}`): values of the trigger or of earlier steps.

A pill names its source, what that gives, and perhaps a field of it, over references if need be:

- `{{trigger.current}}`, `{{trigger.current.priority}}`: what started the flow. The trigger's type
  stands for it as well (`{{record_update.current}}`), as in the data of older studies.
- `{{subflow.record}}`: the input of this name of the subflow itself.
- `{{step_2.record}}`, `{{step_2.records}}`: what the step with order 2 gives.
- `{{step_4.item.name}}`: the record that the loop with order 4 is at.

What a step gives can be used behind it in its own block and in the blocks inside that one, not
behind its block; a loop's record inside the loop only; and since a DOUNTIL tests after each round,
its condition can use what the steps directly inside it give.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sketch2flow.workflow.document import Component, Workflow
from sketch2flow.workflow.rules import CLOCK_TRIGGERS, CONTAINERS, StructureError, logic_word

# Kept apart from `rules.CODES`: a workflow with such a pill has the right structure.
PILL_CODES: dict[str, str] = {
    "pill_unreadable": "between double braces stands no data pill",
    "pill_points_nowhere": "nothing that runs before gives what a data pill takes",
    "pill_out_of_scope": "a data pill takes what only the steps of another block know",
}

_NAME = r"[A-Za-z0-9_]+"
_BRACES = re.compile(r"\{\{(?!\{)([^{}]*)(\}\})?")
_INSIDE = re.compile(rf"({_NAME})\.({_NAME})(?:\.({_NAME}(?:\.{_NAME})*))?")
_STEP = re.compile(r"step_([0-9]{1,9})")
_EXAMPLE = "{{step_2.record.state}}"
_UNREADABLE = ("pill_unreadable", f"no data pill such as {_EXAMPLE}")


@dataclass(frozen=True, slots=True)
class Pill:
    """What a pill points to: `source` (trigger, subflow, step_2), `output` of it, `field` of that.

    Raises ValueError for parts that a pill cannot have.
    """

    source: str
    output: str
    field: str = ""  # "" for the whole of it, else names joined by points

    def __post_init__(self) -> None:
        if not _INSIDE.fullmatch(self.text[2:-2]) or "." in self.source + self.output:
            raise ValueError(
                f"{self.text[:80]} is no data pill such as {{{{step_2.record.state}}}}"
            )

    @property
    def path(self) -> str:
        """The thing that it points to without the field, such as step_2.record."""
        return f"{self.source}.{self.output}"

    @property
    def text(self) -> str:
        """The pill as it stands in an input's value."""
        return f"{{{{{self.path}{'.' if self.field else ''}{self.field}}}}}"

    @property
    def step(self) -> int | None:
        """The order of the step that it points to, None for the trigger and the subflow."""
        found = _STEP.fullmatch(self.source)
        return int(found.group(1)) if found else None


def parse_pill(text: str) -> Pill:
    """Return the pill that `text` is as a whole, braces and all; raises ValueError."""
    found = list(_pills(text))
    if len(found) != 1 or found[0][0] != text or found[0][1] is None:
        raise ValueError(f"{text[:80]!r} is no data pill such as {_EXAMPLE}")
    return found[0][1]


def find_pills(text: str) -> tuple[Pill, ...]:
    """Return the pills in `text`, from left to right; what is none is passed over."""
    return tuple(pill for _, pill in _pills(text) if pill is not None)


def pill_errors(
    workflow: Workflow, positions: Sequence[int] | None = None
) -> tuple[StructureError, ...]:
    """Return the data pills that point to nothing they can take, in document order.

    With the codes of PILL_CODES and JSON pointers to the inputs; `positions` as in
    `structure_errors`. Whether an action gives a record or several is its catalogue's matter and
    not looked at. Never raises.
    """
    places = positions if positions is not None else range(len(workflow.components))
    return tuple(_errors(workflow, places))


def _errors(workflow: Workflow, places: Sequence[int]) -> Iterator[StructureError]:
    trigger_inputs = (workflow.trigger.inputs or ()) if workflow.trigger else ()
    for place, value in enumerate(trigger_inputs):
        for raw, pill in _pills(value.value):
            fault = ("pill_points_nowhere", "nothing runs before the trigger")
            yield _error(f"/trigger/inputs/{place}", raw, fault if pill else _UNREADABLE)
    scope = _Scope(workflow)
    for index, component in zip(places, workflow.components, strict=True):
        scope.enter(component)
        for place, value in enumerate(component.inputs or ()):
            for raw, pill in _pills(value.value):
                found = scope.fault(pill) if pill else _UNREADABLE
                if found is not None:
                    yield _error(f"/components/{index}/inputs/{place}", raw, found)


def _error(pointer: str, raw: str, fault: tuple[str, str]) -> StructureError:
    code, reason = fault
    return StructureError(code, f"{pointer}/value", f"{raw[:60]!r}: {reason}")


class _Scope:
    """What can be taken at the component that was entered last."""

    def __init__(self, workflow: Workflow) -> None:
        self._workflow = workflow
        self._steps = {step.order: step for step in reversed(workflow.components)}
        self._inputs = {item.name for item in (workflow.inputs.items if workflow.inputs else ())}
        self._here: Component | None = None
        self._enclosing: frozenset[int] = frozenset()  # the orders of the blocks around it
        self._before: dict[int, frozenset[int]] = {}  # the same of the steps before it, by order

    def enter(self, component: Component) -> None:
        """Go on to the next component of the document."""
        if self._here is not None:
            self._before.setdefault(self._here.order, self._enclosing)
        self._here = component
        block = component.block
        around = self._before.get(block, frozenset()) if block is not None else frozenset()
        self._enclosing = around if block is None else around | {block}

    def fault(self, pill: Pill) -> tuple[str, str] | None:
        """Return code and reason why `pill` cannot be taken here, None if it can."""
        trigger = self._workflow.trigger
        if pill.step is not None:
            return self._fault_of_step(pill, pill.step)
        if pill.source == "trigger" or (trigger is not None and pill.source == trigger.type):
            if trigger is None:
                return "pill_points_nowhere", "the workflow has no trigger"
            if pill.output == "current" and trigger.type in CLOCK_TRIGGERS:
                return "pill_points_nowhere", f"a {trigger.type} trigger has no record"
            return None
        if pill.source == "subflow":
            has_it = self._workflow.type == "subflow" and pill.output in self._inputs
            reason = f"the workflow has no input {pill.output[:60]}"
            return None if has_it else ("pill_points_nowhere", reason)
        return "pill_points_nowhere", f"there is no {pill.source[:60]}"

    def _fault_of_step(self, pill: Pill, order: int) -> tuple[str, str] | None:
        step, here = self._steps.get(order), self._here
        if step is None or here is None:
            return "pill_points_nowhere", f"no step has order {order}"
        inside = step.block == here.order and logic_word(here) == "DOUNTIL"
        if order not in self._before and not inside:
            return "pill_points_nowhere", f"step {order} does not run before step {here.order}"
        word = logic_word(step)
        if (word == "FOREACH") != (pill.output == "item") or word in CONTAINERS - {"FOREACH"}:
            return "pill_points_nowhere", f"{step.definition[:60]} gives no {pill.output[:60]}"
        if word == "FOREACH" and order not in self._enclosing:
            return "pill_out_of_scope", f"step {here.order} stands outside the loop {order}"
        if step.block is not None and step.block not in self._enclosing and not inside:
            return "pill_out_of_scope", f"step {here.order} stands outside the block {step.block}"
        return None


def _pills(text: str) -> Iterator[tuple[str, Pill | None]]:
    """Yield each pill with its text; None for what stands in double braces and is none."""
    if "{{" not in text:
        return
    for found in _BRACES.finditer(text):
        inside = _INSIDE.fullmatch(found.group(1)) if found.group(2) else None
        yield found.group(), Pill(*inside.groups(default="")) if inside else None
