"""How many letters are wrong between two texts, and which."""

from __future__ import annotations

from collections.abc import Iterator


def edit_distance(one: str, other: str) -> int:
    """Return how many characters must be inserted, deleted or replaced."""
    if not one:
        return len(other)
    *_, (rises, falls) = _columns(one, other)
    return len(other) + rises.bit_count() - falls.bit_count()


def character_errors(truth: str, answer: str) -> list[int]:
    """Return for each character of `truth` how many edits it costs to make it `answer`'s.

    Those of a shortest way: 1 for a character that is wrong or missing, and what was put in is
    charged to the character before (at the start the first). Their sum is the edit distance; of
    an empty truth there is none to be charged.
    """
    errors = [0] * len(truth)
    columns = list(_columns(truth, answer)) if truth else []
    place, column = len(truth), len(answer)
    while truth and (place or column):
        at = 1 << place >> 1
        if place and columns[column][0] & at:  # missing in the answer
            place -= 1
            errors[place] += 1
            continue
        column -= 1
        if not place or columns[column][1] & at:  # too much in it
            errors[max(0, place - 1)] += 1
        else:
            place -= 1
            errors[place] += truth[place] != answer[column]
    return errors


def _columns(one: str, other: str) -> Iterator[tuple[int, int]]:
    """Yield the table of distances of `one`'s beginnings from `other`'s, column by column.

    From "" to the whole of `other`: where it rises and where it falls by 1 from one beginning of
    `one` to the next, as the bits of two numbers (Hyyrö, "A bit-vector algorithm for computing
    Levenshtein and Damerau edit distances", 2003).
    """
    places: dict[str, int] = {}
    for place, character in enumerate(one):
        places[character] = places.get(character, 0) | 1 << place
    every = (1 << len(one)) - 1
    rises, falls = every, 0
    yield rises, falls
    for character in other:
        equal = places.get(character, 0)
        diagonal = (((equal & rises) + rises) ^ rises) | equal | falls
        up, down = falls | ~(diagonal | rises), diagonal & rises
        up, down = up << 1 | 1, down << 1
        rises, falls = (down | ~(diagonal | up)) & every, up & diagonal & every
        yield rises, falls
