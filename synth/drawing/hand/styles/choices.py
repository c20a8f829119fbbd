"""Choices that several styles of drawing by hand make alike."""

from __future__ import annotations

import math
from collections.abc import Mapping
from random import Random
from typing import Literal

from synth.diagram import Conventions, Kind
from synth.drawing.arranging import Plan
from synth.drawing.fonts import Face, pick_hand
from synth.drawing.hand.camera import Camera, Sides
from synth.drawing.layouts.blocks import Blocks
from synth.drawing.layouts.dot import Dot
from synth.drawing.looks import Brief
from synth.drawing.outlines import Outline

Direction = Literal["TB", "LR"]


def conventions(random: Random) -> Conventions:
    """Return what people do: one in four draws no shape for "else", one in four draws ends."""
    alternative: Literal["shape", "edge"] = "edge" if random.random() < 0.25 else "shape"
    return Conventions(alternative, random.random() < 0.25)


def hand_of(random: Random, brief: Brief, prefix: str) -> Face:
    """Return a hand for a brief, with the letters of what is written besides its texts."""
    letters = "".join(sorted({*brief.letters, *prefix, *"Inputs: Outputs: StartEnd truefalse"}))
    return pick_hand(random, brief.split, letters)


def prefix(random: Random, share: float) -> str:
    """Return what stands before a trigger's text: "Trigger: " in a share of the drawings."""
    return "Trigger: " if random.random() < share else ""


def sizes(random: Random, low: float = 5.75, high: float = 6.5) -> float:
    """Return an x-height in units, in quarters."""
    return random.randint(round(4 * low), round(4 * high)) / 4


def down_or_right(random: Random, down: float) -> Direction:
    """Return the way of the flow: down in a share of the drawings."""
    return "TB" if random.random() < down else "LR"


def plan(
    random: Random,
    direction: Direction,
    *,
    dot: float = 0.12,
    pair: float = 0.4,
    straight: float = 0.4,
    rows: float = 0.35,
    gap: tuple[float, float] = (18.0, 26.0),
    lane: tuple[float, float] = (13.0, 17.0),
) -> Plan:
    """Return a layout: `dot`, `pair`, `straight` and `rows` are the shares of what they say."""
    between, beside = random.uniform(*gap), random.uniform(*lane)
    if random.random() < dot:
        return Dot(direction, nodesep=random.uniform(14, 20), ranksep=between, margin=10.0)
    # Nobody draws a row that is ten times as long as it is high.
    share, longest = (rows, None) if direction == "TB" else (min(1.0, 2.2 * rows), None)
    if random.random() < share:
        longest = random.uniform(380, 720) * (1.2 if direction == "TB" else 1.0)
    return Blocks(
        direction,
        between,
        beside,
        apart=random.uniform(16, 24),
        margin=10.0,
        fork=random.choice(("spread", "straight")),
        lines="straight" if random.random() < straight else "elbow",
        loop="pair" if random.random() < pair else "around",
        loop_back=random.choice(("before", "after")),
        longest_row=longest,
        rows=random.choice(("turn", "return")),
    )


def outlines(random: Random, plain: float = 0.5) -> Mapping[Kind, Outline]:
    """Return the shapes of kinds: diamonds for logic, others boxes in the share `plain`."""
    ends: Outline = random.choice(("pill", "ellipse", "pill"))
    found: dict[Kind, Outline] = {"logic": "diamond", "start": ends, "end": ends}
    if random.random() >= plain:
        found["trigger"] = random.choice(("rounded", "pill", "ellipse", "rounded"))
    if random.random() >= plain:
        found["inputs"] = found["outputs"] = random.choice(("slanted", "rounded"))
    return found


def camera(
    random: Random,
    sheet: Sides,
    *,
    beyond: Sides = (0.0, 0.0, 0.0, 0.0),
    turn: float,
    keystone: float = 0.0,
    bend: float = 1.0,
) -> Camera:
    """Return a camera; `turn` (degrees) and `keystone` are the deviations from straight."""
    return Camera(
        sheet,
        beyond,
        math.radians(min(2 * turn, max(-2 * turn, random.gauss(0, turn)))),
        _keystone(random, keystone),
        bend,
        random.choice((2.4, 3.0, 3.8, 5.0, 6.0)),
        (random.uniform(0.1, 0.9), random.choice((0.0, 0.1, 0.3, 0.5, 0.7))),
    )


def _keystone(random: Random, strength: float) -> tuple[tuple[float, float], ...]:
    """Return where a camera that is not held straight puts the corners, as shares of the sides."""
    across, down = random.gauss(0, strength), random.gauss(0, strength * 0.6)
    across = min(1.7 * strength, max(-1.7 * strength, across))
    down = min(1.7 * strength, max(-1.7 * strength, down))
    small = strength * 0.25
    signs = ((1, 1), (-1, -1), (1, 1), (-1, -1))
    return tuple(
        (x * across + random.uniform(-small, small), y * down + random.uniform(-small, small))
        for x, y in signs
    )


def seen_beyond(random: Random, sides: tuple[int, int], far: tuple[float, float]) -> Sides:
    """Return how much is seen beyond some edges of a sheet, from `sides[0]` to `sides[1]` many."""
    count = random.randint(*sides)
    chosen = random.sample(range(4), count)
    left, top, right, bottom = (
        random.uniform(*far) if side in chosen else 0.0 for side in range(4)
    )
    return left, top, right, bottom


def margins(random: Random, low: float, high: float) -> Sides:
    """Return how far a sheet reaches beyond the drawing at its four sides."""
    left, top, right, bottom = (random.uniform(low, high) for _ in range(4))
    return left, top, right, bottom
