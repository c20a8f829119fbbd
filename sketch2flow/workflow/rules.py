"""The structure rules of a workflow document, each with a code (one list for the whole project).

Codes: the list of the StarFlow metric notes, drawn up after the structure errors of "Fine-Tune an
SLM or Prompt an LLM?" (2025) and the rules of the flow designer's documentation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sketch2flow.workflow.document import Component, Input, Trigger, Workflow
from sketch2flow.workflow.queries import QUERY_INPUTS, is_readable

CODES: dict[str, str] = {
    "json_invalid": "the text holds no readable JSON",
    "not_object": "the JSON is no object",
    "missing_key": "a key that the document needs is missing",
    "wrong_type": "a value has the wrong JSON type",
    "too_large": "a text, number, list or depth is over the limit",
    "truncated": "an opening code fence has no closing one",
    "unknown_category": "the category is not action, flowlogic or subflow",
    "unknown_logic": "the platform has no flow logic of this name",
    "unknown_trigger": "the platform has no trigger of this type",
    "trigger_on_subflow": "a subflow has a trigger",
    "io_on_flow": "a flow has subflow inputs or outputs",
    "order_duplicate": "two components have the same order",
    "order_not_increasing": "the orders do not grow in document order",
    "block_unknown": "no component has the order that a block points to",
    "block_not_before": "a block points to the component itself or to a later one",
    "block_not_flowlogic": "a block points to a component that cannot hold others",
    "else_without_if": "an ELSE or ELSEIF does not stand directly behind an IF or ELSEIF",
    "catch_without_try": "a CATCH does not stand directly behind a TRY",
    "try_without_catch": "no CATCH stands directly behind a TRY",
    "parallel_branches_lt_2": "a PARALLEL has no second branch beside it",
    "empty_block": "flow logic that holds other components holds none",
    "end_not_last": "a component stands behind an END in the same block",
    "query_unreadable": "the FlowSim metric cannot take an encoded query apart (warning)",
}

# Codes that do not make a document broken: the platform may still run it.
WARNINGS = frozenset({"query_unreadable"})

CLOCK_TRIGGERS = frozenset({"daily", "weekly", "monthly", "repeat", "run_once"})
TRIGGER_TYPES = (
    CLOCK_TRIGGERS
    | {"record_create", "record_update", "record_create_or_update"}
    | {"email", "sla_task", "service_catalog", "metric", "rest_async"}
)
CONTAINERS = frozenset({"IF", "ELSEIF", "ELSE", "FOREACH", "DOUNTIL", "PARALLEL", "TRY", "CATCH"})
LOGIC_WORDS = (
    CONTAINERS
    | {"END", "BREAK", "CONTINUE", "GOBACKTO", "DECISION", "TIMER", "DYNAMICFLOW"}
    | {"GETFLOWOUTPUT", "SETFLOWVARIABLES", "APPENDFLOWVARIABLES"}
)
# The words that may stand directly before a word, as siblings.
FOLLOWS = {"ELSE": ("IF", "ELSEIF"), "ELSEIF": ("IF", "ELSEIF"), "CATCH": ("TRY",)}


class StructureError(NamedTuple):
    """A broken rule: its code, the place as a JSON pointer, and one line of explanation."""

    code: str
    pointer: str
    message: str


def structure_errors(
    workflow: Workflow, positions: Sequence[int] | None = None
) -> tuple[StructureError, ...]:
    """Return every broken rule of `workflow`, in document order; () for a sound document.

    `positions` are the components' places in the JSON that the workflow was read from, for the
    pointers, where some of them could not be read. Never raises; linear time.
    """
    places = positions if positions is not None else range(len(workflow.components))
    pointers = [f"/components/{place}" for place in places]
    return (
        *_head_errors(workflow),
        *order_errors(workflow.components, pointers),
        *_nesting_errors(workflow.components, pointers),
        *_query_errors(workflow, pointers),
    )


def logic_word(component: Component) -> str:
    """Return the flow logic word in capitals (models write forEach too), "" for other steps."""
    return component.definition.upper() if component.category == "flowlogic" else ""


def _head_errors(workflow: Workflow) -> Iterator[StructureError]:
    if workflow.type == "subflow":
        if workflow.trigger is not None:
            yield StructureError("trigger_on_subflow", "/trigger", "a subflow's trigger is null")
    else:
        for key in ("inputs", "outputs"):
            if getattr(workflow, key) is not None:
                yield StructureError("io_on_flow", f"/{key}", f"a flow has no {key}")
        if workflow.trigger is None:
            yield StructureError("missing_key", "/trigger", "a flow has a trigger")
    if workflow.trigger is not None and workflow.trigger.type not in TRIGGER_TYPES:
        message = f"there is no trigger {workflow.trigger.type[:60]!r}"
        yield StructureError("unknown_trigger", "/trigger/type", message)


def order_errors(
    components: Sequence[Component], pointers: Sequence[str]
) -> Iterator[StructureError]:
    """Yield what is wrong with `order` and `block`; without any, the components form a tree."""
    by_order = _first_by_order(components)
    seen: set[int] = set()
    highest: int | None = None
    open_blocks: list[int] = []
    for component, pointer in zip(components, pointers, strict=True):
        order, block = component.order, component.block
        if order in seen:
            yield StructureError("order_duplicate", f"{pointer}/order", f"{order} stands twice")
        elif highest is not None and order < highest:
            message = f"{order} stands behind {highest}"
            yield StructureError("order_not_increasing", f"{pointer}/order", message)
        seen.add(order)
        highest = order if highest is None else max(highest, order)
        if block is None:
            open_blocks = [order]
            continue
        parent = by_order.get(block)
        if parent is None:
            message = f"no component has order {block}"
            yield StructureError("block_unknown", f"{pointer}/block", message)
        elif block >= order:
            message = f"block {block} is not before order {order}"
            yield StructureError("block_not_before", f"{pointer}/block", message)
        elif logic_word(parent) not in CONTAINERS:
            message = f"{parent.definition[:60]!r} ({block}) holds no components"
            yield StructureError("block_not_flowlogic", f"{pointer}/block", message)
        elif block not in open_blocks:
            # In the nested tree, too, orders run from top to bottom.
            message = f"{order} stands outside its block {block}, behind a step of another block"
            yield StructureError("order_not_increasing", f"{pointer}/block", message)
        while open_blocks and open_blocks[-1] != block:
            open_blocks.pop()
        open_blocks.append(order)


def _nesting_errors(
    components: Sequence[Component], pointers: Sequence[str]
) -> Iterator[StructureError]:
    parents = {component.block for component in components}
    for siblings in _siblings(components):
        words = [logic_word(components[index]) for index in siblings]
        for at, (index, word) in enumerate(zip(siblings, words, strict=True)):
            if not word:
                continue
            pointer = pointers[index]
            before = words[at - 1] if at else ""
            behind = words[at + 1] if at + 1 < len(words) else ""
            if word not in LOGIC_WORDS:
                message = f"there is no flow logic {word[:60]!r}"
                yield StructureError("unknown_logic", f"{pointer}/definition", message)
            if word in FOLLOWS and before not in FOLLOWS[word]:
                code = "catch_without_try" if word == "CATCH" else "else_without_if"
                message = f"{word} does not stand directly behind {FOLLOWS[word][0]}"
                yield StructureError(code, pointer, message)
            if word == "TRY" and behind != "CATCH":
                yield StructureError("try_without_catch", pointer, "no CATCH directly behind TRY")
            if word == "PARALLEL" and "PARALLEL" not in (before, behind):
                message = "the only branch of its parallel block"
                yield StructureError("parallel_branches_lt_2", pointer, message)
            if word == "END" and at + 1 < len(words):
                message = f"component {components[siblings[at + 1]].order} stands behind the end"
                yield StructureError("end_not_last", pointer, message)
            if word in CONTAINERS and components[index].order not in parents:
                yield StructureError("empty_block", pointer, f"{word} holds no components")


def _query_errors(workflow: Workflow, pointers: Sequence[str]) -> Iterator[StructureError]:
    parts: list[tuple[str, Trigger | Component]] = []
    if workflow.trigger is not None:
        parts.append(("/trigger", workflow.trigger))
    parts += zip(pointers, workflow.components, strict=True)
    for pointer, part in parts:
        for place, value in enumerate(part.inputs or ()):
            if _is_bad_query(value):
                message = f"{value.name} {value.value[:60]!r} is no readable encoded query"
                yield StructureError("query_unreadable", f"{pointer}/inputs/{place}/value", message)


def _is_bad_query(value: Input) -> bool:
    return value.name in QUERY_INPUTS and not is_readable(value.value)


def _first_by_order(components: Sequence[Component]) -> dict[int, Component]:
    return {component.order: component for component in reversed(components)}


def _siblings(components: Sequence[Component]) -> Iterator[list[int]]:
    """Yield the indices of the components of each block, in document order."""
    groups: dict[int | None, list[int]] = {}
    for index, component in enumerate(components):
        groups.setdefault(component.block, []).append(index)
    yield from groups.values()
