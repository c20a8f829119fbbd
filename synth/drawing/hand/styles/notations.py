"""Other ways to draw a flow up: in business process notation, and as a list."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from synth.drawing.hand.light import Light
from synth.drawing.hand.look import HandLook
from synth.drawing.hand.papers import Paper, Ruling
from synth.drawing.hand.pens import Habits
from synth.drawing.hand.styles import choices
from synth.drawing.hand.styles.paper import BLACK, BLUE, BLUE_BLACK, one_pen, room_light, setting_of
from synth.drawing.layouts.blocks import Blocks
from synth.drawing.layouts.listing import Listing
from synth.drawing.looks import Brief


def gateway(random: Random, brief: Brief) -> HandLook:
    """Business process notation: left to right, small diamonds and round events, text outside."""
    base = setting_of(random, brief, share=0.3)
    direction = choices.down_or_right(random, 0.15)
    setting = replace(
        base,
        step=random.choice(("rounded", "rounded", "box")),
        outlines={
            "logic": "diamond",
            "trigger": "ellipse",
            "start": "ellipse",
            "end": "ellipse",
        },
        beside=("logic", "trigger", "start", "end"),
        small=random.uniform(20, 27),
        text_goes="below" if direction == "LR" else "right",
        characters=random.randint(12, 16),
        # Text touches its box, as nobody measures.
        pad=(random.uniform(3.0, 5.0), random.uniform(2.5, 4.0)),
    )
    pen = random.choice((BLUE, BLUE, BLUE_BLACK, BLACK, BLACK))
    squared = random.random() < 0.45
    scanned = random.random() < 0.35
    light = Light(0.985, 0.01, 0.004, shadow="lid", noise=0.25) if scanned else room_light(random)
    return HandLook(
        setting,
        Blocks(
            direction,
            random.uniform(17, 24),
            random.uniform(11, 15),
            apart=random.uniform(16, 22),
            margin=10.0,
            fork=random.choice(("spread", "straight")),
            loop_back=random.choice(("before", "after")),
            longest_row=random.uniform(380, 720) if random.random() < 0.7 else None,
            rows=random.choice(("turn", "turn", "return")),
        ),
        Habits(
            wobble=random.uniform(0.3, 0.55),
            sides=random.choice((0.1, 0.7)),
            head=random.choice(("open", "open", "filled", "hollow")),
            head_size=random.uniform(5, 7),
            miss=1.5,
        ),
        one_pen(pen, random.uniform(0.75, 1.1), random.uniform(0.98, 1.12)),
        Paper(
            (248, 250, 250),
            "squares" if squared else "none",
            pitch=random.uniform(10.5, 14),
            line=random.choice(((222, 204, 184), (210, 208, 204))),
        ),
        choices.camera(
            random,
            choices.margins(random, 6, 16),
            turn=0.4 if scanned else 1.2,
            keystone=0.0 if scanned else 0.03,
        ),
        light,
        choices.conventions(random),
        brief.orientation,
        radius=random.uniform(4, 9),
    )


def listed(random: Random, brief: Brief) -> HandLook:
    """Notes instead of a diagram: a list, one level further in for what a step encloses."""
    boxed = random.random() < 0.3
    setting = replace(
        setting_of(random, brief),
        step="box" if boxed else "none",
        outlines={"trigger": random.choice(("none", "box"))},
        characters=random.randint(28, 44),
        align="left",
        pad=(5.0, 3.0) if boxed else (2.0, 1.0),
        numbers="none" if boxed else random.choice(("dot", "bracket", "dash", "none")),
    )
    ruling: Ruling = random.choice(("lines", "lines", "none", "squares"))
    left = random.uniform(18, 36)
    _, top, right, bottom = choices.margins(random, 6, 18)
    pen = random.choice((BLUE, BLUE_BLACK, BLACK))
    arrows = random.random() < 0.35
    return HandLook(
        setting,
        Listing(
            indent=random.uniform(20, 30),
            gap=random.uniform(14, 18) if arrows else random.uniform(7, 11),
            guides=boxed or random.random() < 0.6,
            arrows=arrows,
            labels=True,
        ),
        Habits(wobble=random.uniform(0.3, 0.55), miss=1.0, head_size=5.0, shift=1.0, tilt=0.006),
        one_pen(pen, random.uniform(0.8, 1.15), random.uniform(0.92, 1.1)),
        Paper(
            (247, 250, 250),
            ruling,
            pitch=random.uniform(17, 22) if ruling == "lines" else random.uniform(11, 14),
            margin=left - random.uniform(2, 5) if ruling == "lines" else None,
            holes=random.choice((0, 0, 2, 4)) if ruling == "lines" else 0,
        ),
        choices.camera(
            random,
            (left, top, right, bottom),
            turn=1.0,
            keystone=0.02,
        ),
        room_light(random),
        choices.conventions(random),
        brief.orientation,
    )
