"""What the generator writes goes through every form of the language and comes back exactly."""

from __future__ import annotations

import pytest

from sketch2flow.workflow import (
    Workflow,
    from_tree,
    parse_document,
    parse_query,
    pill_errors,
    read_answer,
    to_answer,
    to_json,
    to_object,
    to_tree,
    write_query,
)
from sketch2flow.workflow.queries import QUERY_INPUTS
from synth.generate import generate_workflows


def check_round_trips(count: int) -> None:
    queries = 0
    for generated in generate_workflows("round_trip", count, 5, 20):
        workflow = generated.workflow
        assert parse_document(to_json(workflow)) == workflow
        assert to_object(parse_document(to_object(workflow))) == to_object(workflow)
        assert read_answer(to_answer(workflow)).workflow == workflow
        assert from_tree(to_tree(workflow)) == workflow
        for query in _queries(workflow):
            queries += 1
            assert write_query(parse_query(query)) == query
        assert pill_errors(workflow) == (), generated.identifier
    assert queries > count  # so that something was tried


def _queries(workflow: Workflow) -> list[str]:
    parts = [*workflow.components, *([workflow.trigger] if workflow.trigger else [])]
    inputs = [one for part in parts for one in part.inputs or ()]
    return [one.value for one in inputs if one.name in QUERY_INPUTS]


def test_2000_documents_come_back_exactly() -> None:
    check_round_trips(2_000)


@pytest.mark.slow
def test_10000_documents_come_back_exactly() -> None:
    check_round_trips(10_000)
