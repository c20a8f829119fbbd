"""What a workflow uses, as named booleans: the factors that scores are split by.

After the feature matrix of "Fine-Tune an SLM or Prompt an LLM?" (2025), section on errors. Its
hard cases that are no matter of the document (out of scope, ambiguous, misleading or incorrect
requests) are left out; what "implicit" and "complex" mean there is not printed and decided here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from sketch2flow.workflow.document import Workflow
from sketch2flow.workflow.rules import CLOCK_TRIGGERS
from sketch2flow.workflow.usage import Usage, has_alternatives, has_parts


class _Feature(NamedTuple):
    meaning: str
    test: Callable[[Usage], bool]


_EARLY_ENDS = frozenset({"END", "BREAK", "CONTINUE", "GOBACKTO"})
_VARIABLES = frozenset({"SETFLOWVARIABLES", "APPENDFLOWVARIABLES"})
_MAILS = frozenset({"send_email", "send_notification", "send_sms"})
_CHATS = ("teams", "slack", "webex", "google_chat")
_CHANGES = re.compile(r"VALCHANGES|CHANGESFROM|CHANGESTO")
_NOTES = re.compile(r"work_?note|comment|description")
_NOTE_WORDS = frozenset({"worknote", "comment", "description"})
# Alternatives that begin with a letter each, what is before them looked at second: that is what
# makes the search fast.
_REQUESTOR = re.compile(
    r"c(?<![a-z]c)aller_id|r(?<![a-z]r)equest(?:ed_(?:for|by)|[eo]r)\b|o(?<![a-z]o)pened_(?:by|for)"
    r"|s(?<![a-z]s)ubmitted_by"
)
_DATES = re.compile(
    r"RELATIVE(?:[GL][TE]|EE)|DATEPART|MORETHAN|LESSTHAN|Glide(?:Date|Time|Duration)"
    r"|gs\.(?:beginningOf|endOf|now|date|(?:minutes|hours|days|months|quarters|years)Ago)"
    r"|-(?<=(?<!\d)[12]\d{3}-)[01]\d-[0-3]\d(?!\d)"
)
# The platform's filter "is (dynamic) me", which has this sys_id on every instance, and its script.
_ME = ("DYNAMIC90d1921e5f510100a9ad2572f2b477fe", "gs.getUser")

_STRUCTURE = {
    "foreach": _Feature("repeats steps for each record", lambda use: "FOREACH" in use.words),
    "do_until": _Feature(
        "repeats steps until a condition holds", lambda use: "DOUNTIL" in use.words
    ),
    "if": _Feature("runs steps under a condition", lambda use: "IF" in use.words),
    "elseif": _Feature("tests a further condition", lambda use: "ELSEIF" in use.words),
    "else": _Feature("has steps for when no condition holds", lambda use: "ELSE" in use.words),
    "parallel": _Feature("runs branches side by side", lambda use: "PARALLEL" in use.words),
    "try_catch": _Feature("catches errors", lambda use: "TRY" in use.words),
    "nested": _Feature("has flow logic inside flow logic", lambda use: use.has_nested_word),
    "nested_loop": _Feature("has a loop inside a loop", lambda use: use.has_nested_loop),
    "early_end": _Feature(
        "ends, leaves a loop, skips a round or goes back",
        lambda use: not use.words.isdisjoint(_EARLY_ENDS),
    ),
    "wait": _Feature(
        "waits for a time, a condition or an answer",
        lambda use: "TIMER" in use.words or "wait" in use.parts,
    ),
    "decision": _Feature("asks a decision table", lambda use: "DECISION" in use.words),
    "flow_variables": _Feature(
        "sets variables of its own", lambda use: not use.words.isdisjoint(_VARIABLES)
    ),
    "dynamic_flow": _Feature(
        "calls a flow that is known only when it runs",
        lambda use: not use.words.isdisjoint({"DYNAMICFLOW", "GETFLOWOUTPUT"}),
    ),
    "subflow": _Feature("is a subflow", lambda use: use.is_subflow),
    "subflow_call": _Feature("calls a subflow", lambda use: use.calls_subflow),
    "implicit_action": _Feature(
        "has an action or subflow call whose annotation shares no word with its definition",
        lambda use: use.is_implicit,
    ),
}
_INPUT = {
    "trigger_condition": _Feature(
        "the trigger tests a condition",
        lambda use: use.has_trigger_condition,
    ),
    "multiple_conditions": _Feature(
        "an encoded query has several parts",
        lambda use: has_parts(use.conditions, 2),
    ),
    "alternatives": _Feature(
        "an encoded query lets one condition or another hold",
        lambda use: has_alternatives(use.conditions),
    ),
    "complex_input": _Feature(
        "an encoded query or a list of field values has three parts or more",
        lambda use: has_parts((*use.conditions, *use.assignments), 3),
    ),
    "change_condition": _Feature(
        "a condition asks whether a field changed",
        lambda use: _CHANGES.search("\n".join(use.conditions)) is not None,
    ),
    "data_pill": _Feature(
        "an input takes a value of an earlier step", lambda use: "{{" in use.values
    ),
    "field_values": _Feature("a step sets fields of a record", lambda use: bool(use.assignments)),
    "worknotes": _Feature(
        "a step writes a work note, a comment or a description",
        lambda use: _NOTES.search(use.names) is not None or not use.parts.isdisjoint(_NOTE_WORDS),
    ),
    "requestor": _Feature(
        "an input speaks of the person who asked: the caller, opener or requester",
        lambda use: (
            _REQUESTOR.search(use.values) is not None or _REQUESTOR.search(use.names) is not None
        ),
    ),
    "script": _Feature(
        "a value is worked out by the platform: a script or a dynamic filter",
        lambda use: "javascript:" in use.values or "DYNAMIC" in use.values,
    ),
    "dynamic_me": _Feature(
        "a condition or value is the user at hand",
        lambda use: any(me in use.values for me in _ME),
    ),
}
_ENTERPRISE = {
    "scheduled": _Feature("starts by the clock", lambda use: use.trigger in CLOCK_TRIGGERS),
    "weekly": _Feature("starts once a week", lambda use: use.trigger == "weekly"),
    "record_trigger": _Feature(
        "starts with a record's creation or update",
        lambda use: use.trigger.startswith("record_"),
    ),
    "service_catalog": _Feature(
        "starts with or works on a catalogue request",
        lambda use: use.trigger == "service_catalog" or "catalog" in use.parts,
    ),
    "catalog_variables": _Feature(
        "takes the answers of a catalogue request",
        lambda use: "get_catalog_variables" in use.definitions,
    ),
    "sla": _Feature(
        "starts with or works on a service level agreement",
        lambda use: use.trigger == "sla_task" or "sla" in use.parts,
    ),
    "inbound_email": _Feature("starts with an e-mail", lambda use: use.trigger == "email"),
    "approval": _Feature("asks for approval", lambda use: "approval" in use.parts),
    "email_message": _Feature(
        "sends an e-mail, a notification or a text message",
        lambda use: not use.definitions.isdisjoint(_MAILS),
    ),
    "chat_message": _Feature(
        "posts to a chat", lambda use: any(chat in s for s in use.scopes for chat in _CHATS)
    ),
    "log": _Feature("writes to the log", lambda use: "log" in use.definitions),
    "rest": _Feature(
        "starts with or sends a REST request",
        lambda use: use.trigger == "rest_async" or "rest" in use.parts,
    ),
    "spoke": _Feature(
        "uses a step of another application", lambda use: not use.scopes <= {"global"}
    ),
    "date_time": _Feature(
        "a condition or value speaks of a date, or of a time before or after another",
        lambda use: _DATES.search(use.values) is not None,
    ),
}
_GROUPS = {"STRUCTURE": _STRUCTURE, "INPUT": _INPUT, "ENTERPRISE": _ENTERPRISE}

# Group -> feature -> what it means.
FEATURES: dict[str, dict[str, str]] = {
    group: {name: feature.meaning for name, feature in found.items()}
    for group, found in _GROUPS.items()
}


def features(workflow: Workflow) -> dict[str, bool]:
    """Return every feature of FEATURES with whether `workflow` has it, in their order."""
    use = Usage(workflow)
    return {
        name: feature.test(use) for group in _GROUPS.values() for name, feature in group.items()
    }


def levels(workflow: Workflow) -> list[int]:
    """Return how deep each component stands: 1 outside all blocks."""
    found: dict[int | None, int] = {None: 0}
    for component in workflow.components:
        found.setdefault(component.order, found.get(component.block, 0) + 1)
    return [found[component.order] for component in workflow.components]


def depth(workflow: Workflow) -> int:
    """Return how deep the steps are nested: 1 without nesting, 0 without steps."""
    return max(levels(workflow), default=0)
