"""The backfill client: against a recorded Dagster, and (slow) against a real one."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from resources.processes import descendants
from sketch2flow.cli import group
from sketch2flow.cli.backfill import describe, start, watch, what_failed
from sketch2flow.cli.pipeline import services
from sketch2flow.cli.pipeline.graphql import Backfill, DagsterClient, DagsterError, Run
from sketch2flow.cli.pipeline.services import Services
from tests.serving import free_port

HANDLED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

ASSETS = {
    "workflows": "data_source",
    "diagrams": "data_source",
    "augmented_diagrams": "data_source",
    "scores": None,
    "metrics/overall": None,
}


class FakeDagster:
    """Answers like Dagster's GraphQL; `steps` are what a backfill says from look to look.

    `beats` are the daemon's signs of life from question to question, the last one for ever.
    """

    def __init__(
        self,
        steps: list[dict[str, Any]] | None = None,
        known: tuple[str, ...] = (),
        beats: tuple[float | None, ...] = (None,),
    ):
        self.partitions = list(known)
        self.launched: list[dict[str, Any]] = []
        self.steps = steps or []
        self.beats = beats

    def __call__(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        if "assetNodes" in query:
            return {"data": {"assetNodes": [self._node(*item) for item in ASSETS.items()]}}
        if "addDynamicPartition" in query:
            assert variables["selector"]["repositoryLocationName"] == "sketch2flow"
            if variables["key"] in self.partitions:
                return self._result("DuplicateDynamicPartitionError")
            self.partitions.append(variables["key"])
            return self._result("AddDynamicPartitionSuccess")
        if "launchPartitionBackfill" in query:
            self.launched.append(variables["params"])
            return self._result("LaunchBackfillSuccess", backfillId="abc")
        if "daemonHealth" in query:
            beat, self.beats = self.beats[0], self.beats[1:] or self.beats
            status = {"lastHeartbeatTime": beat}
            return {"data": {"instance": {"daemonHealth": {"daemonStatus": status}}}}
        assert "partitionBackfillOrError" in query
        return self._result("PartitionBackfill", **self.steps.pop(0))

    def _node(self, key: str, partitions: str | None) -> dict[str, Any]:
        definition = {"name": partitions} if partitions else None
        return {"assetKey": {"path": key.split("/")}, "partitionDefinition": definition}

    def _result(self, kind: str, **facts: Any) -> dict[str, Any]:
        return {"data": {"result": {"__typename": kind, **facts}}}


def step(status: str, *runs: str) -> dict[str, Any]:
    tags = [{"key": "dagster/partition", "value": "mine"}]
    made = [{"id": f"run{i}", "status": state, "tags": tags} for i, state in enumerate(runs)]
    return {"status": status, "error": None, "runs": made}


def test_a_backfill_takes_the_partitioned_assets() -> None:
    dagster = FakeDagster(known=("ui",))
    assert start(DagsterClient(dagster), ["ui", "mine"], downstream=False) == "abc"
    (launched,) = dagster.launched
    assert launched["partitionNames"] == ["ui", "mine"]
    assert [key["path"] for key in launched["assetSelection"]] == [
        ["workflows"],
        ["diagrams"],
        ["augmented_diagrams"],
    ]
    assert dagster.partitions == ["ui", "mine"]


def test_downstream_takes_everything() -> None:
    dagster = FakeDagster()
    start(DagsterClient(dagster), ["mine"], downstream=True)
    paths = [key["path"] for key in dagster.launched[0]["assetSelection"]]
    assert ["metrics", "overall"] in paths
    assert len(paths) == len(ASSETS)


def test_waiting_tells_every_change_once() -> None:
    steps = [
        step("REQUESTED"),
        step("REQUESTED", "STARTED"),
        step("REQUESTED", "STARTED"),
        step("COMPLETED_SUCCESS", "SUCCESS"),
    ]
    said: list[str] = []
    slept: list[float] = []
    ended = watch(DagsterClient(FakeDagster(steps)), "abc", said.append, slept.append)
    assert ended.succeeded()
    assert said == [
        "backfill requested; runs: none yet",
        "backfill requested; runs: 1 started",
        "backfill completed success; runs: 1 success",
    ]
    assert len(slept) == 3


@pytest.mark.parametrize("beats", [(None,), (5.0,), (5.0, 35.0, 35.0)])
def test_without_a_daemon_it_does_not_wait_for_ever(beats: tuple[float | None, ...]) -> None:
    """None ever gave a sign of life; one of yesterday did; one is killed while it is waited."""
    dagster = FakeDagster([step("REQUESTED", "QUEUED")] * 10_000, beats=beats)
    slept: list[float] = []
    with pytest.raises(DagsterError, match="start it with `sketch2flow up`"):
        watch(DagsterClient(dagster), "abc", lambda _: None, slept.append)
    assert 60 <= sum(slept) <= 200


def test_with_a_daemon_it_waits_for_as_long_as_it_takes() -> None:
    steps = [step("REQUESTED", "STARTED")] * 5_000 + [step("COMPLETED_SUCCESS", "SUCCESS")]
    dagster = FakeDagster(steps, beats=tuple(range(0, 12_000, 60)))
    assert watch(DagsterClient(dagster), "abc", lambda _: None, lambda _: None).succeeded()


def test_a_failed_run_is_named() -> None:
    steps = [step("COMPLETED_FAILED", "SUCCESS", "FAILURE")]
    ended = watch(DagsterClient(FakeDagster(steps)), "abc", lambda _: None)
    assert not ended.succeeded()
    assert what_failed(ended, "http://x") == "run run1 (mine) failure: http://x/runs/run1"


@pytest.mark.parametrize("status", ["FAILED", "CANCELED", "COMPLETED_FAILED"])
def test_a_backfill_that_fails_by_itself_is_named(status: str) -> None:
    backfill = Backfill(status, (), "no such partition")
    assert backfill.ended()
    assert not backfill.succeeded()
    assert "no such partition" in what_failed(backfill, "http://x")


def test_old_dagsters_mark_failure_in_the_runs() -> None:
    backfill = Backfill("COMPLETED", (Run("r", "FAILURE", None),), None)
    assert not backfill.succeeded()
    assert "unpartitioned" in what_failed(backfill, "u")
    assert describe(backfill) == "backfill completed; runs: 1 failure"


def test_refusals_are_one_line() -> None:
    def refuses(query: str, variables: dict[str, Any]) -> dict[str, Any]:
        return {"data": {"result": {"__typename": "PythonError", "message": "no\n  such  set"}}}

    with pytest.raises(DagsterError, match="PythonError: no such set"):
        DagsterClient(refuses).add_partition("data_source", "mine")

    def broken(query: str, variables: dict[str, Any]) -> dict[str, Any]:
        return {"errors": [{"message": "Cannot query field"}]}

    with pytest.raises(DagsterError, match="Cannot query field"):
        DagsterClient(broken).assets()

    def empty(query: str, variables: dict[str, Any]) -> dict[str, Any]:
        return {"data": {"assetNodes": []}}

    with pytest.raises(DagsterError, match="loaded no assets"):
        DagsterClient(empty).assets()


def invoke(*arguments: str, home: Path) -> tuple[int, str]:
    environment = {"SKETCH2FLOW_HOME": str(home)}
    result = CliRunner(env=environment).invoke(group, ["backfill", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output.strip()


def test_without_a_server_it_says_which_command_starts_one(tmp_path: Path) -> None:
    status, said = invoke("ui", "--url", f"http://127.0.0.1:{free_port()}", home=tmp_path)
    assert status == 1
    assert "sketch2flow up" in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["Bad Name"], "is no name for a data source"),
        (["nowhere"], "sketch2flow sources add nowhere --path FOLDER"),
        (["ui", "--url", "ftp://x"], "is no address"),
    ],
)
def test_bad_input_is_one_line(tmp_path: Path, arguments: list[str], says: str) -> None:
    status, said = invoke(*arguments, home=tmp_path)
    assert status == 1
    assert says in said
    assert len(said.splitlines()) == 1


@pytest.fixture
def dropping() -> Iterator[str]:
    """The address of a server that takes a request and drops the connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drop() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return  # The test has ended.
                with connection:
                    connection.recv(100_000)

        threading.Thread(target=drop, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


def test_a_server_that_drops_the_connection_is_one_line(tmp_path: Path, dropping: str) -> None:
    status, said = invoke("ui", "--url", dropping, home=tmp_path)
    assert status == 1
    assert said.startswith(f"Error: no Dagster answers at {dropping}")
    assert len(said.splitlines()) == 1


def test_services_end_though_the_webserver_drops_the_connection(
    tmp_path: Path, dropping: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    handlers = {number: signal.getsignal(number) for number in HANDLED}
    monkeypatch.setattr(services, "FOR_THE_END", 0.5)
    sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
    try:
        with Services(dropping, tmp_path) as running:
            running.start("sleeper", sleeper)
            monkeypatch.setattr(services, "START_UP", 0.2)
            assert not running.wait_until_answered(), "and no traceback"
            assert "gives no answer" in str(running.fallen)
            running.fallen, running._answers = None, True
            family = set(running._family.look())
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    assert family
    assert not [one for one in family if one.alive()]


def test_a_server_that_is_no_dagster_is_named(tmp_path: Path) -> None:
    class Other(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>")

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Other)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}"
        status, said = invoke("ui", "--url", url, home=tmp_path)
    finally:
        server.shutdown()
        server.server_close()
    assert status == 1
    assert "is it a Dagster?" in said


@pytest.mark.slow
def test_a_real_dagster_fills_a_source_and_leaves_no_process(tmp_path: Path) -> None:
    """`up`, a backfill of a built-in source over GraphQL, Ctrl-C: nothing stays behind."""
    environment = {
        **os.environ,
        "SKETCH2FLOW_HOME": str(tmp_path),
        "SKETCH2FLOW_REGIME": '{"documents": {"ui": 4}, "lessons": 0, "workers": 1}',
    }
    port = free_port()
    cli = [str(Path(sys.executable).parent / "sketch2flow")]
    with subprocess.Popen(
        [*cli, "up", "--port", str(port)], env=environment, stdout=subprocess.PIPE, text=True
    ) as up:
        assert up.stdout
        for line in up.stdout:
            if re.match(r"http://", line):
                break
        url = f"http://127.0.0.1:{port}"
        try:
            done = subprocess.run(
                [*cli, "backfill", "ui", "--wait", "--url", url],
                env=environment,
                capture_output=True,
                text=True,
                timeout=240,
            )
            assert done.returncode == 0, done.stderr
            assert "1 success" in done.stdout
            family = descendants(up.pid)
            assert len(family) >= 4
        finally:
            up.send_signal(signal.SIGINT)
            assert up.wait(timeout=120) == 0
    time.sleep(0.5)
    assert not [one for one in family if one.alive()]
    assert (tmp_path / "storage" / "refs" / "augmented_diagrams" / "ui").is_file()
