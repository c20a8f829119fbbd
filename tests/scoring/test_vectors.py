"""The official scores, pair by pair and as means, in every engine."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from sketch2flow.scoring import ENGINES, METRICS, score_pair, summarise

VECTORS = Path(__file__).parent / "vectors"


def read(name: str) -> list[dict[str, Any]]:
    with gzip.open(VECTORS / name, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ["vectors_public.jsonl.gz", "fuzzed_pairs.jsonl.gz"])
def test_every_pair_has_the_official_scores(name: str, engine: str) -> None:
    vectors = read(name)
    assert len(vectors) in (150, 400)
    for vector in vectors:
        score = score_pair(vector["candidate"], vector["reference"], engine=engine)
        if isinstance(vector["flow_sim_no_inputs"], str):
            assert score.error is not None, vector["id"]
            assert all(score.scores.get(metric) is None for metric in METRICS)
            continue
        assert score.error is None, vector["id"]
        for metric in METRICS:
            expected = vector[metric]
            if expected is not None:
                expected = pytest.approx(expected, abs=1e-12, rel=0)
            assert score.scores.get(metric) == expected, (vector["id"], metric)


def test_the_means_are_the_official_means() -> None:
    expected = json.loads((VECTORS / "vectors_public_aggregate.json").read_text())
    vectors = read("vectors_public.jsonl.gz")
    scores = [score_pair(vector["candidate"], vector["reference"]) for vector in vectors]
    scored = [score for score in scores if score.error is None]
    assert len(scored) == expected["n_scored"]
    assert len(scores) - len(scored) == expected["n_raising"]
    for metric in METRICS:
        summary = summarise([score.scores.get(metric) for score in scored], resamples=10)
        assert summary.mean == pytest.approx(expected[metric], abs=1e-12, rel=0)


@pytest.mark.parametrize("name", ["vectors_public.jsonl.gz", "fuzzed_pairs.jsonl.gz"])
def test_the_strict_mode_scores_them_all_but_for_bad_references(name: str) -> None:
    vectors = read(name)
    refused = 0
    for vector in vectors:
        score = score_pair(vector["candidate"], vector["reference"], mode="strict")
        if score.error is not None:
            assert score.error.startswith("the reference: "), vector["id"]
            refused += 1
        assert all(v is None or 0.0 <= v <= 1.0 for v in score.scores.values()), vector["id"]
    # Of the official pairs one; the references of fuzzed ones are damaged as their candidates are.
    assert refused == {"vectors_public.jsonl.gz": 1, "fuzzed_pairs.jsonl.gz": 198}[name]
