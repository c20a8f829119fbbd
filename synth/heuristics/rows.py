"""Steps in a row: which ones fit here, how many of a kind, and in what order.

Each function adds exactly as many components as asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sketch2flow.workflow import Table
from sketch2flow.workflow.environment import Step
from sketch2flow.workflow.rules import CLOCK_TRIGGERS
from synth.heuristics import tables
from synth.heuristics.actions import act
from synth.heuristics.draft import Draft, Record
from synth.heuristics.fitting import (
    RANKS,
    able_records,
    changes_fields,
    fits,
    looks_up_one,
    rank,
    rank_of,
)
from synth.heuristics.lots import Lots, NotPossible

MAX_RUN = 6  # steps in a row before flow logic comes in
_LOOK_UP_FIRST = 0.3  # share of sequences that begin with a look-up of one record
_BY_THE_CLOCK = 0.85  # ... where the clock started the flow and no record is at hand
_GOES_ON = 0.7  # share of steps of later rows that do not look up or create
# Rank -> how many steps of it a block has at most: look-ups, and steps that create.
_MOST = {RANKS["look"]: 3, RANKS["create"]: 2}
# What nobody makes a workflow of that does nothing else.
_NOT_ALONE = frozenset({"log", "fire_event", "add_worknote_link_to_context"})


def sequence(draft: Draft, count: int, about: Record | None = None) -> None:
    """Add `count` steps in an order that people would choose: look up, create, update, tell."""
    if about not in draft.records and count > 1 and draft.rng.random() < _look_up_first(draft):
        about = _look_up(draft)
        count -= 1
    chosen = _choose(draft, count, about)
    for step in sorted(chosen, key=rank):
        act_or_tell(draft, step)


def _choose(draft: Draft, count: int, about: Record | None) -> list[Step]:
    """Return `count` different steps that fit here, as far as there are so many."""
    lots = _fitting(draft)
    row = _Row(draft, count)
    if about in draft.records:
        table = about.table
        try:
            row.add(lots.draw(draft.rng, lambda step: not row.can_begin_with(step, table)))
        except NotPossible:  # hardly anything acts on such a record
            rare = [step for step in lots.items if row.can_begin_with(step, table)]
            if rare:
                row.add(pick(draft, rare))
    while len(row.chosen) < count:
        try:
            step = lots.draw(draft.rng, row.refuses)
        except NotPossible:
            step = lots.draw(draft.rng)
        row.add(step)
    return row.chosen[:count]


class _Row:
    """The steps chosen so far for a row of `count`, beside what the block already has."""

    def __init__(self, draft: Draft, count: int) -> None:
        self.draft = draft
        self.count = count
        self.chosen: list[Step] = []
        begins = draft.previous in ("", "look_up_record")
        self._is_later = not begins and draft.breadth.columns is None
        self._ranks = Counter(map(rank_of, draft.here if self._is_later else ()))

    def add(self, step: Step) -> None:
        """Add a step; behind a question for approval waiting for the answer."""
        self.chosen.append(step)
        self._ranks[rank(step)] += 1
        if step.definition == "ask_for_approval":
            self.chosen += steps(self.draft, "wait_for_approval")

    def has_room_for(self, step: Step) -> bool:
        """Say whether there is room for `step` and for what it asks for behind it."""
        if step.definition != "ask_for_approval":
            return True
        return self.count - len(self.chosen) > 1 and not self.draft.has("wait_for_approval")

    def can_begin_with(self, step: Step, table: Table) -> bool:
        """Say whether `step` acts on a record of `table`, and there is room for it."""
        return step.acts_on_record and step.takes(table) and self.has_room_for(step)

    def refuses(self, step: Step) -> bool:
        """Say whether `step` is one too many here.

        Of a kind, one is enough in a row: one step that updates, one that mails, ... Later rows
        of a block rather tell than begin anew.
        """
        if any(step.definition == one.definition for one in self.chosen):
            return True
        if not self.has_room_for(step):
            return True
        if changes_fields(step) and not able_records(self.draft, step):
            return True
        place = rank(step)
        if not self._is_later and not self.chosen:
            return False
        most = _MOST.get(place)
        if most is not None and self._ranks[place] >= most:
            return True
        return self._is_later and place <= RANKS["create"] and self.draft.rng.random() < _GOES_ON


def _look_up_first(draft: Draft) -> float:
    """Return the share of sequences that begin with a look-up: by the clock nothing is at hand."""
    if draft.breadth.columns is not None:
        return _LOOK_UP_FIRST
    if draft.previous:
        return 0
    return (
        _BY_THE_CLOCK
        if draft.trigger_type in CLOCK_TRIGGERS and not draft.records
        else _LOOK_UP_FIRST
    )


def _fitting(draft: Draft) -> Lots[Step]:
    """Return the lots of all steps that fit here."""
    names = frozenset(record.table.name for record in draft.records)
    if draft.size == 1:
        catalogue = draft.catalogue
        able = catalogue.steps_on(names, frozenset(catalogue.areas), draft.trigger_type)
        if draft.breadth.columns is None:
            able = [step for step in able if _stands_alone(step)]
        return Lots([*able, *steps(draft, "look_up_records")], _power(draft))
    if names not in draft.fitting:
        able = draft.catalogue.steps_on(names, draft.areas, draft.trigger_type)
        draft.fitting[names] = Lots(
            [one for one in able if one.gives is None or _has_a_place(draft, one)]
        )
    return draft.fitting[names]


def _stands_alone(step: Step) -> bool:
    """Say whether a workflow of `step` alone is of use to anybody."""
    return rank(step) != RANKS["get"] and step.definition not in _NOT_ALONE


def _has_a_place(draft: Draft, step: Step) -> bool:
    """Say whether a step that gives a record makes sense beside any others.

    By the clock, where nothing is at hand, nothing is made; a record that is no task is made as
    a part of another one.
    """
    if looks_up_one(step):
        return False
    if draft.breadth.columns is not None:
        return True
    if "table" not in step.inputs.values():
        return bool(draft.records) or draft.trigger_type not in CLOCK_TRIGGERS
    return any(not table.is_task and not table.system for table in tables.parts_in_scope(draft))


def _look_up(draft: Draft) -> Record | None:
    """Add a step that finds a record; return that."""
    finders = [step for step in steps(draft, "look_up_record") if looks_up_one(step)]
    act_or_tell(draft, pick(draft, finders))
    return draft.record


def pick(draft: Draft, pool: Sequence[Step]) -> Step:
    """Return one of `pool`, common ones more often; raises NotPossible where it is empty."""
    return Lots(pool, _power(draft)).draw(draft.rng)


def _power(draft: Draft) -> float:
    """Return the power of weights: where there is one step only, people draw rare ones as well."""
    return 0.5 if draft.size == 1 else 1.0


def act_or_tell(draft: Draft, step: Step) -> None:
    """Add `step`, or a message where nothing is left for it to do (its record was deleted)."""
    for candidate in (step, *steps(draft, "send_email", "log", "send_rest_request")):
        try:
            if fits(draft, candidate):
                act(draft, candidate)
                return
        except NotPossible:
            continue
    raise NotPossible("the catalogue has too few steps and words for a document of this size")


def steps(draft: Draft, *definitions: str) -> Sequence[Step]:
    """Return the catalogue's steps of these names, in this order."""
    known = draft.catalogue.by_definition
    return [step for name in definitions for step in known.get(name, ())]


def logic(draft: Draft, word: str) -> None:
    """Add flow logic that holds no steps, such as END; raises NotPossible where it cannot be."""
    known = draft.catalogue.logic.get(word)
    if known is None:
        raise NotPossible(word)
    act(draft, known)


def few(draft: Draft, able: Sequence[Step], count: int) -> None:
    """Add `count` of the steps `able`, in a sensible order."""
    if len(able) < count:
        raise NotPossible("the catalogue has too few steps for this place")
    for step in sorted(draft.rng.sample(able, count), key=rank):
        act_or_tell(draft, step)
