"""Graphviz draws our letters, not empty boxes, and its failures cost one graph each."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import cv2
import pytest

from synth.diagram import DrawingError
from synth.drawing import engine
from synth.drawing.encoding import Pixels, decode, decode_indexed
from synth.drawing.engine import VARIABLE, Graphviz, end_processes, graphviz
from synth.drawing.fonts import SERIF, fontconfig_file
from synth.drawing.kept_dot import KeptDot
from synth.drawing.layout import quoted

ROOT = Path(__file__).parents[2]
WORDS = "Trigger: weekly fig"
GRAPH = "digraph { a }"

dot_is_here = pytest.mark.skipif(shutil.which("dot") is None, reason="there is no dot here")


def source(text: str, font: str = SERIF.name) -> str:
    return f"digraph {{ a [label={quoted(text)} shape=plain fontname={quoted(font)}] }}"


@pytest.fixture(scope="module", params=[pytest.param("dot", marks=dot_is_here), "library"])
def each(request: pytest.FixtureRequest) -> Iterator[Graphviz]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, request.param)
        found = graphviz()
    assert found is not None
    yield found
    end_processes()


def ink(drawer: Graphviz, text: str) -> Pixels:
    _, picture = drawer.run(source(text), picture=True)
    assert picture is not None
    # The outermost pixels are ground that is covered in part.
    return 255 - decode(picture, colour=False)[1:-1, 1:-1]


def column_profile(picture: Pixels, length: int = 200) -> Pixels:
    """Return the ink by column, of the inked part, stretched to `length`."""
    import numpy as np

    columns = picture.sum(axis=0, dtype=np.float32)
    inked = np.flatnonzero(columns > columns.max() * 0.05)
    part = columns[inked[0] : inked[-1] + 1]
    return cv2.resize(part[None], (length, 1), interpolation=cv2.INTER_AREA)[0]


def likeness(drawer: Graphviz) -> float:
    """Return how much Graphviz's letters are like those that Pillow draws in the same face."""
    import numpy as np
    from PIL import Image, ImageDraw

    theirs = column_profile(ink(drawer, WORDS))
    page = Image.new("L", (400, 40), 0)
    ImageDraw.Draw(page).text((5, 30), WORDS, fill=255, font=SERIF.at(14 * 96 / 72), anchor="ls")
    return float(np.corrcoef(theirs, column_profile(np.asarray(page)))[0, 1])


def no_fonts(folder: Path) -> Callable[[], Path]:
    path = folder / "fonts.conf"
    path.write_text("<fontconfig><dir>/nowhere</dir></fontconfig>")
    return lambda: path


def test_letters_are_drawn_in_our_face(each: Graphviz) -> None:
    assert likeness(each) > 0.7


def test_pictures_come_with_a_palette(each: Graphviz) -> None:
    _, picture = each.run('digraph { a -> b [color="red"] }', picture=True)
    assert picture is not None
    found = decode_indexed(picture)
    assert found is not None
    assert (cv2.applyColorMap(*found) == decode(picture)).all()


def test_a_letter_differs_from_the_missing_glyph_box(each: Graphviz) -> None:
    boxes = [ink(each, text).tobytes() for text in ("\ue000", "a", "b", "l")]
    assert len(set(boxes)) == 4


