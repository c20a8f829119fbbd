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
    return rank_of(step.definition)


@cache
def rank_of(definition: str) -> int:
    """Return the place of the steps of this name in a sensible sequence."""
    if definition == "wait_for_approval":  # whoever asks waits for the answer
        return RANKS["ask"]
    return RANKS.get(definition.split("_")[0], 6)


def fits(draft: Draft, step: Step) -> bool:
    """Say whether `step` has something to act on here."""
    if step.gives == "records":  # belongs before a loop; alone only as a document's single step
        return draft.size == 1
    return not step.acts_on_record or any(step.takes(record.table) for record in draft.records)


def looks_up_one(step: Step) -> bool:
    """Say whether `step` finds one record, so that nobody needs it without a step on that."""
    return step.gives == "record" and rank(step) == RANKS["look"]


def changes_fields(step: Step) -> bool:
    """Say whether `step` sets fields of a record in scope."""
    return step.acts_on_record and "values" in step.inputs.values()


def able_records(draft: Draft, step: Step) -> list[Record]:
    """Return the records in scope that `step` can act on, the last first.

    In a block nobody sets fields of a record twice.
    """
    changes = rank(step) >= RANKS["update"] and step.scope == "global"
    # Whom a record names that was just created is not known.
    bars_own = changes or step.speaks_of_person
    is_update = changes_fields(step)
    return [
        record
        for record in draft.latest()
        if step.takes(record.table)
        if not (bars_own and record.is_own) and not (step.removes and record in draft.kept)
        if not (is_update and draft.is_updated(record))
    ]


def record_for(draft: Draft, step: Step) -> Record | None:
    """Return the record in scope that `step` acts on: mostly the one that was spoken of last."""
    able = able_records(draft, step)
    if not able:
        return None
    stays = step.definition == "wait_for_approval" or draft.rng.random() < _SAME_RECORD
    if draft.record in able and stays:
        return draft.record
    return able[0]
