"""Encoded queries (`active=true^priority=1`): taken apart, and put together again.

A query is groups joined by `^NQ` (one of them holds), a group clauses joined by `^` (all hold), a
clause comparisons joined by `^OR` (one holds), a comparison a field, an operator and a value
without anything between them. `^ORDERBY` and `^ORDERBYDESC` behind the last comparison sort,
`^EQ` ends. One query has one text: `write_query(parse_query(text)) == text`, and back.

What could be read in two ways is decided so:

- A field is names of small letters, digits and underscores, joined by points
  (`caller_id.department`), or a data pill (`{{step_2.record.priority}}`). It holds no capitals, so
  it ends where the operator begins, `activeCHANGESTOfalse` is plain, and nothing behind a `^` can
  be taken for a field that is meant as ORDERBY, EQ or the OR of a `^OR`.
- Of the operators that fit behind the field the longest is meant: `>=` before `>`, NOT IN before
  NOT, IN_HIERARCHY before IN.
- All that follows up to the next join is the value, whatever it looks like: capitals
  (`name=VENDOR`), operators (`subjectLIKEa=b`), pills, nothing at all (`parent=`). A `^` in it is
  doubled, as the platform does: `name=a^^b` is the value `a^b`.

Queries of real instances go beyond this language in what is refused here: capital letters in
columns, GROUPBY, RLQUERY, HASVARIABLE and TEXTQUERY.

`is_readable` is another thing: whether StarFlow's FlowSim can take the text apart
(flow_similarity.py of its repository). That is narrower here and wider there, and a query outside
it compares as a blank; scores and rules go by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sketch2flow.workflow.document import MAX_TEXT_CHARACTERS

# The inputs whose values FlowSim takes apart as encoded queries.
QUERY_INPUTS = frozenset(
    ["condition", "conditions", "email_conditions", "values", "fields", "field_values"]
)

# Those that stand without a value, and the others: the platform's documentation ("operators
# available for filters and queries"), those of record triggers, and NOT, which FlowSim knows.
UNARY_OPERATORS = frozenset({"ISEMPTY", "ISNOTEMPTY", "EMPTYSTRING", "ANYTHING", "VALCHANGES"})
OPERATORS = UNARY_OPERATORS | frozenset(
    {"=", "!=", ">", "<", ">=", "<=", "IN", "NOT IN", "NOT"}
    | {"LIKE", "NOT LIKE", "NOTLIKE", "STARTSWITH", "ENDSWITH", "MATCH_PAT", "MATCH_RGX"}
    | {"BETWEEN", "ON", "NOTON", "DATEPART", "MORETHAN", "LESSTHAN"}
    | {"RELATIVEGT", "RELATIVEGE", "RELATIVELT", "RELATIVELE", "RELATIVEEE"}
    | {"SAMEAS", "NSAMEAS", "GT_FIELD", "LT_FIELD", "GT_OR_EQUALS_FIELD", "LT_OR_EQUALS_FIELD"}
    | {"DYNAMIC", "IN_HIERARCHY", "INSTANCEOF", "CHANGESFROM", "CHANGESTO"}
)

_FIELD = re.compile(r"(?:\{\{[^{}^]+\}\}|[a-z0-9_]+)(?:\.[a-z0-9_]+)*")
_OPERATOR = re.compile("|".join(re.escape(o) for o in sorted(OPERATORS, key=len, reverse=True)))
_JOIN = re.compile(r"\^\^|\^(?:OR(?!DERBY)|NQ|EQ)?")
_ORDER_BY = re.compile(r"ORDERBY(DESC)?")


class QueryError(ValueError):
    """A text that is no encoded query, or parts that cannot be written as one.

    `position` is where in the text, None where parts are wrong that were never text.
    """

    def __init__(self, reason: str, position: int | None = None) -> None:
        where = "" if position is None else f", character {position + 1}"
        super().__init__(f"encoded query{where}: {reason}")
        self.position = position
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field, an operator of OPERATORS and a value; raises QueryError if it cannot be written."""

    field: str
    operator: str
    value: str = ""

    def __post_init__(self) -> None:
        if not _FIELD.fullmatch(self.field):
            raise QueryError(f"{self.field[:60]!r} is no field and no data pill")
        if self.operator not in OPERATORS:
            raise QueryError(f"there is no operator {self.operator[:60]!r}")
        if self.operator in UNARY_OPERATORS and self.value:
            raise QueryError(f"{self.operator} takes no value, but has {self.value[:60]!r}")
        if self.operator == "BETWEEN" and "@" not in self.value:
            raise QueryError(f"BETWEEN takes two values as a@b, not {self.value[:60]!r}")
        found = _OPERATOR.match(self.operator + self.value)
        if found is None or found.group() != self.operator:
            raise QueryError(f"{self.operator} and the value {self.value[:60]!r} run together")


@dataclass(frozen=True, slots=True)
class OrderBy:
    """A field that the records are sorted by."""

    field: str
    descending: bool = False

    def __post_init__(self) -> None:
        if not _FIELD.fullmatch(self.field):
            raise QueryError(f"{self.field[:60]!r} is no field to sort by")


Clause = tuple[Comparison, ...]  # one of them holds
Group = tuple[Clause, ...]  # all of them hold


