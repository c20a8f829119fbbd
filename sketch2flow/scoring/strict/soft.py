"""Soft match: free texts that differ in some letters are nearer than texts that have none alike.

What people write freely (messages, subjects, notes) can be said in many ways; names of tables,
channels or people cannot, and stay equal or not. Free text is the value of an input that is no
query, is not worked out at run time (no data pill, no script), and has a letter and at least two
words: one word alone is taken for a name.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import replace

from sketch2flow.scoring.letters import edit_distance
from sketch2flow.scoring.strict.labels import SEPARATOR
from sketch2flow.scoring.tree import TooLargeError, Tree, TreePair

SCALE = 1_000  # what a cost of 1 is in soft mode: distances are whole numbers
MAX_CHARACTERS = 400  # of a text; what stands behind is not looked at
MAX_PAIRS = 10_000  # of texts: about five seconds where all are long

Near = dict[tuple[Hashable, Hashable], int]


def soft_pair(first: Tree, second: Tree) -> TreePair | None:
    """Return both trees with all costs in units of 1 / SCALE, free texts nearer than that.

    Renaming one free text into another of the same input costs their distance, at least one unit.
    None where no two are to be compared; TooLargeError over MAX_PAIRS pairs.
    """
    by_name: dict[str, list[tuple[Hashable, str]]] = {}
    for label, name, text in _free_texts(second):
        by_name.setdefault(name, []).append((label, text))
    pairs = [
        (label, text, *other)
        for label, name, text in _free_texts(first)
        for other in by_name.get(name, ())
        if label != other[0]
    ]
    if len(pairs) > MAX_PAIRS:
        raise TooLargeError(f"more than {MAX_PAIRS:,} pairs of free texts to compare")
    near: Near = {}
    for label, text, other_label, other_text in pairs:
        cost = max(1, text_distance(text, other_text))
        near[label, other_label] = near[other_label, label] = cost
    return (_scaled(first, near), _scaled(second, near)) if near else None


def is_free_text(value: str) -> bool:
    """Say whether the value of an input that is no query is free text."""
    if "{{" in value or value.startswith("javascript:"):
        return False
    return any(map(str.isalpha, value)) and len(value.split(maxsplit=2)) > 1


def text_distance(one: str, other: str) -> int:
    """Return how far two texts are apart, 0..SCALE: 2 d / (|x| + |y| + d), rounded up.

    d is the edit distance in Unicode code points, of at most MAX_CHARACTERS of each. The quotient
    is a metric (Li and Liu, "A normalized Levenshtein distance metric", IEEE TPAMI 29, 2007), and
    stays one rounded up, since a rounded sum is no more than the sum of rounded parts.
    """
    one, other = one[:MAX_CHARACTERS], other[:MAX_CHARACTERS]
    apart = edit_distance(one, other)
    return -(-2 * SCALE * apart // max(1, len(one) + len(other) + apart))


def _free_texts(tree: Tree) -> Iterator[tuple[Hashable, str, str]]:
    """Yield label, input name and value of each input with free text, told by the label alone."""
    for label in dict.fromkeys(tree.labels):
        match label:
            case ("input", str(text)):
                name, _, value = text.partition(SEPARATOR)
                if is_free_text(value):
                    yield label, name, value


def _scaled(tree: Tree, near: Near) -> Tree:
    weights = [SCALE * weight for weight in tree.weights]
    renames = [SCALE * rename for rename in tree.renames]
    return replace(tree, weights=weights, renames=renames, near=near)
