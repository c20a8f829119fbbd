"""Choices that looks of drawing tools have in common: faces, words, conventions, layouts."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from synth.diagram import Conventions
from synth.drawing.arranging import Plan
from synth.drawing.clean.look import CleanLook, Fitting
from synth.drawing.clean.themes import Theme
from synth.drawing.clean.wording import Wording
from synth.drawing.fonts import (
    INTER,
    LATO,
    NUNITO,
    OPEN_SANS,
    ROBOTO,
    SANS,
    SOURCE_SANS,
    Face,
    pick_hand,
)
from synth.drawing.layouts.blocks import Blocks
from synth.drawing.lettering import Lettering
from synth.drawing.looks import Brief

# The weight of strokes, of the size, below which letters of a few pixels become pale.
_STURDY = 0.06

# Heights of small letters, in units: few, so that letters drawn once serve many pictures.
_SMALL_LETTERS = (5.8, 6.1, 6.4)

SCREEN_FACES = (SANS, SANS, INTER, LATO, NUNITO, OPEN_SANS, ROBOTO, ROBOTO, SOURCE_SANS)


def typed(random: Random, brief: Brief, faces: Sequence[Face] = SCREEN_FACES) -> Lettering:
    """Return a lettering in one of the faces, of the size that the small reader reads.

    Faces without a letter of the brief are left out, Liberation Sans takes the place of all.
    """
    whole = [face for face in faces if not face.missing(brief.letters)]
    face = random.choice(whole or [SANS])
    size = face.size_for(random.choice(_SMALL_LETTERS))
    return Lettering(face, size, leading=random.uniform(1.05, 1.25))


def hand(random: Random, brief: Brief) -> Lettering:
    """Return a lettering in a hand as tools ship them, if there is one: not too thin to read."""
    face = pick_hand(random, brief.split, brief.letters)
    for _ in range(8):
        if face.weight >= _STURDY:
            break
        face = pick_hand(random, brief.split, brief.letters)
    return Lettering(face, face.size_for(_SMALL_LETTERS[-1]), leading=random.uniform(1, 1.1))


def words(random: Random, brief: Brief, text: Lettering, widest: int = 24) -> Wording:
    """Return how words are set: in lines of about the same length, diamonds' often shorter."""
    if brief.orientation == "portrait":
        widest = min(widest, 22)
    characters = random.randint(widest - 8, widest)
    logic = random.choice((0, 0, characters - 3, max(11, characters - 6)))
    prefix = random.choice(("Trigger: ",) * 7 + ("", "", "Trigger - ", "TRIGGER: "))
    return Wording(text, characters, logic, prefix)


def redrawn(random: Random, ends: float = 0.2) -> Conventions:
    """Return conventions of people who draw a flow anew; `ends` is how often it has ends."""
    if random.random() < 0.25:
        return Conventions("edge", random.random() < ends)
    return Conventions("shape", random.random() < ends)


def blocks(
    random: Random,
    *,
    gap: tuple[float, float] = (18, 28),
    straight: float = 0.15,
    across: float = 0.4,
    rows: float = 0.35,
    pairs: float = 0.2,
) -> Blocks:
    """Return a block layout; the shares say how often lines slant, and flows run to the right.

    `rows` of those break into rows; `pairs` is how often a loop of one step has a pair of arrows.
    """
    right = random.random() < across
    broken = right and random.random() < rows
    return Blocks(
        direction="LR" if right else "TB",
        gap=random.uniform(*gap),
        lane=random.uniform(11, 16),
        apart=random.uniform(15, 26),
        margin=random.uniform(9, 22),
        fork=random.choice(("spread", "spread", "straight")),
        lines="straight" if random.random() < straight else "elbow",
        loop="pair" if random.random() < pairs else "around",
        loop_back=random.choice(("before", "before", "after")),
        longest_row=random.uniform(420, 900) if broken else None,
        rows=random.choice(("turn", "turn", "return")),
    )


def clean_look(
    random: Random,
    brief: Brief,
    text: Lettering,
    theme: Theme,
    plan: Plan,
    fitting: Fitting,
    *,
    widest: int = 24,
    ends: float = 0.2,
) -> CleanLook:
    """Return the look of people who redraw a flow with a tool, in lines of `widest` characters."""
    conventions = redrawn(random, ends)
    return CleanLook(
        conventions, words(random, brief, text, widest), theme, plan, fitting, brief.orientation
    )
