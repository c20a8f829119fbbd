"""A workflow as an indented outline, and two outlines compared line by line."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sketch2flow.workflow.document import Input, Parameters, Workflow

MAX_LINES = 150
MAX_CHARACTERS = 160  # of a line
MAX_INDENT = 12


@dataclass(frozen=True)
class Line:
    """One line: depth, text, whether it is a step (or an input of one), and its mark.

    The mark is `same`, or `missing` (in the answer) and `extra` (beyond the truth).
    """

    depth: int
    text: str
    step: bool = True
    mark: str = "same"


def outline(workflow: Workflow) -> list[Line]:
    """Return the workflow's lines: trigger, then components nested by block, each with its inputs.

    Shows what is scored: annotations, which the drawing has already, are left out. At most 150
    lines; a last line says how many components were left out.
    """
    lines = [Line(0, workflow.type)] if workflow.trigger is None else []
    if workflow.trigger is not None:
        lines.append(Line(0, _short(f"trigger {workflow.trigger.type}")))
        lines += _inputs(workflow.trigger.inputs or (), 1)
    lines += _parameters("input", workflow.inputs) + _parameters("output", workflow.outputs)
    depths: dict[int, int] = {}
    for place, component in enumerate(workflow.components):
        above = None if component.block is None else depths.get(component.block)
        depth = 0 if above is None else min(above + 1, MAX_INDENT)
        depths[component.order] = depth
        scope = "" if component.scope in ("", "global") else f" ({component.scope})"
        kind = "subflow " if component.category == "subflow" else ""
        lines.append(Line(depth, _short(f"{kind}{component.definition}{scope}")))
        lines += _inputs(component.inputs or (), depth + 1)
        if len(lines) > MAX_LINES:
            left_out = len(workflow.components) - place - 1
            return [*lines[:MAX_LINES], Line(0, f"… and {left_out} more components")]
    return lines


def compare(truth: Sequence[Line], answer: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """Return both outlines with their differences marked, by a longest common run of lines."""
    matcher = difflib.SequenceMatcher(a=list(truth), b=list(answer), autojunk=False)
    left = [replace(line, mark="missing") for line in truth]
    right = [replace(line, mark="extra") for line in answer]
    for block in matcher.get_matching_blocks():
        for step in range(block.size):
            left[block.a + step] = truth[block.a + step]
            right[block.b + step] = answer[block.b + step]
    return left, right


def _inputs(inputs: Sequence[Input], depth: int) -> list[Line]:
    ordered = sorted(inputs, key=lambda given: given.name)
    return [Line(depth, _short(f"{given.name} = {given.value}"), step=False) for given in ordered]


def _parameters(kind: str, parameters: Parameters | None) -> list[Line]:
    lines = []
    for item in parameters.items if parameters else ():
        table = f" {item.reference}" if item.reference else ""
        lines.append(Line(1, _short(f"{kind} {item.name}: {item.type}{table}"), step=False))
    return lines


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= MAX_CHARACTERS else f"{flat[: MAX_CHARACTERS - 1]}…"
