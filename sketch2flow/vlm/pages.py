"""Pictures side by side on one page, so that a batch holds pictures of all sizes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

# In cells. Kernels are compiled for each shape of a page: its sides are multiples of this.
STEP = 4
GAP = 1  # between pictures, so that none sees another
WIDTHS = 8  # so many are tried


class Size(NamedTuple):
    """Rows and columns of cells."""

    rows: int
    columns: int


class Corner(NamedTuple):
    """Where a picture's upper left cell is on the page."""

    row: int
    column: int


def on_a_page(sizes: Sequence[Size]) -> tuple[list[Corner], Size]:
    """Return where each picture goes, and the size of the page that holds all.

    Of some widths the one that makes the smallest page.
    """
    least = _in_steps(max(size.columns for size in sizes))
    whole = sum(size.columns + GAP for size in sizes)
    further = max(STEP, _in_steps((min(whole, 3 * least) - least) // WIDTHS))
    widths = [least + further * number for number in range(WIDTHS) if number * further < whole]
    found = [_on_shelves(sizes, width) for width in widths]
    return min(found, key=lambda each: each[1].rows * each[1].columns)


def _in_steps(cells: int) -> int:
    return -(-cells // STEP) * STEP


def _on_shelves(sizes: Sequence[Size], width: int) -> tuple[list[Corner], Size]:
    """Place pictures shelf by shelf, the highest first, each on the first shelf with room.

    First fit by decreasing height: Coffman et al., 1980.
    """
    corners = [Corner(0, 0)] * len(sizes)
    shelves: list[list[int]] = []  # row, and the column from which there is room
    height = 0
    for number in sorted(range(len(sizes)), key=lambda each: -sizes[each].rows):
        rows, columns = sizes[number]
        shelf = next((each for each in shelves if each[1] + columns <= width), None)
        if shelf is None:
            shelf = [height, 0]
            shelves.append(shelf)
            height += rows + GAP
        corners[number] = Corner(shelf[0], shelf[1])
        shelf[1] += columns + GAP
    return corners, Size(_in_steps(height - GAP), width)
