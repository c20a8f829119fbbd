"""Words that come from outside."""

from typing import Any

import pytest

from synth.words import MOST_WORDS, Word, words_in

WORD: dict[str, Any] = {"node": "1", "text": "mail", "x": 1.5, "y": 2, "width": 30.0, "height": 9.0}


def test_words_of_a_row_are_read_as_they_were_written() -> None:
    word = Word("1", "mail", 1.5, 2, 30.0, 9.0)
    assert words_in([WORD, WORD | {"node": ""}]) == (word, word._replace(node=""))
    assert words_in([word._asdict()]) == (word,)
    assert words_in([]) == ()


@pytest.mark.parametrize(
    "values",
    [
        "words",
        [1],
        [{**WORD, "more": 1}],
        [{"text": "mail"}],
        [WORD | {"text": ""}],
        [WORD | {"text": "a" * 501}],
        [WORD | {"node": None}],
        [WORD | {"x": float("nan")}],
        [WORD | {"width": "30"}],
        [WORD] * (MOST_WORDS + 1),
    ],
)
def test_what_is_no_word_is_refused(values: object) -> None:
    with pytest.raises(ValueError, match="word"):
        words_in(values)
