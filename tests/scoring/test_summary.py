"""Means, medians and the seeded interval."""

from __future__ import annotations

import random

import pytest

from sketch2flow.scoring import summarise


def test_what_is_not_applicable_stays_out_of_the_mean() -> None:
    summary = summarise([1.0, None, 0.0, 0.5, None, 0.1])
    assert (summary.n, summary.not_applicable) == (4, 2)
    assert summary.mean == pytest.approx(0.4)
    assert summary.median == pytest.approx(0.3)


def test_nothing_to_average() -> None:
    assert summarise([]) == (0, 0, None, None, None, None)
    assert summarise([None, None]) == (0, 2, None, None, None, None)


def test_the_interval_is_seeded_and_covers_the_mean() -> None:
    random_ = random.Random(1)
    values = [random_.random() for _ in range(300)]
    one = summarise(values, seed=3)
    assert one == summarise(values, seed=3)
    assert one != summarise(values, seed=4)
    assert one.mean is not None
    assert one.low is not None
    assert one.high is not None
    assert one.low < one.mean < one.high
    # Known: 1.96 standard errors of 300 uniform values to each side.
    assert one.high - one.low == pytest.approx(2 * 1.96 * 0.2887 / 300**0.5, rel=0.15)


def test_one_value_has_a_point_for_an_interval() -> None:
    assert summarise([0.5]) == (1, 0, 0.5, 0.5, 0.5, 0.5)


def test_many_values_are_resampled_in_blocks() -> None:
    values = [float(i % 2) for i in range(30_000)]
    summary = summarise(values, resamples=300)
    assert summary.low == pytest.approx(0.5, abs=0.02)
    assert summary.low is not None
    assert summary.high is not None
    assert 0.005 < summary.high - summary.low < 0.02
