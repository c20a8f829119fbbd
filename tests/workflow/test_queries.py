"""Encoded queries: one text for one query, every operator, an error that names the place."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sketch2flow.workflow import (
    Comparison,
    OrderBy,
    Query,
    QueryError,
    parse_query,
    write_query,
)
from sketch2flow.workflow.document import MAX_TEXT_CHARACTERS
from sketch2flow.workflow.queries import OPERATORS, UNARY_OPERATORS, is_readable
from tests.workflow.strategies import PIECES, QUERIES

# Of the notes on StarFlow (2.6): what the platform has, and what the metric knows.
OF_THE_NOTES = {
    "=", "!=", ">", "<", ">=", "<=", "IN", "NOT IN", "LIKE", "NOT LIKE", "STARTSWITH", "ENDSWITH",
    "BETWEEN", "SAMEAS", "NSAMEAS", "ISEMPTY", "ISNOTEMPTY", "EMPTYSTRING", "ANYTHING", "ON",
    "NOTON", "RELATIVEGT", "RELATIVEGE", "RELATIVELT", "RELATIVELE", "DATEPART", "MORETHAN",
    "LESSTHAN", "GT_FIELD", "LT_FIELD", "DYNAMIC", "IN_HIERARCHY", "VALCHANGES", "CHANGESFROM",
    "CHANGESTO", "NOT",
}  # fmt: skip


def one(text: str) -> Comparison:
    (comparison,) = parse_query(text).comparisons
    return comparison


def clauses(*comparisons: tuple[str, str, str]) -> tuple[tuple[Comparison, ...], ...]:
    return tuple((Comparison(*parts),) for parts in comparisons)


def test_all_operators_of_the_notes_are_known() -> None:
    assert OF_THE_NOTES <= OPERATORS


@pytest.mark.parametrize("operator", sorted(OPERATORS))
def test_every_operator_is_read_and_written(operator: str) -> None:
    value = "" if operator in UNARY_OPERATORS else "1@2"
    for field in ("active", "caller_id.vip", "{{step_2.record.priority}}", "a_"):
        text = f"{field}{operator}{value}"
        assert one(text) == Comparison(field, operator, value)
        assert write_query(parse_query(text)) == text


def test_joins_from_the_strongest_to_the_weakest() -> None:
    query = parse_query("active=true^priority=1^ORpriority=2^NQstateIN1,2^ORDERBYDESCnumber^EQ")
    (active, priority), ((state,),) = query.groups
    assert active == (Comparison("active", "=", "true"),)
    assert priority == (Comparison("priority", "=", "1"), Comparison("priority", "=", "2"))
    assert state == Comparison("state", "IN", "1,2")
    assert query.order == (OrderBy("number", descending=True),)
    assert query.has_end


# text -> (field, operator, value): what could be read in two ways
AMBIGUOUS = {
    "activeCHANGESTOfalse": ("active", "CHANGESTO", "false"),
    "a>=1": ("a", ">=", "1"),
    "impactNOT IN1,2": ("impact", "NOT IN", "1,2"),
    "locationIN_HIERARCHY7": ("location", "IN_HIERARCHY", "7"),
    "sys_created_onNOTONToday@a@b": ("sys_created_on", "NOTON", "Today@a@b"),
    "name=VENDOR": ("name", "=", "VENDOR"),
    "nameLIKEORACLE IN NOT": ("name", "LIKE", "ORACLE IN NOT"),
    "subjectLIKEa=b>c": ("subject", "LIKE", "a=b>c"),
    "parent=": ("parent", "=", ""),
    "a==": ("a", "=", "="),
    "name=a^^b": ("name", "=", "a^b"),
    "name=a^^ORb=c": ("name", "=", "a^ORb=c"),
    "assigned_to={{record_update.current}}": ("assigned_to", "=", "{{record_update.current}}"),
    "{{step_2.record.priority}}=1": ("{{step_2.record.priority}}", "=", "1"),
    "costGT_FIELDbudget": ("cost", "GT_FIELD", "budget"),
    "sys_updated_onRELATIVEGT@hour@ago@1": ("sys_updated_on", "RELATIVEGT", "@hour@ago@1"),
}


@pytest.mark.parametrize("text", AMBIGUOUS)
def test_what_could_be_read_in_two_ways(text: str) -> None:
    assert one(text) == Comparison(*AMBIGUOUS[text])
    assert write_query(parse_query(text)) == text


def test_a_caret_before_a_join_belongs_to_the_value() -> None:
    assert parse_query("a=1^^^b=2^^^ORc=^^").groups == (
        ((Comparison("a", "=", "1^"),), (Comparison("b", "=", "2^"), Comparison("c", "=", "^"))),
    )


def test_queries_without_comparisons() -> None:
    for text, query in {
        "": Query(),
        "^EQ": Query(has_end=True),
        "ORDERBYnumber": Query(order=(OrderBy("number"),)),
    }.items():
        assert parse_query(text) == query
        assert write_query(query) == text


# text -> (position, part of the reason)
WRONG = {
    "active": (6, "no operator"),
    "Active=true": (0, "no field"),
    "=1": (0, "no field"),
    "a..b=1": (1, "no operator"),
    "{{step_2.record=1": (0, "no field"),
    "^active=true": (0, "a comparison is wanted"),
    "a=1^": (4, "a comparison is wanted"),
    "a=1^NQ": (6, "a comparison is wanted"),
    "a=1^ORb": (7, "no operator"),
    "a=1^EQ^b=2": (6, "behind the end"),
    "a=1^EQb=2": (6, "behind the end"),
    "a=1^EQ^EQ": (6, "behind the end"),
    "a=1^ORDERBYb^c=2": (13, "behind ORDERBY"),
    "a=1^ORORDERBYb": (6, "ORDERBY is joined by"),
    "a=1^ORDERBY": (11, "no field to sort by"),
    "aISEMPTYx": (8, "takes no value"),
    "aBETWEEN1": (8, "two values"),
    "a=1" + "^a=1" * 1_000: (MAX_TEXT_CHARACTERS, "more than"),
}  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_an_error_names_place_and_reason(text: str) -> None:
    position, reason = WRONG[text]
    with pytest.raises(QueryError) as error:
        parse_query(text)
    assert error.value.position == position
    assert reason in error.value.reason
    assert f"character {position + 1}" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "parts",
    [("Active", "=", ""), ("a", "==", ""), ("a", "ISEMPTY", "x"), ("a", "BETWEEN", "1"),
     ("a", ">", "=1"), ("a", "IN", "_HIERARCHYx"), ("a", "NOT", "ONx"), ("a.", "=", "")],
)  # fmt: skip
def test_comparisons_that_no_text_can_say_are_refused(parts: tuple[str, str, str]) -> None:
    with pytest.raises(QueryError):
        Comparison(*parts)


def test_empty_groups_and_queries_that_are_too_long_are_refused() -> None:
    for groups in (((),), (((),),)):
        with pytest.raises(QueryError):
            Query(groups)
    with pytest.raises(QueryError, match="more than"):
        write_query(Query((clauses(("a", "=", "x" * MAX_TEXT_CHARACTERS)),)))


@given(QUERIES)
@example(Query((clauses(("a", "=", "1^"), ("b", "=", "^OR")),)))
def test_what_is_written_is_read_back(query: Query) -> None:
    assert parse_query(write_query(query)) == query


@given(st.lists(PIECES, max_size=10).map("".join) | st.text())
def test_what_is_read_is_written_back(text: str) -> None:
    try:
        query = parse_query(text)
    except QueryError:
        return
    assert write_query(query) == text


SIMPLE = st.tuples(
    st.sampled_from(["active", "u_x", "caller_id.name", "{{step_2.record}}"]),
    st.sampled_from(sorted(OPERATORS - {"BETWEEN"} - UNARY_OPERATORS)),
    st.sampled_from(["", "true", "1,2", "a b", "@hour"]),
).map("".join)


@given(st.lists(SIMPLE, min_size=1, max_size=3), st.sampled_from(["^", "^OR", "^NQ"]))
def test_what_the_metric_can_read_is_a_query(parts: list[str], join: str) -> None:
    text = join.join(parts)
    if is_readable(text):
        assert len(parse_query(text).comparisons) == len(parts)


def test_long_texts_take_little_time() -> None:
    started = time.process_time()
    for piece in ("^", "^^", "^OR", "a=1^", "{{", "a.", "ORDERBY", "^EQ"):
        text = piece * (MAX_TEXT_CHARACTERS // len(piece))
        try:
            assert write_query(parse_query(text)) == text
        except QueryError:
            continue
    assert time.process_time() - started < 1
