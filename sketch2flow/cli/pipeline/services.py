"""Dagster's services as child processes that all end together and leave nothing behind."""

from __future__ import annotations

import signal
import subprocess
import time
import urllib.request
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

import click

from resources.processes import Family, send
from sketch2flow.cli.hangup import on_hangup, terminate
from sketch2flow.cli.pipeline.graphql import (
    UNREACHABLE,
    DagsterClient,
    DagsterError,
    http_transport,
)
from sketch2flow.tether import tethered

START_UP = 180.0
FOR_CHECKPOINT = 120.0  # seconds for a running training to write its checkpoint
FOR_THE_END = 15.0


class Services:
    """Processes in sessions of their own that all end when one does, or on Ctrl-C or SIGTERM.

    So they do when the terminal is closed, and when this process is killed.
    """

    def __init__(self, url: str, logs: Path) -> None:
        self._url, self._logs = url, logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._family = Family()
        self._asked_to_stop = False
        self._answers = False
        self.fallen: str | None = None

    def __enter__(self) -> Self:
        self._logs.mkdir(parents=True, exist_ok=True)
        # Set before any child starts: what a parent handles, a child gets back to the default,
        # even where this process was started with SIGINT ignored (in the background of a script).
        signal.signal(signal.SIGINT, self._stop)
        signal.signal(signal.SIGTERM, self._stop)
        on_hangup(terminate)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if self._answers and not self.fallen:
                self._cancel_runs()
        finally:
            self._end()

    def _end(self) -> None:
        services = {process.pid for process in self._running.values()}
        send([one for one in self._family.look() if one.pid in services], signal.SIGTERM)
        deadline = time.monotonic() + FOR_THE_END
        while self._family.look() and time.monotonic() < deadline:
            for process in self._running.values():
                process.poll()  # Takes the exit status, so that the process is gone.
            time.sleep(0.1)
        killed = self._family.end(FOR_THE_END)
        for process in self._running.values():
            process.wait()
        if killed:
            click.echo(f"{killed} processes did not end by themselves and were killed.")

    def start(self, name: str, command: list[str]) -> None:
        """Start a service; what it says goes to its log file."""
        with (self._logs / f"{name}.log").open("wb") as log:
            self._running[name] = subprocess.Popen(
                tethered(command),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._family.adopt(self._running[name].pid)

    def wait_until_answered(self) -> bool:
        """Return whether the webserver answers before the services are to end."""
        deadline = time.monotonic() + START_UP
        while self._go_on():
            try:
                with urllib.request.urlopen(f"{self._url}/server_info", timeout=5):  # noqa: S310
                    self._answers = True
                    return True
            except UNREACHABLE:
                if time.monotonic() > deadline:
                    self.fallen = f"{self._url} gives no answer: see {self._logs}"
                    return False
            time.sleep(0.5)
        return False

    def wait(self) -> None:
        """Return when a service ends or the user asks for the end."""
        while self._go_on():
            time.sleep(0.5)

    def _go_on(self) -> bool:
        self._family.look()
        for name, process in self._running.items():
            if process.poll() is not None and not self._asked_to_stop:
                log = self._logs / f"{name}.log"
                last = log.read_text(errors="replace").strip().splitlines()[-1:] or ["no output"]
                self.fallen = f"Dagster's {name} has ended: {last[0]} (all of it: {log})"
        return not (self._asked_to_stop or self.fallen)

    def _cancel_runs(self) -> None:
        """Let Dagster stop its runs: a step that merely died would be tried again at once."""
        client = DagsterClient(http_transport(self._url))
        deadline = time.monotonic() + FOR_CHECKPOINT
        said = False
        try:
            while client.cancel_runs() and time.monotonic() < deadline:
                if not said:
                    click.echo("Stopping what is running; a training writes its checkpoint ...")
                    said = True
                time.sleep(1)
                self._family.look()
        except DagsterError as error:
            click.echo(str(error))

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._asked_to_stop = True
