"""Workflows as departments have them: approvals, fulfilment, service levels, e-mails, polling."""

from __future__ import annotations

from synth.heuristics import queries
from synth.heuristics.actions import act
from synth.heuristics.blocks import (
    again,
    compose,
    fill,
    guard,
    if_else,
    if_only,
    loop,
    share,
    until,
)
from synth.heuristics.draft import Draft, Record
from synth.heuristics.lots import NotPossible
from synth.heuristics.registry import heuristic
from synth.heuristics.rows import steps
from synth.heuristics.tables import choose
from synth.heuristics.triggers import ON_RECORDS, start

_DEPTHS = (46, 43, 9, 2)  # per cent of real workflows that are 1, 2, 3, 4 deep


@heuristic("approval_chain", weight=1.5, least=4)
def approval_chain(draft: Draft, size: int) -> None:
    """A record needs approval: ask one team or several after another, then act on the answer."""
    (ask,) = steps(draft, "ask_for_approval") or (None,)
    if ask is None:
        raise NotPossible("ask_for_approval")
    able = [table for table in draft.catalogue.task_tables if ask.takes(table)]
    answered = [table for table in able if "approval" in table.columns]
    start(draft, *ON_RECORDS, "service_catalog", table=choose(draft, answered or able))
    record = _record(draft)
    asked = min(size - 3, draft.rng.choice((1, 1, 1, 2, 2, 3)))
    with draft.keep(record):
        for _ in range(asked):
            act(draft, ask)
    rest = size - asked
    (answer,) = draft.rng.choices(("approved", "rejected"), (4, 1))
    found = queries.answers(record, answer)
    if rest >= 4:
        if_else(draft, rest, record, found)
    else:
        if_only(draft, rest, record, found=found)


@heuristic("catalog_fulfilment", weight=1.5, least=3)
def catalog_fulfilment(draft: Draft, size: int) -> None:
    """Someone orders from the catalogue: read the order, make tasks, tell people."""
    start(draft, "service_catalog")
    record = _record(draft)
    chosen = [*steps(draft, "get_catalog_variables"), *steps(draft, "create_catalog_task")]
    for step in chosen[: size - 1]:
        act(draft, step)
    fill(draft, size - min(len(chosen), size - 1), record)


@heuristic("sla_escalation", weight=1, least=3)
def sla_escalation(draft: Draft, size: int) -> None:
    """A service level runs: wait for a share of it, then warn, escalate or reassign."""
    start(draft, "sla_task")
    record = _record(draft)
    (timer,) = steps(draft, "sla_percentage_timer") or (None,)
    if timer is None:
        raise NotPossible("sla_percentage_timer")
    act(draft, timer)
    if size > 3 and draft.rng.random() < 0.6:
        if_only(draft, size - 1, record)
    else:
        fill(draft, size - 1, record)


@heuristic("email_triage", weight=1, least=3)
def email_triage(draft: Draft, size: int) -> None:
    """An e-mail comes in: make a task of it, titled like the mail, then answer or assign."""
    start(draft, "email")
    (maker,) = [step for step in steps(draft, "create_task") if step.scope == "global"] or (None,)
    if maker is None:
        raise NotPossible("create_task")
    mail = draft.record
    act(draft, maker)
    record = _record(draft)
    if mail is not None and size > 4 and draft.rng.random() < 0.5:
        if_else(draft, size - 1, mail, queries.search(draft, mail))
    else:
        fill(draft, size - 1, record)


@heuristic("polling", weight=1, least=4)
def polling(draft: Draft, size: int) -> None:
    """Do something, then look again and again until a record has reached a state."""
    start(draft, *ON_RECORDS, "service_catalog", "sla_task")
    record = _record(draft)
    before, inside, behind = share(draft, size, 0, 3, 0)
    with draft.keep(record):
        fill(draft, before)
    until(draft, inside)
    fill(draft, behind)


@heuristic("nested_loops", weight=0.4, least=6)
def nested_loops(draft: Draft, size: int) -> None:
    """For each record that was looked up, look up others and go through them, too."""
    start(draft)
    before, outer, inner, behind = share(draft, size, 0, 3, 3, 0)

    def body(within: Draft, count: int, item: Record) -> None:
        with within.keep(item):
            fill(within, count - inner, item)
        loop(within, inner)

    fill(draft, before)
    loop(draft, outer + inner, body)
    fill(draft, behind)


@heuristic("guarded", weight=1, least=4)
def guarded(draft: Draft, size: int) -> None:
    """A record changes: leave early if it is none of this flow's business, else go on."""
    start(draft, *ON_RECORDS)
    record = _record(draft)
    inside, behind = share(draft, size, 3, 1)
    with draft.keep(record):
        guard(draft, inside)
    fill(draft, behind, record)


@heuristic("retry", weight=0.6, least=3)
def retry(draft: Draft, size: int) -> None:
    """Do something, test its outcome, go back to it if it was not enough."""
    start(draft, *ON_RECORDS, "service_catalog")
    inside, behind = share(draft, size, 3, 0)
    again(draft, inside)
    fill(draft, behind)


@heuristic("free", weight=2, least=2)
def free(draft: Draft, size: int) -> None:
    """Any trigger, then any parts, to a depth that is drawn as real workflows have it."""
    start(draft)
    (depth,) = draft.rng.choices((1, 2, 3, 4), _DEPTHS)
    compose(draft, size, depth)


def _record(draft: Draft) -> Record:
    if draft.record is None:
        raise NotPossible("nothing in scope to act on")
    return draft.record