def test_without_our_fonts_the_check_above_would_fail(
    each: KeptDot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("synth.drawing.kept_dot.fontconfig_file", no_fonts(tmp_path))
    each.close()
    try:
        assert likeness(each) < 0.5
    finally:
        each.close()


def test_our_fonts_are_found_when_the_temporary_folder_was_tidied(
    each: KeptDot, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = cache(fontconfig_file.__wrapped__)
    monkeypatch.setattr("synth.drawing.kept_dot.fontconfig_file", made)
    made().unlink()
    each.close()
    assert likeness(each) > 0.7


def test_only_our_faces_are_known(each: Graphviz) -> None:
    # Any other name falls back to one of ours: as wide on every machine.
    widths = {each.run(source(WORDS, font), False)[0] for font in ("Nowhere Sans", "Times X")}
    assert len(widths) == 1


def test_signs_are_letters_to_graphviz(each: Graphviz) -> None:
    font = SERIF.at(14)
    for text in (r"a\N\Gb", 'say "x"', "a&amp;b & c", "<b>bold</b>", r"\l\r\\", "{x|y}", "} {"):
        plain, _ = each.run(source(text), picture=False)
        width = float(plain.splitlines()[1].split()[4]) * 72
        assert width == pytest.approx(font.getlength(text), rel=0.1, abs=4), text


def test_a_graph_that_cannot_be_read_costs_only_itself(
    each: Graphviz, capfd: pytest.CaptureFixture[str]
) -> None:
    for picture in (False, True):
        expected = each.run(source("next"), picture)
        with pytest.raises(DrawingError, match=r"ended over the graph: .*syntax error"):
            each.run("digraph { a [label= ] }", picture)
        assert each.run(source("next"), picture) == expected
    assert capfd.readouterr() == ("", "")


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


def test_blocks_and_quotes_within_a_graph_are_one_graph(each: Graphviz) -> None:
    text = r'digraph { subgraph cluster { a [label="\"}\\"] } { b } a -> b [label="{{"] } '
    assert each.run(text, picture=False)[0].count("\nnode ") == 2


def test_threads_get_their_own_answers(each: Graphviz) -> None:
    def names(number: int) -> bool:
        plain, picture = each.run(f"digraph {{ n{number} }}", picture=number % 2 == 0)
        return f"\nnode n{number} " in plain and (picture is None) == (number % 2 == 1)

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(names, range(60)))


def process_of(drawer: KeptDot, picture: bool = False) -> int:
    drawer.run(GRAPH, picture)
    return drawer._running[picture]._process.pid


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_memory_stays_flat(each: KeptDot) -> None:
    def pages(process: int | str) -> int:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1])

    for _ in range(50):
        each.run(source(WORDS), picture=True)
    processes = ["self", process_of(each, picture=True)]
    before = [pages(process) for process in processes]
    for _ in range(400):
        each.run(source(WORDS), picture=True)
    after = [pages(process) for process in processes]
    assert max(b - a for a, b in zip(before, after, strict=True)) < 250, "pages of 4 KB"


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


def program(path: Path, text: str) -> str:
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


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


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A process that has not chosen its Graphviz yet."""
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(engine, "_state", engine._State())
    caplog.set_level("INFO", logger=engine.__name__)
    yield
    end_processes()


@dot_is_here
def test_the_systems_dot_comes_first(fresh: None, caplog: pytest.LogCaptureFixture) -> None:
    assert graphviz() is graphviz()
    assert caplog.messages == [f"Graphviz: {shutil.which('dot')} is used"]
    assert caplog.records[0].levelname == "INFO"


def test_a_machine_without_dot_draws_with_the_library(
    fresh: None, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    drawer = graphviz()
    assert drawer is not None
    assert drawer is graphviz()
    assert drawer.run(GRAPH, picture=False)[0].startswith("graph")
    assert caplog.messages == [
        "Graphviz: `dot` is not installed and the library inside pygraphviz is used"
    ]


def test_a_dot_that_cannot_draw_is_passed_over(
    fresh: None, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program(tmp_path / "dot", "#!/bin/sh\necho 'no layout engine' >&2\nexit 1\n")
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    assert graphviz() is not None
    assert "ended over the graph: no layout engine) and the library" in caplog.text


def test_a_graphviz_without_our_fonts_is_none(
    fresh: None, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("synth.drawing.kept_dot.fontconfig_file", no_fonts(tmp_path))
    assert graphviz() is None
    assert "the library inside pygraphviz does not find our fonts" in caplog.text


def test_without_any_graphviz_the_log_says_so_once(
    fresh: None, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(engine, "find_spec", lambda name: None)
    assert graphviz() is None
    assert graphviz() is None
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "pip install pygraphviz" in caplog.text
    with pytest.raises(DrawingError, match="pip install pygraphviz"):
        engine.required_graphviz()
    for wish in ("dot", "library"):
        monkeypatch.setenv(VARIABLE, wish)
        with pytest.raises(DrawingError, match=f"{VARIABLE}={wish}, but .* is not installed: inst"):
            graphviz()


def test_a_wish_is_granted_or_refused_in_one_line(
    fresh: None, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "none")
    assert graphviz() is None
    assert [record.levelname for record in caplog.records] == ["INFO"]
    monkeypatch.setenv(VARIABLE, "library")
    assert graphviz() is not None
    assert caplog.messages[1:] == ["Graphviz: the library inside pygraphviz is used"]
    monkeypatch.setenv(VARIABLE, "neato")
    with pytest.raises(DrawingError, match="'neato' is none of dot, library, none"):
        graphviz()


@dot_is_here
def test_dot_and_the_library_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    widths = []
    for wish in ("dot", "library"):
        monkeypatch.setenv(VARIABLE, wish)
        drawer = graphviz()
        assert drawer is not None
        widths.append(float(drawer.run(source(WORDS), False)[0].split()[2]))
    end_processes()
    assert widths[0] == pytest.approx(widths[1], rel=0.05)
