"""A text that is scored, with what was read of it, so that nothing is read twice."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, lru_cache, wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

from sketch2flow.workflow.reading import Answer, read_answer

Made = TypeVar("Made")


class UnreadableReferenceError(ValueError):
    """A reference that nothing can be scored against; the message says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the reference: {reason}")


class Source:
    """A candidate's or a reference's text; equal only to itself, so that modes can keep by it."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def answer(self) -> Answer:
        """What the lenient door reads of it."""
        return read_answer(self.text)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The codes of its broken structure rules, sorted, each once."""
        return tuple(sorted({error.code for error in self.answer.errors}))


@lru_cache(maxsize=4096)
def reference_source(text: str) -> Source:
    """Return the source of a reference: many candidates are scored against one."""
    return Source(text)


def kept(make: Callable[[Source], Made]) -> Callable[[Source], Made]:
    """Return `make` with a memory for what it makes of a source, which lives as long as that."""
    memory: WeakKeyDictionary[Source, Made] = WeakKeyDictionary()

    @wraps(make)
    def recalled(source: Source) -> Made:
        if source not in memory:
            memory[source] = make(source)
        return memory[source]

    return recalled
