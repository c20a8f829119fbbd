"""Workflows written by hand, one for each construct that a diagram shows."""

from __future__ import annotations

from typing import Any

from sketch2flow.workflow.document import Workflow, parse_document


def step(
    order: int, annotation: str, definition: str, block: int | None = None, category: str = ""
) -> dict[str, Any]:
    """Return a component; words in capitals are flow logic."""
    found = category or ("flowlogic" if definition.isupper() else "action")
    value: dict[str, Any] = {
        "annotation": annotation,
        "category": found,
        "definition": definition,
        "scope": "global",
        "order": order,
    }
    return value if block is None else {**value, "block": block}


def flow(*steps: dict[str, Any], trigger: str = "every day at 12:45 PM") -> Workflow:
    return parse_document(
        {
            "type": "flow",
            "scope": "global",
            "trigger": {"annotation": trigger, "type": "daily"},
            "components": list(steps),
        }
    )


ONE_STEP = flow(step(1, "look up incident tasks", "look_up_records"))

BRANCHED_LOOP = flow(
    step(1, "look up records in Zones", "look_up_records"),
    step(2, "for each record obtained from the lookup", "FOREACH"),
    step(3, "performs an if operation based on a condition", "IF", 2),
    step(4, "create a task", "create_task", 3),
    step(5, "else if the priority is high", "ELSEIF", 2),
    step(6, "ask for approval", "ask_for_approval", 5),
    step(7, "defines an alternate workflow path", "ELSE", 2),
    step(8, "deletes records from a specified table", "delete_record", 7),
    step(9, "log that all is done", "log"),
)

TRY_CATCH = flow(
    step(1, "attempt to execute the API request", "TRY"),
    step(2, "create incident record", "create_record", 1),
    step(3, "catch any error", "CATCH"),
    step(4, "send an email to the admins about it", "send_email", 3),
    step(5, "log the message", "log"),
    trigger="when an asynchronous REST API request is received",
)

PARALLEL = flow(
    step(1, "do the first branch", "PARALLEL"),
    step(2, "send email", "send_email", 1),
    step(3, "do the second branch", "PARALLEL"),
    step(4, "if urgent", "IF", 3),
    step(5, "send SMS", "send_sms", 4),
    step(6, "close it", "update_record"),
)

SUBFLOW = parse_document(
    {
        "type": "subflow",
        "scope": "global",
        "trigger": None,
        "inputs": {
            "items": [
                {"name": "request", "type": "reference", "reference": "incident"},
                {"name": "note", "type": "string"},
            ]
        },
        "outputs": {"items": [{"name": "approved", "type": "boolean"}]},
        "components": [
            step(1, "repeat until there are no more", "DOUNTIL"),
            step(2, "update the record", "update_record", 1),
            step(3, "call the notify subflow", "notify_owner", 1, "subflow"),
        ],
    }
)

ALL = {
    "one_step": ONE_STEP,
    "branched_loop": BRANCHED_LOOP,
    "try_catch": TRY_CATCH,
    "parallel": PARALLEL,
    "subflow": SUBFLOW,
}
