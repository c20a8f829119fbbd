"""Broken answers, and answers that would run, beside the scores of both modes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sketch2flow.scoring import METRICS, PairScore, score_pair, score_pairs
from sketch2flow.scoring.metrics import OF_SOUNDNESS
from sketch2flow.workflow import load_catalogue
from sketch2flow.workflow.catalogue import BUILT_IN, CatalogueError
from tests.workflow.documents import flow, step

MODES = ("starflow", "strict")
SOUND = flow(
    step(1, "log", inputs=[{"name": "log_message", "value": "x"}]),
    trigger={
        "annotation": "",
        "type": "daily",
        "inputs": [{"name": "time", "value": "08:00:00"}],
    },
)


def of(candidate: Any, mode: str, **more: Any) -> PairScore:
    text = candidate if isinstance(candidate, str) else json.dumps(candidate)
    return score_pair(text, json.dumps(SOUND), mode, **more)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("candidate", "is_broken", "strictly"),
    [
        (SOUND, False, False),
        ("```json\n" + json.dumps(SOUND), True, False),  # the fence is open, all can be read
        ("```json\n" + json.dumps(SOUND)[:-5], True, True),  # cut off
        ("no json", True, True),
        ("[1]", True, True),
        ("[" * 200 + "]" * 200, True, True),  # too deep, and so nothing was read
        (flow(step(1, "ELSE"), step(2, block=1)), True, True),
        (flow(step(1, "IF")), True, False),  # an empty block
        (flow(step(1, inputs=[{"name": "values", "value": "X"}])), False, False),  # a warning
        ("{}", True, False),
    ],
)
def test_broken_by_all_rules_and_by_the_strict_ones(
    candidate: Any, is_broken: bool, strictly: bool, mode: str
) -> None:
    found = of(candidate, mode)
    assert (found.is_broken, found.is_broken_strictly) == (is_broken, strictly)
    for name in METRICS[:2]:
        assert found.scores[f"{name}_unbroken"] == (0.0 if strictly else found.scores[name])
    assert (found.scores["would_activate"], found.activation_errors) == (None, None)


def test_what_is_not_applicable_stays_so() -> None:
    found = score_pair("{}", '{"trigger": null, "components": []}', "strict")
    assert found.scores["flow_sim_no_inputs_unbroken"] is None


def test_a_pair_without_scores_still_tells_of_its_candidate() -> None:
    found = score_pair(json.dumps(flow(step(1, "fly"))), "", "strict", catalogue=BUILT_IN)
    assert set(found.scores) <= set(OF_SOUNDNESS)
    assert found.activation_errors == ("missing_input", "unknown_definition")
    assert not found.is_broken


@pytest.mark.parametrize("mode", MODES)
def test_would_activate_asks_for_structure_and_environment(mode: str) -> None:
    catalogue = load_catalogue()
    assert of(SOUND, mode, catalogue=catalogue).scores["would_activate"] == 1.0
    assert of(SOUND, mode, catalogue=catalogue).activation_errors == ()
    unknown = of({**SOUND, "components": [step(1, "fly")]}, mode, catalogue=catalogue)
    assert (unknown.scores["would_activate"], unknown.is_broken) == (0.0, False)
    assert unknown.activation_errors == ("unknown_definition",)
    broken = of({**SOUND, "type": "neither"}, mode, catalogue=catalogue)
    assert (broken.scores["would_activate"], broken.activation_errors) == (0.0, ())
    assert of("no json", mode, catalogue=catalogue).scores["would_activate"] == 0.0


def test_an_environment_of_ones_own_reaches_the_worker_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sketch2flow.scoring.pairs._WORTH_PROCESSES", 2)
    plant = tmp_path / "plant.yaml"
    plant.write_text("actions: {global: {fly: {label: fly}}}")
    text = json.dumps({**SOUND, "components": [step(1, "fly")]})
    pairs = [(str(n), text, text) for n in range(200)]
    for catalogue in (plant, load_catalogue(plant)):
        for workers in (1, 2):
            scores = score_pairs(pairs, workers=workers, catalogue=catalogue)
            assert {score.scores["would_activate"] for _, score in scores} == {1.0}
    built_in = score_pairs(pairs, catalogue=BUILT_IN)
    assert {score.scores["would_activate"] for _, score in built_in} == {0.0}


def test_a_bad_catalogue_is_refused_before_anything_is_scored(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("actions: [1]")
    with pytest.raises(CatalogueError, match=r"bad.yaml: actions"):
        score_pairs([], catalogue=bad)
