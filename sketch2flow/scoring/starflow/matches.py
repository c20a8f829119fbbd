"""Trigger match and component match, as the official scorer counts them."""

from __future__ import annotations

import json
from typing import Any


def trigger_match(candidate: Any, reference: Any) -> float | None:
    """Return 1.0 if the triggers' type and name-sorted inputs are equal as JSON text, else 0.0.

    None (not applicable) where neither has a trigger; 0.0 where one cannot be read.
    """
    try:
        triggers = candidate.get("trigger"), reference.get("trigger")
        if triggers == (None, None):
            return None
        texts = [_trigger_text(trigger) for trigger in triggers]
    except (AttributeError, TypeError, RecursionError):
        return 0.0
    return float(texts[0] == texts[1])


def component_match(candidate: Any, reference: Any) -> float | None:
    """Return the Jaccard index of the two sets of category, definition and scope.

    None (not applicable) where both are empty; 0.0 where one cannot be read.
    """
    try:
        flows = [flow.get("components", []) for flow in (candidate, reference)]
        if not all(isinstance(components, list) for components in flows):
            return 0.0
        found, wanted = ({_component_text(item) for item in components} for components in flows)
    except (AttributeError, TypeError, RecursionError):
        return 0.0
    return len(found & wanted) / len(found | wanted) if found | wanted else None


def _trigger_text(trigger: Any) -> str:
    if trigger is None:
        return "{}"
    inputs = trigger.get("inputs", [])
    if inputs:
        inputs = sorted(inputs, key=lambda entry: entry.get("name", ""))
    return json.dumps({"type": trigger.get("type"), "inputs": inputs})


def _component_text(component: Any) -> str:
    """Return the label without the defaults and capitals that the trees give it."""
    return "___".join(str(component.get(key)) for key in ("category", "definition", "scope"))
