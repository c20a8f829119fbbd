"""Processes and their children: how much memory they hold, and how they all end."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from sketch2flow.tether import tethered

PROC = Path("/proc")
PR_SET_CHILD_SUBREAPER = 36  # of prctl(2)


class Process(NamedTuple):
    """A process; the start time tells it from a later one with its number."""

    pid: int
    started: int

    @classmethod
    def of(cls, pid: int) -> Self | None:
        """Return the process that has this number now; None if there is none, or no /proc."""
        stat = _stat(pid)
        return cls(pid, stat.started) if stat else None

    def alive(self) -> bool:
        stat = _stat(self.pid)
        return stat is not None and stat.started == self.started and stat.state != "Z"


class _Stat(NamedTuple):
    parent: int
    state: str
    started: int


def descendants(*pids: int) -> set[Process]:
    """Return the children of processes, their children, and so on; empty without /proc."""
    children: dict[int, list[Process]] = {}
    for path in PROC.glob("[0-9]*"):
        stat = _stat(int(path.name))
        if stat:
            children.setdefault(stat.parent, []).append(Process(int(path.name), stat.started))
    found: set[Process] = set()
    waiting = list(pids)
    while waiting:
        for child in children.get(waiting.pop(), []):
            if child not in found:
                found.add(child)
                waiting.append(child.pid)
    return found


def adopt_orphans() -> None:
    """Let descendants whose parent ends become this process's children; elsewhere than on Linux,
    nothing.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


def memory(pids: Iterable[int]) -> int:
    """Return the bytes that processes hold, shared pages counted once (PSS); 0 without /proc."""
    return sum(_proportional(pid) for pid in pids)


class Family:
    """Processes with all their descendants, remembered: an orphan is found through nobody."""

    def __init__(self) -> None:
        self._known: set[Process] = set()

    def adopt(self, pid: int) -> None:
        """Take in a process that has just been started."""
        if process := Process.of(pid):
            self._known.add(process)

    def look(self) -> set[Process]:
        """Return all that are alive, with those that they have started since."""
        living = {one for one in self._known if one.alive()}  # A number may be another's by now.
        found = descendants(*(one.pid for one in living))
        self._known = living | {one for one in found if one.alive()}
        return self._known

    def end(self, patience: float) -> int:
        """Let all end: SIGTERM, `patience` seconds, SIGKILL; returns how many were killed."""
        send(self.look(), signal.SIGTERM)
        deadline = time.monotonic() + patience
        while self.look() and time.monotonic() < deadline:
            time.sleep(0.1)
        killed: set[Process] = set()
        while rest := self.look():  # A process may start another in between.
            killed |= rest
            send(rest, signal.SIGKILL)
            time.sleep(0.1)
        return len(killed)


def run_until_ended(command: Sequence[str], environment: Mapping[str, str], patience: float) -> int:
    """Return the exit status of a command that ends with this process, however that ends.

    Interrupted, this process sends SIGTERM and waits `patience` seconds; interrupted again, or
    then, it kills the command with all its children. Killed, it leaves SIGTERM to the kernel.
    PipesSubprocessClient would forward SIGINT, which torchrun hands to its ranks as it is: Python
    breaks off there. SIGTERM is what the trainer saves its state on.
    """
    # A session of its own: Ctrl-C in a terminal would reach the ranks as SIGINT.
    process = subprocess.Popen(tethered(command), env=environment, start_new_session=True)
    family = Family()
    family.adopt(process.pid)
    try:
        return process.wait()
    finally:
        if process.poll() is None:
            _end(process, family, patience)


def _end(process: subprocess.Popen[bytes], family: Family, patience: float) -> None:
    try:
        family.look()  # Its children are found through it while it lives.
        process.terminate()
        deadline = time.monotonic() + patience
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        family.end(patience=0)
        process.kill()  # Where there is no /proc the family knows nobody.
        process.wait()


class PeakMemory:
    """Watches this process and its children while it is entered; `bytes` is the most they held."""

    def __init__(self, seconds: float = 2.0) -> None:
        self.bytes = 0
        self._seconds = seconds
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.is_set():
            mine = os.getpid()
            self.bytes = max(self.bytes, memory([mine, *(one.pid for one in descendants(mine))]))
            self._done.wait(self._seconds)


def send(processes: Iterable[Process], number: signal.Signals) -> None:
    """Send a signal to those processes that are still themselves."""
    for one in processes:
        if one.alive():
            try:
                os.kill(one.pid, number)
            except ProcessLookupError:
                continue  # It ended by itself in between.


def _stat(pid: int) -> _Stat | None:
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    # The second field is the command in parentheses and may hold anything.
    fields = text[text.rindex(")") + 2 :].split()
    return _Stat(parent=int(fields[1]), state=fields[0], started=int(fields[19]))


def _proportional(pid: int) -> int:
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0  # Ended, or not ours to look at.
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
