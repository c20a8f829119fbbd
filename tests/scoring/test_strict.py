"""The strict mode by small cases: what each quirk of the official scorer became."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest

from sketch2flow.scoring import METRICS, metrics_of, score_pair
from sketch2flow.scoring.metrics import OF_SOUNDNESS
from sketch2flow.scoring.source import Source
from sketch2flow.scoring.strict import marked_tree
from sketch2flow.scoring.strict.labels import Label
from sketch2flow.scoring.strict.queries import canonical_query, query_nodes
from sketch2flow.scoring.tree import KINDS, MAX_NODES
from tests.scoring.flows import flow, score, similarity, step, trigger


def shown(value: object, with_inputs: bool = True) -> list[str]:
    """Return the tree in post-order: kind, text and number of descendants."""
    marked = marked_tree(Source(json.dumps(value)), with_inputs)
    assert marked is not None
    tree, labels = marked.tree, cast(list[Label], marked.tree.labels)
    return [
        f"{kind} {text} {place - left}"
        for place, ((kind, text), left) in enumerate(zip(labels, tree.leftmost, strict=True))
    ]


def test_the_tree_of_a_flow() -> None:
    value = flow(
        step(1, "forEach"),
        step(2, "log", 1, values="b=2^a=1", b="y", a="x"),
        trigger=trigger("record_create", table="task"),
    )
    value["components"][0]["category"] = "flowlogic"
    assert shown(value) == [
        "input table: task 0", "structure inputs 1", "trigger record_create 2",
        "structure trigger 3",
        "input a: x 0", "input b: y 0",
        "operator = 0", "value 1 0", "field a 2", "operator = 0", "value 2 0", "field b 2",
        "connective ^ 6", "input values 7", "structure inputs 10",
        "component action___log___global 11", "component flowlogic___FOREACH___global 12",
        "structure components 13",
        "structure flow 18",
    ]  # fmt: skip
    assert shown(value, with_inputs=False) == [
        "trigger record_create 0", "structure trigger 1",
        "component action___log___global 0", "component flowlogic___FOREACH___global 1",
        "structure components 2", "structure flow 5",
    ]  # fmt: skip


def test_the_tree_of_a_subflow_has_its_parameters() -> None:
    given = {"items": [{"name": "r", "type": "records", "reference": "task"}, {"name": "a"}]}
    assert shown({"type": "subflow", "trigger": None, "inputs": given, "components": []}) == [
        "parameter a: string 0", "parameter r: records [task] 0", "structure inputs 2",
        "structure flow 3",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", []),
        ("^EQ", []),
        ("aISEMPTY^EQ", ["0 a", "1 ISEMPTY"]),
        ("a=", ["0 a", "1 =", "1 "]),
        ("name=VENDOR OR NOT", ["0 name", "1 =", "1 VENDOR OR NOT"]),
        ("b=2^ORa=1", ["0 ^OR", "1 a", "2 =", "2 1", "1 b", "2 =", "2 2"]),
        (
            "c=3^NQb=2^a=1^ORDERBYDESCd^ORDERBYa",
            ["0 ^NQ", "1 ^", "2 a", "3 =", "3 1", "2 b", "3 =", "3 2", "1 c", "2 =", "2 3",
             "0 d", "1 ORDERBYDESC", "0 a", "1 ORDERBY"],
        ),
        ("a=1^^b", ["0 a", "1 =", "1 1^b"]),
        ("no query at all", ["0 no query at all"]),
        ("ACTIVE=true", ["0 ACTIVE=true"]),
    ],
)  # fmt: skip
def test_queries_are_taken_apart(query: str, expected: list[str]) -> None:
    assert [f"{depth} {text}" for depth, (_, text) in query_nodes(query)] == expected


def test_order_that_means_nothing_is_not_looked_at_grouping_is() -> None:
    def of(query: str) -> Any:
        found = canonical_query(query)
        assert found is not None
        return found

    assert of("a=1^b=2^ORc=3") == of("c=3^ORb=2^a=1")
    assert of("a=1^NQb=2^c=3") == of("c=3^b=2^NQa=1")
    assert of("a=1^EQ") == of("a=1")
    assert of("a=1^b=2^ORc=3") != of("a=1^ORb=2^c=3")
    assert of("a=1^NQb=2^c=3") != of("a=1^b=2^NQc=3")
    assert of("a=1^ORDERBYb^ORDERBYc") != of("a=1^ORDERBYc^ORDERBYb")
    assert canonical_query("^a=1") is None


def test_unreadable_queries_differ() -> None:
    def with_query(query: str) -> Any:
        return flow(step(1, conditions=query))

    assert similarity(with_query("X!"), with_query("X!")) == 1.0
    # Of step, input name and leaf on both sides one is renamed.
    assert similarity(with_query("X!"), with_query("Y!")) == 1 - 1 / 6
    assert similarity(with_query("X!"), with_query("a=1")) < 1 - 1 / 6


@pytest.mark.parametrize(
    "word", ["daily", "email", "action_name", "inputs", "flow", "", "1:x\n2:y"]
)
def test_kinds_decide_and_never_text(word: str) -> None:
    # One rename of an input, of a value in a query: cost 1, whatever the words.
    assert similarity(flow(step(1, a=word)), flow(step(1, a="x"))) == 1 - 1 / 4
    tested = flow(step(1, values=f"a={word}"))
    assert similarity(tested, flow(step(1, values="a=x"))) == 1 - 1 / 10
    # An input more costs 1 of 3.
    assert similarity(flow(step(1, a=word)), flow(step(1))) == 1 - 1 / 3


def test_triggers_and_components_cost_two_to_rename() -> None:
    def started(type_: str) -> Any:
        return flow(step(1), trigger=trigger(type_))

    for first, second in (("daily", "weekly"), ("manual", "another"), ("x", "daily")):
        assert score(started(first), started(second)).scores["flow_sim_no_inputs"] == 0.5
    renamed = score(flow(step(1), step(2, "x")), flow(step(1), step(2, "y")))
    assert renamed.scores["flow_sim_no_inputs"] == 0.5


def test_what_starflow_scores_above_one_or_below_zero() -> None:
    loud = flow(trigger=trigger("flow", inputs="x", flow="y", b=""))
    empty = flow(step(1, values="^EQ"))
    assert score("", loud).scores["flow_sim_with_inputs"] == 0.0
    # Of 4 and 2 nodes one input is renamed, all else deleted or inserted.
    assert similarity(loud, empty) == pytest.approx(1 - 5 / 6)
    assert score("", empty).scores["flow_sim_with_inputs"] == 0.0


def test_logic_words_count_in_capitals_and_annotations_not_at_all() -> None:
    lower = flow({**step(1, "IF"), "definition": "if"}, step(2, block=1))
    spoken = flow({**step(1, "IF"), "annotation": "test it"}, step(2, block=1), scope="x_app")
    assert set(score(lower, spoken).scores.values()) <= {1.0, None}


@pytest.mark.parametrize("block", [9, 2, 3], ids=["unknown", "itself", "later"])
def test_an_orphan_stands_at_the_top_level(block: int) -> None:
    orphan = flow(step(1), step(2, "send_email", block), step(3, "IF"))
    healed = flow(step(1), step(2, "send_email"), step(3, "IF"))
    found = score(orphan, healed)
    assert found.scores["flow_sim_with_inputs"] == 1.0
    assert {"block_unknown", "block_not_before"} & set(found.structure_errors)


def test_repeated_orders_copy_nothing() -> None:
    value = flow(step(1, "IF"), step(1, "IF"), step(2, "log", 1))
    assert shown(value, with_inputs=False) == [
        "component action___log___global 0", "component flowlogic___IF___global 1",
        "component flowlogic___IF___global 0", "structure components 3", "structure flow 4",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "answer", ["", "no json", "[1, 2]", "null", "5", "{}", '{"trigger": null}']
)
def test_an_unreadable_or_empty_answer_scores_zero_everywhere(answer: str) -> None:
    for reference in (
        flow(step(1, a="x"), trigger=trigger(time="1")),
        flow(step(1), type="subflow"),
    ):
        found = score(answer, reference)
        assert found.error is None
        assert found.scores == {**dict.fromkeys(metrics_of("strict"), 0.0), "would_activate": None}
        assert found.nodes_candidate == 0
        assert found.nodes_reference > 0


def test_two_empty_workflows_are_not_compared() -> None:
    assert set(score(flow(), flow()).scores.values()) == {None}
    assert set(score("", flow()).scores.values()) == {0.0, None}  # None: no environment given
    assert score(flow(step(1)), flow()).scores["flow_sim_no_inputs"] == 0.0


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("", "(json_invalid)"),
        ("[1]", "a JSON object is wanted, not a list (not_object)"),
        ('```json\n{"trigger": null, "components": [{"order": 1', "(json_invalid)"),
        ("[" * 200, "nested deeper than 100 (too_large)"),
    ],
)
def test_a_reference_that_is_not_whole_is_an_error(reference: str, reason: str) -> None:
    found = score(flow(step(1)), reference)
    assert found.error is not None
    assert found.error.startswith("the reference: ")
    assert found.error.endswith(reason)
    assert set(found.scores) <= set(OF_SOUNDNESS)


def test_a_candidate_over_the_limit_scores_nothing_and_a_reference_is_refused() -> None:
    wide = flow(*(step(i + 1, values="^".join(f"a={n}" for n in range(400))) for i in range(5)))
    found = score(wide, flow(step(1)))
    assert found.error is None
    assert {found.scores[name] for name in metrics_of("strict")[:-1]} == {0.0}
    refused = str(score(flow(), wide).error)
    assert refused.startswith(f"the reference: a tree of more than {MAX_NODES:,}")


def test_node_precision_and_recall_tell_too_much_from_too_little() -> None:
    less = flow(step(1, a="x"), step(2, "send_email"))
    more = flow(step(1, a="x"), step(2, "send_email"), step(3, "create_task", b="y"))
    found = score(more, less).scores
    assert (found["node_precision_no_inputs"], found["node_recall_no_inputs"]) == (2 / 3, 1.0)
    assert (found["node_precision_with_inputs"], found["node_recall_with_inputs"]) == (3 / 5, 1.0)
    found = score(less, more).scores
    assert (found["node_precision_with_inputs"], found["node_recall_with_inputs"]) == (1.0, 3 / 5)
    # What is renamed is not kept, however cheap the rename.
    found = score(flow(step(1, a="x")), flow(step(1, a="y"))).scores
    assert found["flow_sim_with_inputs"] == 0.75
    assert found["node_precision_with_inputs"] == found["node_recall_with_inputs"] == 0.5


def test_without_inputs_flow_similarity_is_the_f1_of_the_nodes() -> None:
    found = score(flow(step(1), step(2, "a")), flow(step(1), step(2, "b"), step(3, "c"))).scores
    assert (found["node_precision_no_inputs"], found["node_recall_no_inputs"]) == (1 / 2, 1 / 3)
    assert found["flow_sim_no_inputs"] == pytest.approx(2 / (2 + 3))


def test_tree_bleu_is_recall_with_precision_and_f1_beside_it() -> None:
    less, more = flow(step(1)), flow(step(1), step(2, "x"), step(3, "y"), step(4, "z"))
    names = ("flow_bleu", "flow_bleu_precision", "flow_bleu_f1")

    def bleu(candidate: object, reference: object) -> list[float | None]:
        return [score(candidate, reference).scores[f"{name}_no_inputs"] for name in names]

    assert bleu(more, less) == [1.0, 0.25, 0.4]
    assert bleu(less, more) == [0.25, 1.0, 0.4]
    assert bleu(flow(), flow()) == [None, None, None]


def test_trigger_match_in_whole_by_type_and_by_inputs() -> None:
    names = ("flow_trigger_match_score", "trigger_type_match_score", "trigger_input_match_score")

    def match(left: object, right: object) -> list[float | None]:
        found = score(flow(step(1), trigger=left), flow(step(1), trigger=right)).scores
        return [found[name] for name in names]

    one = trigger("record_update", table="task", condition="a=1^b=2")
    two = trigger("record_update", condition="b=2^a=1^EQ", table="task")
    assert match(one, two) == [1.0, 1.0, 1.0]
    assert match(one, trigger("record_update", table="task")) == [0.0, 1.0, 0.0]
    assert match(one, {**two, "type": "record_create"}) == [0.0, 0.0, 1.0]
    assert match({"type": "x"}, {"type": "x", "inputs": None}) == [1.0, 1.0, None]
    assert match({"type": "x"}, {"type": "y", "inputs": []}) == [0.0, 0.0, None]
    assert match({"type": "x", "inputs": [{"name": "a", "value": 1}]}, trigger("x", a="1")) == [
        1.0, 1.0, 1.0,
    ]  # fmt: skip
    assert match(None, one) == [0.0, 0.0, 0.0]
    assert match(None, {"type": "x"}) == [0.0, 0.0, None]
    assert match(None, None) == [None, None, None]


def test_component_match_as_sets_and_as_multisets() -> None:
    def match(left: list[Any], right: list[Any]) -> list[float | None]:
        found = score(flow(*left, trigger=trigger()), flow(*right, trigger=trigger())).scores
        return [found["flow_component_match_score"], found["component_multiset_match_score"]]

    twice = [step(1, "IF"), step(2, "log", 1), step(3, "log", 1)]
    assert match(twice, twice[:2]) == [1.0, 2 / 3]
    assert match([{**twice[0], "definition": "if"}], twice[:1]) == [1.0, 1.0]
    assert match(twice, []) == [0.0, 0.0]
    assert match([], []) == [None, None]


def test_every_node_says_where_it_comes_from() -> None:
    value = flow(
        {"definition": "lost"},  # no order: left out
        step(1, "IF", condition="a=1"),
        {**step(2, "log", 1, b="x"), "inputs": [7, {"name": "b", "value": "x"}]},
        trigger=trigger(time="1"),
        outputs={"items": ["no item", {"name": "r", "type": "string"}]},
    )
    source = Source(json.dumps(value))
    marked = marked_tree(source, with_inputs=True)
    assert marked is not None
    assert len(marked.origins) == len(marked.tree)
    labels = cast(list[Label], marked.tree.labels)
    for (kind, text), origin in zip(labels, marked.origins, strict=True):
        assert origin.kind == kind in KINDS
        there: Any = source.answer.value
        for key in origin.pointer.split("/")[1:]:
            there = there[int(key) if isinstance(there, list) else key]
        if text.startswith("unreadable "):
            assert origin.pointer in source.answer.lost
        elif kind in ("trigger", "component"):
            assert there.get("type", there.get("definition")) in text
        elif kind in ("input", "parameter"):
            assert there["name"] == text.split(":")[0]
        elif kind != "structure":
            assert there == "a=1"
    pointers = {origin.pointer for origin in marked.origins}
    assert {
        "/components/1/inputs/0/value",
        "/components/2/inputs/1",
        "/outputs/items/1",
    } <= pointers
    assert marked_tree(Source("no json"), with_inputs=True) is None


def test_names_of_scores() -> None:
    names = metrics_of("strict")
    assert names[:6] == METRICS
    assert len(set(names)) == len(names)
    assert set(score(flow(step(1)), flow(step(1))).scores) == set(names)
    with pytest.raises(ValueError, match="unknown mode 'lax'; known modes: starflow, strict"):
        metrics_of("lax")
    assert score_pair("{}", "{}").scores.keys() == set(metrics_of("starflow"))


def test_what_cannot_be_read_is_there_all_the_same() -> None:
    whole = flow(step(1, a="x"), step(2, "log"))
    for junk in ({"definition": "lost"}, {**step(3), "category": "loop"}, 7):
        padded = {**whole, "components": [*whole["components"], *[junk] * 20]}
        found = score(padded, whole).scores
        for name in ("flow_sim_no_inputs", "node_precision_no_inputs"):
            assert cast(float, found[name]) < 0.4
        assert cast(float, found["component_multiset_match_score"]) < 0.1
        assert found["node_recall_with_inputs"] == 1.0
        assert "/components/2 is no piece" in str(score(whole, padded).error)
    padded = flow({**step(1, a="x"), "inputs": [{"name": "a", "value": "x"}, 7]}, step(2, "log"))
    assert score(padded, whole).scores["flow_sim_no_inputs"] == 1.0
    assert score(padded, whole).scores["flow_sim_with_inputs"] == 1 - 1 / 7


def test_orders_in_another_type_are_read_as_meant_and_values_compared_as_they_are() -> None:
    whole = flow(step(1, "IF"), step(2, "log", 1))
    for change in (str, float):
        steps = [
            {key: change(value) if key in ("order", "block") and value else value
             for key, value in one.items()}
            for one in whole["components"]
        ]  # fmt: skip
        found = score({**whole, "components": steps}, whole)
        assert found.scores["flow_sim_with_inputs"] == 1.0
        assert "wrong_type" in found.structure_errors
    one, other = (flow(step(1, a=value)) for value in (["a"], ["b"]))
    assert score(one, other).scores["flow_sim_with_inputs"] == 0.75
    long, longer = (flow(step(1, a="x" * 5_000 + end)) for end in ("", "y"))
    assert score(long, long).scores["flow_sim_with_inputs"] == 1.0
    assert score(longer, long).scores["flow_sim_with_inputs"] == 0.75
