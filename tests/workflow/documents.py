"""Small documents for the tests of the language."""

from __future__ import annotations

from typing import Any


def step(order: int, definition: str = "log", block: int | None = None, **more: Any) -> Any:
    """Return a component as a dictionary; a definition in capitals is flow logic."""
    value: dict[str, Any] = {
        "annotation": f"step {order}",
        "category": "flowlogic" if definition.isupper() else "action",
        "definition": definition,
        "scope": "global",
        "order": order,
    }
    if block is not None:
        value["block"] = block
    return {**value, **more}


def flow(*components: Any, **more: Any) -> dict[str, Any]:
    """Return a flow with a daily trigger and these components."""
    trigger = {"annotation": "daily", "type": "daily"}
    value = {"type": "flow", "scope": "global", "trigger": trigger, "components": list(components)}
    return {**value, **more}


def without(value: dict[str, Any], key: str) -> dict[str, Any]:
    """Return `value` without `key`."""
    return {name: one for name, one in value.items() if name != key}
