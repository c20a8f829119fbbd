"""What a block-structured process consists of: steps, branches and loops inside each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from synth.readers.bpmn.process import Flow, Node

Kind = Literal["xor", "and", "try"]


@dataclass(eq=False)
class Step:
    """A task, event or subprocess that stands as one step of its sequence."""

    node: Node
    has_steps: bool = True


@dataclass(eq=False)
class Branch:
    """One way through branches: the flow that leads into it and what stands on it.

    `ends` says that nothing follows it, not even what stands behind the branches; `end` is the
    end event there, if there is one.
    """

    flow: Flow | None
    items: list[Item]
    ends: bool = False
    end: Node | None = None

    @property
    def is_empty(self) -> bool:
        return not self.items and not self.ends

    @property
    def has_steps(self) -> bool:
        return any(item.has_steps for item in self.items)


@dataclass(eq=False)
class Branches:
    """Ways of which one (xor) or each (and) is taken; or a step and what its error leads to (try).

    `node` is the gateway or, without one, the step before; of a try, the step with the error event.
    """

    kind: Kind
    node: Node
    branches: list[Branch]
    has_steps: bool = field(init=False)  # whether anything but ends and tests stands in it

    def __post_init__(self) -> None:
        self.has_steps = any(branch.has_steps for branch in self.branches)


@dataclass(eq=False)
class Loop:
    """Steps that are repeated until one of the flows `exits` is taken at the gateway `node`.

    `backs` are the flows that lead round again.
    """

    node: Node
    items: list[Item]
    exits: list[Flow] = field(default_factory=list)
    backs: list[Flow] = field(default_factory=list)
    has_steps: bool = True


Item: TypeAlias = Step | Branches | Loop