@dataclass(frozen=True, slots=True)
class Query:
    """An encoded query; without groups it lets every record pass."""

    groups: tuple[Group, ...] = ()
    order: tuple[OrderBy, ...] = ()
    has_end: bool = False  # whether it ends in ^EQ

    def __post_init__(self) -> None:
        if not all(self.groups) or not all(clause for group in self.groups for clause in group):
            raise QueryError("a group or a clause without comparisons")

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """All comparisons, as they stand in the text."""
        return tuple(one for group in self.groups for clause in group for one in clause)


def parse_query(text: str) -> Query:
    """Return the query that `text` is; raises QueryError with the place and the reason.

    Linear time, no recursion; at most MAX_TEXT_CHARACTERS, as every text of a document.
    """
    if len(text) > MAX_TEXT_CHARACTERS:
        raise QueryError(f"more than {MAX_TEXT_CHARACTERS:,} characters", MAX_TEXT_CHARACTERS)
    if text in ("", "^EQ"):
        return Query(has_end=bool(text))
    groups: list[list[list[Comparison]]] = [[]]
    order: list[OrderBy] = []
    pieces = list(_pieces(text))
    has_end = pieces[-1][0] == "^EQ" and not pieces[-1][2]
    for join, start, piece in pieces[:-1] if has_end else pieces:
        if join == "^EQ":
            raise QueryError("a comparison stands behind the end ^EQ", start)
        sorting = _ORDER_BY.match(piece)
        if sorting is not None:
            if join not in ("", "^"):
                raise QueryError(f"ORDERBY is joined by ^, not by {join}", start)
            order.append(_order_by(piece, sorting, start))
            continue
        if order:
            raise QueryError("a comparison stands behind ORDERBY", start)
        comparison = _comparison(piece, start)
        if join == "^OR":
            groups[-1][-1].append(comparison)
        elif join == "^NQ":
            groups.append([[comparison]])
        else:
            groups[-1].append([comparison])
    found = tuple(tuple(tuple(clause) for clause in group) for group in groups if group)
    return Query(found, tuple(order), has_end)


def write_query(query: Query) -> str:
    """Return the text of `query`; raises QueryError if it is too long for a document."""
    groups = (
        "^".join("^OR".join(_text(one) for one in clause) for clause in group)
        for group in query.groups
    )
    sortings = (f"ORDERBY{'DESC' if one.descending else ''}{one.field}" for one in query.order)
    compared = "^NQ".join(groups)
    text = "^".join((compared, *sortings) if compared else sortings)
    text += "^EQ" if query.has_end else ""
    if len(text) > MAX_TEXT_CHARACTERS:
        raise QueryError(f"its text has more than {MAX_TEXT_CHARACTERS:,} characters")
    return text


def _text(comparison: Comparison) -> str:
    return comparison.field + comparison.operator + comparison.value.replace("^", "^^")


def _pieces(text: str) -> Iterator[tuple[str, int, str]]:
    """Yield (the join before it or "", where it starts, text) of what stands between the joins."""
    join, start = "", 0
    for found in _JOIN.finditer(text):
        if found.group() != "^^":
            yield join, start, text[start : found.start()]
            join, start = found.group(), found.end()
    yield join, start, text[start:]


def _comparison(piece: str, start: int) -> Comparison:
    if not piece:
        raise QueryError("a comparison is wanted here", start)
    field = _FIELD.match(piece)
    if field is None:
        raise QueryError(f"{piece[:60]!r} begins with no field and no data pill", start)
    operator = _OPERATOR.match(piece, field.end())
    if operator is None:
        reason = f"no operator stands behind the field {field.group()[:60]!r}"
        raise QueryError(reason, start + field.end())
    value = piece[operator.end() :].replace("^^", "^")
    try:
        return Comparison(field.group(), operator.group(), value)
    except QueryError as error:
        raise QueryError(error.reason, start + operator.end()) from None


def _order_by(piece: str, sorting: re.Match[str], start: int) -> OrderBy:
    try:
        return OrderBy(piece[sorting.end() :], descending=sorting.group(1) is not None)
    except QueryError as error:
        raise QueryError(error.reason, start + sorting.end()) from None


# Longer operators first, as the metric tries them; a hit does not count right after a capital
# letter, "=" or ",".
_METRIC_COMPARISON = re.compile(
    r"(?<![A-Z=,])(?:VALCHANGES|RELATIVEGT|RELATIVEGE|RELATIVELE|RELATIVELT|BETWEEN|CHANGESTO|"
    r"CHANGESFROM|EMPTYSTRING|ISEMPTY|ISNOTEMPTY|STARTSWITH|ENDSWITH|SAMEAS|NOTON|NOT LIKE|"
    r"NOT IN|LIKE|NOT|IN|ON|!=|>=|<=|=|>|<)"
)
_METRIC_JOIN = re.compile(r"\^EQ|\^OR|\^NQ|\^|OR")


def is_readable(query: str) -> bool:
    """Say whether each part of `query` is a field, one comparison and a value (which may be "").

    In the eyes of StarFlow's FlowSim.
    """
    return all(_is_comparison(part) for part in _METRIC_JOIN.split(query))


def _is_comparison(part: str) -> bool:
    hits = list(_METRIC_COMPARISON.finditer(part))
    if len(hits) != 1:
        return False
    # The metric drops a piece that looks like the operator, and then has one too few.
    pieces = (part[: hits[0].start()], part[hits[0].end() :])
    return hits[0].group() not in [piece.strip() for piece in pieces]
