"""Markers on a whiteboard."""

from __future__ import annotations

from random import Random

from synth.drawing.hand.boards import Board
from synth.drawing.hand.look import HandLook
from synth.drawing.hand.styles import choices
from synth.drawing.hand.styles.board import (
    BLACK,
    BLUE,
    GREEN,
    RED,
    camera_of,
    habits_of,
    markers_of,
    office_light,
    setting_of,
)
from synth.drawing.looks import Brief


def marker(random: Random, brief: Brief) -> HandLook:
    """Return one marker on a whiteboard that fills the picture (as in StarFlow)."""
    colour = random.choice((BLACK, BLACK, BLACK, BLUE, BLUE, GREEN, RED))
    return HandLook(
        setting_of(random, brief),
        choices.plan(
            random,
            choices.down_or_right(random, 0.6),
            pair=0.25,
            gap=(20, 28),
            lane=(15, 20),
            dot=0.2,
        ),
        habits_of(random),
        markers_of(random, (colour,)),
        Board(
            random.choice(((232, 236, 236), (228, 232, 232), (238, 238, 236))),
            ghosts=random.uniform(0.0, 0.35),
            wiped=random.uniform(0.0, 0.25),
        ),
        camera_of(random),
        office_light(random),
        choices.conventions(random),
        brief.orientation,
    )


def markers(random: Random, brief: Brief) -> HandLook:
    """Return markers of three colours on a whiteboard that fills the picture."""
    text = random.choice((BLACK, BLACK, BLUE))
    others = random.sample([c for c in (BLACK, BLUE, GREEN, RED) if c != text], 2)
    return HandLook(
        setting_of(random, brief),
        choices.plan(random, choices.down_or_right(random, 0.55), gap=(20, 28), lane=(14, 18)),
        habits_of(random),
        markers_of(random, (text, *others)),
        Board(
            random.choice(((234, 238, 238), (240, 238, 234))),
            ghosts=random.uniform(0.0, 0.5),
            wiped=random.uniform(0.0, 0.3),
        ),
        camera_of(random),
        office_light(random, (0, 1, 1, 2)),
        choices.conventions(random),
        brief.orientation,
    )


def framed(random: Random, brief: Brief) -> HandLook:
    """Return a whiteboard seen from aside, with its frame, tray and wall."""
    colours = random.choice(((BLACK,), (BLUE,), (BLACK, BLUE), (BLUE, BLACK, RED)))
    frame = random.uniform(6, 11)
    tray = random.random() < 0.6
    around = [frame + random.uniform(3, 16) for _ in range(4)]
    if tray:
        around[3] += 14
    beyond = [each if random.random() < 0.8 else 0.0 for each in around]
    beyond[3] = around[3] if tray else beyond[3]
    return HandLook(
        setting_of(random, brief),
        choices.plan(random, choices.down_or_right(random, 0.45), gap=(20, 28), lane=(14, 18)),
        habits_of(random),
        markers_of(random, colours),
        Board(
            random.choice(((234, 238, 238), (226, 230, 230))),
            frame=frame,
            frame_colour=random.choice(((190, 188, 186), (170, 170, 172), (96, 94, 94))),
            wall=random.choice(
                ((196, 208, 214), (206, 206, 204), (150, 166, 176), (188, 200, 190))
            ),
            tray=tray,
            ghosts=random.uniform(0.2, 0.55),
            wiped=random.uniform(0.1, 0.35),
        ),
        choices.camera(
            random,
            choices.margins(random, 7, 18),
            beyond=(beyond[0], beyond[1], beyond[2], beyond[3]),
            turn=1.2,
            keystone=0.036,
        ),
        office_light(random, (0, 1, 1, 2)),
        choices.conventions(random),
        brief.orientation,
    )
