"""Thousands of damaged and hostile answers: each is read in bounded time, none raises."""

from __future__ import annotations

import json
import time
import tracemalloc
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from sketch2flow.workflow import (
    CODES,
    Workflow,
    features,
    parse_document,
    pill_errors,
    read_answer,
    to_answer,
    to_json,
)
from sketch2flow.workflow.coercion import MAX_NODES
from sketch2flow.workflow.reading import MAX_ANSWER_CHARACTERS, MAX_ERRORS_OF_A_CODE
from synth.generate import generate_workflows
from tests.workflow.documents import flow, step

BYTES_OF_A_CHARACTER = 64  # as the docstring of `reading` promises
MAX_SECONDS = 2.0  # for one text; the median is a millisecond
JUNK = ["{", "}", "[", "]", '"', "\\", ",", ":", "```", "```json", "null", "1e999", "-", "\0",
        "\ud800", "\\ud800", "{{a.b}}", "{{", "^", "^OR", "IN", "\u202e", "9" * 5_000]  # fmt: skip
VALUES: list[Any] = [
    *(None, True, -1, 0, 1, 2, 10**9, 10**40, 0.5),
    *("", "IF", "ELSE", "1", "\ud800", "x" * 10_000),
    *([], {}, [[]], {"items": [{}]}, [{"name": 1}], {"a": {"b": []}}),
]


def cut(rng: Random, text: str) -> str:
    return text[: rng.randrange(len(text) + 1)]


def spliced(rng: Random, text: str) -> str:
    """Take pieces out and put junk in."""
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(text) + 1)
        text = text[:at] + rng.choice(JUNK) * rng.randint(0, 3) + text[at + rng.randrange(20) :]
    return text


def repeated(rng: Random, text: str) -> str:
    """Say a part again and again, as a model that does not find an end."""
    start = rng.randrange(len(text))
    part = text[start : start + rng.randint(1, 200)]
    return text[:start] + part * rng.randint(2, 500) + text[start:]


def nested(rng: Random, text: str) -> str:
    deep = rng.choice([10, 99, 101, 5_000, 50_000])
    opening, closing = rng.choice([("[", "]"), ('{"a":', "}"), ('{"components":[', "]}")])
    at = rng.choice([0, rng.randrange(len(text))])
    return text[:at] + opening * deep + closing * rng.choice([0, deep]) + text[at:]


def changed(rng: Random, text: str) -> str:
    """Put other values in the places of some, and change keys."""
    value: Any = json.loads(text.removeprefix("```json").removesuffix("```"))
    places: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict | list):
            keys = list(one) if isinstance(one, dict) else list(range(len(one)))
            places += [(one, key) for key in keys]
            waiting += [one[key] for key in keys]
    for owner, key in rng.sample(places, min(len(places), rng.randint(1, 10))):
        owner[key] = rng.choice(VALUES)
    for component in value["components"] if isinstance(value["components"], list) else ():
        if isinstance(component, dict) and rng.random() < 0.3:
            component[rng.choice(["order", "block"])] = rng.randint(-1, 12)
    return json.dumps(value)


def shuffled(rng: Random, text: str) -> str:
    return "".join(rng.choices(text.split(" ") + JUNK, k=rng.randint(1, 2_000)))


DAMAGES: list[Callable[[Random, str], str]] = [cut, spliced, repeated, nested, changed, shuffled]


def check_hostile_texts(count: int) -> None:
    texts = [
        to_answer(one.workflow) for one in generate_workflows("hostile", min(count, 500), 6, 20)
    ]
    rng = Random("hostile")
    seen: set[str] = set()
    for number in range(count):
        damage = rng.choice(DAMAGES)
        text = damage(rng, texts[number % len(texts)])
        if rng.random() < 0.3:
            text = rng.choice([cut, spliced, repeated])(rng, text or " ")
        started = time.process_time()
        answer = read_answer(text)
        spent = time.process_time() - started
        assert spent < MAX_SECONDS, (number, damage.__name__, spent)
        codes = [error.code for error in answer.errors]
        assert set(codes) <= set(CODES)
        assert max(map(codes.count, codes), default=0) <= MAX_ERRORS_OF_A_CODE
        seen.update(codes)
        if answer.workflow is None:
            assert answer.errors
            continue
        assert _size(answer.workflow) <= 3 * MAX_NODES
        # What was read is text that can be written, and what follows does not raise either.
        assert parse_document(to_json(answer.workflow)) == answer.workflow
        features(answer.workflow)
        pill_errors(answer.workflow)
    assert len(seen) > 15  # so that the damage was of many kinds


