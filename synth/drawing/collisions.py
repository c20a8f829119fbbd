"""What lies on something else in a scene: nothing should."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from synth.drawing.geometry import Box
from synth.drawing.outlines import SLANT, holds, polygon
from synth.drawing.scene import Scene, Shape

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
else:
    Numbers = Any

# Units that a thing may reach into another: less than a stroke's width.
SLACK = 0.75

_LEAVING_CORNERS = ("diamond", "ellipse")


def collisions(scene: Scene) -> list[str]:
    """Return what overlaps in a scene, each in one line; an empty list where all is apart.

    Checked are: all lies inside the scene; shapes keep apart; text stays inside its outline, or
    inside the slot where there is none; labels keep off shapes, other labels and lines; lines
    pass no shape but the two that they join, and those only outside.
    """
    return [*misplaced(scene), *_of_text(scene)]


def misplaced(scene: Scene) -> list[str]:
    """Return what overlaps by the fault of a layout: all of `collisions` but text in its shape."""
    return [*_outside(scene), *_of_shapes(scene), *_of_labels(scene), *_of_lines(scene)]


def _outside(scene: Scene) -> list[str]:
    page = Box(0, 0, scene.width, scene.height)
    found = [
        f"{shape.node.identifier} leaves the page" for shape in scene.shapes if _leaves(shape, page)
    ]
    for connector in scene.connectors:
        if not all(-SLACK <= x <= page.right + SLACK for x, _ in connector.way) or not all(
            -SLACK <= y <= page.bottom + SLACK for _, y in connector.way
        ):
            found.append(f"{_name(connector.edge.tail, connector.edge.head)} leaves the page")
        if connector.label is not None and not _within(connector.label.box, page):
            found.append(f"the label {connector.label.text} leaves the page")
    return found


def _leaves(shape: Shape, page: Box) -> bool:
    return not _within(shape.slot, page)


def _within(inner: Box, outer: Box) -> bool:
    return (
        inner.x >= outer.x - SLACK
        and inner.y >= outer.y - SLACK
        and inner.right <= outer.right + SLACK
        and inner.bottom <= outer.bottom + SLACK
    )


def _name(tail: str, head: str) -> str:
    return f"the line from {tail} to {head}"


def _of_shapes(scene: Scene) -> list[str]:
    found = []
    slots = _rows([shape.slot.grown(-SLACK) for shape in scene.shapes])
    names = [shape.node.identifier for shape in scene.shapes]
    for one, other in _pairs_that_meet(slots):
        found.append(f"{names[one]} lies on {names[other]}")
    return found


def _of_text(scene: Scene) -> list[str]:
    found = []
    for shape in scene.shapes:
        if shape.outline == "none":
            inside = all(_within(line.box, shape.slot) for line in shape.lines)
        else:
            inside = _text_inside(shape)
        if not inside:
            found.append(f"the text of {shape.node.identifier} leaves its shape")
    return found


def _text_inside(shape: Shape) -> bool:
    outline = polygon(shape.outline, shape.frame)
    for line in shape.lines:
        box = line.box
        if not box.meets(shape.frame):
            # Text beside its shape, as at a small gateway: it has the slot for itself.
            if not _within(box, shape.slot):
                return False
            continue
        # Few letters at a line's ends are tall or hang: the height of small ones must fit.
        top, bottom = line.baseline - 0.8 * line.lettering.ascent, line.baseline
        corners = [(x, y) for x in (box.x, box.right) for y in (top, bottom)]
        if not all(holds(outline, corner, SLACK) for corner in corners):
            return False
    return True


def _of_labels(scene: Scene) -> list[str]:
    labelled = [each for each in scene.connectors if each.label is not None]
    if not labelled:
        return []
    boxes = [each.label.box.grown(-SLACK) for each in labelled if each.label is not None]
    words = [f'"{each.edge.label}" beside {each.edge.tail}' for each in labelled]
    found = [
        f"the label {words[one]} lies on {words[other]}"
        for one, other in _pairs_that_meet(_rows(boxes))
    ]
    slots = _rows([shape.slot.grown(-SLACK) for shape in scene.shapes])
    on = _meeting(_rows(boxes), slots)
    for index, shape in zip(*on.nonzero(), strict=True):
        name = scene.shapes[shape].node.identifier
        found.append(f"the label {words[index]} lies on {name}")
    segments, _ = _segments(scene, guides=True)
    struck = _crossing(segments, _rows(boxes)).any(axis=0)
    found += [f"a line runs through the label {words[index]}" for index in struck.nonzero()[0]]
    return found


def _of_lines(scene: Scene) -> list[str]:
    segments, owners = _segments(scene, guides=False)
    if not len(segments):
        return []
    # Lines may touch where they arrive; what passes is deeper inside.
    inner = [(shape.node.identifier, box) for shape in scene.shapes for box in _cores(shape)]
    # A diamond leaves room in its slot's corners.
    slots = [
        (shape.node.identifier, shape.slot.grown(-2))
        for shape in scene.shapes
        if shape.outline not in _LEAVING_CORNERS
    ]
    found = []
    for own, boxes in ((True, inner), (False, slots)):
        struck = _crossing(segments, _rows([box for _, box in boxes]))
        for segment, box in zip(*struck.nonzero(), strict=True):
            edge, name = scene.connectors[owners[segment]].edge, boxes[box][0]
            if own or name not in (edge.tail, edge.head):
                found.append(f"{_name(edge.tail, edge.head)} runs through {name}")
    return sorted(set(found))


def _cores(shape: Shape) -> list[Box]:
    """Return the rectangles in a slot that no line may enter, the shape's own lines included.

    Lines cross a slot that is larger than its shape, but not the text beside the shape.
    """
    frame = shape.frame
    beside = [line.box for line in shape.lines if not line.box.meets(frame)]
    if shape.outline in _LEAVING_CORNERS:
        # Half of a diamond's width and height is the largest rectangle in it.
        core = Box(
            *(frame.x + 0.27 * frame.width, frame.y + 0.27 * frame.height),
            *(0.46 * frame.width, 0.46 * frame.height),
        )
    else:
        core = shape.slot if shape.outline == "none" else frame
    if shape.outline == "slanted":
        # Lines to its slanting sides end inside the slot, half of the slant away from it.
        cut = min(SLANT * core.height, core.width / 3) / 2
        core = Box(core.x + cut, core.y, core.width - 2 * cut, core.height)
    return [core.grown(-2), *(box.grown(-SLACK) for box in beside)]


def _rows(boxes: Sequence[Box]) -> Numbers:
    """Return boxes as rows of left, top, right, bottom."""
    import numpy as np

    rows: Numbers = np.array(
        [(box.x, box.y, box.right, box.bottom) for box in boxes], np.float64
    ).reshape(-1, 4)
    return rows


def _meeting(ones: Numbers, others: Numbers) -> Any:
    return (
        (ones[:, None, 0] < others[None, :, 2])
        & (others[None, :, 0] < ones[:, None, 2])
        & (ones[:, None, 1] < others[None, :, 3])
        & (others[None, :, 1] < ones[:, None, 3])
    )


def _pairs_that_meet(boxes: Numbers) -> list[tuple[int, int]]:
    import numpy as np

    first, second = np.nonzero(np.triu(_meeting(boxes, boxes), 1))
    return list(zip(first.tolist(), second.tolist(), strict=True))


def _segments(scene: Scene, guides: bool) -> tuple[Numbers, list[int]]:
    """Return all pieces of lines as rows of x, y, x, y, and the connector that each is of."""
    import numpy as np

    rows: list[tuple[float, float, float, float]] = []
    owners: list[int] = []
    for index, connector in enumerate(scene.connectors):
        pieces = [(*start, *end) for start, end in pairwise(connector.way)]
        rows += pieces
        owners += [index] * len(pieces)
    if guides:
        rows += [(*start, *end) for guide in scene.guides for start, end in pairwise(guide)]
    return np.array(rows, np.float64).reshape(-1, 4), owners


def _crossing(segments: Numbers, boxes: Numbers) -> Any:
    """Return which of the segments (rows) enter which of the boxes (columns): Liang and Barsky."""
    import numpy as np

    start, end = segments[:, None, :2], segments[:, None, 2:]
    way = end - start
    low, high = boxes[None, :, :2], boxes[None, :, 2:]
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = (low - start) / way, (high - start) / way
    still = np.abs(way) < 1e-9
    between = (start > low) & (start < high)
    enter = np.where(still, np.where(between, -np.inf, np.inf), np.minimum(one, other)).max(axis=2)
    leave = np.where(still, np.where(between, np.inf, -np.inf), np.maximum(one, other)).min(axis=2)
    return (np.maximum(enter, 0) < np.minimum(leave, 1)) & (boxes[:, 2] > boxes[:, 0])
