"""Words that nobody has seen, in the place of a workflow's own: to read them is to spell.

A noun is free to be another one where its letters are all that an answer needs of it: it is said
in an annotation and stands in the inputs as it is said. So `look up incidents` on the table
`incident` may become `look up brelds` on the table `breld`. Of a message, which stands in the
inputs as a whole, every word is free.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from random import Random
from typing import NamedTuple

from sketch2flow.workflow import Component, Input, Parameters, Trigger, Workflow
from sketch2flow.workflow.rules import LOGIC_WORDS, TRIGGER_TYPES
from synth.phrasing import all_phrasings
from synth.wording import with_article

# Simple sounds come more often than clusters, as in English.
_ONSETS = (
    *("bcdfghjklmnprstvwz" * 3),
    *("bl", "br", "ch", "cl", "cr", "dr", "fl", "fr", "gl", "gr", "kn", "ph", "pl", "pr", "qu"),
    *("sc", "sh", "sk", "sl", "sm", "sn", "sp", "st", "str", "sw", "th", "tr", "tw", "wh", "y"),
    *("", "", "", "", ""),
)
_VOWELS = (*("aeiou" * 5), "ai", "ea", "ee", "ie", "oa", "oo", "ou", "au", "io")
# No letter behind which a plural is more than an s.
_CODAS = (
    *("b", "ck", "d", "ff", "g", "l", "ll", "m", "mp", "n", "nd", "ng", "nk", "nt", "p", "pt"),
    *("r", "rd", "rk", "rm", "rn", "rt", "ct", "ft", "ld", "lk", "t", "w", "ve", "te", "ne", "le"),
)
_SYLLABLES = (1, 2, 3, 4), (4, 7, 3, 1)
_LETTERS = 3, 12  # the fewest and the most of a word
_HELD_OUT = 10  # per cent of all words: no training row has one of them

Part = Trigger | Component

_WORD = re.compile(r"(?<![A-Za-z])[a-z]{3,}(?![a-z])")
# What the platform works out, and spans of time, whose unit is a word of the query language.
_PILL = re.compile(r"\{\{.*?\}\}|.*javascript:.*|(?:RELATIVE|DATEPART)[^^]*", re.DOTALL)
_PLATFORM = frozenset({"true", "false", "sys", "none", "null"})
_NAME = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)+")
_PIECE = re.compile(r"[a-z0-9]+")
_NUMBER = re.compile(r"\d+")


def free_word(random: Random, held_out: bool = False) -> str:
    """Return a word of one to four syllables, of those that are held out or of the others."""
    while True:
        (count,) = random.choices(*_SYLLABLES)
        word = "".join(random.choice(_ONSETS) + random.choice(_VOWELS) for _ in range(count))
        word += random.choice(_CODAS)
        if _LETTERS[0] <= len(word) <= _LETTERS[1] and is_held_out(word) == held_out:
            return word


@cache
def is_held_out(word: str) -> bool:
    """Tell whether a free word is kept for the evaluation."""
    return int.from_bytes(sha256(f"word/{word}".encode()).digest()[:8]) % 100 < _HELD_OUT


def with_free_words(
    workflow: Workflow, random: Random, share: float, held_out: bool = False
) -> tuple[Workflow, tuple[str, ...]]:
    """Return the workflow with a `share` of its nouns and of its messages' words replaced.

    Nouns throughout, by one word each; behind it the new words.
    """
    new: dict[str, None] = {}

    def another() -> str:
        while (word := free_word(random, held_out)) in new or word in fixed_words():
            pass
        new[word] = None
        return word

    def of_message(word: str) -> str:
        return another() if word not in new and random.random() < share else word

    words = {noun: another() for noun in free_nouns(workflow) if random.random() < share}
    workflow = _each_part(workflow, lambda part: _with_nouns(part, words))
    given = {name: _parameters(getattr(workflow, name), words) for name in ("inputs", "outputs")}
    workflow = _each_part(workflow, lambda part: _with_messages(part, of_message))
    return workflow.model_copy(update=given), tuple(new)


def free_nouns(workflow: Workflow) -> list[str]:
    """Return the nouns of a workflow that are free to be others, in the order of the alphabet.

    Those stay that the inputs of a part have and its annotation does not say, and those on which
    the meaning of a code hangs (state 3 is another in each table).
    """
    parts = list(_parts(workflow))
    free = {noun for part in parts for noun in part.free}
    kept = {noun for part in parts for noun in part.kept}
    if any(part.is_coded for part in parts):
        kept |= {noun for part in parts for noun in part.tables}
        kept |= {noun for part in parts if part.is_coded for noun in part.free}
    return sorted(free - kept - fixed_words())


class _Spelled(NamedTuple):
    """The words that a trigger's or a step's inputs hold: those that it says, and the others.

    What data pills hold is kept, and the words of a name that is said in part only. `tables` are
    the words of tables' names; `is_coded` where a number is stored that is not said.
    """

    free: set[str]
    kept: set[str]
    tables: set[str]
    is_coded: bool


def _parts(workflow: Workflow) -> Iterator[_Spelled]:
    for one in (workflow.trigger, *workflow.components):
        if one is not None:
            yield _spelled(one.annotation, one.inputs or ())
    for parameters in (workflow.inputs, workflow.outputs):
        for item in parameters.items if parameters else ():
            # The picture shows name and table as they are stored.
            texts = (item.name, item.reference or "")
            yield _spelled(" ".join(texts), [Input(name="table", value=each) for each in texts])


def _spelled(annotation: str, inputs: Iterable[Input]) -> _Spelled:
    said = set(_PIECE.findall(annotation))

    def is_said(word: str) -> bool:
        return word in said or not said.isdisjoint(_plurals(word))

    values = [(one.name, _PILL.sub(" ", one.value)) for one in inputs]
    stored = {word for _, value in values for word in _words(value)}
    kept = {word for word in stored if not is_said(word)}
    for name in (name for _, value in values for name in _NAME.findall(value)):
        if not all(map(is_said, _PIECE.findall(name))):
            kept |= stored.intersection(_PIECE.findall(name))
    numbers = {number for _, value in values for number in _NUMBER.findall(value)}
    pills = (pill for one in inputs for pill in _PILL.findall(one.value))
    return _Spelled(
        free=stored - kept,
        kept=kept.union(*map(_words, pills)),
        tables={word for name, value in values if name == "table" for word in _words(value)},
        is_coded=not numbers <= set(_NUMBER.findall(annotation)),
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _plurals(noun: str) -> tuple[str, ...]:
    return noun + "s", noun + "es", noun[:-1] + "ies"


@cache
def fixed_words() -> frozenset[str]:
    """Return the words of the language itself: of phrasings, triggers and the platform."""
    known = all_phrasings()
    texts = [*known, *LOGIC_WORDS, *TRIGGER_TYPES]
    for found in known.values():
        texts += [re.sub(r"\{.*?\}", " ", one.template) for one in (*found.plain, *found.vague)]
    return _PLATFORM.union(word for text in texts for word in _words(text.lower()))


def _each_part(workflow: Workflow, change: Callable[[Part], Part]) -> Workflow:
    trigger = workflow.trigger and change(workflow.trigger)
    steps = tuple(change(step) for step in workflow.components)
    return workflow.model_copy(update={"trigger": trigger, "components": steps})


def _with_nouns(part: Part, words: Mapping[str, str]) -> Part:
    inputs = part.inputs and tuple(
        Input(name=one.name, value=_stored(one.value, words)) for one in part.inputs
    )
    said = _said(part.annotation, words)
    return part.model_copy(update={"annotation": said, "inputs": inputs})


def _with_messages(part: Part, of_message: Callable[[str], str]) -> Part:
    """Return the part with other words in each input that its annotation says word for word."""
    annotation, inputs = part.annotation, []
    for one in part.inputs or ():
        message = one.value
        if " " in message and annotation.count(message) == 1:
            message = _WORD.sub(lambda found: of_message(found[0]), message)
            annotation = annotation.replace(one.value, message)
        inputs.append(Input(name=one.name, value=message))
    return part.model_copy(update={"annotation": annotation, "inputs": tuple(inputs) or None})


def _parameters(parameters: Parameters | None, words: Mapping[str, str]) -> Parameters | None:
    if parameters is None:
        return None
    return Parameters(
        items=tuple(
            item.model_copy(
                update={
                    "name": _stored(item.name, words),
                    "reference": item.reference and _stored(item.reference, words),
                }
            )
            for item in parameters.items
        )
    )


def _stored(value: str, words: Mapping[str, str]) -> str:
    """Return an input's value with its nouns replaced, data pills and scripts left alone."""
    pieces, at = [], 0
    for kept in _PILL.finditer(value):
        pieces += [_each_word(value[at : kept.start()], words), kept[0]]
        at = kept.end()
    return "".join([*pieces, _each_word(value[at:], words)])


def _each_word(text: str, words: Mapping[str, str]) -> str:
    return _WORD.sub(lambda found: words.get(found[0], found[0]), text)


def _said(annotation: str, words: Mapping[str, str]) -> str:
    """Return an annotation with its nouns replaced, and the articles before them made to fit."""
    forms = dict(words)
    for noun, word in words.items():
        forms |= {plural: f"{word}s" for plural in _plurals(noun) if plural not in words}

    def replaced(found: re.Match[str]) -> str:
        article, noun = found[1], found[2]
        if noun not in forms:
            return found[0]
        return with_article(forms[noun]) if article else forms[noun]

    return re.sub(
        rf"(\ban? )?{_WORD.pattern}".replace("[a-z]{3,}", "([a-z]{3,})"), replaced, annotation
    )
