from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest

from synth.drawing.pool import AHEAD, CHUNK, in_order


def square(number: int) -> int:
    return number * number


def slow_square(number: int) -> int:
    time.sleep(0.001 * (number % 7))
    return number * number


def die_at_twenty(number: int) -> int:
    if number == 20:
        os._exit(3)
    return number


def lost(number: int) -> int:
    return -number


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_items(workers: int) -> None:
    assert list(in_order(slow_square, range(70), workers, lost)) == [n * n for n in range(70)]
    assert list(in_order(square, [], workers, lost)) == []


def test_a_process_that_dies_costs_one_item() -> None:
    expected = [-20 if number == 20 else number for number in range(60)]
    assert list(in_order(die_at_twenty, range(60), 2, lost)) == expected


def test_items_are_taken_only_a_little_ahead() -> None:
    taken = 0

    def items() -> Iterator[int]:
        nonlocal taken
        for number in range(100_000):
            taken += 1
            yield number

    results = in_order(square, items(), 2, lost)
    assert next(results) == 0
    assert taken <= 2 * AHEAD * CHUNK
    results.close()
