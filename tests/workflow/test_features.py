"""Every feature on the smallest document that has it."""

from __future__ import annotations

from typing import Any

import pytest

from sketch2flow.workflow import FEATURES, features, parse_document
from sketch2flow.workflow.usage import has_alternatives, has_parts
from tests.workflow.documents import flow, step


def found(document: dict[str, Any]) -> set[str]:
    return {name for name, present in features(parse_document(document)).items() if present}


def on(type_: str, condition: str | None = None) -> dict[str, Any]:
    """Return a flow with this trigger and no steps."""
    trigger: dict[str, Any] = {"annotation": "", "type": type_}
    if condition is not None:
        trigger["inputs"] = [{"name": "condition", "value": condition}]
    return flow(trigger=trigger)


def done(definition: str, name: str = "", value: str = "", **more: Any) -> dict[str, Any]:
    """Return a daily flow with one step, whose annotation says what it is."""
    inputs = [{"name": name, "value": value}] if name else None
    said = definition.replace("_", " ")
    return flow(step(1, definition, annotation=said, inputs=inputs, **more))


def test_every_feature_is_answered_in_the_order_of_its_groups() -> None:
    names = [name for group in FEATURES.values() for name in group]
    assert list(features(parse_document(flow()))) == names
    assert len(set(names)) == len(names)
    assert list(FEATURES) == ["STRUCTURE", "INPUT", "ENTERPRISE"]
    assert all(meaning and "\n" not in meaning for g in FEATURES.values() for meaning in g.values())


DAILY = {"scheduled"}
ME = "DYNAMIC90d1921e5f510100a9ad2572f2b477fe"
# document -> the features that it has
CASES: list[tuple[dict[str, Any], set[str]]] = [
    (flow(), DAILY),
    (on("weekly"), DAILY | {"weekly"}),
    (on("record_create"), {"record_trigger"}),
    (on("service_catalog"), {"service_catalog"}),
    (on("sla_task"), {"sla"}),
    (on("email"), {"inbound_email"}),
    (on("rest_async"), {"rest"}),
    (on("metric"), set()),
    (on("record_update", ""), {"record_trigger"}),
    (on("record_update", "active=true"), {"record_trigger", "trigger_condition"}),
    (
        on("record_update", "activeCHANGESTOfalse^ORstateVALCHANGES"),
        {"record_trigger", "trigger_condition", "change_condition", "multiple_conditions",
         "alternatives"},
    ),
    (flow(type="subflow", trigger=None), {"subflow"}),
    (done("escalate_record", category="subflow"), DAILY | {"subflow_call"}),
    (flow(step(1, "FOREACH")), DAILY | {"foreach"}),
    (flow(step(1, "DOUNTIL")), DAILY | {"do_until"}),
    (flow(step(1, "IF"), step(2, "ELSEIF"), step(3, "ELSE")), DAILY | {"if", "elseif", "else"}),
    (flow(step(1, "PARALLEL")), DAILY | {"parallel"}),
    (flow(step(1, "TRY"), step(2, "CATCH")), DAILY | {"try_catch"}),
    (flow(step(1, "FOREACH"), step(2, "IF", 1)), DAILY | {"foreach", "if", "nested"}),
    (
        flow(step(1, "FOREACH"), step(2, "IF", 1), step(3, "DOUNTIL", 2)),
        DAILY | {"foreach", "do_until", "if", "nested", "nested_loop"},
    ),
    (flow(step(1, "FOREACH"), step(2, "FOREACH")), DAILY | {"foreach"}),
    *((flow(step(1, word)), DAILY | {"early_end"}) for word in ("END", "BREAK", "CONTINUE")),
    (flow(step(1, "TIMER")), DAILY | {"wait"}),
    (done("wait_for_condition"), DAILY | {"wait"}),
    (flow(step(1, "DECISION")), DAILY | {"decision"}),
    (flow(step(1, "SETFLOWVARIABLES")), DAILY | {"flow_variables"}),
    (flow(step(1, "DYNAMICFLOW")), DAILY | {"dynamic_flow"}),
    (done("log"), DAILY | {"log"}),
    (done("send_email", "ah_to", "{{trigger.x}}"), DAILY | {"email_message", "data_pill"}),
    (done("post_a_message", scope="sn_ms_teams_ah"), DAILY | {"chat_message", "spoke"}),
    (done("create_issue", scope="sn_jira_spoke"), DAILY | {"spoke"}),
    (done("send_rest_request"), DAILY | {"rest"}),
    (done("ask_for_approval"), DAILY | {"approval"}),
    (done("sla_percentage_timer"), DAILY | {"sla"}),
    (done("get_catalog_variables"), DAILY | {"service_catalog", "catalog_variables"}),
    (done("update_record", "values", "active=true^state=3"), DAILY | {"field_values"}),
    (
        done("update_record", "values", "a=1^b=2^c=3"), DAILY | {"field_values", "complex_input"},
    ),
    (done("update_record", "values", "work_notes=a"), DAILY | {"field_values", "worknotes"}),
    (done("create_task", "ah_short_description", "a"), DAILY | {"worknotes"}),
    (done("add_comment_to_issue"), DAILY | {"worknotes"}),
    (done("look_up_records", "conditions", "a=1^b=2"), DAILY | {"multiple_conditions"}),
    (done("look_up_records", "conditions", "a=1^EQ"), DAILY),
    (done("look_up_records", "conditions", "a=b^^c^ORDERBYd"), DAILY),
    (
        done("look_up_records", "conditions", "a=1^NQb=2^c=3"),
        DAILY | {"multiple_conditions", "alternatives", "complex_input"},
    ),
    (done("look_up_records", "conditions", "caller_idISEMPTY"), DAILY | {"requestor"}),
    (done("look_up_records", "conditions", "u_opened_byISEMPTY"), DAILY | {"requestor"}),
    (done("look_up_records", "conditions", "reopened_byISEMPTY"), DAILY),
    (done("send_email", "ah_to", "{{step_2.record.requested_for}}"),
     DAILY | {"email_message", "data_pill", "requestor"}),
    (done("look_up_records", "conditions", f"assigned_to{ME}"), DAILY | {"script", "dynamic_me"}),
    (
        done("look_up_records", "conditions", "a=javascript:gs.getUserID()"),
        DAILY | {"script", "dynamic_me"},
    ),
    *(
        (done("look_up_records", "conditions", f"sys_created_on{test}"), DAILY | {"date_time"})
        for test in ("RELATIVEGT@hour@ago@1", ">2027-01-31", "BETWEEN2027-01-01 00:00:00@x")
    ),
    (
        done("look_up_records", "conditions", "due_date<javascript:gs.daysAgo(3)"),
        DAILY | {"date_time", "script"},
    ),
    (done("log", "log_message", "call 0049-12-34"), DAILY | {"log"}),
    (done("send_sms", "message", "12027-01-31"), DAILY | {"email_message"}),
]  # fmt: skip


