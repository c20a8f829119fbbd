"""Progress of long loops in a step's log: one line every few seconds."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

SECONDS = 10.0


def logged(
    log: logging.Logger, items: Iterable[Item], what: str, total: int | None = None
) -> Iterator[Item]:
    """Pass `items` on and log how many there were, how fast, and how long it still takes."""
    started = said = time.monotonic()
    first, count = started, 0
    for count, item in enumerate(items, start=1):
        yield item
        now = time.monotonic()
        if count == 1:
            first = said = now  # What came before was the start of worker processes.
        elif now - said >= SECONDS:
            said, rate = now, (count - 1) / (now - first)
            left = f" of {total:,}, {(total - count) / rate:.0f} s left" if total else ""
            log.info(f"{what}: {count:,}{left} ({rate:.1f}/s)")
    log.info(f"{what}: {count:,} in {time.monotonic() - started:.1f} s")
