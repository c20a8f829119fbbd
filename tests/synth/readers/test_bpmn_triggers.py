"""BPMN files: start events, messages and timers are triggers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from synth.readers import read_folder
from tests.synth.readers.bpmn_files import (
    bpmn,
    event,
    flows,
    node,
    read,
)


def started(folder: Path, start: str, *names: str) -> Any:
    """Return the trigger, as (type, inputs), of a process with this start."""
    task = node("task", "a", "Do it")
    text = bpmn(task, flows("start > a", "a > end"), *names, start=start)
    reading = read(folder, text)
    assert reading.skipped == []
    trigger = reading.items[0].workflow.trigger
    assert reading.items[0].workflow.type == ("flow" if trigger else "subflow")
    return trigger and (trigger.type, {one.name: one.value for one in trigger.inputs or ()})


@pytest.mark.parametrize(
    ("name", "on", "trigger", "inputs"),
    [
        ("Order received", "", "service_catalog", {}),
        ("Incident reported", "", "record_create", {"table": "incident"}),
        ("New problem", "", "record_create", {"table": "problem"}),
        ("Incident updated", "", "record_update", {"table": "incident"}),
        ("Incident created or updated", "", "record_create_or_update", {"table": "incident"}),
        ("E-mail arrives", "", "email", {}),
        ("Request over REST", "message", "rest_async", {}),
        ("Claim received", "message", "email", {}),
        ("SLA of the incident breached", "", "sla_task", {"table": "incident"}),
        ("Threshold exceeded", "signal", "metric", {}),
        ("Deployment finished", "signal", "rest_async", {}),
        ("Incident is open", "conditional", "record_update", {"table": "incident"}),
        ("", "message", "email", {}),
    ],
)
def test_starts_are_triggers(
    name: str, on: str, trigger: str, inputs: dict[str, str], tmp_path: Path
) -> None:
    assert started(tmp_path, event("startEvent", "start", name, on)) == (trigger, inputs)


def test_a_start_that_says_nothing_is_a_subflows(tmp_path: Path) -> None:
    assert started(tmp_path, node("startEvent", "start")) is None


def test_a_message_is_named_elsewhere(tmp_path: Path) -> None:
    start = event("startEvent", "start", on="message", of="message_1")
    text = bpmn(node("task", "a"), flows("start > a", "a > end"), start=start)
    message = '<bpmn:message id="message_1" name="Webhook call"/>'
    text = text.replace("<bpmn:process", f"{message}<bpmn:process")
    trigger = read(tmp_path, text).items[0].workflow.trigger
    assert trigger is not None
    assert (trigger.type, trigger.annotation) == ("rest_async", "Webhook call")


TIMERS: list[tuple[str, str, str, dict[str, str]]] = [
    ("timeCycle", "R/PT1H", "repeat", {"repeat": "01:00:00"}),
    ("timeCycle", "R5/PT90M", "repeat", {"repeat": "01:30:00"}),
    ("timeCycle", "R3/2027-03-01T09:30:00Z/P1D", "daily", {"time": "09:30:00"}),
    ("timeCycle", "R/P1D", "daily", {}),
    ("timeCycle", "R/2027-03-03T09:00Z/P7D", "weekly", {"day_of_week": "3", "time": "09:00:00"}),
    ("timeCycle", "R/P1W", "weekly", {}),
    ("timeCycle", "R/2027-03-15T08:00/P1M", "monthly", {"day_of_month": "15", "time": "08:00:00"}),
    ("timeCycle", "R/P2D", "repeat", {"repeat": "48:00:00"}),
    ("timeCycle", "0 0 9 * * ?", "daily", {"time": "09:00:00"}),
    ("timeCycle", "30 17 * * *", "daily", {"time": "17:30:00"}),
    ("timeCycle", "0 0 9 ? * MON", "weekly", {"day_of_week": "1", "time": "09:00:00"}),
    ("timeCycle", "0 0 9 ? * 1", "weekly", {"day_of_week": "7", "time": "09:00:00"}),
    ("timeCycle", "0 0 9 * * 0", "weekly", {"day_of_week": "7", "time": "09:00:00"}),
    ("timeCycle", "0 9 * * 5", "weekly", {"day_of_week": "5", "time": "09:00:00"}),
    ("timeCycle", "0 0 6 1 * ?", "monthly", {"day_of_month": "1", "time": "06:00:00"}),
    ("timeCycle", "0 */15 * * * ?", "repeat", {"repeat": "00:15:00"}),
    ("timeCycle", "0 0 0/6 * * ?", "repeat", {"repeat": "06:00:00"}),
    ("timeCycle", "@daily", "daily", {"time": "00:00:00"}),
    ("timeDate", "2027-03-01T09:00:00Z", "run_once", {"time": "2027-03-01 09:00:00"}),
]  # fmt: skip


@pytest.mark.parametrize(("element", "text", "trigger", "inputs"), TIMERS)
def test_timers_are_schedules(
    element: str, text: str, trigger: str, inputs: dict[str, str], tmp_path: Path
) -> None:
    timer = f"<bpmn:{element}>{text}</bpmn:{element}>"
    start = event("startEvent", "start", on="timer", of=timer)
    assert started(tmp_path, start) == (trigger, inputs)


@pytest.mark.parametrize(
    ("name", "text", "trigger"),
    [
        ("Every Monday", "0 0 9 ? * MON-FRI", "weekly"),
        ("Each night", "${cron}", "daily"),
        ("Month's end", "0 0 9 L * ?", "monthly"),
        ("Now and then", "PT5M", "repeat"),
        ("Now and then", "R/PT0S", "repeat"),
        ("Now and then", "R/P1Y", "repeat"),
        ("Now and then", "99 99 99 99 99 99", "repeat"),
    ],
)
def test_a_timer_that_no_trigger_has_is_told_and_its_name_decides(
    name: str, text: str, trigger: str, tmp_path: Path
) -> None:
    timer = f"<bpmn:timeCycle>{text}</bpmn:timeCycle>"
    start = event("startEvent", "start", name, on="timer", of=timer)
    assert started(tmp_path, start) == (trigger, {})
    unmapped, *empty = read_folder(tmp_path, "plant").unmapped
    assert empty, "its inputs are told, too"
    assert all(f"of the trigger {trigger}" in one.reason for one in empty)
    assert (unmapped.file, unmapped.reason) == (
        "a.bpmn",
        f"not in its document: timeCycle {text!r} of 'start'",
    )
