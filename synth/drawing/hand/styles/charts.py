"""Flip charts and sticky notes."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from synth.diagram import Kind
from synth.drawing.colours import Colour
from synth.drawing.hand.boards import Board
from synth.drawing.hand.desk import Desk
from synth.drawing.hand.flipchart import FlipChart
from synth.drawing.hand.look import HandLook
from synth.drawing.hand.notes import Notes
from synth.drawing.hand.papers import Paper
from synth.drawing.hand.pens import Pens
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

NOTES: tuple[Colour, ...] = (
    (120, 236, 252),
    (190, 150, 250),
    (236, 206, 130),
    (140, 226, 176),
    (110, 180, 252),
    (228, 178, 214),
)


def flipchart(random: Random, brief: Brief) -> HandLook:
    """Return thick markers on a large sheet, often under its clamp, before a wall."""
    colours = random.choice(((BLACK,), (BLUE,), (BLACK, RED, BLUE), (BLUE, GREEN), (BLACK, GREEN)))
    left, top, right, bottom = choices.margins(random, 7, 18)
    clamped = random.random() < 0.7
    beyond = list(choices.seen_beyond(random, (1, 3), (8, 26)))
    if clamped:
        beyond[1] = max(beyond[1], random.uniform(6, 18))
        top += 18
    wall = random.choice(((184, 196, 204), (150, 154, 158), (120, 140, 150), (206, 210, 210)))
    paper = Paper(
        random.choice(((248, 250, 250), (236, 244, 248))),
        random.choice(("squares", "squares", "none")),
        pitch=random.uniform(22, 32),
        line=random.choice(((236, 226, 216), (230, 226, 222))),
        desk=_wall(wall) if any(beyond) else None,
    )
    pens = markers_of(random, colours)
    return HandLook(
        setting_of(random, brief),
        choices.plan(random, choices.down_or_right(random, 0.7), gap=(20, 28), lane=(14, 18)),
        replace(habits_of(random), pressure=0.16),
        replace(pens, width=random.uniform(1.9, 2.6)),
        FlipChart(paper, random.uniform(9, 14)) if clamped else paper,
        choices.camera(
            random,
            (left, top, right, bottom),
            beyond=(beyond[0], beyond[1], beyond[2], beyond[3]),
            turn=0.8,
            keystone=0.03,
        ),
        replace(office_light(random, (0,)), gloss=()),
        choices.conventions(random),
        brief.orientation,
    )


def sticky(random: Random, brief: Brief) -> HandLook:
    """Return written notes on a board or wall, with arrows drawn between them."""
    action, logic, trigger, other = random.sample(NOTES, 4)
    pen = random.choice((BLACK, BLACK, (118, 50, 18)))
    fills: dict[Kind, Colour] = {
        "action": action,
        "logic": logic,
        "trigger": trigger,
        "subflow": other,
        "inputs": trigger,
        "outputs": other,
        "start": trigger,
        "end": trigger,
    }
    turned = random.random() < 0.5
    base = setting_of(random, brief)
    setting = replace(
        base,
        step="box",
        outlines={"logic": "diamond"} if turned else {},
        characters=random.randint(11, 14),
        flatness=random.uniform(1.0, 1.35),
        pad=(6.0, 6.0),
        room=(0.0, 0.0),
        notes=True,
    )
    papered = random.random() < 0.35
    return HandLook(
        setting,
        choices.plan(random, choices.down_or_right(random, 0.4), dot=0.1, gap=(24, 32)),
        replace(habits_of(random), outlines=False, tilt=0.035, shift=2.0, miss=3.0),
        Pens(
            pen,
            random.choice((pen, BLACK, RED, BLUE)),
            pen,
            "felt",
            random.uniform(1.6, 2.3),
            random.uniform(1.15, 1.38),
            {},
            fills,
        ),
        Notes(
            Paper((150, 180, 200) if random.random() < 0.5 else (222, 226, 228))
            if papered
            else Board((234, 238, 238), ghosts=random.uniform(0, 0.4), wiped=0.2)
        ),
        camera_of(random),
        office_light(random, (0, 0, 1)),
        choices.conventions(random),
        brief.orientation,
    )


def _wall(colour: Colour) -> Desk:
    return Desk(colour, "none")
