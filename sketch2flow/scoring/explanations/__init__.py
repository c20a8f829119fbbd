"""Explanations of scores: what makes up the distance of a pair, and that of a whole set."""

from __future__ import annotations

from sketch2flow.scoring.explanations.edits import OPERATIONS, Edit, Part, Place
from sketch2flow.scoring.explanations.explanation import Explanation, explain
from sketch2flow.scoring.explanations.roll_up import Confusion, Frequency, RollUp, Share, roll_up

__all__ = [
    "OPERATIONS",
    "Confusion",
    "Edit",
    "Explanation",
    "Frequency",
    "Part",
    "Place",
    "RollUp",
    "Share",
    "explain",
    "roll_up",
]
