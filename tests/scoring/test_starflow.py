"""The quirks of the official semantics, each by a small case."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sketch2flow.scoring import PairScore, score_pair
from sketch2flow.scoring.starflow.answers import read_value
from sketch2flow.scoring.starflow.outline import outline
from sketch2flow.scoring.starflow.queries import query_nodes

EMPTY: dict[str, Any] = {"trigger": None, "components": []}


def step(definition: str = "log", **more: Any) -> dict[str, Any]:
    return {"category": "action", "definition": definition, "scope": "global", **more}


def flow(*components: Any, **more: Any) -> dict[str, Any]:
    return {"trigger": None, "components": list(components), **more}


def score(candidate: object, reference: object) -> PairScore:
    texts = [v if isinstance(v, str) else json.dumps(v) for v in (candidate, reference)]
    return score_pair(texts[0], texts[1])


def labels(value: object, with_inputs: bool = True) -> list[str]:
    tree = outline(value, with_inputs)
    assert tree is not None
    return [f"{depth} {label}" for depth, label in zip(tree.depths, tree.labels, strict=True)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        ('Here: ```json\n{"a": 1}\n``` done', {"a": 1}),
        ('```json ```json {"a": 1} ``` ```', {"a": 1}),
        ('{"a": 1}\n```', {"a": 1}),
        ('```json\n{"a": 1}', EMPTY),  # never closed
        ('```\n{"a": 1}\n```', EMPTY),  # the word is missing
        ('```JSON\n{"a": 1}\n```', EMPTY),
        ('```json {"a": 1} ``` or ```json {"a": 2} ```', EMPTY),
        ('Sure: {"a": 1}', EMPTY),
        ('\ufeff{"a": 1}', EMPTY),
        ('{"a": 1, "a": 2}', {"a": 2}),
        ("", EMPTY),
        ("[" * 100 + "x" + "[" * 5_000, EMPTY),  # broken before it is deep
    ],
)
def test_text_to_value(text: str, value: object) -> None:
    assert read_value(text) == value


@pytest.mark.parametrize("text", ["[" * 5_000, "[" * 950 + "]" * 950, '{"a":' * 2_000 + "1"])
def test_nesting_over_the_limit_raises(text: str) -> None:
    with pytest.raises(RecursionError):
        read_value(text)


@pytest.mark.parametrize(
    "query",
    [
        "^EQ", "a to z", "", "active", "^a=1", "a=1^EQ", "a=1^", "a=1^ORDERBYx", "vendor=ORACLE",
        "a=b=1", "nameISEMPTY^b", "aNSAMEASb", "ACTIVE IN 1 IN 2", "a=1^^b=2", "= =", "a==",
    ],
)  # fmt: skip
def test_unreadable_queries_are_one_blank_node(query: str) -> None:
    assert query_nodes(query) == [(0, "", "value")]


def test_readable_queries_are_a_sorted_comb() -> None:
    assert query_nodes("b=2^ORaISEMPTY^NQaLIKEx") == [
        (0, "^NQ", "connective"), (1, "a", "field"), (2, "ISEMPTY", "operator"), (2, "", "value"),
        (1, "^OR", "connective"), (2, "a", "field"), (3, "LIKE", "operator"), (3, "x", "value"),
        (2, "b", "field"), (3, "=", "operator"), (3, "2", "value"),
    ]  # fmt: skip
    assert query_nodes("=1") == [(0, "", "field"), (1, "=", "operator"), (1, "1", "value")]


def test_trees_hold_what_the_official_trees_hold() -> None:
    value = {
        "trigger": {"type": "daily", "inputs": [{"name": "time", "value": 1.0}]},
        "inputs": {"items": [{"name": "r", "type": "records", "reference": "task"}, {}]},
        "outputs": None,
        "components": [
            {"category": "flowlogic", "definition": "forEach", "order": 1},
            step(order=2, block=1, inputs=[{"name": "values", "value": "a=1"}, {"name": "b"}]),
        ],
    }
    assert labels(value) == [
        "0 flow", "1 trigger", "2 daily", "3 inputs", "4 time: 1.0",
        "1 inputs", "2 r: records [task]", "2 : string", "1 outputs",
        "1 components", "2 flowlogic___FOREACH___global", "3 action___log___global",
        "4 inputs", "5 b: ", "5 values", "6 a", "7 =", "7 1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("components", "expected"),
    [
        ([step("a", order=1), step("b", order=2, block=9)], ["2 a"]),  # an orphan vanishes
        ([step("a", order=1, block=1)], []),
        ([step("b", order=2, block=1), step("a", order=1)], ["2 a", "3 b"]),
        ([step("a", order=True), step("b", order=2.5, block=1.0)], ["2 a", "3 b"]),
        ([step("a", order="2"), step("b", order="10", block="2")], ["2 a"]),  # as text 10 < 2
        ([step("a"), step("b", order=1, block=-100)], ["2 a", "3 b"]),
        ([step("a", order=1), step("b", block=1)], ["2 a"]),
        (
            [step("a", order=1), step("b", order=1), step("c", order=2, block=1)],
            ["2 a", "3 c", "2 b", "3 c"],  # repeated orders copy the children
        ),
        ([step("a", order=float("nan")), step("b", order=3)], ["2 a", "2 b"]),
    ],
)
def test_nesting(components: list[Any], expected: list[str]) -> None:
    found = [label.split("___")[0:2] for label in labels(flow(*components))[3:]]
    assert [" ".join([a.split()[0], b]) for a, b in found] == expected


@pytest.mark.parametrize(
    "candidate",
    [
        flow(step(order=None)),
        flow(step(order=1), step(order="2")),
        flow("x"),
        flow(trigger=[]),
        flow(inputs=[]),
        flow({"category": "flowlogic", "definition": None}),
        {"components": None},
        ["trigger"],
        5,
        None,
        '"a trigger"',
    ],
)
def test_a_malformed_piece_on_either_side_scores_zero(candidate: object) -> None:
    for pair in ((candidate, flow(step())), (flow(step()), candidate)):
        result = score(*pair)
        assert result.error is None
        assert result.scores["flow_sim_no_inputs"] == result.scores["flow_sim_with_inputs"] == 0.0
        assert result.scores["flow_bleu_no_inputs"] == result.scores["flow_bleu_with_inputs"] == 0.0


def test_a_trigger_type_that_is_no_text_stops_flow_similarity_only() -> None:
    value = flow(step(), trigger={"type": None})
    result = score(value, value)
    assert (result.scores["flow_sim_no_inputs"], result.scores["flow_bleu_no_inputs"]) == (0.0, 1.0)
    listed = flow(step(), trigger={"type": ["daily"]})
    assert score(listed, listed).scores["flow_bleu_no_inputs"] == 0.0


def test_similarity_may_be_negative_and_points_go_to_empty_answers() -> None:
    # Weights in d, lines in n: `inputs: x` costs 1 and does not count, a blank the reverse.
    inputs = [{"name": "inputs", "value": "x"}, {"name": "flow", "value": "y"}]
    loud = flow(trigger={"type": "flow", "inputs": [*inputs, {"name": "b", "value": ""}]})
    assert score(loud, EMPTY).scores["flow_sim_with_inputs"] == -2.0
    blank = flow(step(inputs=[{"name": "values", "value": "^EQ"}]))
    assert score("", blank).scores["flow_sim_with_inputs"] == 0.5


def test_line_breaks_in_labels_count_as_nodes() -> None:
    plain = flow(step(inputs=[{"name": "a", "value": "x"}]))
    broken = flow(step(inputs=[{"name": "a", "value": "x\n12:y\n3:flow\n4"}]))
    assert score(plain, flow()).scores["flow_sim_with_inputs"] == 0.0
    assert score(broken, flow()).scores["flow_sim_with_inputs"] == pytest.approx(1 - 2 / 3)


def test_two_empty_flows() -> None:
    result = score("no json", "no json")
    assert (result.scores["flow_sim_no_inputs"], result.scores["flow_bleu_no_inputs"]) == (1.0, 0.0)
    assert result.scores["flow_trigger_match_score"] is None
    assert result.scores["flow_component_match_score"] is None


def test_trigger_match_is_equality_of_json_text() -> None:
    def match(left: object, right: object) -> float | None:
        return score(flow(trigger=left), flow(trigger=right)).scores["flow_trigger_match_score"]

    one, two = {"name": "a", "value": "1"}, {"name": "b", "value": "2"}
    assert match({"type": "x", "inputs": [one, two]}, {"type": "x", "inputs": [two, one]}) == 1.0
    assert match({"type": "x"}, {"type": "x", "inputs": [], "annotation": "y"}) == 1.0
    assert match({"type": "x"}, {"type": "x", "inputs": None}) == 0.0
    assert match({"type": "x", "inputs": [one]}, {"inputs": [{"name": "a", "value": 1}]}) == 0.0
    assert match({"type": "x"}, None) == 0.0
    assert match(None, None) is None
    assert match(["x"], {"type": "x"}) == 0.0


def test_component_match_knows_neither_defaults_nor_capitals() -> None:
    def match(left: object, right: object) -> float | None:
        return score({"components": left}, {"components": right}).scores[
            "flow_component_match_score"
        ]

    logic = {"category": "flowlogic", "definition": "IF", "scope": "global"}
    assert match([logic, logic, step("a")], [logic]) == 0.5
    assert match([{**logic, "definition": "if"}], [logic]) == 0.0
    assert match([step("a", block=7)], [step("a")]) == 1.0
    assert match([], []) is None
    assert match(None, None) == 0.0
    assert match({}, []) == 0.0


def test_a_tree_deeper_than_the_official_recursion_scores_zero() -> None:
    def nested(count: int) -> dict[str, Any]:
        return flow(*[step(order=i + 1, block=i or None) for i in range(count)])

    assert score(nested(330), nested(330)).scores["flow_sim_no_inputs"] == 1.0
    assert score(nested(331), nested(331)).scores["flow_sim_no_inputs"] == 0.0
    assert score(nested(331), nested(331)).scores["flow_bleu_no_inputs"] == 1.0
    assert score(nested(1_000), nested(1_000)).scores["flow_bleu_no_inputs"] == 0.0


def test_structure_errors_and_node_counts_stand_beside_the_scores() -> None:
    result = score(flow(step(inputs=[{"name": "values", "value": "a=1"}])), flow(step()))
    assert "missing_key" in result.structure_errors
    assert list(result.structure_errors) == sorted(set(result.structure_errors))
    assert (result.nodes_candidate, result.nodes_reference) == (4, 1)
