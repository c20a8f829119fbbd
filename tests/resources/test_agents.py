"""Agents on hosts that all are this machine, around programs in the place of torchrun."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from resources import agents
from resources.agents import run_agents
from resources.host_agent import Order
from resources.processes import PROC, Process
from tests.resources.stand_in import place_here

ROOT = Path(__file__).parents[2]
# Like torchrun over ranks that save their state on SIGTERM, and tell of it.
CAREFUL = """
import os, pathlib, signal, subprocess, sys, time
place = pathlib.Path(sys.argv[1])
def stop(*_):
    for _ in range(3):
        print("saving", flush=True)
    (place / "checkpoint").write_text("whole")
    sys.exit(143)
signal.signal(signal.SIGTERM, stop)
(place / "ready").write_text(str(os.getpid()))
time.sleep(60)
"""
DEAF = CAREFUL.replace('(place / "ready")', "signal.signal(15, signal.SIG_IGN); (place / 'ready')")

TORCHRUN = "E1122 /x/torch/distributed/elastic/multiprocessing/api.py:1 failed (exitcode: 1)"


def order(program: str, *arguments: object, silence: float = 30, **environment: str) -> Order:
    given = ["-c", program, *(str(argument) for argument in arguments)]
    return Order(given, environment, patience=10, silence=silence)


def folders(place: Path, *names: str) -> list[Path]:
    made = [place / name for name in names]
    for folder in made:
        folder.mkdir()
    return made


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def ready(places: Sequence[Path]) -> bool:
    return all((place / "ready").exists() and (place / "ready").read_text() for place in places)


def alive(places: Sequence[Path]) -> bool:
    found = [Process.of(int((place / "ready").read_text())) for place in places]
    return any(one is not None and one.alive() for one in found)


def when_ready(places: Sequence[Path], act: Callable[[], None]) -> None:
    def watch() -> None:
        wait_for(lambda: ready(places))
        act()

    threading.Thread(target=watch).start()


def test_lines_come_with_their_host_and_variables_arrive_as_they_are(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    say = "import os, sys; print('out', os.environ['SECRET']); print('err', file=sys.stderr)"
    value = "a 'b' \"c\" $(touch oops) `id`\n;é"
    orders = {host: order(say, SECRET=value) for host in ("a", "localhost")}
    assert run_agents(place_here(tmp_path), orders, patience=5) == []
    said = capfd.readouterr().err
    for host in orders:
        assert f"[{host}] out a 'b' \"c\" $(touch oops) `id`\n[{host}] ;é\n" in said
        assert f"[{host}] err\n" in said
    assert "SECRET" not in (tmp_path / "arguments-a").read_text(), "nor on a command line"


def test_the_first_that_fails_is_named_and_ends_the_others(tmp_path: Path) -> None:
    (place,) = folders(tmp_path, "b")
    fail = (
        "import pathlib, sys, time\n"
        f"while not pathlib.Path({str(place / 'ready')!r}).exists(): time.sleep(0.01)\n"
        "print('\\n'.join(f'line {n}' for n in range(50)))\nsys.exit(3)\n"
    )
    orders = {"a": order(CAREFUL, place), "b": order(fail)}
    (failure,) = run_agents(place_here(tmp_path), orders, patience=60)
    assert (failure.host, failure.status) == ("b", 3)
    assert failure.last_lines == [f"line {n}" for n in range(50 - agents.LAST_LINES, 50)]
    assert "host b failed (status 3); its last lines:\n[b] line 35\n" in str(failure)
    assert (place / "checkpoint").read_text() == "whole"
    assert not alive([place])


def test_what_the_rank_said_is_not_drowned_by_torchrun(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "print('[rank1]: RuntimeError: CUDA out of memory')\n"
        f"print({TORCHRUN!r})\n"
        "print('\\n'.join(f'  File {n}' for n in range(50)))\nsys.exit(1)\n"
    )
    (failure,) = run_agents(place_here(tmp_path), {"a": order(program)}, patience=5)
    assert failure.last_lines == [
        "[rank1]: RuntimeError: CUDA out of memory",
        TORCHRUN,
    ]


def test_an_interrupt_leaves_all_time_for_a_checkpoint(tmp_path: Path) -> None:
    places = folders(tmp_path, "a", "b")
    when_ready(places, lambda: os.kill(os.getpid(), signal.SIGINT))
    orders = {place.name: order(CAREFUL, place) for place in places}
    with pytest.raises(KeyboardInterrupt):
        run_agents(place_here(tmp_path), orders, patience=20)
    assert [(place / "checkpoint").read_text() for place in places] == ["whole", "whole"]


def test_who_does_not_end_in_time_is_killed(tmp_path: Path) -> None:
    places = folders(tmp_path, "a", "b")
    when_ready(places, lambda: os.kill(os.getpid(), signal.SIGINT))
    orders = {place.name: order(DEAF, place) for place in places}
    with pytest.raises(KeyboardInterrupt):
        run_agents(place_here(tmp_path), orders, patience=0.3)
    assert not alive(places)
    assert not (places[0] / "checkpoint").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children")
@pytest.mark.parametrize("victim", ["agent", "torchrun"])
def test_a_kill_on_one_host_ends_all(tmp_path: Path, victim: str) -> None:
    places = folders(tmp_path, "a", "b")

    def kill() -> None:
        torchrun = int((places[0] / "ready").read_text())
        parent = int((PROC / str(torchrun) / "stat").read_text().split()[3])
        os.kill(torchrun if victim == "torchrun" else parent, signal.SIGKILL)

    when_ready(places, kill)
    orders = {place.name: order(CAREFUL, place) for place in places}
    (failure,) = run_agents(place_here(tmp_path), orders, patience=60)
    assert failure.host == "a"
    if victim == "agent":
        assert "its agent was killed or the connection is lost" in str(failure)
    wait_for(lambda: not alive(places))
    assert (places[1] / "checkpoint").read_text() == "whole"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children")
def test_orphans_of_a_killed_torchrun_end_too(tmp_path: Path) -> None:
    (place,) = folders(tmp_path, "rank")
    torchrun = (
        "import subprocess, sys, os, pathlib, time\n"
        f"subprocess.Popen([sys.executable, '-c', {CAREFUL!r}, {str(place)!r}])\n"
        f"while not pathlib.Path({str(place / 'ready')!r}).exists(): time.sleep(0.01)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    (failure,) = run_agents(place_here(tmp_path), {"a": order(torchrun)}, patience=5)
    assert failure.status == 128 + 9
    assert not alive([place])
    assert (place / "checkpoint").read_text() == "whole"


def test_a_killed_launcher_ends_all_with_a_checkpoint(tmp_path: Path) -> None:
    places = folders(tmp_path, "a", "localhost")
    orders = {place.name: order(CAREFUL, place) for place in places}
    program = (
        "from pathlib import Path\nfrom resources.agents import run_agents\n"
        "from resources.host_agent import Order\nfrom tests.resources.stand_in import place_here\n"
        f"run_agents(place_here(Path({str(tmp_path)!r})), {orders!r}, 10)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT) as launcher:
        wait_for(lambda: ready(places))
        launcher.kill()
    wait_for(lambda: not alive(places))
    assert [(place / "checkpoint").read_text() for place in places] == ["whole", "whole"]


def test_a_silent_launcher_counts_as_gone(tmp_path: Path) -> None:
    (place,) = folders(tmp_path, "a")
    process = place_here(tmp_path).start("a", agents.AGENT)
    assert process.stdin
    process.stdin.write(order(CAREFUL, place, silence=3).line().encode() + b"\n")
    process.stdin.flush()
    wait_for(lambda: ready([place]))
    assert process.wait(20) == 143, "though its input is open"
    assert (place / "checkpoint").read_text() == "whole"
    process.communicate()


def test_a_launcher_that_is_there_is_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agents, "SECONDS_BETWEEN_BEATS", 0.1)
    orders = {"a": order("import time; time.sleep(3)", silence=1.5)}
    assert run_agents(place_here(tmp_path), orders, patience=5) == []


def test_a_host_that_cannot_be_reached_is_named(tmp_path: Path) -> None:
    (failure,) = run_agents(place_here(tmp_path), {"nobody": order("")}, patience=5)
    assert failure.status == agents.CONNECTION_LOST
    assert failure.last_lines == ["ssh: connect to host nobody port 22: No route"]
