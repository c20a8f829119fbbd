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

    `x_height` is the usual height of small letters and `weight` the usual width of their strokes,
    both per unit of size: at a size, `weight` tells how thick a pen writes like this.
    """

    name: str
    file: str
    x_height: float
    weight: float
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
        drawn = _drawn(self.file)
        if drawn.issuperset(text):
            return ""
        lacking = next((c for c in text if not _has(self.file, c)), "")
        drawn.update(text[: text.index(lacking)] if lacking else text)
        return lacking


# How files name the weights of a family.
_CUTS = {"": 400, "SemiBold": 600, "Bold": 700}


def _typed(family: str, x_height: float, weight: float, cut: str = "") -> Face:
    slug = family.lower().replace(" ", "-")
    file = f"{slug.replace('-', '_')}/{slug}-{_CUTS[cut]}.woff2"
    return Face(f"{family} {cut}".strip(), file, x_height, weight, "print")


def _hand(name: str, x_height: float, weight: float, held_out: bool = False) -> Face:
    slug = name.lower().replace(" ", "-")
    file = f"{slug.replace('-', '_')}/{slug}.woff2"
    return Face(name, file, x_height, weight, "hand", held_out)


SERIF = Face("Liberation Serif", "liberation/LiberationSerif-Regular.ttf", 0.47, 0.083, "print")
SANS = Face("Liberation Sans", "liberation/LiberationSans-Regular.ttf", 0.54, 0.090, "print")
SANS_BOLD = Face("Liberation Sans Bold", "liberation/LiberationSans-Bold.ttf", 0.54, 0.138, "print")
MONO = Face("Liberation Mono", "liberation/LiberationMono-Regular.ttf", 0.54, 0.090, "print")
# What Graphviz can draw with: its fontconfig finds no woff2, and for the name of any other face
# it draws one of these and says nothing.
GRAPHVIZ = (SERIF, SANS, SANS_BOLD, MONO)

COMIC = _typed("Comic Neue", 0.49, 0.065)
COMIC_BOLD = _typed("Comic Neue", 0.49, 0.098, "Bold")
INTER = _typed("Inter", 0.55, 0.090)
INTER_BOLD = _typed("Inter", 0.55, 0.130, "SemiBold")
LATO = _typed("Lato", 0.52, 0.090)
LATO_BOLD = _typed("Lato", 0.52, 0.125, "Bold")
NUNITO = _typed("Nunito", 0.50, 0.083)
NUNITO_BOLD = _typed("Nunito", 0.50, 0.125, "Bold")
OPEN_SANS = _typed("Open Sans", 0.55, 0.083)
OPEN_SANS_BOLD = _typed("Open Sans", 0.55, 0.115, "SemiBold")
PLEX_MONO = _typed("IBM Plex Mono", 0.53, 0.080)
PLEX_MONO_BOLD = _typed("IBM Plex Mono", 0.53, 0.128, "SemiBold")
ROBOTO = _typed("Roboto", 0.54, 0.093)
ROBOTO_BOLD = _typed("Roboto", 0.54, 0.143, "Bold")
SOURCE_SANS = _typed("Source Sans 3", 0.50, 0.083)
SOURCE_SANS_BOLD = _typed("Source Sans 3", 0.50, 0.115, "SemiBold")

_BOLD = {
    SANS: SANS_BOLD,
    COMIC: COMIC_BOLD,
    INTER: INTER_BOLD,
    LATO: LATO_BOLD,
    NUNITO: NUNITO_BOLD,
    OPEN_SANS: OPEN_SANS_BOLD,
    PLEX_MONO: PLEX_MONO_BOLD,
    ROBOTO: ROBOTO_BOLD,
    SOURCE_SANS: SOURCE_SANS_BOLD,
}
# All typed faces that running text is set in.
PRINT = (SERIF, MONO, *_BOLD)

HANDS = (
    _hand("Annie Use Your Telescope", 0.46, 0.048),
    _hand("Architects Daughter", 0.45, 0.080),
    _hand("Bad Script", 0.51, 0.050),
    _hand("Cedarville Cursive", 0.40, 0.065),
    _hand("Coming Soon", 0.57, 0.058),
    _hand("Delicious Handrawn", 0.44, 0.095),
    _hand("Gloria Hallelujah", 0.57, 0.095),
    _hand("Gochi Hand", 0.43, 0.110),
    _hand("Handlee", 0.50, 0.065),
    _hand("Indie Flower", 0.46, 0.063),
    _hand("Kalam", 0.52, 0.088),
    _hand("Mansalva", 0.42, 0.113),
    _hand("Neucha", 0.51, 0.073),
    _hand("Patrick Hand", 0.47, 0.083),
    _hand("Permanent Marker", 0.61, 0.163),
    _hand("Reenie Beanie", 0.36, 0.050),
    _hand("Shadows Into Light", 0.54, 0.058),
    _hand("Shantell Sans", 0.50, 0.093),
    _hand("Swanky and Moo Moo", 0.34, 0.063),
    _hand("The Girl Next Door", 0.50, 0.055),
    _hand("Caveat", 0.38, 0.068, held_out=True),
    _hand("Nothing You Could Do", 0.47, 0.063, held_out=True),
    _hand("Schoolbell", 0.45, 0.080, held_out=True),
    _hand("Sue Ellen Francisco", 0.36, 0.060, held_out=True),
)


def bold_of(face: Face) -> Face:
    """Return the bold face that goes with `face`, or `face` itself where we ship none."""
    return _BOLD.get(face, face)


@lru_cache(maxsize=64)
def _load(file: str, size: float) -> ImageFont.FreeTypeFont:
    # The basic layout is the same on every machine; shaping libraries are not everywhere.
    path = FOLDER / file
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _drawn(file: str) -> set[str]:
    """Return the characters that a file is known to draw; filled as they come."""
    return set()


@lru_cache(maxsize=8192)
def _has(file: str, character: str) -> bool:
    if character.isspace():
        return character == " "
    font = _load(file, 32)
    drawn, nothing = font.getmask(character), font.getmask(_NOWHERE)
    ink = bytes(drawn)
    # Some faces have letters without ink, which would be lost more quietly than a box.
    return any(ink) and (drawn.size != nothing.size or ink != bytes(nothing))


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
        if len(word) > 2 * width:
            lines += [line] if line else []
            *pieces, line = (word[at : at + width] for at in range(0, len(word), width))
            lines += pieces
            continue
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
