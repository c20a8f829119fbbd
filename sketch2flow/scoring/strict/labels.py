"""What the nodes of the strict mode are called and cost: their kind decides, never their text."""

from __future__ import annotations

from sketch2flow.workflow.document import Component, Input, Parameter
from sketch2flow.workflow.rules import logic_word

Label = tuple[str, str]  # (kind of `tree.KINDS`, text): an input value `daily` is no trigger

SEPARATOR = ": "  # between the name and the value of an input that is no query

FLOW: Label = ("structure", "flow")
TRIGGER: Label = ("structure", "trigger")
INPUTS: Label = ("structure", "inputs")
OUTPUTS: Label = ("structure", "outputs")
COMPONENTS: Label = ("structure", "components")


def weight(label: Label) -> int:
    """Return what deleting or inserting a node costs: 0 for what only holds others, else 1."""
    return 0 if label[0] == "structure" else 1


def rename_cost(label: Label) -> int:
    """Return what renaming a node costs at least: 2 for a trigger or component, else 1."""
    return 2 if label[0] in ("trigger", "component") else 1


def component_label(component: Component) -> Label:
    """Return the label of a step: category, definition (of flow logic in capitals) and scope."""
    definition = logic_word(component) or component.definition
    return "component", f"{component.category}___{definition}___{component.scope}"


def input_label(one: Input) -> Label:
    """Return the label of an input that is no query."""
    return "input", f"{one.name}{SEPARATOR}{one.value}"


def parameter_label(one: Parameter) -> Label:
    """Return the label of an input or output of a subflow: name, type, and the table if any."""
    table = "" if one.reference is None else f" [{one.reference}]"
    return "parameter", f"{one.name}: {one.type}{table}"


def lost_label(pointer: str) -> Label:
    """Return the label of a piece that could not be read: of its kind, and equal to no other."""
    owner = pointer.rsplit("/", 2)[1]
    kind = {"components": "component", "inputs": "input"}.get(owner, "parameter")
    return kind, f"unreadable {pointer}"
