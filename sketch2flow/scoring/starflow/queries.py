"""Encoded queries (`active=true^priority=1`) as the official scorer takes them apart."""

from __future__ import annotations

import re
from functools import lru_cache

# In the order in which the alternatives are tried. A bare OR splits inside words, too (VENDOR),
# and `^ORDERBYx` is cut as `^OR` and `DERBYx`.
_JOIN = re.compile(r"\^EQ|\^OR|\^NQ|\^|OR")
_COMPARISON = re.compile(
    r"(?<![A-Z=,])(?:VALCHANGES|RELATIVEGT|RELATIVEGE|RELATIVELE|RELATIVELT|BETWEEN|CHANGESTO"
    r"|CHANGESFROM|EMPTYSTRING|ISEMPTY|ISNOTEMPTY|STARTSWITH|ENDSWITH|SAMEAS|NOTON|NOT LIKE"
    r"|NOT IN|LIKE|NOT|IN|ON|!=|>=|<=|=|>|<)"
)
_BLANK = [(0, "", "value")]


def query_nodes(query: str) -> list[tuple[int, str, str]]:
    """Return the nodes that stand for a query, in pre-order: (depth, label, kind), the top at 0.

    A comb of the sorted connectives, the clauses (field over operator and value) hanging off it
    in the order of their fields. One unreadable clause makes the whole query one blank node.
    """
    clauses = []
    for part in _JOIN.split(query):
        clause = _clause(part)
        if clause is None:
            return _BLANK
        clauses.append(clause)
    clauses.sort(key=lambda clause: clause[0])
    nodes: list[tuple[int, str, str]] = []
    connectives = sorted(_JOIN.findall(query))
    for depth, (field, operator, value) in enumerate(clauses):
        if depth < len(connectives):
            nodes.append((depth, connectives[depth], "connective"))
            depth += 1
        below = depth + 1
        nodes += [(depth, field, "field"), (below, operator, "operator"), (below, value, "value")]
    return nodes


@lru_cache(maxsize=4096)  # the same clauses come again in candidate, reference and other flows
def _clause(part: str) -> tuple[str, str, str] | None:
    """Return field, operator and value of a part that holds exactly one comparison."""
    hits = list(_COMPARISON.finditer(part))
    if len(hits) != 1:
        return None
    operator = hits[0].group()
    field, value = part[: hits[0].start()], part[hits[0].end() :]
    # A piece that looks like the operator is taken for it and dropped: a piece is missing then.
    if operator in (field.strip(), value.strip()):
        return None
    return field, operator, value
