"""What hypothesis makes of the language: queries, and sound documents."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from sketch2flow.workflow import Comparison, OrderBy, Query, Workflow, parse_document
from sketch2flow.workflow.queries import OPERATORS, UNARY_OPERATORS
from tests.workflow.documents import flow, step

# What tempts a parser: joins, operators and fields in all places.
_JOINS = ["^", "^^", "^OR", "^NQ", "^EQ", "^ORDERBY", "^ORDERBYDESC", "OR", "NQ", "EQ", "DERBYname"]
_FIELDS = ["active", "u_x2", "caller_id.name", "{{step_2.record.state}}", "{{", "}}"]
_VALUES = ["true", "1@2", "@hour@ago@3", "javascript:gs.now()", "_HIERARCHY", " IN", ".", " ", "\n"]
PIECES = st.sampled_from([*_JOINS, *sorted(OPERATORS), *_FIELDS, *_VALUES])
NAMES = st.from_regex(r"[a-z0-9_]{1,8}(\.[a-z0-9_]{1,8}){0,2}", fullmatch=True)
PILLS = st.sampled_from(["{{step_2.record.state}}", "{{trigger.current}}", "{{a b}}.name"])
FIELDS = NAMES | PILLS
VALUES = st.text(max_size=12) | st.lists(PIECES, max_size=4).map("".join)


def _fits(parts: tuple[str, str, str]) -> bool:
    """Say whether operator and value do not run together into another operator."""
    _, operator, value = parts
    whole = operator + value
    return not any(len(o) > len(operator) and whole.startswith(o) for o in OPERATORS)


def _value_for(parts: tuple[str, str, str]) -> tuple[str, str, str]:
    field, operator, value = parts
    if operator in UNARY_OPERATORS:
        return field, operator, ""
    return field, operator, f"{value}@" if operator == "BETWEEN" else value


COMPARISONS = (
    st.tuples(FIELDS, st.sampled_from(sorted(OPERATORS)), VALUES)
    .map(_value_for)
    .filter(_fits)
    .map(lambda parts: Comparison(*parts))
)
_CLAUSES = st.lists(COMPARISONS, min_size=1, max_size=3).map(tuple)
_GROUPS = st.lists(_CLAUSES, min_size=1, max_size=3).map(tuple)
QUERIES = st.builds(
    Query,
    groups=st.lists(_GROUPS, max_size=3).map(tuple),
    order=st.lists(st.builds(OrderBy, FIELDS, st.booleans()), max_size=2).map(tuple),
    has_end=st.booleans(),
)

_BLOCKS = [("FOREACH",), ("DOUNTIL",), ("IF",), ("IF", "ELSE"), ("IF", "ELSEIF", "ELSE"),
           ("TRY", "CATCH"), ("PARALLEL", "PARALLEL")]  # fmt: skip
_INPUTS = st.lists(
    st.fixed_dictionaries({"name": st.text(max_size=5), "value": VALUES}), max_size=2
)
_PARAMETERS = st.fixed_dictionaries(
    {
        "items": st.lists(
            st.fixed_dictionaries(
                {"name": st.text(max_size=5), "type": st.sampled_from(["string", "reference"])},
                optional={"reference": st.just("task")},
            ),
            max_size=2,
        )
    }
)
# A step, or (words, what stands inside each of them).
_PART = st.recursive(
    st.sampled_from(["log", "send_email"]),
    lambda inner: st.tuples(
        st.sampled_from(_BLOCKS),
        st.lists(st.lists(inner, min_size=1, max_size=3), min_size=3, max_size=3),
    ),
    max_leaves=15,
)


@st.composite
def documents(draw: st.DrawFn) -> Workflow:
    """Sound documents: nested in all ways, with gaps between the orders."""
    components: list[Any] = []
    order = 0

    def add(part: Any, block: int | None) -> None:
        nonlocal order
        words, insides = ([part], [[]]) if isinstance(part, str) else part
        for word, inside in zip(words, insides, strict=False):
            order += draw(st.integers(1, 3))
            own, more = order, {"annotation": draw(st.text(max_size=5))}
            if draw(st.booleans()):
                more["inputs"] = draw(_INPUTS)
            components.append(step(own, word, block, **more))
            for one in inside:
                add(one, own)

    for part in draw(st.lists(_PART, max_size=4)):
        add(part, None)
    if draw(st.booleans()):
        return parse_document(flow(*components))
    more = {key: draw(_PARAMETERS) for key in ("inputs", "outputs") if draw(st.booleans())}
    return parse_document(flow(*components, type="subflow", trigger=None, **more))
