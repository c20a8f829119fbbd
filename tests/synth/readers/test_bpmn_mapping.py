"""The table that maps BPMN to the catalogue."""

from __future__ import annotations

import pytest

from sketch2flow.workflow import load_catalogue
from sketch2flow.workflow.rules import TRIGGER_TYPES
from synth.readers.bpmn.mapping import Named, Rule, plain, rules, table_in
from synth.readers.bpmn.process import EVENTS, SUBPROCESSES, TASKS


def step_of(kind: str, name: str) -> str:
    element = Named(kind, name)
    rule = element.rule(rules().steps)
    assert rule is not None
    return element.step(rule)


def test_the_table_names_what_the_catalogue_has() -> None:
    catalogue = load_catalogue()
    for rule in rules().triggers:
        assert rule.trigger in TRIGGER_TYPES
        assert set(rule.inputs) <= set(catalogue.triggers[rule.trigger].inputs), rule
    for rule in rules().steps:
        assert [rule.step, rule.subflow, rule.application or None].count(None) == 2
        if not rule.application:
            found = catalogue.actions if rule.step else catalogue.subflows
            step = found[rule.step or rule.subflow or ""]
            assert set(rule.inputs) <= set(step.inputs), rule
    scopes = {rule.step.partition("/")[0] for rule in rules().steps if rule.step}
    assert scopes | set(rules().applications) == {one.scope for one in catalogue.actions.values()}
    said = {word for one in catalogue.actions.values() for word in plain(one.label).split()}
    assert set(rules().synonyms) <= said


def test_an_application_s_action_is_told_by_both_their_names() -> None:
    catalogue = load_catalogue()
    wanted, found = {}, {}
    for scope, words in rules().applications.items():
        for action in (one for one in catalogue.actions.values() if one.scope == scope):
            name = f"{action.label} in {words[0].upper()}"
            wanted[name], found[name] = action.key, step_of("userTask", name)
    assert found == wanted
    assert len(wanted) > 120
    # A call is of another process, whatever that has to do with.
    assert Named("callActivity", "Create Jira issue").rule(rules().steps) is None


# What people write in tasks -> what it is on the platform.
TYPICAL = {
    "Send SMS to customer": "global/send_sms",
    "Create Jira issue": "sn_jira_spoke/create_issue",
    "Open a ticket in Jira": "sn_jira_spoke/create_issue",
    "Add comment to Jira issue": "sn_jira_spoke/add_comment_to_issue",
    "Post to Slack": "sn_slack_ah_v2/post_message",
    "Post message in Teams": "sn_ms_teams_ah/post_a_message",
    "Schedule Teams meeting": "sn_ms_teams_ah/create_online_meeting",
    "Schedule Zoom meeting": "sn_zoom_spoke/create_meeting",
    "Reset password": "sn_ad_spoke/reset_password",
    "Reset the user's password": "sn_ad_spoke/reset_password",
    "Disable account": "sn_ad_spoke/disable_user",
    "Disable user in Azure AD": "sn_azure_ad_spoke/disable_user_account",
    "Create user account": "sn_ad_spoke/create_user",
    "Create user in Azure AD": "sn_azure_ad_spoke/create_user",
    "Add employee to security group": "sn_ad_spoke/add_user_to_group",
    "Revoke access": "sn_sailpoint_spoke/revoke_role",
    "Create purchase order": "global/create_record",
    "Submit purchase order": "sn_ariba_spoke/submit_purchase_order",
    "Create purchase requisition": "sn_sap_spoke/create_purchase_requisition",
    "Order laptop": "global/submit_catalog_item_request",
    "Schedule meeting": "sn_webex_spoke/schedule_meeting",
    "Create calendar event": "sn_outlook_spoke/create_event",
    "Approve request": "global/ask_for_approval",
    "Request approval from manager": "global/ask_for_approval",
    "Wait for approval": "global/wait_for_approval",
    "Notify manager": "global/send_email",
    "Send notification": "global/send_notification",
    "Email weekly report to management": "sn_reporting_spoke/email_report",
    "Send confirmation e-mail": "global/send_email",
    "Update record": "global/update_record",
    "Close ticket": "global/update_record",
    "Check stock": "global/look_up_record",
    "Check information": "global/look_up_record",
    "Save order": "global/create_or_update_record",
    "Generate invoice": "global/create_record",
    "Book invoice": "sn_sap_spoke/post_invoice",
    "Generate offer letter": "sn_hr_core/generate_document",
    "Send contract for signature": "sn_docusign_spoke/send_envelope",
    "Upload signed contract to SharePoint (upload file)": "sn_sharepoint_spoke/upload_file",
    "Upload document": "sn_sharepoint_spoke/upload_file",
    "Set up mailbox": "sn_exch_online_spoke/create_mailbox",
    "Summarize ticket": "sn_gen_ai_spoke/summarize_record",
    "Classify request": "sn_ml_spoke/predict_category",
    "Restart server": "sn_azure_spoke/restart_virtual_machine",
    "Deploy application": "sn_azure_devops_spoke/run_pipeline",
    "Wipe laptop": "sn_ms_intune_spoke/wipe_device",
    "Isolate host": "sn_ms_defender_spoke/isolate_machine",
    "Start onboarding": "sn_successfactors_spoke/start_onboarding",
    "Publish event to Kafka": "sn_kafka_spoke/produce_message",
    "Run SQL query": "sn_jdbc_ah/run_sql_query",
    "Call pricing API": "sn_rest_ah/send_rest_request",
    # What nothing on the platform is, is a task for somebody.
    "Pack box": "global/create_task",
    "Plan next workday": "global/create_task",
    "Order received": "global/create_task",
}


