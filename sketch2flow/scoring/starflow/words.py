"""The words that the official scorer decides by, as they stood when its numbers were made.

They are pinned here, apart from the language's own lists in `sketch2flow.workflow`: that a
platform learns a trigger must not change a published score.
"""

from __future__ import annotations

from collections.abc import Hashable

QUERY_NAMES = frozenset(
    {"condition", "conditions", "email_conditions", "values", "fields", "field_values"}
)
STRUCTURAL = QUERY_NAMES | {"flow", "trigger", "components", "inputs", "outputs"}
TRIGGER_TYPES = frozenset(
    {"record_create", "record_update", "record_create_or_update"}
    | {"daily", "weekly", "monthly", "repeat", "run_once"}
    | {"email", "sla_task", "service_catalog", "metric", "rest_async"}
)
_COMPONENT_STARTS = ("action", "flowlogic", "subflow")
_FREE = STRUCTURAL | {""}


def weight(label: Hashable) -> int:
    """Return what deleting or inserting a node costs: 0 for structural and blank labels, or 1."""
    return 0 if label in _FREE else 1


def rename_cost(label: str) -> int:
    """Return what renaming a node costs at least: 2 for what reads like a trigger or component.

    By text alone, so that a query value `daily` or an input `action_name: x` costs 2 as well.
    """
    return 2 if label in TRIGGER_TYPES or label.startswith(_COMPONENT_STARTS) else 1