@pytest.mark.parametrize("place", range(len(CASES)))
def test_features_of_small_documents(place: int) -> None:
    document, names = CASES[place]
    assert found(document) == names


def test_every_feature_has_its_case() -> None:
    shown = set().union(*(names for _, names in CASES)) | {"implicit_action"}
    assert shown == {name for group in FEATURES.values() for name in group}


@pytest.mark.parametrize(
    ("definition", "annotation", "is_implicit"),
    [
        ("create_task", "creates a task", False),
        ("create_task", "An incident is CREATED", False),
        ("create_task", "open an incident", True),
        ("look_up_records", "find the records", True),
        ("look_up_records", "(looks up) tasks", True),
        ("look_up_records", "it looks up tasks", False),
        ("send_email", "e-mail the group", False),
        ("send_sms", "text the group", True),
        ("log", "catalogue", True),
        ("a_record", "anything", False),
    ],
)
def test_implicit_actions_share_no_word(
    definition: str, annotation: str, is_implicit: bool
) -> None:
    step_ = step(1, definition, annotation=annotation)
    assert ("implicit_action" in found(flow(step_))) == is_implicit


def test_flow_logic_is_never_implicit() -> None:
    assert "implicit_action" not in found(flow(step(1, "FOREACH", annotation="go through them")))


def test_parts_are_told_by_the_joins() -> None:
    assert has_parts(["a=1", "a=1^b=2"], 2)
    assert not has_parts(["a=1^^^^", "a=1^EQ", ""], 2)
    assert has_parts(["a=1^^^b=2"], 2)
    assert not has_alternatives(["a=1^^ORb", "a=1^ORDERBYb"])
