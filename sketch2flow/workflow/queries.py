"""Encoded queries (`active=true^priority=1`): which of them can be taken apart.

Readable means: StarFlow's FlowSim can decompose it (flow_similarity.py of its repository). That
is narrower than what the platform runs, and a query outside it compares as a blank.
"""

from __future__ import annotations

import re

# The inputs whose values FlowSim takes apart as encoded queries.
QUERY_INPUTS = frozenset(
    ["condition", "conditions", "email_conditions", "values", "fields", "field_values"]
)

# Longer operators first, as the metric tries them; a hit does not count right after a capital
# letter, "=" or ",".
_COMPARISON = re.compile(
    r"(?<![A-Z=,])(?:VALCHANGES|RELATIVEGT|RELATIVEGE|RELATIVELE|RELATIVELT|BETWEEN|CHANGESTO|"
    r"CHANGESFROM|EMPTYSTRING|ISEMPTY|ISNOTEMPTY|STARTSWITH|ENDSWITH|SAMEAS|NOTON|NOT LIKE|"
    r"NOT IN|LIKE|NOT|IN|ON|!=|>=|<=|=|>|<)"
)
_JOIN = re.compile(r"\^EQ|\^OR|\^NQ|\^|OR")


def is_readable(query: str) -> bool:
    """Say whether each part of `query` is a field, one comparison and a value (which may be "")."""
    return all(_is_comparison(part) for part in _JOIN.split(query))


def _is_comparison(part: str) -> bool:
    hits = list(_COMPARISON.finditer(part))
    if len(hits) != 1:
        return False
    # The metric drops a piece that looks like the operator, and then has one too few.
    pieces = (part[: hits[0].start()], part[hits[0].end() :])
    return hits[0].group() not in [piece.strip() for piece in pieces]
