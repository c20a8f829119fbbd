"""What drawings on paper share: pens, settings, and the light of a room."""

from __future__ import annotations

from random import Random

from synth.drawing.colours import Colour
from synth.drawing.hand.light import Light
from synth.drawing.hand.pens import Pens
from synth.drawing.hand.setting import Setting
from synth.drawing.hand.styles import choices
from synth.drawing.looks import Brief

BLACK: Colour = (40, 34, 32)
BLUE: Colour = (150, 62, 28)
BLUE_BLACK: Colour = (92, 50, 36)
GREY: Colour = (62, 60, 58)


def one_pen(colour: Colour, width: float, stem: float) -> Pens:
    """Return a pen that draws and writes all; `width` and `stem` are in units."""
    return Pens(colour, colour, colour, "ballpoint", width, stem)


def setting_of(random: Random, brief: Brief, share: float = 0.7) -> Setting:
    """Return how text is set on paper; `share` is how often "Trigger: " is written."""
    prefix = choices.prefix(random, share)
    return Setting(
        choices.hand_of(random, brief, prefix),
        # Far corners of a photographed sheet come out a tenth smaller.
        choices.sizes(random, 6.0, 6.5),
        outlines=choices.outlines(random),
        characters=random.randint(14, 21),
        flatness=random.uniform(1.7, 2.5),
        pad=(random.uniform(5.5, 9), random.uniform(3.5, 6)),
        prefix=prefix,
    )


def room_light(random: Random) -> Light:
    """Return the light of a room on a photographed sheet."""
    warm = 0.0 if random.random() < 0.4 else max(-0.06, min(0.09, random.gauss(0, 0.045)))
    return Light(
        level=random.uniform(0.84, 0.96),
        slope=random.uniform(0.04, 0.18),
        blotch=random.uniform(0.01, 0.035),
        vignette=random.uniform(0.0, 0.12),
        tint=(1 - max(0.0, warm) * 1.5, 1 - abs(warm) * 0.3, 1 + min(0.0, warm)),
        shadow="hand" if random.random() < 0.35 else "none",
        dark=random.uniform(0.08, 0.22),
        noise=random.uniform(0.35, 0.8),
    )
