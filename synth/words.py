"""The words of a picture, as it is known where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any, NamedTuple

MOST_WORDS = 20_000
_LONGEST = 500  # characters of a word, and of a node's name


class Word(NamedTuple):
    """A written word: the node that it belongs to ("" beside an arrow), and its box in pixels.

    Its height is that of a line of text: from the top of tall letters to the foot of hanging ones.
    """

    node: str
    text: str
    x: float
    y: float
    width: float
    height: float


def words_in(values: object) -> tuple[Word, ...]:
    """Return the words that a data set's row holds; ValueError where they are none."""
    if not isinstance(values, list) or len(values) > MOST_WORDS:
        raise ValueError(f"its words are no list of at most {MOST_WORDS:,}")
    return tuple(_word(value) for value in values)


def _word(value: Any) -> Word:
    if not isinstance(value, Mapping) or set(value) != set(Word._fields):
        raise ValueError(f"a word has not {', '.join(Word._fields)}")
    word = Word(**value)
    texts, numbers = word[:2], word[2:]
    if not all(isinstance(text, str) and len(text) <= _LONGEST for text in texts) or not word.text:
        raise ValueError("a word's text or node is no short text")
    if not all(isinstance(number, float | int) and isfinite(number) for number in numbers):
        raise ValueError("a word's box is no four numbers")
    return word
