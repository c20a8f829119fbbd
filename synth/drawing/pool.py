"""Work spread over processes: results in the order of the items, a few items under way."""

from __future__ import annotations

import logging
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import TypeVar

from synth.drawing.memory import keep_freed_memory

Item = TypeVar("Item")
Result = TypeVar("Result")

CHUNK = 16
# Chunks under way per worker: enough that none waits, few enough that memory stays small.
AHEAD = 3


def in_order(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    workers: int,
    died: Callable[[Item], Result],
) -> Iterator[Result]:
    """Yield `function(item)` for every item, in their order, worked on by `workers` processes.

    `function` must be importable and must not raise. With one worker all happens here. Where a
    process dies, its items are tried again one by one, and `died(item)` stands for the one over
    which it dies again. New processes are spawned, never forked: threads may be running.
    """
    if workers <= 1:
        keep_freed_memory()
        yield from map(function, items)
        return
    remaining = iter(items)
    waiting: deque[tuple[list[Item], Future[list[Result]]]] = deque()
    pool = _pool(workers)

    def hand_out(chunk: list[Item]) -> Future[list[Result]]:
        try:
            return pool.submit(_each, function, chunk)
        except BrokenProcessPool as error:
            broken: Future[list[Result]] = Future()
            broken.set_exception(error)
            return broken

    try:
        while True:
            while len(waiting) < AHEAD * workers and (chunk := list(islice(remaining, CHUNK))):
                waiting.append((chunk, hand_out(chunk)))
            if not waiting:
                return
            chunk, future = waiting.popleft()
            try:
                results = future.result()
            except BrokenProcessPool:
                pool.shutdown(wait=False, cancel_futures=True)
                results = _one_by_one(function, chunk, died)
                pool = _pool(workers)
                waiting = deque((chunk, hand_out(chunk)) for chunk, _ in waiting)
            yield from results
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _pool(workers: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_start)


def _start() -> None:
    import cv2

    keep_freed_memory()
    # Which Graphviz draws is said by who starts the workers, not by each of them.
    logging.getLogger("synth.drawing.engine").setLevel(logging.ERROR)
    # One process per core: OpenCV's own threads would only get into each other's way.
    cv2.setNumThreads(1)


def _each(function: Callable[[Item], Result], chunk: Sequence[Item]) -> list[Result]:
    return [function(item) for item in chunk]


def _one_by_one(
    function: Callable[[Item], Result], chunk: Sequence[Item], died: Callable[[Item], Result]
) -> list[Result]:
    results: list[Result] = []
    pool = _pool(1)
    for item in chunk:
        try:
            results += pool.submit(_each, function, [item]).result()
        except BrokenProcessPool:
            results.append(died(item))
            pool.shutdown(wait=False)
            pool = _pool(1)
    pool.shutdown()
    return results
