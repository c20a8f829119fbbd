"""One pen on a sheet, scanned or photographed."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from synth.drawing.hand.desk import Desk
from synth.drawing.hand.light import Light
from synth.drawing.hand.look import HandLook
from synth.drawing.hand.papers import Paper, Ruling
from synth.drawing.hand.pens import Habits
from synth.drawing.hand.styles import choices
from synth.drawing.hand.styles.paper import BLACK, BLUE, BLUE_BLACK, one_pen, room_light, setting_of
from synth.drawing.hand.things import Thing
from synth.drawing.looks import Brief

TABLES: tuple[Desk, ...] = (
    Desk((104, 146, 178), "wood"),
    Desk((70, 98, 130), "wood"),
    Desk((150, 182, 200), "wood"),
    Desk((196, 200, 202), "cloth"),
    Desk((70, 68, 66), "cloth"),
    Desk((214, 216, 216), "none"),
    Desk((96, 84, 74), "none"),
)
_THINGS: tuple[Thing, ...] = ("pen", "cup", "phone", "ruler", "paper", "keyboard", "eraser")


def scan(random: Random, brief: Brief) -> HandLook:
    """Return a dark pen on white paper that was scanned (as in StarFlow)."""
    setting = replace(
        setting_of(random, brief), x_height=choices.sizes(random), characters=random.randint(15, 20)
    )
    grey = random.random() < 0.55
    pen = random.choice((BLACK, BLACK, BLUE_BLACK, BLUE))
    return HandLook(
        setting,
        choices.plan(
            random,
            choices.down_or_right(random, 0.7),
            pair=0.75,
            gap=(19, 25),
            dot=0.08,
        ),
        Habits(
            wobble=random.uniform(0.4, 0.7),
            sides=0.85,
            overshoot=random.uniform(3, 6),
            twice=random.uniform(0.05, 0.25),
            miss=random.uniform(2.5, 4.0),
            tilt=0.02,
            head=random.choice(("hollow", "hollow", "hollow", "open")),
            head_size=random.uniform(5.6, 7.2),
        ),
        one_pen(pen, random.uniform(0.9, 1.5), random.uniform(1.0, 1.25)),
        Paper((251, 252, 252), grey=grey),
        choices.camera(
            random,
            choices.margins(random, 6, 16),
            turn=0.5,
            bend=random.uniform(0.8, 1.0),
        ),
        Light(
            level=random.uniform(0.975, 1.0),
            slope=0.01,
            blotch=0.004,
            shadow="lid",
            dark=random.uniform(0.1, 0.3),
            noise=random.uniform(0.1, 0.35),
        ),
        choices.conventions(random),
        brief.orientation,
    )


def squared(random: Random, brief: Brief) -> HandLook:
    """Return a thin pen on squared paper, photographed."""
    pen = random.choice((BLUE, BLUE, BLUE_BLACK, BLACK))
    line = random.choice(((222, 200, 178), (214, 208, 190), (206, 206, 204), (205, 210, 180)))
    table = random.choice(TABLES)
    beyond = choices.seen_beyond(random, (0, 2), (6, 22))
    return HandLook(
        setting_of(random, brief),
        choices.plan(random, choices.down_or_right(random, 0.45)),
        Habits(wobble=random.uniform(0.3, 0.55), sides=random.choice((0.15, 0.8))),
        one_pen(pen, random.uniform(0.75, 1.05), random.uniform(0.98, 1.12)),
        Paper(
            (247, 250, 250),
            "squares",
            pitch=random.uniform(10.5, 15),
            line=line,
            margin=random.choice((None, None, 24.0)),
            desk=table if any(beyond) else None,
        ),
        choices.camera(
            random,
            choices.margins(random, 6, 20),
            beyond=beyond,
            turn=1.2,
            keystone=0.03,
        ),
        room_light(random),
        choices.conventions(random),
        brief.orientation,
    )


def ruled(random: Random, brief: Brief) -> HandLook:
    """Return a thin pen on a ruled sheet with margin and holes, photographed or scanned."""
    pen = random.choice((BLUE, BLUE_BLACK, BLACK))
    scanned = random.random() < 0.4
    left = random.uniform(24, 40)
    beyond = (0.0,) * 4 if scanned else choices.seen_beyond(random, (0, 2), (5, 20))
    _, top, right, bottom = choices.margins(random, 6, 18)
    light = Light(0.985, 0.01, 0.004, shadow="lid", noise=0.25) if scanned else room_light(random)
    return HandLook(
        setting_of(random, brief),
        choices.plan(random, choices.down_or_right(random, 0.6)),
        Habits(wobble=random.uniform(0.35, 0.6), sides=random.choice((0.2, 0.7))),
        one_pen(pen, random.uniform(0.8, 1.15), random.uniform(0.98, 1.12)),
        Paper(
            random.choice(((248, 250, 250), (238, 247, 250), (215, 243, 250))),
            "lines",
            pitch=random.uniform(17, 25),
            line=random.choice(((226, 204, 178), (214, 206, 196))),
            margin=left - random.uniform(1, 5),
            holes=random.choice((0, 2, 2, 3, 4)),
            desk=random.choice(TABLES) if any(beyond) else None,
        ),
        choices.camera(
            random,
            (left, top, right, bottom),
            beyond=beyond,
            turn=0.4 if scanned else 1.2,
            keystone=0.0 if scanned else 0.03,
        ),
        light,
        choices.conventions(random),
        brief.orientation,
    )


def desk(random: Random, brief: Brief) -> HandLook:
    """Return a sheet on a table with other things, photographed from aside."""
    pen = random.choice((BLACK, BLUE, BLUE, BLUE_BLACK))
    ruling: Ruling = random.choice(("none", "none", "squares", "lines"))
    things = random.sample(_THINGS, random.randint(1, 3))
    return HandLook(
        setting_of(random, brief),
        choices.plan(random, choices.down_or_right(random, 0.5)),
        Habits(wobble=random.uniform(0.35, 0.6), twice=0.08),
        one_pen(pen, random.uniform(0.9, 1.3), random.uniform(0.98, 1.15)),
        Paper(
            random.choice(((250, 251, 251), (243, 248, 250))),
            ruling,
            pitch=random.uniform(12, 16) if ruling == "squares" else random.uniform(18, 24),
            line=(222, 206, 190),
            desk=replace(random.choice(TABLES), things=tuple(things)),
        ),
        choices.camera(
            random,
            choices.margins(random, 7, 18),
            beyond=choices.seen_beyond(random, (2, 4), (8, 26)),
            turn=2.2,
            keystone=0.035,
        ),
        replace(
            room_light(random),
            shadow="hand" if random.random() < 0.65 else "none",
            vignette=random.uniform(0.05, 0.2),
        ),
        choices.conventions(random),
        brief.orientation,
    )
