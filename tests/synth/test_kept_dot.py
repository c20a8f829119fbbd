"""A kept `dot` that hangs, dies or is left alone costs at most one graph, and is never orphaned."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from synth.diagram import DrawingError
from synth.drawing.engine import VARIABLE, Graphviz
from synth.drawing.kept_dot import KeptDot
from tests.synth.programs import program

ROOT = Path(__file__).parents[2]
GRAPH = "digraph { a }"

dot_is_here = pytest.mark.skipif(shutil.which("dot") is None, reason="there is no dot here")


@pytest.mark.parametrize(
    "text",
    [
        "digraph {",
        "digraph { a } digraph { b }",
        "digraph { a }}",
        "digraph { a } b",
        'digraph { a [label="x] }',
        'digraph { a [label="x\nstop\n"] }',
        "digraph { a } \0",
        "digraph { \ud800 }",
        "",
    ],
)
def test_what_is_not_one_graph_is_not_sent(text: str) -> None:
    with pytest.raises(DrawingError, match="the DOT text"):
        KeptDot(["no such program"]).run(text, picture=False)


# What `dot` says and when it ends, without a `dot`: the words in a graph say what happens to it.
FAKE_DOT = f"""#!{sys.executable}
import os, sys, time
answer = b"graph 1 2 1\\nnode %s 1 0.5 1 1 a solid box black white\\nstop\\n"
with open(__file__ + ".starts", "a") as starts:
    print(os.getpid(), file=starts)
for line in sys.stdin.buffer:
    name = line.split()[2]
    if name == b"die":
        sys.exit("Error: first word\\nError: no more")
    elif name == b"abort":
        os.abort()
    elif name == b"half":
        os.write(1, answer[:20])
        sys.exit()
    elif name == b"chatter":
        while True:
            os.write(1, b"graph ")
            time.sleep(0.01)
    elif name == b"hang":
        os.write(1, answer[:20])
        time.sleep(60)
    sys.stderr.write("warning\\n" * 20_000)
    os.write(1, answer % name)
    if name == b"last":
        sys.exit()
"""


def starts(folder: Path) -> list[int]:
    return [int(line) for line in (folder / "dot.starts").read_text().splitlines()]


def answer(drawer: Graphviz, name: str) -> bool:
    return f"\nnode {name} " in drawer.run(f"digraph {{ {name} }}", picture=False)[0]


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[KeptDot]:
    made = KeptDot([program(tmp_path / "dot", FAKE_DOT)], seconds=2.0)
    yield made
    made.close()


def test_one_process_answers_graph_after_graph(fake: KeptDot, tmp_path: Path) -> None:
    assert all(answer(fake, f"a{number}") for number in range(5))
    assert len(starts(tmp_path)) == 1


@pytest.mark.parametrize(
    ("graph", "reason"),
    [
        ("die", "Graphviz ended over the graph: Error: no more"),
        ("abort", r"Graphviz ended over the graph \(Abort.*\)"),
        ("half", "Graphviz ended over the graph"),
        ("hang", "Graphviz took more than 2 s over the graph"),
        ("chatter", "Graphviz took more than 2 s over the graph"),
    ],
)
def test_a_process_that_fails_costs_one_graph(
    fake: KeptDot, tmp_path: Path, graph: str, reason: str
) -> None:
    began = time.monotonic()
    with pytest.raises(DrawingError, match=f"^{reason}$"):
        answer(fake, graph)
    assert answer(fake, "next")
    assert len(starts(tmp_path)) == 2
    assert not alive(starts(tmp_path)[0])
    assert time.monotonic() - began < 20


def test_a_process_that_died_idle_costs_no_graph(fake: KeptDot, tmp_path: Path) -> None:
    assert answer(fake, "last")
    assert answer(fake, "next")
    os.kill(starts(tmp_path)[-1], signal.SIGKILL)
    assert answer(fake, "next")
    assert len(starts(tmp_path)) == 3


def test_a_graph_that_kills_two_processes_is_to_blame(fake: KeptDot, tmp_path: Path) -> None:
    assert answer(fake, "first")
    with pytest.raises(DrawingError, match="ended over the graph"):
        answer(fake, "die")
    assert answer(fake, "next")
    assert len(starts(tmp_path)) == 3


def test_an_interrupted_graph_answers_no_other(fake: KeptDot) -> None:
    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        assert answer(fake, "first")
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(KeyboardInterrupt):
            answer(fake, "hang")
    finally:
        signal.signal(signal.SIGALRM, before)
    assert answer(fake, "next")


def test_a_process_that_does_not_read_is_not_waited_for(tmp_path: Path) -> None:
    deaf = KeptDot([program(tmp_path / "dot", "#!/bin/sh\nexec sleep 60\n")], seconds=0.5)
    with pytest.raises(DrawingError, match=r"more than 0\.5 s"):
        deaf.run(f"digraph {{ {'a;' * 500_000} }}", picture=False)


def test_a_program_that_is_gone_is_named() -> None:
    with pytest.raises(DrawingError, match=r"cannot be started: .*/nowhere/dot"):
        KeptDot(["/nowhere/dot"]).run(GRAPH, picture=False)


def alive(process: int) -> bool:
    try:
        # Nobody may be there to bury an orphan: a dead one does not count.
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


WORKER = """
import os, signal, sys
from synth.drawing.engine import graphviz
drawer = graphviz()
drawer.run("digraph { a }", True)
drawer.run("digraph { a }", False)
print(*(running._process.pid for running in drawer._running.values()), flush=True)
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are read from /proc")
@pytest.mark.parametrize("end", ["os.kill(os.getpid(), signal.SIGKILL)", "os._exit(0)", "pass"])
@pytest.mark.parametrize("wish", [pytest.param("dot", marks=dot_is_here), "library"])
def test_no_process_outlives_its_worker(wish: str, end: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WORKER + end],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, VARIABLE: wish, "PYTHONPATH": str(ROOT)},
        timeout=60,
    )
    processes = [int(word) for word in done.stdout.split()]
    assert len(processes) == 2
    until = time.monotonic() + 10
    while any(map(alive, processes)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(alive, processes))


FORKING = """
import os
from synth.drawing.engine import graphviz
drawer = graphviz()
def names(name):
    assert name in drawer.run("digraph { %s }" % name, False)[0]
    return drawer._running[False]._process.pid
parents = names("before")
child = os.fork()
if not child:
    for n in range(50):
        assert names(f"child{n}") != parents
    os._exit(7)
for n in range(50):
    assert names(f"parent{n}") == parents
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), names("after") == parents)
"""


def test_a_forked_child_has_its_own_process() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORKING],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=60,
    )
    assert done.stdout.split() == ["7", "True"]
    assert done.stderr == ""
