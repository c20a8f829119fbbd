"""Thousands of damaged and hostile answers: each is read in bounded time, none raises."""

from __future__ import annotations

import json
import time
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
from sketch2flow.workflow.reading import MAX_ERRORS_OF_A_CODE
from synth.generate import generate_workflows
from tests.workflow.documents import flow, step

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
