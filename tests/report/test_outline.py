"""Outlines: nesting, marks, bounds."""

from __future__ import annotations

from typing import Any

from sketch2flow.report.outline import MAX_LINES, compare, outline
from sketch2flow.workflow.document import parse_document


def document(*components: dict[str, Any]) -> Any:
    given = {"annotation": "", "category": "action", "scope": "global"}
    return parse_document(
        {
            "type": "flow",
            "scope": "global",
            "trigger": {
                "annotation": "a",
                "type": "daily",
                "inputs": [{"name": "t", "value": "1"}],
            },
            "components": [
                {**given, "order": order, **component}
                for order, component in enumerate(components, start=1)
            ],
        }
    )


IF: dict[str, Any] = {"category": "flowlogic", "definition": "IF"}


def test_lines_follow_the_blocks() -> None:
    inputs = [{"name": "z", "value": "a\nb"}, {"name": "a", "value": ""}]
    flow = document(IF, {"definition": "log", "block": 1, "inputs": inputs}, {"definition": "end"})
    assert [(line.depth, line.text) for line in outline(flow)] == [
        (0, "trigger daily"),
        (1, "t = 1"),
        (0, "IF"),
        (1, "log"),
        (2, "a ="),
        (2, "z = a b"),
        (0, "end"),
    ]


def test_differences_are_marked_on_both_sides() -> None:
    truth = outline(document(IF, {"definition": "log", "block": 1}))
    answer = outline(document(IF, {"definition": "log"}, {"definition": "log"}))
    left, right = compare(truth, answer)
    assert [line.text for line in left if line.mark == "missing"] == ["log"]
    assert [line.text for line in right if line.mark == "extra"] == ["log", "log"]
    assert compare(truth, truth) == (truth, truth)


def test_a_long_or_deep_document_is_bounded() -> None:
    chain = [IF, *({**IF, "block": order} for order in range(1, 900))]
    lines = outline(document(*chain))
    assert len(lines) == MAX_LINES + 1
    assert "more components" in lines[-1].text
    assert max(line.depth for line in lines) <= 13
    long = outline(document({"definition": "x" * 4000}))
    assert max(len(line.text) for line in long) <= 160
