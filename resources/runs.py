"""Runs that a killed process left behind: they count as started, and hold their pools, for ever."""

from __future__ import annotations

import os
from collections.abc import Sequence

import dagster as dg

from resources.processes import Process

PROCESS_TAG = "sketch2flow/process"
GONE = "The process of this run is gone; a new run goes on from what it made."


def process_tag() -> dict[str, str]:
    """Return the tag of a run that this process carries out; without /proc, none."""
    process = Process.of(os.getpid())
    return {PROCESS_TAG: f"{process.pid}:{process.started}"} if process else {}


def end_dead_runs() -> list[str]:
    """Fail the runs whose process is gone, and free the pools of all that have ended.

    Returns a line for each dead run. Dagster's own monitor would wait for as long as a run may
    take, and works in `sketch2flow up` alone.
    """
    with dg.DagsterInstance.get() as instance:
        dead = [run for run in _under_way(instance) if _is_gone(instance, run)]
        for run in dead:
            instance.report_run_failed(run, GONE)
        storage = instance.event_log_storage
        for run_id in storage.get_concurrency_run_ids():
            holder = instance.get_run_by_id(run_id)
            if holder is None or holder.is_finished:
                storage.free_concurrency_slots_for_run(run_id)
    return [f"run {run.run_id[:8]} ({run.job_name}) had been killed: it has failed" for run in dead]


def _under_way(instance: dg.DagsterInstance) -> Sequence[dg.DagsterRun]:
    statuses = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
    return instance.get_runs(dg.RunsFilter(statuses=statuses))


def _is_gone(instance: dg.DagsterInstance, run: dg.DagsterRun) -> bool:
    pid = _number_in_events(instance, run.run_id)
    if pid is None:
        return False
    # A run that the UI started from another has that one's tags, but a process of its own.
    tagged, _, started = run.tags.get(PROCESS_TAG, "").partition(":")
    if tagged == str(pid):
        return not Process(pid, int(started)).alive()
    return not _exists(pid)


def _number_in_events(instance: dg.DagsterInstance, run_id: str) -> int | None:
    """Return the process that a run said to be carried out in; None if it has not yet."""
    engine = dg.DagsterEventType.ENGINE_EVENT
    for entry in reversed(instance.all_logs(run_id, of_type=engine)):
        said = entry.get_dagster_event().engine_event_data.metadata.get("pid")
        if said is not None:
            return int(str(said.value))
    return None


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # Somebody else's.
    return True
