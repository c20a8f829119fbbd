"""What drawings on boards share: markers, settings, habits, and the light of an office."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from synth.diagram import Kind
from synth.drawing.colours import Colour
from synth.drawing.hand.camera import Camera
from synth.drawing.hand.light import Light
from synth.drawing.hand.pens import Habits, Pens
from synth.drawing.hand.setting import Setting
from synth.drawing.hand.styles import choices
from synth.drawing.looks import Brief

BLACK: Colour = (46, 42, 40)
BLUE: Colour = (168, 76, 26)
GREEN: Colour = (66, 112, 22)
RED: Colour = (48, 42, 188)


def setting_of(random: Random, brief: Brief) -> Setting:
    """Return how text is set on a board: at times top left in boxes that are larger than it."""
    prefix = choices.prefix(random, 0.5)
    corner = random.random() < 0.45
    return Setting(
        choices.hand_of(random, brief, prefix),
        choices.sizes(random, 6.0, 6.5),
        tracking=0.05,
        outlines=choices.outlines(random, 0.65),
        characters=random.randint(13, 20),
        flatness=random.uniform(1.5, 2.3),
        pad=(random.uniform(6, 9), random.uniform(4, 6)),
        # Text stands top left, and the box is larger than it had to be.
        room=(random.uniform(0, 16), random.uniform(0, 9)) if corner else (0.0, 0.0),
        align="left" if corner else "centre",
        prefix=prefix,
    )


def habits_of(random: Random) -> Habits:
    """Return the habits of a hand that holds a thick pen before a wall."""
    return Habits(
        wobble=random.uniform(0.4, 0.75),
        pressure=0.13,
        tip=0.85,
        sides=random.choice((0.1, 0.5, 0.8)),
        overshoot=random.uniform(2, 5),
        twice=0.03,
        miss=random.uniform(1.5, 3.5),
        shift=2.0,
        tilt=0.02,
        head=random.choice(("open", "open", "open", "filled")),
        head_size=random.uniform(6.5, 8.5),
        curve=random.choice((8.0, 30.0, 40.0)),
    )


def office_light(random: Random, lamps: Sequence[int] = (1, 2)) -> Light:
    """Return the light of an office on a board: dim, uneven, lamps mirrored in it."""
    cool = 0.0 if random.random() < 0.4 else max(-0.05, min(0.05, random.gauss(0, 0.03)))
    count = random.choice(lamps)
    return Light(
        level=random.uniform(0.82, 0.94),
        slope=random.uniform(0.06, 0.2),
        blotch=random.uniform(0.015, 0.04),
        vignette=random.uniform(0.04, 0.16),
        tint=(1 + min(0.0, cool), 1 - abs(cool) * 0.2, 1 - max(0.0, cool)),
        shadow="hand" if random.random() < 0.2 else "none",
        dark=random.uniform(0.06, 0.14),
        gloss=tuple(random.uniform(40, 100) for _ in range(count)),
        noise=random.uniform(0.45, 0.95),
    )


def camera_of(random: Random, strength: float = 0.028) -> Camera:
    """Return a camera that sees nothing but the board."""
    return choices.camera(
        random,
        choices.margins(random, 6, 18),
        turn=0.9,
        keystone=strength,
    )


def markers_of(random: Random, colours: Sequence[Colour]) -> Pens:
    """Return markers: one colour for all, or others for lines and for logic."""
    text = colours[0]
    shape = colours[1 % len(colours)]
    arrow = random.choice(colours)
    special: dict[Kind, Colour] = {}
    if len(colours) > 1 and random.random() < 0.6:
        special = {"logic": colours[-1]}
    width = random.uniform(1.5, 2.2)
    return Pens(shape, arrow, text, "felt", width, random.uniform(1.2, 1.42), special)
