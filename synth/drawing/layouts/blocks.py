"""The block layout: a workflow is series of branches and loops, so boxes can be put into boxes.

Every item of a diagram gets a rectangle of its own, with lanes for the lines around it: nothing
can overlap, nothing has to be searched, and a picture takes a tenth of a millisecond. All is done
in two coordinates, `m` along the flow and `c` across it; a frame turns them into x and y, so that
one code lays out downwards, to the right, and in rows that turn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from synth.diagram import Diagram
from synth.drawing.geometry import Box, Layout, Route, Size, Slot, bounds
from synth.drawing.layouts.block_extents import Extents
from synth.drawing.layouts.block_rows import place_rows

Direction = Literal["TB", "LR"]


@dataclass(frozen=True)
class Blocks:
    """How blocks are put together; lengths are in units.

    `gap` stands between a step and the next, `lane` between a line and what it passes, `apart`
    between branches. Branches are `spread` around their fork, or the first goes `straight` on and
    the others leave at the side. Lines have `elbow`s or run `straight`. A loop of one step is
    drawn with an arrow back around it (`around`) or a `pair` of arrows, down and up. With
    `longest_row` the flow breaks into rows, which `turn` like a snake or each `return` to start.
    """

    direction: Direction = "TB"
    gap: float = 20.0
    lane: float = 12.0
    apart: float = 16.0
    margin: float = 10.0
    fork: Literal["spread", "straight"] = "spread"
    lines: Literal["elbow", "straight"] = "elbow"
    loop: Literal["around", "pair"] = "around"
    loop_back: Literal["before", "after"] = "before"
    longest_row: float | None = None
    rows: Literal["turn", "return"] = "turn"


def lay_out_blocks(
    diagram: Diagram,
    slots: Mapping[str, Slot],
    label_size: Callable[[str], Size],
    options: Blocks,
) -> Layout:
    """Return the layout of `diagram` for nodes of the sizes `slots` and labels of `label_size`."""
    boxes, routes = place_rows(diagram.items, Extents(slots, label_size, options))
    return _on_page(boxes, routes, options.margin)


def _on_page(boxes: Mapping[str, Box], routes: Sequence[Route], margin: float) -> Layout:
    """Return what was placed, moved so that `margin` stays free around it."""
    labels = [route.label for route in routes if route.label is not None]
    left, top, right, bottom = bounds(
        [*boxes.values(), *labels], [route.points for route in routes]
    )
    x, y = margin - left, margin - top
    return Layout(
        right - left + 2 * margin,
        bottom - top + 2 * margin,
        {name: box.moved(x, y) for name, box in boxes.items()},
        [
            replace(
                route,
                points=tuple((px + x, py + y) for px, py in route.points),
                label=route.label and route.label.moved(x, y),
            )
            for route in routes
        ],
    )
