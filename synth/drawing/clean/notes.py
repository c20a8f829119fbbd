"""Looks of cards: an online whiteboard's sticky notes, and slides."""

from __future__ import annotations

from random import Random

from synth.drawing.clean.choices import SCREEN_FACES, blocks, clean_look, hand, typed
from synth.drawing.clean.look import CleanLook, Fitting
from synth.drawing.clean.themes import Arrows, Grid, Paint, Part, Shadow, Theme
from synth.drawing.colours import BLACK, WHITE, Colour, darker, lighter, mixed, rgb
from synth.drawing.fonts import NUNITO, bold_of
from synth.drawing.lettering import Lettering
from synth.drawing.looks import Brief
from synth.drawing.outlines import Outline

_NOTES = (
    ("#fff9b1", "#d5f692", "#a6ccf5", "#f7c6d9", "#ffdc9e"),
    ("#ffd966", "#93d275", "#7bb5e8", "#ff9ecf", "#ffb570"),
    ("#fef445", "#cee741", "#8fd14f", "#f5d128", "#ea94bb"),
    ("#ffe299", "#b3efbd", "#a8daff", "#ffb8a8", "#d3bdff"),
    ("#fffdf0", "#e6f5d0", "#d7ecff", "#ffe1ea", "#efe2ff"),
)


def sticky(random: Random, brief: Brief) -> CleanLook:
    """Return the look of an online whiteboard: notes of bright colours, dots on the ground."""
    notes = [rgb(code) for code in random.choice(_NOTES)]
    if random.random() < 0.4:
        notes = [notes[0]] * 5
    random.shuffle(notes)
    ink = rgb(random.choice(("#1a1a1a", "#1e1e1e", "#2b2b2b")))
    lines = random.choice((ink, ink, rgb("#4262ff"), rgb("#757575")))
    box: Outline = random.choice(("box", "box", "rounded"))
    rim = random.random() < 0.3

    def paint(outline: Outline, fill: Colour) -> Paint:
        return Paint(outline, fill, darker(fill, 0.35) if rim else fill, ink, 1.2)

    paints: dict[Part, Paint] = {
        "action": paint(box, notes[0]),
        "trigger": paint(random.choice((box, "pill")), notes[1]),
        "logic": paint("diamond", notes[2]),
        "loop": paint("diamond", random.choice(notes[2:4])),
        "outputs": paint(box, notes[4]),
        "start": paint("pill", notes[1]),
        "end": paint("pill", notes[1]),
    }
    ground = rgb(random.choice(("#ffffff", "#f2f2f2", "#f5f5f5", "#f8f8f6")))
    grid = None
    if random.random() < 0.6:
        dot = mixed(ground, BLACK, 0.16)
        grid = Grid(random.choice((12.0, 16.0, 20.0)), dot, dot, dots=True)
    arrows = Arrows(
        lines,
        random.uniform(1.5, 2.4),
        random.choice(("open", "vee", "normal", "block")),
        random.uniform(8, 10),
        random.choice((0.0, 10.0, 16.0)),
        ball=random.random() < 0.15,
    )
    shadow = Shadow(1.0, 3.0, 6.0, mixed(ground, BLACK, 0.22)) if random.random() < 0.7 else None
    theme = Theme(
        paints, arrows, ground, ink, ground if grid else None, random.uniform(3, 8), shadow, grid
    )
    written = random.random() < 0.35
    text = hand(random, brief) if written else typed(random, brief, (NUNITO, *SCREEN_FACES))
    fitting = Fitting(
        (random.uniform(10, 14), random.uniform(10, 15)), random.uniform(1.5, 2.0), (84.0, 52.0)
    )
    plan = blocks(random, gap=(26, 36), straight=0.3, across=0.5)
    return clean_look(random, brief, text, theme, plan, fitting, widest=20)


_DECKS = (
    ("#4472c4", "#ed7d31", "#a5a5a5", "#ffc000"),
    ("#1f4e79", "#c55a11", "#548235", "#7f6000"),
    ("#0070c0", "#00b050", "#7030a0", "#c00000"),
    ("#264653", "#2a9d8f", "#e76f51", "#8a5a44"),
    ("#005f73", "#0a9396", "#bb3e03", "#9b2226"),
    ("#5f27cd", "#10ac84", "#ee5253", "#222f3e"),
    ("#3b3b3b", "#6f6f6f", "#9b1c31", "#1d3557"),
)


def slides(random: Random, brief: Brief) -> CleanLook:
    """Return the look of slides: coloured cards of one size, bold text, big arrows."""
    deck = [rgb(code) for code in random.choice(_DECKS)]
    pale = random.random() < 0.3
    box: Outline = random.choice(("rounded", "rounded", "box"))
    soft = random.random() < 0.4

    def paint(outline: Outline, colour: Colour) -> Paint:
        if pale:
            return Paint(outline, lighter(colour, 0.8), colour, BLACK, 1.5)
        # Yellow and grey cards have dark text, as theirs would not be read otherwise.
        bright = sum(colour) > 420
        fill = darker(colour, 0.25) if bright else colour
        return Paint(outline, fill, fill, WHITE, 1.0)

    action, logic, trigger, leave = deck
    paints: dict[Part, Paint] = {
        "action": paint(box, action),
        "trigger": paint(random.choice((box, "pill")), trigger),
        "logic": paint("diamond", logic),
        "outputs": paint(box, leave),
        "leave": paint(random.choice(("diamond", "pill")), leave),
        "start": paint("pill", trigger),
        "end": paint("pill", trigger),
    }
    lines = rgb(random.choice(("#7f7f7f", "#404040", "#a6a6a6", "#595959")))
    if random.random() < 0.3:
        lines = action
    arrows = Arrows(lines, random.uniform(2.2, 3.2), "block", random.uniform(9, 11))
    ground = rgb(random.choice(("#ffffff", "#ffffff", "#f7f7f7", "#eef3f8", "#fdf6ec")))
    shadow = Shadow(2.0, 2.5, 4.0, mixed(ground, BLACK, 0.25)) if soft else None
    theme = Theme(paints, arrows, ground, BLACK, None, random.uniform(5, 12), shadow, snap=True)
    text = typed(random, brief)
    if random.random() < 0.6:
        text = Lettering(bold_of(text.face), text.size, leading=text.leading)
    fitting = Fitting(
        (random.uniform(10, 14), random.uniform(8, 12)), random.uniform(1.6, 2.2), (90, 40), True
    )
    plan = blocks(random, gap=(36, 46), straight=0.1, across=0.65, rows=0.6)
    return clean_look(random, brief, text, theme, plan, fitting, widest=20)
