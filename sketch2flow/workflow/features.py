"""What a workflow uses, as named booleans: the factors that scores are split by.

After the feature matrix of "Fine-Tune an SLM or Prompt an LLM?" (2025), section on errors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sketch2flow.workflow.document import Component, Input, Workflow
from sketch2flow.workflow.rules import logic_word

# Group -> feature -> what it means.
FEATURES: dict[str, dict[str, str]] = {
    "STRUCTURE": {
        "foreach": "repeats steps for each record",
        "if": "runs steps under a condition",
        "elseif": "tests a further condition",
        "else": "has steps for when no condition holds",
        "parallel": "runs branches side by side",
        "try_catch": "catches errors",
        "nested": "has flow logic inside flow logic",
        "subflow": "is a subflow",
        "subflow_call": "calls a subflow",
    },
    "INPUT": {
        "trigger_condition": "the trigger tests a condition",
        "multiple_conditions": "an encoded query has several parts",
        "data_pill": "an input takes a value of an earlier step",
        "field_values": "a step sets fields of a record",
    },
    "ENTERPRISE": {
        "scheduled": "starts by the clock",
        "record_trigger": "starts with a record's creation or update",
        "service_catalog": "starts with or works on a catalogue request",
        "sla": "starts with a service level agreement",
        "inbound_email": "starts with an e-mail",
        "approval": "asks for approval",
        "email_message": "sends an e-mail, a notification or a text message",
        "chat_message": "posts to a chat",
        "rest": "starts with or sends a REST request",
    },
}

_SCHEDULED = frozenset({"daily", "weekly", "monthly", "repeat", "run_once"})
_QUERIES = frozenset({"condition", "conditions", "email_conditions"})
_VALUES = frozenset({"values", "fields", "field_values"})
_MAILS = frozenset({"send_email", "send_notification", "send_sms"})
_CHATS = ("teams", "slack")


def features(workflow: Workflow) -> dict[str, bool]:
    """Return every feature of FEATURES with whether `workflow` has it, in their order."""
    found = set(_structure(workflow)) | set(_input(workflow)) | set(_enterprise(workflow))
    return {name: name in found for group in FEATURES.values() for name in group}


def depth(workflow: Workflow) -> int:
    """Return how deep the steps are nested: 1 without nesting, 0 without steps."""
    depths: dict[int, int] = {}
    for component in workflow.components:
        outer = depths.get(component.block, 0) if component.block is not None else 0
        depths.setdefault(component.order, outer + 1)
    return max(depths.values(), default=0)


def _structure(workflow: Workflow) -> Iterator[str]:
    names = {"FOREACH": "foreach", "IF": "if", "ELSEIF": "elseif", "ELSE": "else"}
    names |= {"PARALLEL": "parallel", "TRY": "try_catch"}
    for component in workflow.components:
        word = logic_word(component)
        if word in names:
            yield names[word]
        if word and component.block is not None:
            yield "nested"
        if component.category == "subflow":
            yield "subflow_call"
    if workflow.type == "subflow":
        yield "subflow"


def _input(workflow: Workflow) -> Iterator[str]:
    trigger_inputs = (workflow.trigger.inputs or ()) if workflow.trigger else ()
    if any(value.name in _QUERIES and value.value for value in trigger_inputs):
        yield "trigger_condition"
    for value in (*trigger_inputs, *_inputs(workflow)):
        if value.name in _QUERIES and "^" in value.value:
            yield "multiple_conditions"
        if value.name in _VALUES:
            yield "field_values"
        if "{{" in value.value:
            yield "data_pill"


def _enterprise(workflow: Workflow) -> Iterator[str]:
    trigger = workflow.trigger.type if workflow.trigger else ""
    if trigger in _SCHEDULED:
        yield "scheduled"
    if trigger.startswith("record_"):
        yield "record_trigger"
    yield from (
        name
        for name, test in _BY_STEP.items()
        if any(test(component) for component in workflow.components)
    )
    by_trigger = {"service_catalog": "service_catalog", "sla_task": "sla"}
    by_trigger |= {"email": "inbound_email", "rest_async": "rest"}
    if trigger in by_trigger:
        yield by_trigger[trigger]


_BY_STEP: dict[str, Callable[[Component], bool]] = {
    "service_catalog": lambda step: "catalog" in step.definition,
    "sla": lambda step: step.definition.startswith("sla_"),
    "approval": lambda step: step.definition == "ask_for_approval",
    "email_message": lambda step: step.definition in _MAILS,
    "chat_message": lambda step: any(chat in step.scope for chat in _CHATS),
    "rest": lambda step: "rest" in step.definition.split("_"),
}


def _inputs(workflow: Workflow) -> Iterator[Input]:
    for component in workflow.components:
        yield from component.inputs or ()