@pytest.mark.parametrize("name", TYPICAL)
def test_typical_tasks_are_the_actions_that_they_speak_of(name: str) -> None:
    assert step_of("task", name) == TYPICAL[name]


@pytest.mark.parametrize("name", ["Reset password", "Order laptop", "Check stock", "Save order"])
def test_what_people_do_is_a_task_for_them(name: str) -> None:
    assert step_of("userTask", name) == step_of("manualTask", name) == "global/create_task"


@pytest.mark.parametrize(
    ("name", "subflow"),
    [
        ("Provision user account", "provision_user_account"),
        ("Offboard employee", "deprovision_user_account"),
        ("Assign to the right group", "assign_to_group"),
        ("Get approval of the manager", "request_manager_approval"),
        ("Check for duplicates", "check_for_duplicates"),
    ],
)
def test_calls_are_the_subflows_that_they_speak_of(name: str, subflow: str) -> None:
    assert step_of("callActivity", name) == f"global/{subflow}"


def test_an_application_s_action_gets_its_texts_and_its_record() -> None:
    element = Named("task", "Add comment to Jira issue")
    rule = element.rule(rules().steps)
    assert rule is not None
    assert element.filled(rule, "{{trigger.current}}") == [
        ("record", "{{trigger.current}}"),
        ("comment", "Add comment to Jira issue"),
    ]
    assert element.filled(rule, None) == [("comment", "Add comment to Jira issue")]


def test_two_dots_are_up_to_four_other_words() -> None:
    rule = Rule(words=("^reset* .. password*",), step="sn_ad_spoke/reset_password")
    fitting = ["reset password", "Resetting (all) the passwords", "reset a b c d password"]
    others = ["reset a b c d e password", "do reset password", "reset the pass word", "reset"]
    assert all(rule.fits(Named("task", name)) for name in fitting)
    assert not any(rule.fits(Named("task", name)) for name in others)


def test_every_kind_of_step_has_a_rule_that_asks_for_no_words() -> None:
    def is_known(kind: str, table: tuple[Rule, ...]) -> bool:
        return any(kind in one.kinds and not one.words and not one.table for one in table)

    tasks = TASKS - {"callActivity"}  # subflows of their own names, like closed subprocesses
    assert all(is_known(kind, rules().steps) for kind in tasks)
    kinds = {kind for one in (*rules().steps, *rules().triggers) for kind in one.kinds}
    assert {kind.partition(":")[0] for kind in kinds} <= TASKS | EVENTS | SUBPROCESSES
    starts = [f"startEvent:{word}" for word in ("timer", "message", "signal", "conditional")]
    assert all(is_known(kind, rules().triggers) for kind in ("startEvent", *starts))


def test_tables_are_found_by_label_the_longest_first() -> None:
    assert table_in("Open an incident task.") == "incident_task"
    assert table_in("all INCIDENTS of today") == "incident"
    assert table_in("coincident") is None
