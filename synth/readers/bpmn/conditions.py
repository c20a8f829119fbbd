"""What is drawn at a gateway and beside its arrows, as conditions of IF, ELSEIF and DOUNTIL."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from synth.readers.bpmn.blocks import Branch
from synth.readers.bpmn.mapping import plain, rules
from synth.readers.bpmn.process import Flow, Node

MAX_NAME_CHARACTERS = 60

_OPPOSITES = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_SIGNS = {"==": "=", "<>": "!=", "≠": "!=", "≤": "<=", "≥": ">="}
_COMPARISON = re.compile(r"([^<>=!≤≥≠]*)(<=|>=|!=|==|<>|[<>=≤≥≠])([^<>=!≤≥≠]+)")
_CODE = re.compile(r"(?:[$#]\{(.*)\}|=(.*))")
_JOINED = re.compile(r"&&|\|\||\b(?:and|or)\b")


@dataclass(frozen=True)
class Comparison:
    """A comparison that an encoded query can hold."""

    field: str
    operator: str
    value: str

    @property
    def query(self) -> str:
        return f"{self.field}{self.operator}{self.value}"

    def negated(self) -> Comparison:
        return Comparison(self.field, _OPPOSITES[self.operator], self.value)


@dataclass(frozen=True)
class Condition:
    """What is drawn of a condition, and its encoded query, "" where none can be told."""

    text: str
    query: str


@dataclass(frozen=True)
class Case:
    """A branch with the flow logic word that it gets; an ELSE has no query."""

    word: str
    condition: Condition
    branch: Branch


def cases(node: Node, branches: Sequence[Branch]) -> list[Case]:
    """Return IF, ELSEIF and ELSE for the branches that hold something, in the order drawn.

    A branch without anything gets no word; where it is what happens otherwise, there is no ELSE.
    """
    last = _otherwise(node, branches)
    written = [branch for branch in branches if not branch.is_empty and branch is not last]
    unwritten = [branch for branch in branches if branch.is_empty]
    tests = {id(one): comparison_of(node, one.flow) for one in branches}
    found: list[Case] = []
    for branch in written:
        test = tests[id(branch)]
        found.append(Case("ELSEIF" if found else "IF", _said(node, branch.flow, test), branch))
    if last.is_empty:
        return found
    if unwritten:
        test = tests[id(last)]
        said = _said(node, last.flow, test)
        if test is None:
            others = [tests[id(one)] for one in unwritten]
            known = [one.negated().query for one in others if one is not None]
            said = Condition(said.text, "^".join(known) if len(known) == len(others) else "")
        found.append(Case("ELSEIF" if found else "IF", said, last))
    elif found:
        text = _drawn(node, last.flow) if last.flow and last.flow.label else "otherwise"
        found.append(Case("ELSE", Condition(text, ""), last))
    else:
        found.append(Case("IF", _said(node, last.flow, tests[id(last)]), last))
    return found


def until(node: Node, exits: Sequence[Flow], backs: Sequence[Flow]) -> Condition:
    """Return the condition that ends a loop: its exit's, or else that no flow leads back."""
    tests = [comparison_of(node, flow) for flow in exits]
    if len(exits) == 1 and tests[0] is not None:
        return Condition(f"until {_drawn(node, exits[0])}", tests[0].query)
    away = [comparison_of(node, flow) for flow in backs]
    known = [test.negated().query for test in away if test is not None]
    query = "^".join(known) if known and len(known) == len(away) else ""
    labelled = next((flow for flow in backs if flow.label), None)
    if labelled is not None:
        return Condition(f"repeat while {_drawn(node, labelled)}", query)
    return Condition(f"until {node.label}" if node.label else "repeat", query)


def while_condition(expression: str) -> Condition:
    """Return the condition that ends a loop which goes on while an expression in code is true."""
    test = _of_code(expression)
    said = f"repeat while {expression}" if expression else "repeat"
    return Condition(said, test.negated().query if test else "")


def comparison_of(node: Node, flow: Flow | None) -> Comparison | None:
    """Return what a flow's label says of its gateway's question, or else its expression in code."""
    if flow is None:
        return None
    if not flow.label:
        return _of_code(flow.expression)
    question = _field(node.label)
    if compared := _comparison(flow.label, question):
        return compared
    answer = plain(flow.label)
    words = rules().conditions
    if not question:
        return Comparison(_field(flow.label), "=", "true") if _field(flow.label) else None
    if answer in words.yes | words.no:
        return Comparison(question, "=", "true" if answer in words.yes else "false")
    value = answer.replace(" ", "_")[:MAX_NAME_CHARACTERS]
    return Comparison(question, "=", value) if value else None


def _otherwise(node: Node, branches: Sequence[Branch]) -> Branch:
    """Return the branch that is taken when no condition holds."""
    for branch in branches:
        if branch.flow is not None and branch.flow is node.default:
            return branch
    unsaid = [one for one in branches if one.flow is None or not (one.flow.label or _code(one))]
    if len(unsaid) == 1:
        return unsaid[0]
    words = rules().conditions.otherwise
    for branch in branches:
        if branch.flow is not None and words.intersection(plain(branch.flow.label).split()):
            return branch
    return branches[-1]


def _code(branch: Branch) -> str:
    return branch.flow.expression if branch.flow is not None else ""


def _said(node: Node, flow: Flow | None, test: Comparison | None) -> Condition:
    text = _drawn(node, flow) if flow is not None else node.label
    return Condition(text or "if", test.query if test is not None else "")


def _drawn(node: Node, flow: Flow) -> str:
    """Return what can be read in the picture: the question, then the answer."""
    return " ".join(part for part in (node.label, flow.label or flow.expression) if part)


def _comparison(text: str, question: str) -> Comparison | None:
    """Return a comparison such as `amount > 1,000`; without a field, it is the question's."""
    found = _COMPARISON.fullmatch(text)
    if found is None:
        return None
    left, sign, right = found.groups()
    name, value = _field(left) or question, plain(right).replace(" ", "_")[:MAX_NAME_CHARACTERS]
    return Comparison(name, _SIGNS.get(sign, sign), value) if name and value else None


def _of_code(expression: str) -> Comparison | None:
    """Return the test of an expression such as ${amount > 100}, =approved or ${!approved}."""
    text = expression.strip()
    wrapped = _CODE.fullmatch(text)
    if wrapped is not None:
        text = next(part for part in wrapped.groups() if part is not None).strip()
    if not text or _JOINED.search(text):
        return None
    if compared := _comparison(text, ""):
        return compared
    negated = re.fullmatch(r"(?:!|not\b)\s*(.+)", text)
    name = negated.group(1) if negated else text
    if not re.fullmatch(r"[\w.]+", name) or not _field(name):
        return None
    return Comparison(_field(name), "=", "false" if negated else "true")


def _field(text: str) -> str:
    """Return words as a field's name, without those that only make them a question."""
    unsaid = rules().conditions.unsaid
    words = plain(text).split()
    kept = [word for word in words if word not in unsaid] or words
    return "_".join(kept)[:MAX_NAME_CHARACTERS]
