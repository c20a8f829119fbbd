"""Trigger match and component match, as the official scorer counts them.

What is compared of a flow is taken from it once, however many others it is compared with.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

# Where the official code trips over one of the values; it scores the pair 0 then.
_TRIPS = (AttributeError, TypeError, RecursionError)


class Trigger(NamedTuple):
    """The JSON text of type and name-sorted inputs; None where the official scorer trips."""

    text: str | None
    is_absent: bool


def trigger_of(flow: Any) -> Trigger:
    """Return what is compared of a flow's trigger."""
    try:
        trigger = flow.get("trigger")
        return Trigger(_trigger_text(trigger), trigger is None)
    except _TRIPS:
        return Trigger(None, is_absent=False)


def trigger_match(candidate: Trigger, reference: Trigger) -> float | None:
    """Return 1.0 if the texts of two triggers are equal, else 0.0.

    None (not applicable) where neither flow has a trigger; 0.0 where one cannot be read.
    """
    if candidate.is_absent and reference.is_absent:
        return None
    return float(candidate.text is not None and candidate.text == reference.text)


def components_of(flow: Any) -> frozenset[str] | None:
    """Return category, definition and scope of every component, None where they cannot be read."""
    try:
        components = flow.get("components", [])
        if not isinstance(components, list):
            return None
        return frozenset(_component_text(item) for item in components)
    except _TRIPS:
        return None


def component_match(
    candidate: frozenset[str] | None, reference: frozenset[str] | None
) -> float | None:
    """Return the Jaccard index of two flows' components.

    None (not applicable) where both have none; 0.0 where one cannot be read.
    """
    if candidate is None or reference is None:
        return 0.0
    either = len(candidate | reference)
    return len(candidate & reference) / either if either else None


def _trigger_text(trigger: Any) -> str:
    if trigger is None:
        return "{}"
    inputs = trigger.get("inputs", [])
    if inputs:
        inputs = sorted(inputs, key=lambda entry: entry.get("name", ""))
    return json.dumps({"type": trigger.get("type"), "inputs": inputs})


def _component_text(component: Any) -> str:
    """Return the label without the defaults and capitals that the trees give it."""
    get = component.get
    return f"{get('category')}___{get('definition')}___{get('scope')}"
