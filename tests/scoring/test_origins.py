"""Every node of a tree says what it is and where it stands in the JSON that was read."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from sketch2flow.scoring.modes import marked, mode
from sketch2flow.scoring.source import Source
from sketch2flow.scoring.starflow.answers import read_value
from sketch2flow.scoring.tree import KINDS, MarkedTree, Origin
from tests.scoring.vector_files import FUZZED, PUBLIC, leads_to, scored_vectors


def sources() -> Iterator[Source]:
    for vector in scored_vectors(PUBLIC, FUZZED):
        yield Source(vector["candidate"])
        yield Source(vector["reference"])


def tree_of(value: object, with_inputs: bool = True) -> MarkedTree:
    tree = marked("starflow")(Source(json.dumps(value)), with_inputs)
    assert tree is not None
    return tree


def test_marked_trees_are_the_trees_that_are_compared() -> None:
    compared = 0
    for source in sources():
        trees = [marked("starflow")(source, with_inputs) for with_inputs in (False, True)]
        pairs = mode("starflow")(source, source).trees
        assert [tree.tree for tree in trees if tree is not None] == [tree for tree, _ in pairs]
        compared += len(pairs)
    assert compared > 1_500


def test_pointers_lead_to_what_the_node_stands_for() -> None:
    for source in sources():
        tree = marked("starflow")(source, True)
        if tree is None:
            continue
        value = read_value(source.text)
        for label, origin in zip(tree.tree.labels, tree.origins, strict=True):
            assert leads_to(value, origin.pointer, origin.kind, str(label))


def test_kinds_come_from_the_place_and_not_from_the_label() -> None:
    entry = {"name": "values", "value": "daily=inputs^components=trigger"}
    step = {"category": "action", "definition": "inputs", "order": 1, "inputs": [entry]}
    tree = tree_of(
        {
            "trigger": {"type": "components", "inputs": [{"name": "flow", "value": "daily"}]},
            "inputs": {"items": [{"name": "trigger"}]},
            "components": [step],
        }
    )
    value, query = "/components/0/inputs/0", "/components/0/inputs/0/value"
    assert list(zip(tree.tree.labels, tree.origins, strict=True)) == [
        ("flow: daily", Origin("input", "/trigger/inputs/0")),
        ("inputs", Origin("structure", "/trigger/inputs")),
        ("components", Origin("trigger", "/trigger")),
        ("trigger", Origin("structure", "/trigger")),
        ("trigger: string", Origin("parameter", "/inputs/items/0")),
        ("inputs", Origin("structure", "/inputs")),
        ("=", Origin("operator", query)),
        ("trigger", Origin("value", query)),
        ("components", Origin("field", query)),
        ("=", Origin("operator", query)),
        ("inputs", Origin("value", query)),
        ("daily", Origin("field", query)),
        ("^", Origin("connective", query)),
        ("values", Origin("input", value)),
        ("inputs", Origin("structure", "/components/0/inputs")),
        ("action___inputs___global", Origin("component", "/components/0")),
        ("components", Origin("structure", "/components")),
        ("flow", Origin("structure", "")),
    ]
    assert {origin.kind for origin in tree.origins} == set(KINDS)


def test_origins_follow_sorted_inputs_nested_blocks_and_copies() -> None:
    entries = [{"name": "b", "value": "1"}, {"name": "a"}, {"name": "fields"}]
    tree = tree_of(
        {
            "components": [
                {"definition": "late", "order": 3, "block": 1},
                {"definition": "one", "order": 1, "inputs": entries},
                {"definition": "two", "order": 1},
            ]
        }
    )
    found = [
        (str(label).removeprefix("action___").removesuffix("___global"), origin.pointer)
        for label, origin in zip(tree.tree.labels, tree.origins, strict=True)
    ]
    assert found == [
        ("a: ", "/components/1/inputs/1"),
        ("b: 1", "/components/1/inputs/0"),
        ("", "/components/1/inputs/2"),  # a value that is not there: the entry itself
        ("fields", "/components/1/inputs/2"),
        ("inputs", "/components/1/inputs"),
        ("late", "/components/0"),
        ("one", "/components/1"),
        ("late", "/components/0"),
        ("two", "/components/2"),
        ("components", "/components"),
        ("flow", ""),
    ]


def test_there_is_no_tree_where_the_official_scorer_trips() -> None:
    for text in ('{"components": null}', '{"trigger": {"type": null}}', "5"):
        assert marked("starflow")(Source(text), True) is None


def test_an_unknown_mode_is_named() -> None:
    with pytest.raises(ValueError, match="unknown mode 'lax'; known modes: starflow"):
        marked("lax")
