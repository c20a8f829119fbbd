"""From places in pixels to what OpenCV draws: fixed-point polygons, covered pixels, strips."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from synth.drawing.geometry import Point

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Fixed = NDArray[np.int32]
    Points = NDArray[np.float64]
else:
    Fixed = Points = Any

# Shapes are drawn at sixteenths of a pixel.
SHIFT = 4


def covered(low: float, high: float, size: int) -> list[tuple[int, int, float]]:
    """Return pixels that low to high covers: from, to, and the covered share of each."""
    low, high = max(low, 0.0), min(high, float(size))
    if high <= low:
        return []
    first, last = int(low), int(high)
    if first == last:
        return [(first, first + 1, high - low)]
    parts = []
    if low > first:
        parts.append((first, first + 1, first + 1 - low))
        first += 1
    if last > first:
        parts.append((first, last, 1.0))
    if high > last:
        parts.append((last, last + 1, high - last))
    return parts


def fixed(points: Sequence[Point] | Points) -> Fixed:
    """Return points in sixteenths of a pixel; a pixel's middle has whole numbers in OpenCV."""
    import numpy as np

    corners = np.asarray(points, np.float64)
    found: Fixed = np.rint(corners * (1 << SHIFT) - (1 << SHIFT - 1)).astype(np.int32)
    return found


def grown(points: Sequence[Point], by: float) -> Points:
    """Return a convex polygon (n x 2) with its edges `by` further out; inwards if negative."""
    import numpy as np

    corners = np.array(points, np.float64)
    x, y = corners[:, 0], corners[:, 1]
    next_x, next_y = np.concatenate([x[1:], x[:1]]), np.concatenate([y[1:], y[:1]])
    across, down = next_x - x, next_y - y
    # Twice the area tells which way round the points go.
    if x @ next_y < next_x @ y:
        by = -by
    length = np.maximum(np.hypot(across, down), 1e-6)
    away, up = down / length, -across / length
    before, above = np.concatenate([away[-1:], away[:-1]]), np.concatenate([up[-1:], up[:-1]])
    reach = by / np.maximum(1 + away * before + up * above, 0.2)
    moved: Points = np.empty_like(corners)
    moved[:, 0] = x + (away + before) * reach
    moved[:, 1] = y + (up + above) * reach
    return moved


def strips(points: Sequence[Point], half: float, closed: bool) -> list[Fixed]:
    """Return the outline of a line that is `half` wide on each side: one ring, or two if closed."""
    import numpy as np

    way = np.array(points, np.float64)
    ends = np.concatenate([way[-1:], way, way[:1]]) if closed else way
    steps = np.diff(ends, axis=0)
    lengths = np.maximum(np.hypot(steps[:, 0], steps[:, 1]), 1e-6)
    normals = np.column_stack([steps[:, 1], -steps[:, 0]]) / lengths[:, None]
    if not closed:
        normals = np.concatenate([normals[:1], normals, normals[-1:]])
    before, after = normals[:-1], normals[1:]
    # Longer at corners; sharp ones are cut.
    reach = max(half, 0.05) / np.maximum(1 + (before * after).sum(axis=1), 0.5)
    aside = (before + after) * reach[:, None]
    rings = [way + aside, way - aside]
    if not closed:
        rings = [np.concatenate([rings[0], rings[1][::-1]])]
    return [np.rint((ring - 0.5) * (1 << SHIFT)).astype(np.int32) for ring in rings]
