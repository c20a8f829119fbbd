"""What blocks take up along the flow and across it, before any of them has its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from synth.diagram import Fork, Item, Loop, Node, Step
from synth.drawing.geometry import Size, Slot

if TYPE_CHECKING:
    from synth.drawing.layouts.blocks import Blocks


class Extent(NamedTuple):
    """What an item needs: across its axis on both sides, and along it."""

    before: float
    after: float
    length: float


class Extents:
    """The extents of a diagram's items, for nodes of the sizes `slots`.

    An item that is `followed` also has room for the lines that lead on from it.
    """

    def __init__(
        self, slots: Mapping[str, Slot], label_size: Callable[[str], Size], options: Blocks
    ) -> None:
        self.options = options
        self.down = options.direction == "TB"
        self._slots, self._label_size = slots, label_size
        self._known: dict[tuple[int, bool], Extent] = {}

    def node(self, node: Node) -> Extent:
        """Return the extent of a node."""
        slot = self._slots[node.identifier]
        across, down = slot.axis
        if self.down:
            return Extent(across, slot.width - across, slot.height)
        return Extent(down, slot.height - down, slot.width)

    def middle(self, node: Node) -> float:
        """Return where, from a node's upper or left end, lines meet its sides."""
        across, down = self._slots[node.identifier].axis
        return down if self.down else across

    def label(self, word: str) -> tuple[float, float]:
        """Return a label's length along the flow and across it, with the room around it."""
        if not word:
            return 0.0, 0.0
        width, height = self._label_size(word)
        return (height + 4, width + 5) if self.down else (width + 8, height + 3)

    def series(self, items: Sequence[Item], followed: bool) -> Extent:
        """Return the extent of items that stand one behind the other."""
        before = after = length = 0.0
        for index, item in enumerate(items):
            extent = self.item(item, followed or index + 1 < len(items))
            before, after = max(before, extent.before), max(after, extent.after)
            length += extent.length + (self.options.gap if index else 0)
        if not items:
            before = after = self.options.lane / 2
        return Extent(before, after, length)

    def item(self, item: Item, followed: bool) -> Extent:
        """Return the extent of an item with all that it holds."""
        key = (id(item), followed)
        if key not in self._known:
            if isinstance(item, Step):
                self._known[key] = self.node(item.node)
            elif isinstance(item, Loop):
                self._known[key] = self._loop(item, followed)
            else:
                self._known[key] = self._fork(item, followed)
        return self._known[key]

    def branches(self, fork: Fork, followed: bool) -> list[Extent]:
        """Return the branches' extents with their labels, without what leads to them."""
        found: list[Extent] = []
        for branch in fork.branches:
            before, after, length = self.series(branch.items, followed)
            across = self.label(branch.label)[1]
            if self.options.lines == "straight":
                # The word stands on the outer side of a slanting line.
                before, after = max(before, across + 2), max(after, across + 2)
            elif self.down:
                after = max(after, across)
            else:
                before = max(before, across)
            found.append(Extent(before, after, length))
        return found

    def axes(self, fork: Fork, followed: bool) -> list[float]:
        """Return where across the flow the branches' axes lie."""
        axes = [0.0]
        for left, right in pairwise(self.branches(fork, followed)):
            axes.append(axes[-1] + left.after + self.options.apart + right.before)
        if self.goes_straight(fork):
            assert fork.node is not None
            beside = self.node(fork.node).after + self.options.lane
            shift = max(0.0, beside - axes[1]) if len(axes) > 1 else 0.0
            return [axes[0], *(axis + shift for axis in axes[1:])]
        middle = axes[-1] / 2
        return [axis - middle for axis in axes]

    def goes_straight(self, fork: Fork) -> bool:
        """Return whether a fork's first branch goes straight on, and the others leave aside."""
        return self.options.fork == "straight" and fork.node is not None

    @property
    def bus(self) -> float:
        """The way from a fork to the line along which its branches part."""
        return self.options.lane * 0.6

    def drop(self, fork: Fork) -> float:
        """Return the way from a fork to its branches, along the flow."""
        longest = max(self.label(branch.label)[0] for branch in fork.branches)
        bus = 0.0 if self.goes_straight(fork) else self.bus
        return max(self.options.gap, bus + longest + 8)

    @property
    def parting(self) -> float:
        """The way along the flow to branches that part behind a step: with room for heads."""
        return max(self.options.lane, 20.0)

    def _fork(self, fork: Fork, followed: bool) -> Extent:
        extents, axes = self.branches(fork, followed), self.axes(fork, followed)
        node = self.node(fork.node) if fork.node else Extent(0, 0, 0)
        before = max(node.before, *(e.before - a for e, a in zip(extents, axes, strict=True)))
        after = max(node.after, *(e.after + a for e, a in zip(extents, axes, strict=True)))
        length = node.length + max(e.length for e in extents)
        length += self.drop(fork) if fork.node else self.parting
        return Extent(before, after, length + (self.options.lane if followed else 0))

    def is_pair(self, loop: Loop) -> bool:
        """Return whether a loop is drawn with a pair of arrows, down and up."""
        if self.options.loop != "pair" or len(loop.body) != 1:
            return False
        only = loop.body[0]
        return isinstance(only, Step) and not only.leaves

    @property
    def entry(self) -> float:
        """The way from a loop's node to its body."""
        return max(self.options.gap, 16)

    def lanes(self, loop: Loop) -> tuple[float, float]:
        """Return where across the flow the lines back and out of a loop run."""
        node, body = self.node(loop.node), self.series(loop.body, True)
        before = max(node.before, body.before) + self.options.lane
        after = max(node.after, body.after) + self.options.lane
        return (-before, after) if self.options.loop_back == "before" else (after, -before)

    def _loop(self, loop: Loop, followed: bool) -> Extent:
        node = self.node(loop.node)
        along, across = self.label("done")
        if not loop.body:
            # The way on starts at the end of the node; its word needs room beside it.
            room = across if followed else 0
            more = max(0.0, along - self.options.gap + 6) if followed else 0
            return Extent(max(node.before, room), max(node.after, room), node.length + more)
        body = self.series(loop.body, True)
        back, out = self.lanes(loop)
        sides = [max(node.before, body.before), max(node.after, body.after)]
        for lane, wanted, room in ((back, not self.is_pair(loop), 0.0), (out, followed, across)):
            if wanted:
                side = lane > 0
                sides[side] = max(sides[side], abs(lane) + (room or 2))
        length = node.length + self.entry + body.length
        length += self.options.lane * ((not self.is_pair(loop)) + followed)
        return Extent(sides[0], sides[1], length)
