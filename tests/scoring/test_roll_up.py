"""The roll-up of explanations: what a whole set of candidates lost its score by."""

from __future__ import annotations

import json
import random

import pytest

from sketch2flow.scoring import explain, roll_up
from sketch2flow.scoring.explanations import Confusion, Explanation, Frequency, Share
from tests.scoring.test_explanations import DAILY, flow, step
from tests.scoring.vector_files import PUBLIC, scored_vectors


def explained(candidate: object, reference: object, with_inputs: bool = True) -> Explanation:
    return explain(json.dumps(candidate), json.dumps(reference), with_inputs=with_inputs)


def test_edits_are_counted_by_operation_kind_and_definition() -> None:
    a, b, log = step("a", 1), step("b", 2), step("log", 3, level="info")
    weekly = {**DAILY, "type": "weekly"}
    told = roll_up(
        [
            explained(flow(a, b), flow(a, b, log)),
            explained(flow(a, b, trigger=weekly), flow(a, b)),
            explained(flow(a, step("bb", 2)), flow(a, b)),
            explained(flow(a, step("bb", 2), log), flow(a, b)),
            explained(flow(step("log", 1, level="x")), flow(step("log", 1, level="y"))),
            explained(flow(step("log", 1, level="x")), flow(step("log", 1, text="y"))),
            explained({"components": None}, flow(a)),
        ]
    )
    assert (told.pairs, told.not_compared, told.distance) == (7, 1, 12)
    assert told.missed == (Frequency("log", 1, 3),)
    assert told.extra == (Frequency("log", 1, 3),)
    assert told.renamed == (
        Confusion("component", "bb", "b", 2),
        Confusion("input", "level", "text", 1),
        Confusion("trigger", "weekly", "daily", 1),
    )
    assert told.operations == (
        Share("renamed", 8, 8 / 12),
        Share("extra", 2, 2 / 12),
        Share("missed", 2, 2 / 12),
    )
    assert told.kinds == (
        Share("component", 6, 6 / 12),
        Share("input", 4, 4 / 12),
        Share("trigger", 2, 2 / 12),
    )


def test_inner_components_of_what_was_missed_count_and_moved_ones_do_not() -> None:
    block = [step("FOREACH", 1), step("log", 2, 1)]
    told = roll_up([explained(flow(), flow(*block))])
    assert told.missed == (Frequency("FOREACH", 1, 1), Frequency("log", 1, 1))
    steps = [step("IF", 1), step("log", 2, 1, level="info"), step("FOREACH", 3), step("stop", 4, 3)]
    moved = [step("IF", 1), step("FOREACH", 2), step("stop", 3, 2), step("log", 4, 2, level="info")]
    told = roll_up([explained(flow(*steps), flow(*moved))])
    assert (told.missed, told.extra, told.operations) == ((), (), (Share("moved", 4, 1.0),))


def test_the_order_of_the_pairs_changes_nothing() -> None:
    told = [explain(one["candidate"], one["reference"]) for one in scored_vectors(PUBLIC)]
    shuffled = random.Random(0).sample(told, len(told))
    rolled = roll_up(told)
    assert rolled == roll_up(shuffled)
    assert rolled.distance == sum(one.distance or 0 for one in told)
    for shares in (rolled.kinds, rolled.operations):
        assert sum(row.cost for row in shares) == rolled.distance
        assert sum(row.share for row in shares) == pytest.approx(1)
    for rows in (rolled.missed, rolled.extra):
        assert all(row.times <= row.total for row in rows)
    value = rolled.to_object()
    assert json.loads(json.dumps(value)) == value
    assert list(value) == [
        "pairs", "not_compared", "distance", "kinds", "operations", "missed", "extra", "renamed",
    ]  # fmt: skip
    assert set(value["missed"][0]) == {"definition", "times", "total"}


def test_no_pairs_and_no_edits() -> None:
    assert roll_up([]).to_object()["pairs"] == 0
    told = roll_up([explained(flow(), flow())])
    assert (told.distance, told.kinds, told.operations) == (0, (), ())


def test_variants_are_not_mixed() -> None:
    with pytest.raises(ValueError, match="different modes or variants"):
        roll_up(explained(flow(), flow(), with_inputs) for with_inputs in (False, True))
