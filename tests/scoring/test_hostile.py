"""Answers that are meant to hurt: no exception, bounded time, the rest goes on."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from itertools import count, islice
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketch2flow.scoring import METRICS, MODES, metrics_of, score_pair, score_pairs
from sketch2flow.scoring.metrics import OF_SOUNDNESS
from sketch2flow.workflow import to_json
from sketch2flow.workflow.catalogue import BUILT_IN
from synth.generate import generate_workflows

REFERENCE = json.dumps(
    {
        "trigger": {"type": "daily", "inputs": [{"name": "time", "value": "08:00"}]},
        "components": [
            {
                "category": "action",
                "definition": f"step_{i}",
                "scope": "global",
                "order": i + 1,
                "inputs": [{"name": "conditions", "value": f"a={i}^bISEMPTY"}],
            }
            for i in range(30)
        ],
    }
)


def component(order: Any, block: Any = None, **more: Any) -> dict[str, Any]:
    return {"category": "action", "definition": "x", "order": order, "block": block, **more}


def flow(components: list[dict[str, Any]]) -> str:
    return json.dumps({"trigger": None, "components": components})


def query(clauses: int) -> str:
    value = "^".join(f"a{i}={i}" for i in range(clauses))
    return flow([component(1, inputs=[{"name": "values", "value": value}])])


HOSTILE = {
    "deep list": "[" * 1_000 + "]" * 1_000,
    "very deep object": '{"a":' * 100_000,
    "deep value": f'{{"components": [{{"inputs": [{{"value": {"[" * 800}{"]" * 800}}}]}}]}}',
    "nested 1,000 deep": flow([component(i + 1, i or None) for i in range(1_000)]),
    "huge integer": '{"trigger": null, "components": [{"order": ' + "9" * 5_000 + "}]}",
    "big integers": flow([component(10**400), component(10**401, 10**400)]),
    "1,000 repeated orders": flow([component(i // 2 + 1, i // 2 or None) for i in range(1_000)]),
    "all orders equal": flow([component(1, None if i < 500 else 1) for i in range(1_000)]),
    "1,000 components": flow([component(i + 1) for i in range(1_000)]),
    "100,000 components": flow([component(i + 1) for i in range(100_000)]),
    "400 clauses": query(400),
    "20,000 clauses": query(20_000),
    "lone surrogates": '{"trigger": {"type": "\\ud800"}, "components": [{"scope": "\\udfff"}]}',
    "raw lone surrogate": '{"trigger": {"type": "\ud800"}, "components": []}',
    "NaN orders": '{"components": [{"order": NaN, "block": NaN}, {"order": 1}, {"block": 1}]}',
    "NaN": "NaN",
    "infinite": '{"components": [{"order": Infinity}, {"order": 1e999, "block": -Infinity}]}',
    "list": "[1, 2]",
    "number": "5",
    "text": '"trigger"',
    "null": "null",
    "empty": "",
    "backticks": "```" * 100_000,
    "open strings": '{"' * 100_000,
    "long label": flow([component(1, definition="y\n1:" * 300_000)]),
    "list orders": '{"components": [{"order": [1]}, {"order": [NaN], "block": [1]}]}',
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("mode", MODES)
def test_a_hostile_candidate_is_scored_or_reported_in_bounded_time(mode: str, name: str) -> None:
    start = process_time()
    for pair in ((HOSTILE[name], REFERENCE), (REFERENCE, HOSTILE[name])):
        score = score_pair(*pair, mode=mode, catalogue=BUILT_IN)
        values = [score.scores.get(metric) for metric in metrics_of(mode)]
        if score.error is not None:
            assert set(score.scores) <= set(OF_SOUNDNESS)
            assert "\n" not in score.error
        else:
            assert all(value is None or value <= 1.0 for value in values)
            assert mode == "starflow" or all(value is None or value >= 0.0 for value in values)
    assert process_time() - start < 20  # seconds; a tenth of it where nothing else runs


@pytest.mark.parametrize("name", HOSTILE)
def test_strict_scores_every_hostile_candidate_but_those_over_the_limits(name: str) -> None:
    score = score_pair(HOSTILE[name], REFERENCE, mode="strict", soft=True)
    assert score.error is None or score.error.startswith("TooLargeError: ")
    if score.error is None and not score.nodes_candidate:
        assert {score.scores[metric] for metric in METRICS} == {0.0}


@pytest.mark.parametrize("name", ["1,000 repeated orders", "100,000 components", "20,000 clauses"])
def test_what_is_over_the_limits_is_an_error(name: str) -> None:
    assert "more than 5,000" in str(score_pair(HOSTILE[name], REFERENCE).error)


KEYS = ("trigger", "components", "inputs", "items", "name", "value", "type", "order", "block")
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
JSON = st.recursive(
    SCALARS | st.sampled_from(["conditions", "a=1^ORb>2", "flowlogic", "daily"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=12,
)
FLOWS = st.fixed_dictionaries(
    {},
    optional={
        "trigger": JSON,
        "inputs": JSON,
        "components": st.lists(
            st.dictionaries(
                st.sampled_from(["category", "definition", "scope", "order", "block", "inputs"]),
                JSON,
            ),
            max_size=4,
        ),
    },
)


ODD = [
    *(None, True, -1, 0, 10**400, 1.5, "", "\ud800", "{{", "a=1^ORb", [], {}, [[]], "x" * 5_000),
    *(float("nan"), float("inf"), "IF", "ELSE", "flowlogic", "{{step_1.record.x}}", 1, 2, "1"),
    *({"name": "values", "value": "a=1^b"}, {"order": 1, "definition": "x"}, {"items": [1]}),
]


def spoiled(random_: random.Random, value: Any, depth: int = 0) -> Any:
    """Return a copy of a JSON value with an odd value, a loss or a repetition here and there."""
    if random_.random() < 0.02:
        return random_.choice(ODD)
    if isinstance(value, list):
        kept = [spoiled(random_, one, depth + 1) for one in value if random_.random() > 0.02]
        return kept * random_.choice([1] * 60 + [2, 20]) if depth < 3 else kept
    if isinstance(value, dict):
        items = value.items()
        return {
            key: spoiled(random_, one, depth + 1) for key, one in items if random_.random() > 0.02
        }
    return value


def hostile_pairs(seed: int) -> Iterator[tuple[str, str, str]]:
    """Yield pairs without end: spoiled JSON of spoiled shapes, some cut or with odd letters."""
    made = generate_workflows("synthetic", 40, seed, max_components=12)
    references = [to_json(one.workflow) for one in made]
    for number in count():
        random_ = random.Random(f"{seed}/{number}")
        reference = random_.choice(references)
        text = json.dumps(spoiled(random_, json.loads(reference)), ensure_ascii=False)
        for _ in range(random_.choice([0, 0, 0, 1, 5])):
            place = random_.randrange(len(text))
            text = text[:place] + random_.choice('"\\{}[],:0\0\ud800é\n') + text[place + 1 :]
        cut = random_.randrange(len(text)) if random_.random() < 0.2 else None
        yield str(number), text[:cut], reference


def check_fuzzed(texts: int, seed: int) -> None:
    pairs = islice(hostile_pairs(seed), texts)
    start = process_time()
    for name, score in score_pairs(pairs, mode="strict", catalogue=BUILT_IN, soft=True):
        if score.error is not None:
            assert score.error.startswith("TooLargeError: "), name
            continue
        assert all(value is None or 0.0 <= value <= 1.0 for value in score.scores.values()), name
    assert process_time() - start < 30 + texts / 10  # seconds; a tenth where nothing else runs


def test_fuzzed_answers_are_scored_in_strict_mode() -> None:
    check_fuzzed(500, seed=1)


@pytest.mark.slow
def test_many_fuzzed_answers_are_scored_in_strict_mode() -> None:
    check_fuzzed(10_000, seed=2)


@given(FLOWS, FLOWS)
@settings(max_examples=150, deadline=None)
def test_any_json_is_scored_without_an_error_in_strict_mode(
    candidate: object, reference: object
) -> None:
    score = score_pair(json.dumps(candidate), json.dumps(reference), "strict", catalogue=BUILT_IN)
    if score.error is not None:  # a number that no document can have
        assert score.error.startswith("the reference: ")
        return
    assert all(value is None or 0.0 <= value <= 1.0 for value in score.scores.values())


@given(FLOWS, FLOWS)
@settings(max_examples=200, deadline=None)
def test_any_json_is_scored_without_an_error(candidate: object, reference: object) -> None:
    score = score_pair(json.dumps(candidate), json.dumps(reference))
    assert score.error is None
    assert score.scores["flow_sim_no_inputs"] is not None


@given(st.text() | st.binary().map(lambda data: data.decode("utf-8", "surrogateescape")))
@settings(max_examples=100, deadline=None)
def test_any_text_is_scored(text: str) -> None:
    assert score_pair(text, REFERENCE).error is None
