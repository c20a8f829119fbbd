"""Slips: one word at most differs, numbers stay, and the rate is the one that was set."""

from __future__ import annotations

import re
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from synth.generate import generate_workflows
from synth.slips import ABBREVIATIONS, slip


@given(st.text(max_size=80), st.integers(0, 1_000))
def test_a_slip_changes_one_word_and_no_digit(text: str, seed: int) -> None:
    slipped = slip(Random(seed), text)
    assert re.findall(r"\d", slipped) == re.findall(r"\d", text)
    before, after = text.split(), slipped.split()
    assert len(before) == len(after)
    assert sum(one != other for one, other in zip(before, after, strict=True)) <= 1


def test_abbreviations_and_typing_errors_occur() -> None:
    text = "create an incident with priority high at 10:45"
    found = {slip(Random(seed), text) for seed in range(200)}
    assert "create an inc with priority high at 10:45" in found
    assert "craete an incident with priority high at 10:45" in found
    assert all("10:45" in one for one in found)
    assert all(short != word for word, short in ABBREVIATIONS.items())


def test_the_share_of_slips_is_the_one_that_was_set() -> None:
    clean = list(generate_workflows("synthetic", 300, 0, 8))
    assert clean == list(generate_workflows("synthetic", 300, 0, 8, slips=0.0))
    annotations = [
        component.annotation
        for one in generate_workflows("synthetic", 600, 0, 8, slips=0.5)
        for component in one.workflow.components
    ]
    short = {word for word in ABBREVIATIONS.values() if word.isalpha()}
    slipped = sum(not short.isdisjoint(text.split()) for text in annotations)
    assert 0.05 * len(annotations) < slipped < 0.5 * len(annotations)
