"""Heuristics that write workflows like an enterprise's; importing this registers them all."""

from __future__ import annotations

from synth.heuristics import branches, enterprise, loops, straight
from synth.heuristics.registry import HEURISTICS, Heuristic

__all__ = ["HEURISTICS", "Heuristic", "branches", "enterprise", "loops", "straight"]
