"""Free words: said and stored alike, workflows stay valid, held-out words stay out."""

from __future__ import annotations

import re
from random import Random

from sketch2flow.workflow import Component, Input, Trigger, Workflow, structure_errors
from synth.free_words import fixed_words, free_nouns, free_word, is_held_out, with_free_words
from synth.generate import GeneratedWorkflow


def flow(*parts: tuple[str, dict[str, str]]) -> Workflow:
    (said, stored), *steps = parts

    def inputs(values: dict[str, str]) -> tuple[Input, ...]:
        return tuple(Input(name=name, value=value) for name, value in values.items())

    components = tuple(
        Component(
            annotation=said,
            category="action",
            definition="look_up_records",
            scope="global",
            order=order,
            inputs=inputs(stored),
        )
        for order, (said, stored) in enumerate(steps, 1)
    )
    trigger = Trigger(annotation=said, type="record_create", inputs=inputs(stored))
    return Workflow(type="flow", scope="global", trigger=trigger, components=components)


def test_words_are_of_their_part_and_hardly_ever_the_same() -> None:
    random = Random(0)
    for held_out in (False, True):
        words = [free_word(random, held_out) for _ in range(500)]
        assert all(is_held_out(word) == held_out for word in words)
        assert all(re.fullmatch("[a-z]{3,12}", word) for word in words)
        assert len(set(words)) > 450
        assert set("".join(words)) >= set("abcdefghijklmnoprstuvw")


def test_a_noun_is_replaced_wherever_it_is_said_or_stored() -> None:
    workflow = flow(
        ("when a parcel is created", {"table": "parcel"}),
        ("look up parcels", {"table": "parcel"}),
        ("update the parcel", {"record": "{{trigger.current}}"}),
    )
    assert free_nouns(workflow) == ["parcel"]
    found, (word,) = with_free_words(workflow, Random(1), 1.0)
    assert found.trigger is not None
    said = [found.trigger.annotation, *(step.annotation for step in found.components)]
    article = "an" if word[0] in "aeiou" else "a"
    assert said == [
        f"when {article} {word} is created",
        f"look up {word}s",
        f"update the {word}",
    ]
    assert [one.value for one in found.components[0].inputs or ()] == [word]
    assert found.components[1].inputs == workflow.components[1].inputs
    assert with_free_words(workflow, Random(1), 0.0) == (workflow, ())


def test_what_letters_do_not_tell_stays() -> None:
    created = ("when a parcel is created", {"table": "parcel"})
    assert free_nouns(flow(created, ("look up parcels", {"table": "fin_parcel"}))) == []
    in_a_pill = flow(created, ("mail it", {"to": "{{trigger.current.parcel}}"}))
    assert free_nouns(in_a_pill) == []
    coded = flow(created, ("find paid ones", {"query": "state=3"}))
    assert free_nouns(coded) == []  # state 3 is another one of another table
    counted = flow(created, ("find 3 crates", {"query": "crates=3"}))
    assert free_nouns(counted) == ["crates", "parcel"]
    unsaid = flow(created, ("look one up", {"table": "parcel"}))
    assert free_nouns(unsaid) == []
    mistyped = flow(created, ("look up pracels", {"table": "parcel"}))
    assert free_nouns(mistyped) == []


def test_of_a_message_every_word_is_free() -> None:
    workflow = flow(("every day", {}), ("log please update it", {"message": "please update it"}))
    found, words = with_free_words(workflow, Random(0), 1.0)
    (stored,) = found.components[0].inputs or ()
    assert stored.value == f"{words[0]} {words[1]} it"
    assert found.components[0].annotation == f"log {stored.value}"


def test_generated_workflows_stay_valid_and_say_what_they_store(
    sample: list[GeneratedWorkflow],
) -> None:
    random, new = Random(3), 0
    for one in sample[:300]:
        found, words = with_free_words(one.workflow, random, 1.0, held_out=True)
        new += len(words)
        assert not structure_errors(found)
        assert all(map(is_held_out, words))
        assert fixed_words().isdisjoint(words)
        parts = [part for part in (found.trigger, *found.components) if part is not None]
        said = "\n".join(part.annotation for part in parts)
        assert all(re.search(rf"\b{word}s?\b", said) for word in words if not found.inputs)
        for part in parts:
            for value in (item.value for item in part.inputs or ()):
                for word in set(re.findall("[a-z]+", value)) & set(words):
                    assert re.search(rf"\b{word}s?\b", part.annotation)
        for before, part in zip(one.workflow.components, found.components, strict=True):
            assert (before.definition, before.block) == (part.definition, part.block)
    assert new > 600
