"""From what the lenient door reads to the labelled tree that the strict mode compares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from sketch2flow.scoring.strict.labels import (
    COMPONENTS,
    FLOW,
    INPUTS,
    OUTPUTS,
    TRIGGER,
    Label,
    component_label,
    input_label,
    lost_label,
    parameter_label,
    rename_cost,
    weight,
)
from sketch2flow.scoring.strict.queries import query_nodes
from sketch2flow.scoring.tree import MAX_NODES, MarkedTree, Origin, TooLargeError, Tree
from sketch2flow.workflow.document import (
    MAX_TEXT_CHARACTERS,
    Component,
    Input,
    Parameters,
    Workflow,
)
from sketch2flow.workflow.queries import QUERY_INPUTS
from sketch2flow.workflow.reading import Answer


class Node(NamedTuple):
    """A node in pre-order: its depth (the root's is 0), label and JSON pointer."""

    depth: int
    label: Label
    pointer: str


def outline(answer: Answer, with_inputs: bool) -> list[Node]:
    """Return the nodes of a workflow's tree in pre-order, [] where nothing could be read.

    Nodes that only hold others are there if they hold any. Inputs, of subflows too, stand in the
    order of their names, steps in that of the document. What could not be read stands at the end,
    one node each: it is of no use, but it is there. TooLargeError over MAX_NODES.
    """
    if answer.workflow is None:
        return []
    found = list(islice(_flow(answer, answer.workflow, with_inputs), MAX_NODES + 1))
    if len(found) > MAX_NODES:
        raise TooLargeError(f"a tree of more than {MAX_NODES:,} nodes")
    return found


def to_tree(nodes: Sequence[Node]) -> MarkedTree:
    """Return the flat post-order form of an outline."""
    tree, origins = Tree([], [], [], []), list[Origin]()
    path: list[tuple[Node, int]] = []

    def close(depth: int) -> None:
        while len(path) > depth:
            node, first = path.pop()
            tree.labels.append(node.label)
            tree.leftmost.append(first)
            tree.weights.append(weight(node.label))
            tree.renames.append(rename_cost(node.label))
            origins.append(Origin(node.label[0], node.pointer))

    for node in nodes:
        close(node.depth)
        path.append((node, len(tree)))  # the next node to be closed is its leftmost leaf
    close(0)
    return MarkedTree(tree, origins)


def _flow(answer: Answer, workflow: Workflow, with_inputs: bool) -> Iterator[Node]:
    value: Any = answer.value  # an object, or no workflow would have been read
    yield Node(0, FLOW, "")
    if workflow.trigger is not None:
        yield Node(1, TRIGGER, "/trigger")
        yield Node(2, ("trigger", workflow.trigger.type), "/trigger")
        if with_inputs:
            yield from _inputs(3, workflow.trigger.inputs, value["trigger"], "/trigger")
    for label, parameters in ((INPUTS, workflow.inputs), (OUTPUTS, workflow.outputs)):
        yield from _parameters(label, parameters, value)
    if workflow.components:
        yield Node(1, COMPONENTS, "/components")
        yield from _components(workflow.components, answer, with_inputs)
    for pointer in answer.lost:
        label = lost_label(pointer)
        if with_inputs or label[0] != "input":
            yield Node(1, label, pointer)


def _components(
    components: Sequence[Component], answer: Answer, with_inputs: bool
) -> Iterator[Node]:
    value: Any = answer.value
    inside = _nesting(components)
    waiting = [(2, index) for index in reversed(inside.get(None, ()))]
    while waiting:
        depth, index = waiting.pop()
        component, place = components[index], answer.positions[index]
        pointer = f"/components/{place}"
        yield Node(depth, component_label(component), pointer)
        if with_inputs:
            owner = value["components"][place]
            yield from _inputs(depth + 1, component.inputs, owner, pointer)
        waiting += [(depth + 1, kid) for kid in reversed(inside.get(index, ()))]


def _nesting(components: Sequence[Component]) -> dict[int | None, list[int]]:
    """Return the indices of the components inside each one; at None those of the top level.

    Each has one place: inside the first component with the order that its block names, at the
    top level where there is none or it does not come before (the structure rules report that).
    """
    first: dict[int, int] = {}
    for index, component in enumerate(components):
        first.setdefault(component.order, index)
    inside: dict[int | None, list[int]] = {}
    for index, component in enumerate(components):
        block = component.block
        # Orders fall from child to parent, so that there is no circle.
        parent = first.get(block) if block is not None and block < component.order else None
        inside.setdefault(parent, []).append(index)
    return inside


def _inputs(
    depth: int, inputs: Sequence[Input] | None, owner: dict[str, Any], pointer: str
) -> Iterator[Node]:
    if not inputs:
        return
    yield Node(depth, INPUTS, f"{pointer}/inputs")
    placed = zip(inputs, _objects(owner["inputs"]), strict=False)
    for one, place in sorted(placed, key=lambda entry: (entry[0].name, entry[0].value)):
        where = f"{pointer}/inputs/{place}"
        one = _whole(one, owner["inputs"][place])
        if one.name in QUERY_INPUTS:
            yield Node(depth + 1, ("input", one.name), where)
            for below, label in query_nodes(one.value):
                yield Node(depth + 2 + below, label, f"{where}/value")
        else:
            yield Node(depth + 1, input_label(one), where)


def _whole(one: Input, entry: dict[str, Any]) -> Input:
    """Return the input with all of a value that is too long for a document."""
    value = entry.get("value")
    is_cut = isinstance(value, str) and len(value) > MAX_TEXT_CHARACTERS
    return Input.model_construct(name=one.name, value=value) if is_cut else one


def _parameters(
    label: Label, parameters: Parameters | None, value: dict[str, Any]
) -> Iterator[Node]:
    if parameters is None or not parameters.items:
        return
    _, key = label
    yield Node(1, label, f"/{key}")
    placed = zip(parameters.items, _objects(value[key]["items"]), strict=False)
    for one, place in sorted(placed, key=lambda entry: parameter_label(entry[0])):
        yield Node(2, parameter_label(one), f"/{key}/items/{place}")


def _objects(entries: Sequence[object]) -> list[int]:
    """Return the places of the objects in a JSON list: what else stands there was not read."""
    return [place for place, entry in enumerate(entries) if isinstance(entry, dict)]
