"""Features, splits, prompts and digests of documents."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sketch2flow.workflow
from sketch2flow.scoring.starflow.queries import query_nodes
from sketch2flow.workflow import (
    DEFAULT_PROMPT,
    PROMPTS,
    content_digest,
    depth,
    parse_document,
    split_of,
)
from sketch2flow.workflow.queries import is_readable
from tests.workflow.documents import flow, step


def test_all_names_can_be_imported() -> None:
    for name in sketch2flow.workflow.__all__:
        assert getattr(sketch2flow.workflow, name) is not None
    with pytest.raises(AttributeError, match="nothing_of_that"):
        _ = sketch2flow.workflow.nothing_of_that


def test_the_language_needs_neither_catalogue_nor_torch_at_import() -> None:
    code = "import sys, sketch2flow.workflow; print(*sys.modules)"
    loaded = subprocess.run(  # a process of its own, since tests import much
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    unwanted = {"torch", "transformers", "yaml", "numpy", "dagster", "synth"}
    unwanted |= {
        f"sketch2flow.workflow.{name}" for name in ("catalogue", "pills", "schema", "tree")
    }
    assert unwanted.isdisjoint(loaded)


def test_depth_counts_nesting() -> None:
    assert depth(parse_document(flow())) == 0
    assert depth(parse_document(flow(step(1)))) == 1
    nested = (step(1, "FOREACH"), step(2, "IF", 1), step(3, block=2))
    assert depth(parse_document(flow(*nested))) == 3


def test_the_digest_is_of_the_content_not_of_the_words() -> None:
    one = parse_document(flow(step(1)))
    other_words = parse_document(
        flow(
            step(1, annotation="write it down"),
            trigger={"annotation": "each day", "type": "daily"},
        )
    )
    other_content = parse_document(flow(step(1, "send_email")))
    assert content_digest(one) == content_digest(other_words)
    assert content_digest(one) != content_digest(other_content)


def test_splits_have_their_shares() -> None:
    counts = Counter(split_of(f"{number:016x}") for number in range(10_000))
    assert abs(counts["train"] - 9_200) < 150
    assert abs(counts["validation"] - 400) < 100
    assert abs(counts["test"] - 400) < 100
    assert split_of("0123456789abcdef") == split_of("0123456789abcdef")


def test_prompts_name_what_the_answer_needs() -> None:
    assert PROMPTS[DEFAULT_PROMPT] == "Generate workflow JSON"
    text = PROMPTS["flow_designer"]
    for word in ("FOREACH", "record_create_or_update", '"block"', "{{trigger.current.number}}"):
        assert word in text


READABLE = ["active=true", "active=true^priority!=1", "assigned_toISEMPTY", "a>=1^ORb<2",
            "{{step_2.item.state}}=3", "subjectLIKEinvoice", "aIN1,2", "a=1^NQb=2"]  # fmt: skip
UNREADABLE = ["", "active", "a==", "^EQ", "^active=true", "a=1^EQ", "a=b=c", "name=VENDOR",
              "aLIKEx^ORDERBYb", "a=1^^b=2", "nameDYNAMIC"]  # fmt: skip


@pytest.mark.parametrize("query", READABLE)
def test_readable_queries(query: str) -> None:
    assert is_readable(query)


@pytest.mark.parametrize("query", UNREADABLE)
def test_unreadable_queries(query: str) -> None:
    assert not is_readable(query)


PIECES = ["a", "state", " ", "1", "IN", "LIKE", "IS", "EMPTY", "=", "!", "<", "^", "^OR", "OR", "N"]


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_readable_means_readable_for_the_metric(query: str) -> None:
    assert is_readable(query) == (query_nodes(query) != [(0, "", "value")])
