"""Chalk on a blackboard or a green one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from synth.drawing.colours import Colour
from synth.drawing.hand.boards import Board
from synth.drawing.hand.look import HandLook
from synth.drawing.hand.pens import Pens
from synth.drawing.hand.styles import choices
from synth.drawing.hand.styles.board import habits_of, office_light, setting_of
from synth.drawing.looks import Brief

CHALKS: tuple[Colour, ...] = (
    (232, 238, 238),
    (140, 232, 246),
    (196, 176, 246),
    (240, 214, 160),
    (170, 236, 186),
)


def _chalk(random: Random, brief: Brief, tints: Sequence[Colour]) -> HandLook:
    white = CHALKS[0]
    several = random.random() < 0.6
    logic, arrow = random.sample(CHALKS[1:], 2)
    seen = random.random() < 0.55
    frame = random.uniform(7, 12)
    tray = seen and random.random() < 0.5
    beyond = [frame + random.uniform(3, 16) if seen else 0.0 for _ in range(4)]
    beyond[3] += 14 if tray else 0
    setting = replace(
        setting_of(random, brief),
        x_height=choices.sizes(random, 6.75, 7.5),
        characters=random.randint(13, 18),
    )
    return HandLook(
        setting,
        choices.plan(random, choices.down_or_right(random, 0.5), gap=(20, 28), lane=(13, 18)),
        replace(habits_of(random), pressure=0.2, tip=0.75, curve=8.0),
        Pens(
            white,
            arrow if several else white,
            white,
            "chalk",
            random.uniform(1.6, 2.2),
            random.uniform(1.45, 1.7),
            {"logic": logic, "trigger": logic} if several else {},
        ),
        Board(
            random.choice(tints),
            "chalk",
            frame=frame if seen else None,
            frame_colour=random.choice(((70, 104, 140), (90, 130, 160), (150, 152, 154))),
            wall=random.choice(((190, 204, 210), (170, 186, 196))),
            tray=tray,
            ghosts=random.uniform(0.1, 0.35),
            wiped=random.uniform(0.2, 0.5),
        ),
        choices.camera(
            random,
            choices.margins(random, 7, 18),
            beyond=(beyond[0], beyond[1], beyond[2], beyond[3]),
            turn=0.9,
            keystone=0.03,
        ),
        replace(office_light(random, (0, 0, 1)), gloss=(), noise=random.uniform(0.4, 0.8)),
        choices.conventions(random),
        brief.orientation,
    )


def blackboard(random: Random, brief: Brief) -> HandLook:
    """Return white and coloured chalk on black."""
    return _chalk(random, brief, ((44, 42, 40), (56, 54, 52), (50, 50, 46), (38, 36, 38)))


def greenboard(random: Random, brief: Brief) -> HandLook:
    """Return white and coloured chalk on green."""
    return _chalk(random, brief, ((66, 84, 48), (74, 92, 44), (58, 74, 44), (84, 96, 62)))