def _size(workflow: Workflow) -> int:
    return sum(1 + len(one.inputs or ()) for one in workflow.components)


def many(unit: str, before: str = "[", behind: str = "]") -> str:
    """Return as many of `unit` as a quarter of the longest answer holds: memory grows evenly."""
    count = (MAX_ANSWER_CHARACTERS // 4 - len(before) - len(behind)) // (len(unit) + 1)
    return before + ",".join([unit] * count) + behind


STEPS = ('{"components":[', "]}")
INPUTS = ('{"components":[{"definition":"a","order":1,"inputs":[', "]}]}")
GREEDY = {
    "open brackets": "[" * MAX_ANSWER_CHARACTERS,
    "one text": '"' + "x" * (MAX_ANSWER_CHARACTERS - 2) + '"',
    "one text of wide letters": '"' + "\U0001f600" * (MAX_ANSWER_CHARACTERS - 2) + '"',
    "one text in what was cut off": '```json\n{"a":[{"b":"' + "\U0001f600" * 900_000 + '"}],"c":"',
    "one number": "1" * MAX_ANSWER_CHARACTERS,
    "one number as order": '{"components":[{"order":' + "1" * 999_000 + "}]}",
    "quotes": '"' * MAX_ANSWER_CHARACTERS,
    "numbers": many("9" * 4_300),
    "small numbers": many("1.5"),
    "texts": many('"ab"'),
    "objects": many("{}"),
    "objects with a key": many('{"":1}'),
    "a repeated key": many('"a":[]', "{", "}"),
    "many keys": "{" + ",".join(f'"{number}":{{}}' for number in range(20_000)) + "}",
    "lists in lists": many("[" * 95 + "]" * 95),
    "objects in objects": many('{"":' * 95 + "1" + "}" * 95),
    "objects, cut off": many('{"":{}}')[:-1],
    "steps": many('{"":1}', *STEPS),
    "steps that can be read": many('{"definition":"a","order":1}', *STEPS),
    "inputs": many('{"":{}}', *INPUTS),
}


def peak_while_reading(text: str) -> int:
    tracemalloc.start()
    try:
        read_answer(text)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("case", GREEDY)
def test_reading_takes_the_memory_that_is_promised(case: str) -> None:
    text = GREEDY[case]
    assert 100_000 < len(text) <= MAX_ANSWER_CHARACTERS
    assert peak_while_reading(text) <= BYTES_OF_A_CHARACTER * len(text)


@pytest.mark.parametrize("unit", ["[", "{},", "1", '"a":[],', "[" * 50 + "]" * 50])
def test_what_is_too_long_is_refused_unread(unit: str) -> None:
    text = unit * (10_000_000 // len(unit))
    (error,) = read_answer(text).errors
    assert (error.code, error.message) == ("too_large", "more than 1,000,000 characters")
    assert peak_while_reading(text) < 10_000


def test_500_hostile_texts_are_read_in_bounded_time() -> None:
    check_hostile_texts(500)


@pytest.mark.slow
def test_10000_hostile_texts_are_read_in_bounded_time() -> None:
    check_hostile_texts(10_000)


def test_many_errors_of_one_kind_hide_none_of_another() -> None:
    many = [{"annotation": f"step {order}", "category": "action"} for order in range(700)]
    answer = read_answer(json.dumps(flow(*many, step(1), step(2, "ELSE"), step(3, block=2))))
    codes = [error.code for error in answer.errors]
    assert codes.count("missing_key") == MAX_ERRORS_OF_A_CODE
    assert "else_without_if" in codes
