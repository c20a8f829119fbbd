"""Annotations say what is in the inputs, in many short phrasings."""

from __future__ import annotations

from random import Random

from sketch2flow.workflow import load_catalogue
from synth.generate import GeneratedWorkflow
from synth.wording import MESSAGES, WORDS, phrasings, say_time, with_article


def test_what_is_in_the_inputs_is_said(sample: list[GeneratedWorkflow]) -> None:
    """Recipients, messages, levels and choices can be read off the annotation."""
    for one in sample:
        for component in one.workflow.components:
            values = {value.name: value.value for value in component.inputs or ()}
            said = component.annotation
            for name in ("ah_subject", "message", "log_message", "log_level", "channel", "method"):
                assert values.get(name, "") in said
            if "path" in values:
                assert values["path"] in said
            words = said.split()
            assert 1 <= len(words) <= 22


def test_phrasings_are_many_and_short() -> None:
    catalogue = load_catalogue()
    keys = [*catalogue.triggers, *catalogue.actions, *catalogue.subflows, *catalogue.logic]
    for key in keys:
        assert len(phrasings(key)) >= 4, key
        assert len({one.template for one in phrasings(key)}) == len(phrasings(key))
        for one in phrasings(key):
            assert one.wants <= set(WORDS)
            assert one.fill(dict.fromkeys(WORDS, "x"))


def test_words_of_times_and_articles() -> None:
    rng = Random(0)
    said = {say_time(rng, 16, 45) for _ in range(100)}
    assert said == {"16:45", "4:45 pm", "a quarter to 5 pm"}
    assert {say_time(rng, 0, 0) for _ in range(100)} == {"00:00", "12:00 am", "12 am"}
    assert "half past 12 pm" in {say_time(rng, 12, 30) for _ in range(100)}
    assert [with_article(noun) for noun in ("incident", "user", "hr case", "problem")] == [
        "an incident", "a user", "an hr case", "a problem",
    ]  # fmt: skip
    assert all(len(text.split()) <= 4 for text in MESSAGES)
