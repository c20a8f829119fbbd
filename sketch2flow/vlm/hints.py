"""What is known of a drawn picture beside its workflow: which letters stand where.

A small model that is told of a picture's workflow alone learns for minutes what answers are like
before it looks at pictures at all. Told of each cell which letters stand in it, and of each word
of an answer in which cells it is written, it reads from the first minutes on. Both come from the
words that the drawing has kept with their boxes; a picture without them is trained on as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sketch2flow.vlm.conv_reader import CELL_PIXELS

if TYPE_CHECKING:
    from sketch2flow.vlm.reader_processor import Seen

# Letters are told apart without their case, in either half of a cell.
ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789_-.:,'\"/()?"
HALVES = 2
MOST_WORDS = 20_000
LONGEST_WORD = 500

_CODES = {letter: code for code, letter in enumerate(ALPHABET)}
_ANNOTATION = re.compile(r'"annotation": "([^"\\]*)"')

Word = Mapping[str, Any]
Numbers = NDArray[np.int64]


class Letter(NamedTuple):
    """A written letter: itself, in small, the cell that its middle lies in, and which half."""

    letter: str
    cell: int
    half: int


def written(words: Sequence[Word], seen: Seen) -> list[list[Letter]]:
    """Return the letters of each node that lie in cells that are looked at, in reading order.

    `words` are as a data set has them: node, text, x, y, width and height in the picture's pixels;
    what is no such word is passed over. Letters of a word are taken to be of one width.
    """
    rows, columns = seen.cells.shape
    number = np.where(seen.cells, seen.cells.cumsum().reshape(seen.cells.shape) - 1, -1)
    nodes: list[list[Letter]] = []
    last = None
    for word in filter(_is_sound, words[:MOST_WORDS]):
        if word["node"] != last or not word["node"]:
            nodes.append([])
        last = word["node"]
        text = word["text"].lower()
        y = seen.down(word["y"] + word["height"] / 2)
        for place, letter in enumerate(text):
            x = seen.across(word["x"] + word["width"] * (place + 0.5) / len(text))
            row, column, half = (
                int(y // CELL_PIXELS),
                int(x // CELL_PIXELS),
                int(x % CELL_PIXELS * HALVES // CELL_PIXELS),
            )
            if 0 <= row < rows and 0 <= column < columns and number[row, column] >= 0:
                nodes[-1].append(Letter(letter, int(number[row, column]), half))
    return nodes


def _is_sound(word: object) -> bool:
    if not isinstance(word, Mapping):
        return False
    text = word.get("text")
    box = [word.get(name) for name in ("x", "y", "width", "height")]
    return (
        isinstance(text, str)
        and isinstance(word.get("node"), str)
        and len(text) <= LONGEST_WORD
        and all(isinstance(number, float | int) and isfinite(number) for number in box)
    )


def letters_in_cells(nodes: Sequence[Sequence[Letter]]) -> Numbers:
    """Return [letters, 3] of a picture: cell, half, and the letter's place in ALPHABET."""
    found = [
        (each.cell, each.half, _CODES[each.letter])
        for node in nodes
        for each in node
        if each.letter in _CODES
    ]
    return np.array(found, np.int64).reshape(-1, 3)


def places_of_tokens(
    nodes: Sequence[Sequence[Letter]], answer: str, offsets: Sequence[tuple[int, int]]
) -> Numbers:
    """Return [pairs, 2] of a picture: a token of its answer, and a cell that it is written in.

    `offsets` are the tokens' characters. An annotation is looked for in the nodes in their order,
    without spaces and case, each node being used once; what is not found has no pairs.
    """
    texts = ["".join(each.letter for each in node) for node in nodes]
    cell_of: dict[int, int] = {}
    used: set[int] = set()
    for annotation in _ANNOTATION.finditer(answer):
        wanted = annotation[1].lower().replace(" ", "")
        for number, text in enumerate(texts):
            start = text.find(wanted) if wanted and number not in used else -1
            if start < 0:
                continue
            used.add(number)
            places = [
                at for at in range(annotation.start(1), annotation.end(1)) if answer[at] != " "
            ]
            cells = [each.cell for each in nodes[number][start : start + len(places)]]
            cell_of.update(zip(places, cells, strict=True))
            break
    pairs = {
        (token, cell_of[at])
        for token, (first, last) in enumerate(offsets)
        for at in range(first, last)
        if at in cell_of
    }
    return np.array(sorted(pairs), np.int64).reshape(-1, 2)


def numbered(each: Sequence[Numbers]) -> Numbers:
    """Return the pictures' lists as one, with the picture's number before each line."""
    return np.concatenate([np.insert(lines, 0, number, 1) for number, lines in enumerate(each)])
