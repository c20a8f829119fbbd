"""Triggers by the clock: what their annotation leaves unsaid follows a convention."""

from __future__ import annotations

from random import Random

import pytest

from sketch2flow.workflow import load_catalogue
from synth.heuristics.draft import Draft
from synth.heuristics.triggers import SCHEDULED, start
from synth.phrasing import Phrasing, all_phrasings

UNSAID = {"time": "00:00:00", "day_of_week": "1", "day_of_month": "1", "repeat": "01:00:00"}


def started(type_: str, phrasing: Phrasing, seed: int) -> dict[str, str]:
    """Return the inputs of a trigger whose annotation is made of `phrasing`."""
    draft = Draft(Random(seed), load_catalogue(), 1)
    draft.phrasing = lambda *_: phrasing  # type: ignore[method-assign]
    start(draft, type_)
    assert draft.trigger is not None
    return {value.name: value.value for value in draft.trigger.inputs or ()}


@pytest.mark.parametrize("type_", SCHEDULED)
def test_what_a_clock_does_not_say_is_never_by_chance(type_: str) -> None:
    said_by = {"day_of_week": "day", "day_of_month": "day", "repeat": "duration", "time": "time"}
    if type_ == "run_once":
        said_by = {"time": "date"}
    for phrasing in (*all_phrasings()[type_].plain, *all_phrasings()[type_].vague):
        found = [started(type_, phrasing, seed) for seed in range(30)]
        for name in found[0]:
            values = {inputs[name] for inputs in found}
            if said_by[name] in phrasing.wants:
                assert len(values) > 1, phrasing.template
            else:
                assert values == {UNSAID[name]}, phrasing.template


def test_a_date_is_always_said() -> None:
    known = all_phrasings()["run_once"]
    assert not known.vague
    assert all({"date", "time"} <= one.wants for one in known.plain)
