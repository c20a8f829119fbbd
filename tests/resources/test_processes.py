from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from resources.processes import (
    Family,
    PeakMemory,
    Process,
    descendants,
    memory,
    run_until_ended,
)

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


def careful(place: Path) -> str:
    """A program like the trainer: it saves its state on SIGTERM."""
    return (
        "import os, signal, sys, time, pathlib\n"
        f"place = pathlib.Path({str(place)!r})\n"
        "def stop(*_):\n    place.write_text('checkpoint'); sys.exit(143)\n"
        "signal.signal(signal.SIGTERM, stop)\n"
        "place.write_text(f'ready {os.getpid()}')\n"
        "time.sleep(60)\n"
    )


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def started(place: Path) -> bool:
    return place.exists() and place.read_text().startswith("ready")


def interrupt_when(condition: Callable[[], bool]) -> None:
    def interrupt() -> None:
        wait_for(condition)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()


def test_the_status_of_a_command_comes_back() -> None:
    ended = [sys.executable, "-c", "raise SystemExit(7)"]
    assert run_until_ended(ended, dict(os.environ), patience=1) == 7


def test_an_interrupt_ends_the_command_with_sigterm(tmp_path: Path) -> None:
    place = tmp_path / "said"
    interrupt_when(lambda: started(place))
    with pytest.raises(KeyboardInterrupt):
        run_until_ended([sys.executable, "-c", careful(place)], dict(os.environ), patience=10)
    assert place.read_text() == "checkpoint"


def test_a_command_that_does_not_end_is_killed_with_its_children(tmp_path: Path) -> None:
    place = tmp_path / "said"
    deaf = (
        "import os, pathlib, signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"pathlib.Path({str(place)!r}).write_text(f'ready {{os.getpid()}} {{child.pid}}')\n"
        "time.sleep(60)\n"
    )
    interrupt_when(lambda: started(place))
    with pytest.raises(KeyboardInterrupt):
        run_until_ended([sys.executable, "-c", deaf], dict(os.environ), patience=0.3)
    mine = {int(number) for number in place.read_text().split()[1:]}
    wait_for(lambda: not [one for one in descendants(1) if one.pid in mine and one.alive()])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children")
def test_the_command_ends_well_when_this_process_is_killed(tmp_path: Path) -> None:
    place = tmp_path / "said"
    program = (
        "import os\nfrom resources.processes import run_until_ended\n"
        f"run_until_ended({[sys.executable, '-c', careful(place)]!r}, dict(os.environ), 10)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program]) as parent:
        wait_for(lambda: started(place))
        parent.kill()
    wait_for(lambda: place.read_text() == "checkpoint")
