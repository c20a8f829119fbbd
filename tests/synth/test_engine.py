"""Graphviz draws our letters, not empty boxes, and its failures cost one graph each."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import cv2
import pytest
from graphviz import Digraph, nohtml

from synth.diagram import DrawingError
from synth.drawing import engine
from synth.drawing.clean.graphviz_source import escaped
from synth.drawing.encoding import Pixels, decode, decode_indexed
from synth.drawing.engine import VARIABLE, Graphviz, end_processes, graphviz
from synth.drawing.fonts import SERIF, fontconfig_file
from synth.drawing.kept_dot import KeptDot
from tests.synth.programs import program

WORDS = "Trigger: weekly fig"
GRAPH = "digraph { a }"

dot_is_here = pytest.mark.skipif(shutil.which("dot") is None, reason="there is no dot here")


def source(text: str, font: str = SERIF.name) -> str:
    graph = Digraph()
    graph.node("a", nohtml(escaped(text)), shape="plain", fontname=font)
    return str(graph.source)


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
