"""Means over a set of pairs, with an interval that says how much they can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, median
from typing import NamedTuple

_DRAWS_AT_ONCE = 4_000_000


class Summary(NamedTuple):
    """One metric over a set: `n` values used, `not_applicable` ones left out.

    `low` and `high` bound the mean's 95 % interval; all four numbers are None where n is 0.
    """

    n: int
    not_applicable: int
    mean: float | None
    median: float | None
    low: float | None
    high: float | None


def summarise(values: Sequence[float | None], seed: int = 0, resamples: int = 1000) -> Summary:
    """Return mean, median and a 95 % percentile bootstrap interval of the mean.

    None values do not count. Same values, seed and resamples: same interval (Efron and
    Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13).
    """
    used = [value for value in values if value is not None]
    if not used:
        return Summary(0, len(values), None, None, None, None)
    low, high = _interval(used, seed, resamples)
    return Summary(len(used), len(values) - len(used), fmean(used), float(median(used)), low, high)


def _interval(values: list[float], seed: int, resamples: int) -> tuple[float, float]:
    import numpy as np

    generator = np.random.default_rng(seed)
    sample = np.asarray(values, dtype=np.float64)
    rows = max(1, _DRAWS_AT_ONCE // len(sample))
    means = np.concatenate(
        [
            sample[
                generator.integers(0, len(sample), (min(rows, resamples - done), len(sample)))
            ].mean(axis=1)
            for done in range(0, resamples, rows)
        ]
    )
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)
