from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from resources.processes import Family, PeakMemory, Process, descendants, memory

PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def parent() -> Iterator[tuple[subprocess.Popen[str], int]]:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout
        child = int(process.stdout.readline())
        yield process, child
        process.kill()


def test_grandchildren_are_found(parent: tuple[subprocess.Popen[str], int]) -> None:
    process, child = parent
    assert {process.pid, child} <= {one.pid for one in descendants(os.getpid())}


def test_a_family_ends_with_its_orphans(parent: tuple[subprocess.Popen[str], int]) -> None:
    process, child = parent
    family = Family()
    family.adopt(process.pid)
    (orphan,) = {one for one in family.look() if one.pid == child}
    process.kill()
    process.wait()
    assert orphan.alive()
    family.end(patience=5)
    assert not orphan.alive()


def test_who_does_not_end_is_killed(tmp_path: Path) -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True)"
    with subprocess.Popen(
        [sys.executable, "-c", f"{deaf}; time.sleep(60)"], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        process.stdout.readline()
        family = Family()
        family.adopt(process.pid)
        assert family.end(patience=0.3) == 1
        assert process.wait() == -9


def test_another_process_with_the_number_is_not_it() -> None:
    assert not Process(os.getpid(), started=1).alive()


def test_memory_is_measured() -> None:
    assert memory([os.getpid()]) > 5_000_000
    assert memory([]) == 0
    with PeakMemory(seconds=0.01) as peak:
        time.sleep(0.05)
    assert peak.bytes >= 5_000_000
