"""From places along and across the flow to x and y: down, to the right, or backwards."""

from __future__ import annotations

from collections.abc import Sequence

from synth.drawing.geometry import Box, Point

# Where along the flow and where across it something stands.
Place = tuple[float, float]


class Frame:
    """Where a row of the flow runs: its axis lies at `across`; `turned` ones run backwards."""

    def __init__(self, down: bool, across: float = 0.0, turned: float | None = None) -> None:
        self.down, self.across, self.turned = down, across, turned

    def at(self, m: float, c: float) -> Point:
        """Return the point at `m` along the flow and `c` across it."""
        along = m if self.turned is None else self.turned - m
        return (c + self.across, along) if self.down else (along, c + self.across)

    def way(self, places: Sequence[Place]) -> tuple[Point, ...]:
        """Return the points of a way."""
        return tuple(self.at(m, c) for m, c in places)

    def back(self, point: Point) -> Place:
        """Return where along and across the flow a point is."""
        x, y = point
        across, along = (x, y) if self.down else (y, x)
        return (along if self.turned is None else self.turned - along), across - self.across

    def level(self, point: Point, c: float) -> Point:
        """Return the point at the same way along the flow, but at `c` across it."""
        return (c + self.across, point[1]) if self.down else (point[0], c + self.across)

    def box(self, m: float, c: float, along: float, across: float) -> Box:
        """Return the box that begins at `m` and `c` and is `along` long and `across` wide."""
        (ax, ay), (bx, by) = self.at(m, c), self.at(m + along, c + across)
        return Box(min(ax, bx), min(ay, by), abs(bx - ax), abs(by - ay))
