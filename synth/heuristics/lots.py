"""Drawing by weight from the catalogue's long lists, whose sums are worked out once."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import accumulate
from operator import attrgetter
from random import Random
from typing import Any, Generic, Protocol, TypeVar

_ATTEMPTS = 60  # at one that is not refused
_WEIGHT = attrgetter("weight")


class NotPossible(Exception):  # noqa: N818
    """The step does not fit here: nothing in scope to act on, or nothing left to say."""


class _Weighted(Protocol):
    @property
    def weight(self) -> float: ...

    @property
    def key(self) -> str: ...


T = TypeVar("T", bound=_Weighted)


class Lots(Generic[T]):
    """Things with a weight each; the same draws for the same random numbers."""

    def __init__(self, items: Sequence[T], power: float = 1.0) -> None:
        self.items = items
        weights = map(_WEIGHT, items)
        self._sums = list(accumulate(weights if power == 1 else (one**power for one in weights)))

    @cached_property
    def keys(self) -> frozenset[str]:
        """Their names in the catalogue."""
        return frozenset(item.key for item in self.items)

    def draw(self, rng: Random, refuse: Callable[[T], bool] | None = None) -> T:
        """Return one of the things, common ones more often; not one that `refuse` names.

        Raises NotPossible where there is none, or nearly none that is not refused.
        """
        if self.items:
            for _ in range(_ATTEMPTS):
                # As rng.choices does, without its work for many at once.
                point = rng.random() * self._sums[-1]
                found = self.items[bisect(self._sums, point, 0, len(self.items) - 1)]
                if refuse is None or not refuse(found):
                    return found
        raise NotPossible("the catalogue has nothing for this")


_KEPT: dict[int, Any] = {}


def lots_of(items: tuple[T, ...]) -> Lots[T]:
    """Return the lots of a tuple that lives as long as its catalogue."""
    kept: Lots[T] | None = _KEPT.get(id(items))
    if kept is None or kept.items is not items:
        kept = _KEPT[id(items)] = Lots(items)
    return kept
