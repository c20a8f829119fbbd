"""The typefaces that drawings are made with: shipped, measured in the very face that draws."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from random import Random
from typing import Literal
from xml.sax.saxutils import escape

from PIL import ImageFont

from synth.diagram import DrawingError

FOLDER = Path(__file__).parent.parent / "fonts"

# A character that no font has: its picture is that of every missing character.
_NOWHERE = "\uffff"


@dataclass(frozen=True)
class Face:
    """One typeface; hands with `held_out` are drawn in validation and test pictures only.

    `x_height` is the usual height of small letters per unit of size.
    """

    name: str
    file: str
    x_height: float
    kind: Literal["print", "hand"]
    held_out: bool = False

    def at(self, size: float) -> ImageFont.FreeTypeFont:
        """Return the face at `size` pixels per em."""
        return _load(self.file, size)

    def size_for(self, x_height: float) -> float:
        """Return the size (pixels per em, to a quarter) at which an x is `x_height` pixels high."""
        return round(4 * x_height / self.x_height) / 4

    def missing(self, text: str) -> str:
        """Return the first character of `text` that the face cannot draw, "" if there is none."""
        return next((c for c in text if not _has(self.file, c)), "")


SERIF = Face("Liberation Serif", "liberation/LiberationSerif-Regular.ttf", 0.46, "print")
SANS = Face("Liberation Sans", "liberation/LiberationSans-Regular.ttf", 0.53, "print")
SANS_BOLD = Face("Liberation Sans Bold", "liberation/LiberationSans-Bold.ttf", 0.53, "print")
HANDS = (
    Face("Architects Daughter", "architects_daughter/architects-daughter.woff2", 0.45, "hand"),
    Face("Coming Soon", "coming_soon/coming-soon.woff2", 0.56, "hand"),
    Face("Gochi Hand", "gochi_hand/gochi-hand.woff2", 0.43, "hand"),
    Face("Handlee", "handlee/handlee.woff2", 0.50, "hand"),
    Face("Indie Flower", "indie_flower/indie-flower.woff2", 0.44, "hand"),
    Face("Kalam", "kalam/kalam.woff2", 0.52, "hand"),
    Face("Neucha", "neucha/neucha.woff2", 0.47, "hand"),
    Face("Patrick Hand", "patrick_hand/patrick-hand.woff2", 0.47, "hand"),
    Face("Caveat", "caveat/caveat.woff2", 0.38, "hand", held_out=True),
    Face("Schoolbell", "schoolbell/schoolbell.woff2", 0.45, "hand", held_out=True),
)


@lru_cache(maxsize=64)
def _load(file: str, size: float) -> ImageFont.FreeTypeFont:
    # The basic layout is the same on every machine; shaping libraries are not everywhere.
    path = FOLDER / file
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=8192)
def _has(file: str, character: str) -> bool:
    if character.isspace():
        return character == " "
    font = _load(file, 32)
    drawn, nothing = font.getmask(character), font.getmask(_NOWHERE)
    return drawn.size != nothing.size or bytes(drawn) != bytes(nothing)


def pick_hand(random: Random, split: str, text: str) -> Face:
    """Return a hand of the given split that has every character of `text`.

    Raises DrawingError naming a character that no such hand has.
    """
    held_out = split != "train"
    faces = [face for face in HANDS if face.held_out == held_out]
    random.shuffle(faces)
    missing = ""
    for face in faces:
        missing = face.missing(text)
        if not missing:
            return face
    raise DrawingError(f"no hand has the character {missing!r} (U+{ord(missing):04X})")


def check_letters(face: Face, text: str) -> None:
    """Raise DrawingError naming the first character of `text` that `face` would draw as a box."""
    missing = face.missing(text)
    if missing:
        raise DrawingError(f"{face.name} has no character {missing!r} (U+{ord(missing):04X})")


def wrap(text: str, width: int) -> list[str]:
    """Return `text` in lines of about `width` characters.

    A word stays whole up to twice the width; longer ones are cut.
    """
    lines: list[str] = []
    line = ""
    for word in text.split():
        while len(word) > 2 * width:
            if line:
                lines.append(line)
                line = ""
            lines.append(word[:width])
            word = word[width:]
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line] if line else lines


@cache
def fontconfig_file() -> Path:
    """Return a fontconfig configuration that knows our typed faces and nothing else.

    Graphviz draws every letter as an empty box, and reports success, where fontconfig finds no
    font; and it would draw other letters on every machine where it finds the machine's.
    """
    # Kept until the process ends: fontconfig reads it when the first letter is drawn.
    folder = tempfile.TemporaryDirectory(prefix="sketch2flow-fonts-")
    _kept.append(folder)
    path = Path(folder.name) / "fonts.conf"
    path.write_text(
        '<?xml version="1.0"?>\n<fontconfig>\n'
        f"<dir>{escape(str(FOLDER / 'liberation'))}</dir>\n"
        f"<cachedir>{escape(folder.name)}</cachedir>\n</fontconfig>\n",
        encoding="utf-8",
    )
    return path


_kept: list[tempfile.TemporaryDirectory[str]] = []


def use_our_fonts() -> None:
    """Point fontconfig at our faces; to be called before Graphviz draws its first letter."""
    os.environ["FONTCONFIG_FILE"] = str(fontconfig_file())
