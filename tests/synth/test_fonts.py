"""The typefaces draw letters, not boxes, are measured rightly, and stand beside their licences."""

from __future__ import annotations

import re
import tomllib
from fnmatch import fnmatch
from itertools import combinations
from pathlib import Path
from random import Random

import pytest

from synth.diagram import DrawingError
from synth.drawing import fonts
from synth.drawing.encoding import Pixels
from synth.drawing.engine import required_graphviz
from synth.drawing.fonts import (
    FOLDER,
    GRAPHVIZ,
    HANDS,
    MONO,
    PRINT,
    ROBOTO,
    SANS,
    SANS_BOLD,
    SERIF,
    Face,
    bold_of,
    check_letters,
    pick_hand,
    wrap,
)

FACES = tuple(dict.fromkeys((*GRAPHVIZ, *PRINT, *map(bold_of, PRINT), *HANDS)))
SMALL = "abcdefghijklmnopqrstuvwxyz"
ASCII = "".join(map(chr, range(33, 127)))

each_face = pytest.mark.parametrize("face", FACES, ids=lambda face: face.name)


def ink(face: Face, letter: str, size: float = 30) -> Pixels:
    """Return the picture of a letter, 0 to 255, cut to its ink where it has any."""
    import numpy as np

    mask = face.at(size).getmask(letter)
    return np.frombuffer(bytes(mask), np.uint8).reshape(mask.size[1], mask.size[0])


def picture(face: Face, letter: str) -> tuple[tuple[int, ...], bytes]:
    drawn = ink(face, letter)
    return drawn.shape, drawn.tobytes()


@each_face
def test_letters_are_drawn_not_boxes(face: Face) -> None:
    boxes = {picture(face, nowhere) for nowhere in ("\ue000", "\uffff", "\U0010fffe")}
    assert len(boxes) == 1
    for letter in ASCII:
        assert ink(face, letter).max(initial=0) > 128, letter
        assert picture(face, letter) not in boxes, letter


@each_face
def test_no_letter_looks_like_another(face: Face) -> None:
    letters = SMALL + "0123456789"
    drawn = {letter: picture(face, letter) for letter in letters}
    same = [pair for pair in combinations(letters, 2) if drawn[pair[0]] == drawn[pair[1]]]
    assert same == []


@each_face
def test_strokes_lean_the_way_they_should(face: Face) -> None:
    # There are hands in whose backslash the type designer drew a slash.
    import numpy as np

    def lean(letter: str) -> float:
        rows, columns = np.nonzero(ink(face, letter, 60) > 128)
        return float(np.corrcoef(rows, columns)[0, 1])

    assert lean("/") < -0.5
    assert lean("\\") > 0.5


@each_face
def test_english_is_written_and_what_is_missing_is_named(face: Face) -> None:
    assert face.missing(f" {ASCII}") == ""
    assert face.missing("a\u4e2d") == "\u4e2d"
    assert face.missing("a\tb") == "\t"


def test_a_letter_without_ink_counts_as_missing() -> None:
    assert not ink(SANS, "\u200b").any()
    assert picture(SANS, "\u200b") != picture(SANS, "\uffff")
    assert SANS.missing("a\u200bb") == "\u200b"


def test_missing_letters_are_refused_in_one_line() -> None:
    with pytest.raises(DrawingError, match="Liberation Sans has no character"):
        check_letters(SANS, "中")
    with pytest.raises(DrawingError, match="no hand has the character"):
        pick_hand(Random(1), "train", "中")


@each_face
def test_small_letters_are_as_tall_as_asked(face: Face) -> None:
    assert face.size_for(100) == pytest.approx(100 / face.x_height, abs=0.125)
    font = face.at(face.size_for(200))
    heights = sorted(-font.getbbox(letter, anchor="ls")[1] for letter in "acenorsuvxz")
    assert heights[5] == pytest.approx(200, rel=0.025)


@each_face
def test_strokes_are_as_thick_as_said(face: Face) -> None:
    import numpy as np

    size = 400
    runs = []
    for letter in SMALL:
        inked = np.pad(ink(face, letter, size) > 127, ((0, 0), (1, 1))).astype(np.int8)
        steps = np.diff(inked, axis=1)
        runs.append(np.nonzero(steps == -1)[1] - np.nonzero(steps == 1)[1])
    assert float(np.median(np.concatenate(runs))) / size == pytest.approx(face.weight, abs=0.003)


def test_hands_are_many_and_some_are_held_out() -> None:
    training = [face for face in HANDS if not face.held_out]
    held_out = [face for face in HANDS if face.held_out]
    assert (len(training), len(held_out)) == (20, 4)
    assert {face.kind for face in HANDS} == {"hand"}
    assert {"Caveat", "Schoolbell"} < {face.name for face in held_out}
    for split, kept in (("train", training), ("validation", held_out), ("test", held_out)):
        picked = {pick_hand(Random(seed), split, "Trigger: 12") for seed in range(200)}
        assert picked == set(kept)


