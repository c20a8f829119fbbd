"""Runs that were killed, on a real instance whose pools have one slot each."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from resources.installation import prepare
from resources.runs import PROCESS_TAG, end_dead_runs, process_tag

KILLED = """
import os, signal
import dagster as dg
from resources.runs import process_tag

@dg.op(pool="gpu")
def train():
    os.kill(os.getpid(), signal.SIGKILL)

@dg.job
def training():
    train()

with dg.DagsterInstance.get() as instance:
    training.execute_in_process(instance=instance, tags=process_tag())
"""
STARTED, FAILURE = dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.FAILURE


@dg.op(pool="gpu")
def train() -> None:
    """Needs the pool."""


@dg.job
def training() -> None:
    train()


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    monkeypatch.setenv("SKETCH2FLOW_HOME", str(tmp_path))
    monkeypatch.setenv("DAGSTER_HOME", "")  # Set by prepare(), put back by the fixture.
    prepare()
    with dg.DagsterInstance.get() as found:
        yield found


def started(instance: dg.DagsterInstance, pid: int, **tags: str) -> str:
    """Return a run that a process says to carry out, and that has the pool's slot."""
    run = instance.create_run_for_job(training, tags=tags)
    instance.report_dagster_event(
        dg.DagsterEvent(dg.DagsterEventType.RUN_START.value, "training"), run.run_id
    )
    from dagster._core.events import EngineEventData

    instance.report_engine_event("here", run, EngineEventData.in_process(pid))
    instance.event_log_storage.initialize_concurrency_limit_to_default("gpu")
    instance.event_log_storage.claim_concurrency_slot("gpu", run.run_id, "train")
    return run.run_id


def status(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRunStatus:
    run = instance.get_run_by_id(run_id)
    assert run
    return run.status


def holders(instance: dg.DagsterInstance) -> set[str]:
    return {
        slot.run_id for slot in instance.event_log_storage.get_concurrency_info("gpu").claimed_slots
    }


def test_a_killed_run_fails_and_the_next_gets_its_pool(instance: dg.DagsterInstance) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED], capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    (run,) = instance.get_runs()
    assert (run.status, holders(instance)) == (STARTED, {run.run_id})
    (line,) = end_dead_runs()
    assert line == f"run {run.run_id[:8]} (training) had been killed: it has failed"
    assert (status(instance, run.run_id), holders(instance)) == (FAILURE, set())
    begun = time.monotonic()
    assert training.execute_in_process(instance=instance).success
    assert time.monotonic() - begun < 10
    assert end_dead_runs() == []


def test_a_run_of_a_living_process_is_left_alone(instance: dg.DagsterInstance) -> None:
    run_id = started(instance, os.getpid(), **process_tag())
    assert end_dead_runs() == []
    assert (status(instance, run_id), holders(instance)) == (STARTED, {run_id})


def test_another_process_with_the_number_is_not_it(instance: dg.DagsterInstance) -> None:
    run_id = started(instance, os.getpid(), **{PROCESS_TAG: f"{os.getpid()}:1"})
    assert len(end_dead_runs()) == 1
    assert status(instance, run_id) == FAILURE


def test_a_run_of_the_ui_is_known_by_its_events(instance: dg.DagsterInstance) -> None:
    """Run again in the UI, it has the tags of the demo's run that it repeats."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as worker:
        run_id = started(instance, worker.pid, **{PROCESS_TAG: "1:1"})
        assert end_dead_runs() == []
    assert len(end_dead_runs()) == 1
    assert status(instance, run_id) == FAILURE


def test_a_slot_of_a_run_that_has_ended_is_freed(instance: dg.DagsterInstance) -> None:
    run_id = started(instance, os.getpid(), **process_tag())
    run = instance.get_run_by_id(run_id)
    assert run
    instance.report_run_failed(run)
    assert holders(instance) == {run_id}
    assert end_dead_runs() == []
    assert holders(instance) == set()
