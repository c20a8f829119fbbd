"""Pencil, and felt pens of several colours."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from synth.diagram import Kind
from synth.drawing.colours import Colour
from synth.drawing.hand.look import HandLook
from synth.drawing.hand.papers import Paper
from synth.drawing.hand.pens import Habits, Pens
from synth.drawing.hand.styles import choices
from synth.drawing.hand.styles.paper import GREY, room_light, setting_of
from synth.drawing.looks import Brief


def pencil(random: Random, brief: Brief) -> HandLook:
    """Return a soft pencil: grainy, pressed unevenly, gone over, smudged."""
    setting = replace(setting_of(random, brief), x_height=choices.sizes(random, 6.0, 6.75))
    squared = random.random() < 0.35
    return HandLook(
        setting,
        choices.plan(random, choices.down_or_right(random, 0.55)),
        Habits(
            wobble=random.uniform(0.4, 0.65),
            pressure=0.22,
            tip=0.4,
            twice=random.uniform(0.1, 0.4),
            overshoot=random.uniform(3, 6),
            sides=0.75,
        ),
        Pens(GREY, GREY, GREY, "graphite", random.uniform(1.1, 1.5), random.uniform(1.25, 1.45)),
        Paper(
            random.choice(((250, 251, 251), (240, 247, 249))),
            "squares" if squared else "none",
            pitch=random.uniform(11, 15),
            line=(226, 216, 206),
            smudges=random.randint(1, 4),
            grey=random.random() < 0.3,
        ),
        choices.camera(
            random,
            choices.margins(random, 6, 18),
            turn=1.2,
            keystone=0.025,
        ),
        replace(room_light(random), noise=random.uniform(0.25, 0.5)),
        choices.conventions(random),
        brief.orientation,
    )


_FELTS: tuple[Colour, ...] = (
    (40, 36, 36),
    (168, 78, 24),
    (58, 48, 196),
    (74, 128, 34),
    (140, 52, 120),
    (30, 110, 226),
)
_PALE: tuple[Colour, ...] = (
    (150, 246, 255),
    (190, 250, 200),
    (214, 196, 255),
    (255, 226, 186),
    (160, 214, 255),
)


def felt(random: Random, brief: Brief) -> HandLook:
    """Return felt pens of two or three colours, often with shapes that are filled."""
    shape, logic, arrow = random.sample(_FELTS, 3)
    text = random.choice(_FELTS[:2])
    if random.random() < 0.5:
        shape = text
    fills: dict[Kind, Colour] = {}
    if random.random() < 0.65:
        pale = random.sample(_PALE, 3)
        fills = {"logic": pale[0], "trigger": pale[1]}
        if random.random() < 0.5:
            fills |= {"action": pale[2], "subflow": pale[2]}
    width = random.uniform(1.5, 2.2)
    return HandLook(
        setting_of(random, brief),
        choices.plan(random, choices.down_or_right(random, 0.5), gap=(20, 28)),
        Habits(
            wobble=random.uniform(0.45, 0.75),
            pressure=0.15,
            tip=0.85,
            head=random.choice(("open", "open", "filled")),
            head_size=random.uniform(7, 9),
        ),
        Pens(
            shape,
            arrow if random.random() < 0.6 else shape,
            text,
            "felt",
            width,
            random.uniform(1.15, 1.4),
            {"logic": logic, "trigger": logic} if random.random() < 0.7 else {},
            fills,
        ),
        Paper(
            (250, 251, 251),
            random.choice(("none", "none", "dots", "squares")),
            pitch=random.uniform(12, 16),
            line=(220, 214, 208),
        ),
        choices.camera(
            random,
            choices.margins(random, 6, 18),
            turn=1.0,
            keystone=0.022,
        ),
        room_light(random),
        choices.conventions(random),
        brief.orientation,
    )
