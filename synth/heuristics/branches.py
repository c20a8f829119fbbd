"""Workflows around a test, an error handler or parallel branches."""

from __future__ import annotations

from synth.heuristics.blocks import chain, fill, if_else, if_only, parallel, share, try_catch
from synth.heuristics.draft import Draft, Record
from synth.heuristics.registry import heuristic
from synth.heuristics.triggers import ON_RECORDS, start


@heuristic("record_test", weight=1.5, least=2)
def record_test(draft: Draft, size: int) -> None:
    """A record changes: act if it passes a test."""
    record = _on_record(draft)
    before, inside, behind = share(draft, size, 0, 2, 0)
    with draft.keep(record):
        fill(draft, before)
    if_only(draft, inside, record)
    fill(draft, behind)


@heuristic("if_else", weight=2, least=4)
def record_if_else(draft: Draft, size: int) -> None:
    """A record changes: treat it in one of two ways."""
    record = _on_record(draft)
    before, inside, behind = share(draft, size, 0, 4, 0)
    with draft.keep(record):
        fill(draft, before)
    if_else(draft, inside, record)
    fill(draft, behind)


@heuristic("if_elseif_else", weight=2, least=6)
def record_cases(draft: Draft, size: int) -> None:
    """A record changes: one of several cases."""
    record = _on_record(draft)
    before, inside, behind = share(draft, size, 0, 6, 0)
    with draft.keep(record):
        fill(draft, before)
    chain(draft, inside, record)
    fill(draft, behind)


@heuristic("try_catch", weight=2, least=4)
def tried(draft: Draft, size: int) -> None:
    """Try a step outside the platform, handle its failure."""
    start(draft)
    before, inside, behind = share(draft, size, 0, 4, 0)
    fill(draft, before)
    try_catch(draft, inside)
    fill(draft, behind)


@heuristic("parallel", weight=2, least=4)
def side_by_side(draft: Draft, size: int) -> None:
    """Do several things side by side."""
    start(draft)
    before, inside, behind = share(draft, size, 0, 4, 0)
    fill(draft, before)
    parallel(draft, inside)
    fill(draft, behind)


def _on_record(draft: Draft) -> Record:
    start(draft, *ON_RECORDS)
    record = draft.record
    assert record is not None
    return record