def test_faces_differ() -> None:
    drawn = {picture(face, "agent") for face in FACES}
    assert len(drawn) == len(FACES)
    assert len({face.name for face in FACES}) == len(FACES)


def test_hands_are_of_pens_and_of_markers() -> None:
    # The width of a stroke where small letters are six pixels high.
    thick = {face.name: 6 * face.weight / face.x_height for face in HANDS}
    assert sum(width < 0.8 for width in thick.values()) >= 5
    assert sum(width > 1.25 for width in thick.values()) >= 4
    assert max(thick.values()) < 2


def test_bold_faces_are_the_same_but_heavier() -> None:
    heavier = [face for face in PRINT if bold_of(face) is not face]
    assert set(PRINT) - set(heavier) == {SERIF, MONO}
    for face in heavier:
        bold = bold_of(face)
        assert Path(bold.file).parent == Path(face.file).parent
        assert bold.name.removesuffix(" Bold").removesuffix(" SemiBold") == face.name
        assert bold.weight > 1.3 * face.weight
        assert bold.x_height == pytest.approx(face.x_height, abs=0.02)
    assert bold_of(SANS) is SANS_BOLD
    assert bold_of(HANDS[0]) is HANDS[0]
    assert {face.kind for face in (*PRINT, *map(bold_of, PRINT))} == {"print"}


def test_graphviz_finds_the_faces_that_are_made_for_it() -> None:
    engine = required_graphviz()
    pictures = set()

    def as_wide(face: Face, text: str) -> bool:
        source = f'digraph {{ a [label="{text}" shape=plain fontname="{face.name}"] }}'
        plain, drawn = engine.run(source, picture=True)
        pictures.add(drawn)
        points = 72 * float(plain.splitlines()[1].split()[4])
        # Measured where hinting has no say in it.
        return points == pytest.approx(face.at(700).getlength(text) / 50, rel=0.06)

    for face in GRAPHVIZ:
        assert as_wide(face, "illicit filling: 1111"), face.name
        assert as_wide(face, "MAMMOTH WAGGON @@@"), face.name
    assert len(pictures) == 2 * len(GRAPHVIZ)
    # Any other is replaced by one of these: no new picture comes.
    assert not as_wide(HANDS[0], "MAMMOTH WAGGON @@@")
    as_wide(bold_of(ROBOTO), "MAMMOTH WAGGON @@@")
    assert len(pictures) == 2 * len(GRAPHVIZ)


def test_loaded_faces_are_let_go_of() -> None:
    for size in range(10, 90):
        for face in HANDS[:3]:
            face.at(size)
    info = fonts._load.cache_info()
    assert info.currsize == info.maxsize == 64


def test_every_face_stands_beside_its_licence() -> None:
    shipped = {path for kind in ("ttf", "woff2") for path in FOLDER.glob(f"*/*.{kind}")}
    assert {FOLDER / face.file for face in FACES} == shipped
    table = [line for line in (FOLDER / "README.md").read_text().splitlines() if line[:1] == "|"]
    for face in FACES:
        licence = (FOLDER / face.file).with_name("LICENSE").read_text(encoding="utf-8").upper()
        family = re.sub(" (Semi)?Bold$", "", face.name)
        (row,) = [line for line in table if re.search(rf"[|,] {family}( \||,| \d\.)", line)]
        name, text = ("OFL-1.1", "SIL OPEN FONT LICENSE VERSION 1.1")
        if "Apache-2.0" in row:
            name, text = "Apache-2.0", "APACHE LICENSE VERSION 2.0"
        assert f"| {name} |" in row
        assert text in re.sub(r"[\s,-]+", " ", licence), face.name
        assert ("validation and test only" in row) == face.held_out


def test_every_file_is_shipped_and_the_folder_stays_small() -> None:
    project = tomllib.loads((FOLDER.parents[1] / "pyproject.toml").read_text())
    licences = project["project"]["license-files"]
    data = project["tool"]["setuptools"]["package-data"]["*"]
    files = [path for path in FOLDER.rglob("*") if path.is_file() and path.name != ".uuid"]
    for path in files:
        assert any(fnmatch(path.name, pattern) for pattern in data), path
        if path.name == "LICENSE":
            below = path.relative_to(FOLDER.parents[1]).as_posix()
            assert any(fnmatch(below, pattern) for pattern in licences), path
    # Liberation, which Graphviz needs whole and not packed, has 1.5 million bytes by itself.
    web = [path.stat().st_size for path in files if path.parent.name != "liberation"]
    assert sum(web) < 1_500_000


def test_lines_break_between_words_and_lose_none() -> None:
    assert wrap("look up incident tasks", 12) == ["look up", "incident", "tasks"]
    assert wrap("  a   b ", 12) == ["a b"]
    assert wrap("", 12) == []
    cut = wrap("x" * 50 + " tail", 12)
    assert "".join(cut).replace(" ", "") == "x" * 50 + "tail"
    assert max(map(len, cut)) <= 12
    assert max(map(len, wrap("x" * 500, 12))) <= 24
