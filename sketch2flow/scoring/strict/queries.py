"""Encoded queries in one form for all that mean the same, as nodes and as a value to compare."""

from __future__ import annotations

from collections.abc import Iterator

from sketch2flow.scoring.strict.labels import Label
from sketch2flow.workflow.queries import (
    UNARY_OPERATORS,
    Clause,
    Comparison,
    Group,
    Query,
    QueryError,
    parse_query,
)

_Key = tuple[str, str, str]


def canonical_query(text: str) -> Query | None:
    """Return the query of `text` in its canonical order, None where it is no encoded query.

    Alternatives, the clauses of a group and the groups are sorted, since their order means
    nothing; what stands in which group or clause stays. The fields to sort by keep their order.
    The end mark ^EQ adds nothing and is left out.
    """
    try:
        query = parse_query(text)
    except QueryError:
        return None
    groups = (
        tuple(sorted((tuple(sorted(clause, key=_key)) for clause in group), key=_clause_key))
        for group in query.groups
    )
    return Query(tuple(sorted(groups, key=_group_key)), query.order)


def query_nodes(text: str) -> Iterator[tuple[int, Label]]:
    """Yield the nodes of a query in pre-order: (depth, label), the topmost at 0.

    Comparisons are a field over operator and value; a connective stands over two or more of them
    (`^OR`), over the clauses of a group (`^`), over the groups (`^NQ`). Behind them come the
    fields to sort by. An unreadable query is one leaf with its text.
    """
    query = canonical_query(text)
    if query is None:
        yield 0, ("value", text)
        return
    depth = 0
    if len(query.groups) > 1:
        yield 0, ("connective", "^NQ")
        depth = 1
    for group in query.groups:
        yield from _group_nodes(group, depth)
    for one in query.order:
        yield 0, ("field", one.field)
        yield 1, ("operator", "ORDERBYDESC" if one.descending else "ORDERBY")


def _group_nodes(group: Group, depth: int) -> Iterator[tuple[int, Label]]:
    if len(group) > 1:
        yield depth, ("connective", "^")
        depth += 1
    for clause in group:
        below = depth
        if len(clause) > 1:
            yield depth, ("connective", "^OR")
            below += 1
        for comparison in clause:
            yield below, ("field", comparison.field)
            yield below + 1, ("operator", comparison.operator)
            if comparison.operator not in UNARY_OPERATORS:
                yield below + 1, ("value", comparison.value)


def _key(comparison: Comparison) -> _Key:
    return comparison.field, comparison.operator, comparison.value


def _clause_key(clause: Clause) -> tuple[_Key, ...]:
    return tuple(map(_key, clause))


def _group_key(group: Group) -> tuple[tuple[_Key, ...], ...]:
    return tuple(map(_clause_key, group))
