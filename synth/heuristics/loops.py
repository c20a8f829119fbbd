"""Workflows around a FOREACH over looked-up records."""

from __future__ import annotations

from synth.heuristics.blocks import fill, if_else, if_only, loop, share
from synth.heuristics.draft import Draft
from synth.heuristics.registry import heuristic
from synth.heuristics.triggers import ON_RECORDS, SCHEDULED, start


@heuristic("scheduled_loop", weight=2, least=3)
def scheduled_loop(draft: Draft, size: int) -> None:
    """By the clock: look up records, act on each."""
    start(draft, *SCHEDULED)
    inside, behind = _split(draft, size, 3)
    loop(draft, inside)
    fill(draft, behind)


@heuristic("scheduled_loop_with_test", weight=1.2, least=4)
def scheduled_loop_with_test(draft: Draft, size: int) -> None:
    """By the clock: look up records, act on those that pass a test."""
    start(draft, *SCHEDULED)
    inside, behind = _split(draft, size, 4)
    loop(draft, inside, body=if_only)
    fill(draft, behind)


@heuristic("record_loop_if_else", weight=1, least=6)
def record_loop_if_else(draft: Draft, size: int) -> None:
    """A record changes: look up others, treat each in one of two ways."""
    start(draft, *ON_RECORDS)
    inside, behind = _split(draft, size, 6)
    loop(draft, inside, body=if_else)
    fill(draft, behind)


@heuristic("foreach", weight=1.5, least=3)
def foreach(draft: Draft, size: int) -> None:
    """Any trigger: look up records, act on each."""
    start(draft)
    before, inside, behind = share(draft, size, 0, 3, 0)
    fill(draft, before)
    loop(draft, inside)
    fill(draft, behind)


def _split(draft: Draft, size: int, least: int) -> tuple[int, int]:
    """Return how many components belong to the loop and how many stand behind it."""
    behind = draft.rng.choice((0, 0, 0, 1, 1, 2)) if size <= 12 else draft.rng.randrange(size // 2)
    behind = min(behind, size - least)
    return size - behind, behind
