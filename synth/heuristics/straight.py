"""Workflows without a pattern of their own: straight sequences and subflows."""

from __future__ import annotations

from synth.heuristics.blocks import fill
from synth.heuristics.draft import Draft
from synth.heuristics.registry import heuristic
from synth.heuristics.rows import MAX_RUN, sequence
from synth.heuristics.signatures import signature
from synth.heuristics.tables import choose
from synth.heuristics.triggers import start


@heuristic("sequence", weight=9.5, least=1, most=17)
def straight_sequence(draft: Draft, size: int) -> None:
    """Any trigger, then steps in a row."""
    start(draft)
    while size:
        count = size if size <= MAX_RUN else draft.rng.randint(1, MAX_RUN)
        sequence(draft, count, draft.record)
        size -= count


@heuristic("subflow", weight=0.7, least=1)
def subflow(draft: Draft, size: int) -> None:
    """A subflow that works on a record it is given."""
    catalogue = draft.catalogue
    tasks = draft.rng.random() < 0.5
    table = choose(draft, catalogue.task_tables if tasks else catalogue.all_tables)
    draft.as_subflow(*signature(draft.rng, catalogue, draft.breadth, table))
    fill(draft, size, draft.record)
