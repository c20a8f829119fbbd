"""Smooth random fields: uneven light, and whatever else changes slowly over a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.random import Generator
    from numpy.typing import NDArray

    Field = NDArray[np.float32]
else:
    Generator = Field = Any


def smooth_field(
    width: int, height: int, cells: tuple[int, int], deviation: float, noise: Generator
) -> Field:
    """Return a smooth random field (H x W float32) made on `cells` (columns, rows)."""
    import cv2
    import numpy as np

    columns, rows = max(2, cells[0]), max(2, cells[1])
    small = (deviation * noise.standard_normal((rows, columns))).astype(np.float32)
    field: Field = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    return field
