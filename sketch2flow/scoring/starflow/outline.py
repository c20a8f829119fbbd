"""From a JSON value to the labelled tree that the official scorer compares.

Values are taken as they come. Where the official code trips over one (an attribute that is not
there, two orders that cannot be compared), this code trips in the same way, and `outline`
returns None: both of its scores are 0 for the pair then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sketch2flow.scoring.starflow.queries import query_nodes
from sketch2flow.scoring.starflow.words import QUERY_NAMES, weight
from sketch2flow.scoring.tree import MAX_NODES, TooLargeError


class Outline:
    """A tree in pre-order: every node's depth (the root's is 0) and label.

    Labels are text, but for a trigger type that is none: it stays what it is.
    """

    def __init__(self) -> None:
        self.depths: list[int] = []
        self.labels: list[Any] = []

    def add(self, depth: int, label: object, kind: str = "structure", piece: object = None) -> None:
        """Append a node; TooLargeError over MAX_NODES (repeated orders copy whole subtrees).

        What it is and the piece of JSON that it stands for only matter to those who ask where a
        node comes from (`origins.MarkedOutline`).
        """
        if len(self.labels) == MAX_NODES:
            raise TooLargeError(f"a tree of more than {MAX_NODES:,} nodes")
        self.depths.append(depth)
        self.labels.append(label)

    def paid_nodes(self) -> int:
        """Return how many nodes cost something to insert or delete."""
        return sum(weight(label) for label in self.labels if isinstance(label, str))


def outline(value: Any, with_inputs: bool) -> Outline | None:
    """Return a flow's tree, None where the official scorer trips; TooLargeError over the limit."""
    tree = Outline()
    return tree if grow(tree, value, with_inputs) else None


def grow(tree: Outline, value: Any, with_inputs: bool) -> bool:
    """Add a flow's nodes to an empty tree; False where the official scorer trips over it."""
    try:
        _add_flow(tree, value, with_inputs)
    except (AttributeError, TypeError, RecursionError):
        return False
    return True


def _add_flow(tree: Outline, value: Any, with_inputs: bool) -> None:
    tree.add(0, "flow")
    if "trigger" in value:
        _add_trigger(tree, value.get("trigger"), with_inputs)
    for name in ("inputs", "outputs"):
        if name in value:
            _add_parameters(tree, name, value.get(name))
    if "components" in value:
        tree.add(1, "components")
        _add_components(tree, value.get("components"), with_inputs)


def _add_trigger(tree: Outline, trigger: Any, with_inputs: bool) -> None:
    tree.add(1, "trigger")
    if trigger is not None:
        tree.add(2, trigger.get("type", ""), "trigger")
        if with_inputs and "inputs" in trigger:
            _add_inputs(tree, 3, trigger.get("inputs"))


def _add_parameters(tree: Outline, name: str, parameters: Any) -> None:
    """Add the inputs or outputs of a subflow: one leaf each, in the given order."""
    tree.add(1, name)
    if parameters is None:
        return
    for item in parameters.get("items", ()):
        kind = item.get("type", "string")
        label = f"{item.get('name', '')}: {kind}"
        if kind in ("reference", "records") and "reference" in item:
            label += f" [{item.get('reference')}]"
        tree.add(2, label, "parameter", item)


def _add_inputs(tree: Outline, depth: int, inputs: Any) -> None:
    """Add the inputs of a trigger or component in the order of their names."""
    tree.add(depth, "inputs")
    for entry in sorted(inputs, key=lambda entry: entry.get("name", "")):
        name = entry.get("name", "")
        value = str(entry.get("value", ""))
        if name in QUERY_NAMES:
            tree.add(depth + 1, name, "input", entry)
            for below, label, kind in query_nodes(value):
                tree.add(depth + 2 + below, label, kind, entry)
        else:
            tree.add(depth + 1, name + ": " + value, "input", entry)


def _add_components(tree: Outline, components: Any, with_inputs: bool) -> None:
    children = _nesting(components)
    waiting = [(2, component) for component in components if component.get("block") is None]
    waiting.reverse()
    while waiting:
        depth, component = waiting.pop()
        category = component.get("category", "action")
        definition = component.get("definition", "")
        if category == "flowlogic":
            definition = definition.upper()
        label = f"{category}___{definition}___{component.get('scope', 'global')}"
        tree.add(depth, label, "component", component)
        if with_inputs and "inputs" in component:
            _add_inputs(tree, depth + 1, component.get("inputs"))
        below = children(component.get("order", -100))
        waiting += [(depth + 1, child) for child in reversed(below)]


def _nesting(components: Any) -> Callable[[Any], list[Any]]:
    """Return the function from an order to the components nested below it, in list order.

    Below k are those whose order is not <= k and whose block equals k. Components that have no
    order count as -999 here (and as -100 on the parent's side), so that none of them nests.
    """
    if len(components) > MAX_NODES:
        raise TooLargeError(f"more than {MAX_NODES:,} components")
    places = [(item.get("order", -999), item.get("block", -999), item) for item in components]
    if _all_comparable([order for order, _, _ in places]):
        by_block: dict[int | float | str, list[tuple[Any, Any]]] = {}
        for order, block, item in places:
            if isinstance(block, int | float | str):
                by_block.setdefault(block, []).append((order, item))
        return lambda k: [item for order, item in by_block.get(k, ()) if not order <= k]
    # Word for word, with every comparison that may trip.
    return lambda k: [item for order, block, item in places if not order <= k and block == k]


def _all_comparable(orders: list[Any]) -> bool:
    """Say whether the orders are all numbers or all text, so that a look-up by block is exact."""
    if all(isinstance(order, str) for order in orders):
        return True
    return all(isinstance(order, int | float) and order == order for order in orders)
