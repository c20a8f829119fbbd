"""Which steps fit at a place, in which order, and which record they act on."""

from __future__ import annotations

from functools import cache

from sketch2flow.workflow.environment import Step
from synth.heuristics.draft import Draft, Record

_SAME_RECORD = 0.85  # share of steps that act on the record that was spoken of last

# What people do first and last: the first word of a definition -> its place in a sequence.
RANKS = {
    "look": 0, "get": 1, "ask": 2, "create": 3, "update": 5, "wait": 6, "assign": 4,
    "escalate": 7, "notify": 8, "send": 8, "post": 8, "log": 9, "archive": 10, "delete": 11,
}  # fmt: skip


class NotPossible(Exception):  # noqa: N818
    """The step does not fit here: nothing in scope to act on, or nothing left to say."""


def rank(step: Step) -> int:
    """Return the place of `step` in a sensible sequence; steps of equal rank in any order."""
    return _rank(step.definition)


@cache
def _rank(definition: str) -> int:
    return RANKS.get(definition.split("_")[0], 6)


def fits(draft: Draft, step: Step) -> bool:
    """Say whether `step` has something to act on here."""
    if step.gives == "records":  # belongs before a loop; alone only as a document's single step
        return draft.size == 1
    if not step.acts_on_record:
        return not step.applies_to
    return any(step.takes(record.table) for record in draft.records)


def looks_up_one(step: Step) -> bool:
    """Say whether `step` finds one record, so that nobody needs it without a step on that."""
    return step.gives == "record" and rank(step) == RANKS["look"]


def record_for(draft: Draft, step: Step) -> Record | None:
    """Return the record in scope that `step` acts on: mostly the one that was spoken of last."""
    changes = rank(step) >= RANKS["update"] and step.scope == "global"
    removes = rank(step) >= RANKS["archive"]
    able = [
        record
        for record in draft.latest()
        if step.takes(record.table)
        if not (changes and record.is_new) and not (removes and record in draft.kept)
    ]
    if not able:
        return None
    if draft.record in able and draft.rng.random() < _SAME_RECORD:
        return draft.record
    return able[0]
