"""The best constant answer: what scores best without looking at any picture."""

from __future__ import annotations

import random
from collections import defaultdict
from pathlib import Path
from statistics import fmean

from sketch2flow_assets.defs.predictions.evaluation_rows import read_split

CANDIDATES, REFERENCES = 48, 48  # 2,304 pairs: seconds, whatever the size of the data set
METRIC = "flow_sim_no_inputs"


def best_constant_answer(folder: Path, seed: int, workers: int = 1) -> tuple[str, float]:
    """Return the training answer with the highest mean FlowSim on validation answers, and that.

    Among a seeded sample of training documents, against one of validation documents; ties go to
    the first by identifier.
    """
    from sketch2flow.scoring import score_pairs

    candidates = _sample(folder, "train", CANDIDATES, seed)
    references = _sample(folder, "validation", REFERENCES, seed)
    if not candidates or not references:
        raise ValueError(f"{folder}: no training or no validation documents to choose from")
    pairs = (
        (identifier, answer, reference)
        for identifier, answer in candidates
        for _, reference in references
    )
    scores: dict[str, list[float]] = defaultdict(list)
    for identifier, score in score_pairs(pairs, workers=workers):
        scores[identifier].append(score.scores.get(METRIC) or 0.0)
    best, answer = max(candidates, key=lambda one: fmean(scores[one[0]]))
    return answer, fmean(scores[best])


def _sample(folder: Path, split: str, count: int, seed: int) -> list[tuple[str, str]]:
    """Return (identifier, answer) of un-augmented rows, sorted by identifier."""
    columns = ["identifier", "annotations", "parent"]
    rows = [
        (row["identifier"], row["annotations"][0])
        for row in read_split(folder, split, columns)
        if row["parent"] is None
    ]
    chosen = random.Random(f"{seed}/constant/{split}").sample(sorted(rows), min(count, len(rows)))
    return sorted(chosen)
