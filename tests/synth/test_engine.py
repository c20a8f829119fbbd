"""Graphviz draws our letters, not empty boxes, and survives what it cannot read."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from synth.diagram import DrawingError
from synth.drawing.encoding import Pixels, decode
from synth.drawing.engine import Graphviz, Library, Process, graphviz
from synth.drawing.fonts import SERIF
from synth.drawing.layout import quoted

WORDS = "Trigger: weekly fig"


def source(text: str, font: str = SERIF.name, more: str = "") -> str:
    return f"digraph {{ a [label={quoted(text)} shape=plain fontname={quoted(font)}] {more} }}"


@pytest.fixture(scope="module")
def library() -> Library:
    return Library()


def ink(engine: Graphviz, text: str) -> Pixels:
    _, picture = engine.run(source(text), picture=True)
    assert picture is not None
    # The outermost pixels are ground that is covered in part.
    return 255 - decode(picture, colour=False)[1:-1, 1:-1]


def column_profile(picture: Pixels, length: int = 200) -> Pixels:
    """Return the ink by column, of the inked part, stretched to `length`."""
    import cv2
    import numpy as np

    columns = picture.sum(axis=0, dtype=np.float32)
    inked = np.flatnonzero(columns > columns.max() * 0.05)
    part = columns[inked[0] : inked[-1] + 1]
    return cv2.resize(part[None], (length, 1), interpolation=cv2.INTER_AREA)[0]


def likeness(engine: Graphviz) -> float:
    """Return how much Graphviz's letters are like those that Pillow draws in the same face."""
    import numpy as np
    from PIL import Image, ImageDraw

    theirs = column_profile(ink(engine, WORDS))
    page = Image.new("L", (400, 40), 0)
    ImageDraw.Draw(page).text((5, 30), WORDS, fill=255, font=SERIF.at(14 * 96 / 72), anchor="ls")
    return float(np.corrcoef(theirs, column_profile(np.asarray(page)))[0, 1])


def test_letters_are_drawn_in_our_face(library: Library) -> None:
    assert likeness(library) > 0.7


def test_a_letter_differs_from_the_missing_glyph_box(library: Library) -> None:
    boxes = [ink(library, text).tobytes() for text in ("\ue000", "a", "b", "l")]
    assert len(set(boxes)) == 4


def test_without_our_fonts_the_check_above_would_fail(tmp_path: Path) -> None:
    script = tmp_path / "boxes.py"
    script.write_text(
        "import pathlib, sys\n"
        "from synth.drawing import engine, fonts\n"
        "from tests.synth.test_engine import likeness\n"
        "empty = pathlib.Path(sys.argv[1])\n"
        "(empty / 'fonts.conf').write_text('<fontconfig><dir>/nowhere</dir></fontconfig>')\n"
        "fonts.fontconfig_file = lambda: empty / 'fonts.conf'\n"
        "print(likeness(engine.Library()))\n"
    )
    done = subprocess.run(
        [sys.executable, script, tmp_path],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "HOME": str(tmp_path)},
    )
    assert float(done.stdout.split()[-1]) < 0.5


def test_only_our_faces_are_known(library: Library) -> None:
    # Any other name falls back to one of ours: as wide in every machine.
    widths = {library.run(source(WORDS, font), False)[0] for font in ("Nowhere Sans", "Times X")}
    assert len(widths) == 1


def test_a_graph_that_cannot_be_read_costs_only_itself(
    library: Library, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(DrawingError, match="cannot read"):
        library.run("digraph { a [label= ] }", picture=False)
    assert "syntax error" in capfd.readouterr().err
    assert library.run(source("next"), picture=False)[0].startswith("graph")


def test_signs_are_letters_to_graphviz(library: Library) -> None:
    font = SERIF.at(14)
    for text in (r"a\N\Gb", 'say "x"', "a&amp;b & c", "<b>bold</b>", r"\l\r\\", "{x|y}"):
        plain, _ = library.run(source(text), picture=False)
        width = float(plain.splitlines()[1].split()[4]) * 72
        assert width == pytest.approx(font.getlength(text), rel=0.1, abs=4), text


def test_memory_stays_flat(library: Library) -> None:
    import resource

    def used() -> int:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    for _ in range(50):
        library.run(source(WORDS), picture=True)
    before = used()
    for _ in range(300):
        library.run(source(WORDS), picture=True)
    assert used() - before < 20_000  # kilobytes


# What `dot` says and when it ends, without a `dot`: a fixed layout for every graph.
FAKE_DOT = f"""#!{sys.executable}
import sys
for line in sys.stdin.buffer:
    if b"die" in line:
        sys.exit(1)
    if b"}}" in line:
        sys.stdout.buffer.write(b"graph 1 2 1\\nnode a 1 0.5 1 1 a solid box black white\\nstop\\n")
        if "-Tpng:cairo:gd" in sys.argv:
            sys.stdout.buffer.write(open({{png!r}}, "rb").read())
        sys.stdout.buffer.flush()
"""


@pytest.fixture
def fake_dot(tmp_path: Path, library: Library) -> Process:
    _, picture = library.run(source("a"), picture=True)
    assert picture is not None
    png = tmp_path / "a.png"
    png.write_bytes(picture)
    program = tmp_path / "dot"
    program.write_text(FAKE_DOT.replace("{png!r}", repr(str(png))))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return Process(str(program))


def test_a_kept_process_answers_graph_after_graph(fake_dot: Process, library: Library) -> None:
    _, expected = library.run(source("a"), picture=True)
    try:
        for _ in range(3):
            plain, picture = fake_dot.run("digraph { a }", picture=True)
            assert plain.endswith("stop\n")
            assert picture == expected
            assert fake_dot.run("digraph { a }", picture=False) == (plain, None)
    finally:
        fake_dot.close()


def test_a_process_that_dies_is_started_anew(fake_dot: Process) -> None:
    try:
        fake_dot.run("digraph { a }", picture=False)
        with pytest.raises(DrawingError, match="ended over the graph"):
            fake_dot.run("digraph { die }", picture=False)
        assert fake_dot.run("digraph { a }", picture=False)[0].startswith("graph")
    finally:
        fake_dot.close()


def test_a_machine_without_dot_draws_with_the_library() -> None:
    if shutil.which("dot"):
        pytest.skip("this machine has a dot")
    assert isinstance(graphviz(), Library)
    assert graphviz() is graphviz()


@pytest.mark.skipif(shutil.which("dot") is None, reason="there is no dot on this machine")
def test_dot_and_the_library_agree(library: Library) -> None:
    dot = Process()
    try:
        assert likeness(dot) > 0.7
        size = [float(engine.run(source(WORDS), False)[0].split()[2]) for engine in (dot, library)]
        assert size[0] == pytest.approx(size[1], rel=0.05)
        with pytest.raises(DrawingError):
            dot.run("digraph { a [label= ] }", picture=True)
        assert dot.run(source("next"), picture=True)[1] is not None
    finally:
        dot.close()
