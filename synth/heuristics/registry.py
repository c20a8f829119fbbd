"""The register of heuristics: each a small function that writes one kind of workflow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from sketch2flow.workflow import Catalogue, Workflow
from synth.breadth import EVERYTHING, Breadth
from synth.heuristics.draft import Draft

Write = Callable[[Draft, int], None]


@dataclass(frozen=True)
class Heuristic:
    """A way to write workflows of `least` to `most` components."""

    name: str
    description: str
    weight: float
    least: int
    most: int
    write: Write

    def __call__(
        self,
        rng: Random,
        catalogue: Catalogue,
        size: int,
        breadth: Breadth = EVERYTHING,
        slips: float = 0.0,
    ) -> Workflow:
        """Return a workflow with exactly `size` components."""
        draft = Draft(rng, catalogue, size, breadth, slips)
        self.write(draft, size)
        return draft.build()


HEURISTICS: dict[str, Heuristic] = {}


def heuristic(
    name: str, *, weight: float, least: int, most: int = 1_000
) -> Callable[[Write], Write]:
    """Register a function that starts a draft and adds exactly `size` components to it.

    The first line of its docstring is the description.
    """

    def register(write: Write) -> Write:
        if name in HEURISTICS:
            raise ValueError(f"heuristic {name!r} is registered twice")
        description = (write.__doc__ or name).splitlines()[0]
        HEURISTICS[name] = Heuristic(name, description, weight, least, most, write)
        return write

    return register
