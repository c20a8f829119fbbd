"""Which steps fit at a place, in which order, and which record they act on."""

from __future__ import annotations

from functools import cache

from sketch2flow.workflow.environment import Step
from synth.heuristics.draft import Draft, Record

_SAME_RECORD = 0.85  # share of steps that act on the record that was spoken of last

# What people do first and last: the first words of definitions in the order of a sequence.
_ORDER: tuple[tuple[str, ...], ...] = (
    ("look",),
    ("get", "read", "check", "validate", "parse", "detect", "analyze", "predict", "take", "load"),
    ("ask", "request", "submit", "calculate", "suggest", "summarize", "translate", "download"),
    ("create", "add", "provision", "hire", "invite", "generate", "record", "draft", "reserve"),
    ("assign", "grant", "share", "enroll", "install", "deploy", "enable", "start", "launch", "run"),
    ("update", "set", "change", "transition", "move", "copy", "convert", "reset", "unlock"),
    ("wait", "sla", "sync", "apply", "merge"),
    ("escalate", "page", "acknowledge"),
    ("notify", "send", "post", "publish", "email", "upload", "schedule"),
    ("log", "fire", "write", "produce"),
    ("archive", "close", "resolve", "cancel", "stop", "suspend", "disable", "lock", "deactivate"),
    ("delete", "remove", "revoke", "wipe", "erase", "retire", "terminate", "deprovision"),
)
RANKS = {word: place for place, words in enumerate(_ORDER) for word in words}


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
    return not step.acts_on_record or any(step.takes(record.table) for record in draft.records)


def looks_up_one(step: Step) -> bool:
    """Say whether `step` finds one record, so that nobody needs it without a step on that."""
    return step.gives == "record" and rank(step) == RANKS["look"]


def record_for(draft: Draft, step: Step) -> Record | None:
    """Return the record in scope that `step` acts on: mostly the one that was spoken of last."""
    changes = rank(step) >= RANKS["update"] and step.scope == "global"
    # Whom a record names that was just created is not known.
    bars_own = changes or step.speaks_of_person
    able = [
        record
        for record in draft.latest()
        if step.takes(record.table)
        if not (bars_own and record.is_own) and not (step.removes and record in draft.kept)
    ]
    if not able:
        return None
    if draft.record in able and draft.rng.random() < _SAME_RECORD:
        return draft.record
    return able[0]
