"""Scores of workflows: StarFlow's metrics, structure errors, means, and what explains them."""

from __future__ import annotations

from sketch2flow.scoring.engines import ENGINES
from sketch2flow.scoring.explanations import Explanation, RollUp, explain, roll_up
from sketch2flow.scoring.metrics import ALL_METRICS, METRICS, metrics_of
from sketch2flow.scoring.modes import MODES
from sketch2flow.scoring.pairs import PairScore, score_pair, score_pairs
from sketch2flow.scoring.summary import Summary, summarise

__all__ = [
    "ALL_METRICS",
    "ENGINES",
    "METRICS",
    "MODES",
    "Explanation",
    "PairScore",
    "RollUp",
    "Summary",
    "explain",
    "metrics_of",
    "roll_up",
    "score_pair",
    "score_pairs",
    "summarise",
]
