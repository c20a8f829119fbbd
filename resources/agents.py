"""The launcher's side of a training over hosts: one agent each, which start and end together."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from queue import Empty, SimpleQueue
from typing import NamedTuple

from resources.host_agent import BEAT, STOP, Order
from resources.hosts import Place
from resources.processes import Family

AGENT = "resources.host_agent"
SECONDS_BETWEEN_BEATS = 10.0
SECONDS_OF_SILENCE = 90.0  # longer than ssh takes to find its connection lost
SECONDS_AFTER_FAILURE = 30.0  # for the others, who wait for a host that is gone
SECONDS_TO_SETTLE = 1.0  # in which those that fail for the same reason say so
SECONDS_TO_END = 10.0  # beside the patience: for what agents and ssh do themselves
LAST_LINES = 15
LONGEST_LINE = 8192
TORCHRUN_ENDS = "torch/distributed/elastic/multiprocessing/api.py"  # logs which rank failed how
CONNECTION_LOST = 255  # as ssh tells it


class Failure(NamedTuple):
    """A host whose agent ended with an error of its own."""

    host: str
    status: int
    last_lines: list[str]

    def __str__(self) -> str:
        reason = f"status {self.status}"
        if self.status == CONNECTION_LOST:
            reason += ": its agent was killed or the connection is lost"
        said = "".join(f"\n[{self.host}] {line}" for line in self.last_lines)
        return f"host {self.host} failed ({reason}); its last lines:{said or ' none'}"


class Agent:
    """A host's agent as the launcher sees it; its log lines go to standard error with its name."""

    def __init__(
        self, host: str, process: subprocess.Popen[bytes], ended: SimpleQueue[Agent]
    ) -> None:
        self.host = host
        self.status: int | None = None
        self._process, self._ended = process, ended
        self._last: deque[str] = deque(maxlen=LAST_LINES)
        self._lock = threading.Lock()
        self._readers = [
            threading.Thread(target=read, daemon=True) for read in (self._read_log, self._read_end)
        ]
        for reader in self._readers:
            reader.start()

    def tell(self, line: str) -> None:
        """Send the agent a line; one that is gone does not hear it, which `ended` tells anyway."""
        assert self._process.stdin
        with self._lock, contextlib.suppress(OSError, ValueError):
            self._process.stdin.write(f"{line}\n".encode())
            self._process.stdin.flush()

    def wait(self, seconds: float) -> None:
        """Wait until the agent has ended and all that it wrote is read, or the time is up."""
        deadline = time.monotonic() + max(0.0, seconds)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.0, seconds))
        for reader in self._readers:
            reader.join(max(0.0, deadline - time.monotonic()))

    def kill(self) -> None:
        """End the agent's process here; a remote agent takes the end of its input for a stop."""
        family = Family()
        family.adopt(self._process.pid)
        if self._process.poll() is None:
            family.end(patience=0)
            self._process.kill()  # Where there is no /proc the family knows nobody.
            self._process.wait()

    def failure(self) -> Failure:
        return Failure(self.host, self.status or 0, list(self._last))

    def _read_log(self) -> None:
        assert self._process.stderr
        ranks_failed = False
        while piece := self._process.stderr.readline(LONGEST_LINE):
            for line in piece.decode(errors="replace").splitlines():
                print(f"[{self.host}] {line}", file=sys.stderr, flush=True)
                by_torchrun = TORCHRUN_ENDS in line
                ranks_failed |= by_torchrun
                # torchrun's own traceback follows, which is longer than what the rank said.
                if by_torchrun or not ranks_failed:
                    self._last.append(line)

    def _read_end(self) -> None:
        assert self._process.stdout
        status = None
        for line in self._process.stdout:  # A shell's greeting may come first.
            with contextlib.suppress(ValueError, TypeError, KeyError):
                status = int(json.loads(line)["status"])
                break
        if status is None:  # It could not start, was killed, or ssh lost it.
            code = self._process.wait()
            status = code if code > 0 else CONNECTION_LOST
        self.status = status
        self._ended.put(self)


def run_agents(place: Place, orders: Mapping[str, Order], patience: float) -> list[Failure]:
    """Run one agent per host until all have ended; returns the failures, the first one first.

    When one fails the others are ended too. When this process is interrupted, all get `patience`
    seconds for a checkpoint; interrupted again, none. Killed, it leaves that to the agents.
    """
    ended: SimpleQueue[Agent] = SimpleQueue()
    agents: list[Agent] = []
    failed: list[Agent] = []
    try:
        for host, order in orders.items():
            agents.append(Agent(host, place.start(host, AGENT), ended))
            agents[-1].tell(order.line())
        with _beating(agents):
            failed = _until_failed(ended, len(agents))
    finally:
        _end(agents, SECONDS_AFTER_FAILURE if failed else patience)
    return [agent.failure() for agent in failed]


def _until_failed(ended: SimpleQueue[Agent], running: int) -> list[Agent]:
    """Return the agents that failed by themselves, as soon as one has; none when all end well."""
    failed: list[Agent] = []
    deadline: float | None = None
    while running:
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        try:
            agent = ended.get(timeout=left)
        except Empty:
            break
        running -= 1
        if agent.status:
            failed.append(agent)
            deadline = deadline or time.monotonic() + SECONDS_TO_SETTLE
    return failed


def _end(agents: Sequence[Agent], patience: float) -> None:
    """Let all agents end within `patience` seconds; interrupted, at once."""
    try:
        _stop(agents, patience, SECONDS_TO_END)
    finally:
        _stop(agents, 0, SECONDS_TO_END / 2)
        for agent in agents:
            agent.kill()


def _stop(agents: Sequence[Agent], patience: float, more: float) -> None:
    for agent in agents:
        agent.tell(f"{STOP} {patience}")
    deadline = time.monotonic() + patience + more
    for agent in agents:
        agent.wait(deadline - time.monotonic())


@contextlib.contextmanager
def _beating(agents: Sequence[Agent]) -> Iterator[None]:
    """Tell the agents that the launcher is there, while the block runs."""
    done = threading.Event()

    def beat() -> None:
        while not done.wait(SECONDS_BETWEEN_BEATS):
            for agent in agents:
                agent.tell(BEAT)

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
