"""Soft match: free texts by their letters, all else as it was."""

from __future__ import annotations

import random
from functools import cache
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketch2flow.scoring import score_pair, score_pairs
from sketch2flow.scoring.engines import SOFT_ENGINES, engine, zhang_shasha
from sketch2flow.scoring.letters import character_errors, edit_distance
from sketch2flow.scoring.strict.soft import (
    MAX_CHARACTERS,
    SCALE,
    is_free_text,
    soft_pair,
    text_distance,
)
from sketch2flow.scoring.tree import Tree
from sketch2flow.workflow import to_json
from synth.generate import generate_workflows
from tests.scoring.flows import flow, score, similarity, step

# Few letters, so that texts are near to each other; accents and emoji are letters like others.
TEXTS = st.text("ab é🧨", max_size=12)


@cache
def by_definition(one: str, other: str) -> int:
    if not one or not other:
        return len(one) + len(other)
    return min(
        by_definition(one[:-1], other) + 1,
        by_definition(one, other[:-1]) + 1,
        by_definition(one[:-1], other[:-1]) + (one[-1] != other[-1]),
    )


@given(TEXTS, TEXTS)
def test_the_edit_distance_is_that_of_its_definition(one: str, other: str) -> None:
    assert edit_distance(one, other) == by_definition(one, other)


@given(TEXTS, TEXTS)
def test_character_errors_are_those_of_a_shortest_way(one: str, other: str) -> None:
    errors = character_errors(one, other)
    assert len(errors) == len(one)
    if one:
        assert sum(errors) == by_definition(one, other)


@pytest.mark.parametrize(
    ("truth", "answer", "errors"),
    [
        ("look up tasks", "look up taks", [0] * 10 + [1, 0, 0]),
        ("mail", "e-mail", [2, 0, 0, 0]),
        ("mail", "male", [0, 0, 1, 1]),
        ("ab", "", [1, 1]),
    ],
)
def test_errors_stand_where_they_are(truth: str, answer: str, errors: list[int]) -> None:
    assert character_errors(truth, answer) == errors


@given(TEXTS, TEXTS, TEXTS)
@settings(max_examples=300)
def test_the_distance_of_texts_is_a_metric(one: str, other: str, third: str) -> None:
    assert text_distance(one, one) == 0
    assert 0 <= text_distance(one, other) == text_distance(other, one) <= SCALE
    assert text_distance(one, third) <= text_distance(one, other) + text_distance(other, third)


def test_known_distances() -> None:
    assert edit_distance("kitten", "sitting") == 3
    assert text_distance("abc", "xyz") == SCALE * 2 * 3 // (3 + 3 + 3) + 1  # 2/3, rounded up
    assert text_distance("", "x") == SCALE
    tail = "x" * MAX_CHARACTERS
    assert text_distance(tail + "a", tail + "b") == 0


@pytest.mark.parametrize(
    ("value", "is_free"),
    [
        ("Incident resolved", True),
        ("größer als nötig", True),
        ("incident", False),
        ("noc@example.com", False),
        ("2027-01-10 23:30:00", False),
        ("{{trigger.current}} is new", False),
        ("javascript: new Date()", False),
        ("", False),
    ],
)
def test_free_text_has_words(value: str, is_free: bool) -> None:
    assert is_free_text(value) is is_free


def test_near_messages_cost_less_and_names_do_not() -> None:
    def said(message: str, name: str = "log_message") -> object:
        return flow(step(1, **{name: message}))

    near, far = said("the incident is new"), said("the incident was new")
    assert similarity(near, far) == 1 - 1 / 4
    # 2 of 19 and 20 characters: 2 d / (|x| + |y| + d) = 4 / 41, rounded up to thousandths.
    assert score(near, far, soft=True).scores["flow_sim_with_inputs"] == 1 - 0.098 / 4
    for one, other in ((said("incident"), said("incidents")), (near, said("the x", "message"))):
        assert score(one, other, soft=True) == score(one, other)
    cut = "many words " * 100
    found = score(said(cut + "x"), said(cut + "y"), soft=True).scores["flow_sim_with_inputs"]
    assert found == 1 - 0.001 / 4  # not looked at, and yet not equal


def test_soft_scores_are_no_lower_and_touch_flow_similarity_alone() -> None:
    texts = [to_json(one.workflow) for one in generate_workflows("synthetic", 150, 5, 12)]
    raised = 0
    for one, other in pairwise(texts):
        hard, soft = (score_pair(one, other, "strict", soft=soft).scores for soft in (False, True))
        changed = {name for name in hard if hard[name] != soft[name]}
        assert changed <= {"flow_sim_with_inputs", "flow_sim_with_inputs_unbroken"}
        before, after = hard["flow_sim_with_inputs"], soft["flow_sim_with_inputs"]
        assert before is not None
        assert after is not None
        assert before <= after < 1.0
        raised += after > before
        assert score_pair(one, one, "strict", soft=True).scores["flow_sim_with_inputs"] == 1.0
    assert raised > 5


def messages(random_: random.Random) -> Tree:
    """Return a small tree of steps and of inputs with free texts that are near to each other."""
    tree = Tree([], [], [], [])
    for place in range(random_.randint(1, 7)):
        kind = random_.choice(["input", "input", "value", "component"])
        text = "".join(random_.choice("ab") for _ in range(random_.randint(1, 3)))
        named = f"{random_.choice('mn')}: {text} {random_.choice('ab')}"
        tree.labels.append((kind, named if kind == "input" else random_.choice("xy")))
        tree.leftmost.append(random_.choice([place, 0]))
        tree.weights.append(1)
        tree.renames.append(2 if kind == "component" else 1)
    tree.leftmost[-1] = 0
    return tree


def test_engines_and_reductions_agree_on_soft_costs() -> None:
    random_ = random.Random("soft")
    softened = 0
    for _ in range(600):
        pair = soft_pair(messages(random_), messages(random_))
        if pair is None:
            continue
        softened += 1
        expected = zhang_shasha.zhang_shasha(*pair)
        for name in SOFT_ENGINES:
            assert engine(name)([pair]) == [expected], (name, pair)
        assert engine("python")([pair[::-1]]) == [expected]
    assert softened > 300


def test_soft_match_is_bounded() -> None:
    chatty = flow(*(step(i + 1, m=f"message {i} {'x' * 380}") for i in range(100)))
    other = flow(*(step(i + 1, m=f"another {i} {'y' * 380}") for i in range(100)))
    start = process_time()
    assert score(chatty, other, soft=True).error is None
    assert process_time() - start < 20
    more = flow(*(step(i + 1, m=f"message {i}") for i in range(101)))
    assert "more than 10,000 pairs" in str(score(more, other, soft=True).error)
    assert score(more, other).error is None


def test_soft_match_is_of_the_strict_mode() -> None:
    with pytest.raises(ValueError, match="mode 'starflow' has no soft match; it is in strict"):
        score_pairs([], soft=True)
