"""Looks of diagram tools: pastel editors, Mermaid, the office's, plain black and white."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from synth.drawing.clean.choices import blocks, clean_look, typed
from synth.drawing.clean.look import CleanLook, Fitting
from synth.drawing.clean.themes import Arrows, Grid, Paint, Part, Shadow, Theme
from synth.drawing.colours import BLACK, WHITE, Colour, rgb
from synth.drawing.fonts import bold_of
from synth.drawing.layouts.dot import Dot
from synth.drawing.lettering import Lettering
from synth.drawing.looks import Brief
from synth.drawing.outlines import Outline

# Fill and line of the pastel palette that browser editors start with.
_PASTEL = {
    "blue": ("#dae8fc", "#6c8ebf"),
    "green": ("#d5e8d4", "#82b366"),
    "yellow": ("#fff2cc", "#d6b656"),
    "red": ("#f8cecc", "#b85450"),
    "purple": ("#e1d5e7", "#9673a6"),
    "orange": ("#ffe6cc", "#d79b00"),
    "grey": ("#f5f5f5", "#666666"),
    "white": ("#ffffff", "#000000"),
}


def barred(random: Random, paint: Paint) -> Paint:
    """Return how a subflow is drawn: as any step, or with a second line as flow charts have it."""
    if random.random() < 0.5:
        return paint
    return replace(paint, doubled="bars" if paint.outline == "box" else "ring")


def pastel(random: Random, brief: Brief) -> CleanLook:
    """Return the look of a browser editor: pale rounded boxes, a grid, soft shadows, elbows."""
    if random.random() < 0.15:
        action = trigger = logic = leave = _PASTEL["white"]
    else:
        action = _PASTEL[random.choice(("blue", "blue", "white", "green", "purple", "grey"))]
        logic = _PASTEL[random.choice(("yellow", "yellow", "orange", "purple"))]
        trigger = _PASTEL[random.choice(("green", "green", "red", "blue"))]
        leave = _PASTEL["red"]
    box: Outline = random.choice(("rounded", "rounded", "box"))
    ink = random.choice((BLACK, rgb("#1a1a1a"), rgb("#333333")))

    def paint(colours: tuple[str, str], outline: Outline) -> Paint:
        fill, line = map(rgb, colours)
        return Paint(outline, fill, line, ink)

    paints: dict[Part, Paint] = {
        "action": paint(action, box),
        "subflow": barred(random, paint(_PASTEL["purple"], box)),
        "trigger": paint(trigger, random.choice((box, box, "ellipse", "pill"))),
        "inputs": paint(_PASTEL["orange"], random.choice((box, "slanted"))),
        "outputs": paint(_PASTEL["orange"], random.choice((box, "slanted"))),
        "logic": paint(logic, "diamond"),
        "loop": paint(random.choice((logic, _PASTEL["orange"])), "diamond"),
        "leave": paint(leave, random.choice(("diamond", "pill"))),
        "start": paint(trigger, random.choice(("ellipse", "pill"))),
        "end": paint(leave, random.choice(("ellipse", "pill"))),
    }
    line = random.choice((BLACK, rgb("#333333"), rgb("#666666"), rgb(action[1])))
    corner = random.choice((0.0, 0.0, 5.0, 9.0))
    arrows = Arrows(line, 1.0, random.choice(("vee", "block", "normal", "open")), 7.0, corner)
    shadow = Shadow(2.0, 3.0, 4.0, rgb("#c4c4c4")) if random.random() < 0.4 else None
    grid = None
    if random.random() < 0.5:
        grid = Grid(10.0, rgb("#f2f2f2"), rgb(random.choice(("#e4e4e4", "#d8d8d8"))))
    theme = Theme(
        paints,
        arrows,
        label=ink,
        radius=random.uniform(4, 9),
        shadow=shadow,
        grid=grid,
        snap=True,
    )
    text = typed(random, brief)
    fitting = Fitting(
        (random.uniform(8, 13), random.uniform(6, 10)),
        random.uniform(1.6, 2.3),
        (random.choice((0.0, 80.0, 96.0)), random.choice((0.0, 32.0))),
        random.random() < 0.35,
    )
    plan = blocks(random)
    return clean_look(random, brief, text, theme, plan, fitting)


# Ground, fill, border, text, lines, ground of labels.
_MERMAID = (
    ("#ffffff", "#ececff", "#9370db", "#333333", "#333333", "#e8e8e8"),
    ("#ffffff", "#ececff", "#9370db", "#333333", "#333333", "#e8e8e8"),
    ("#ffffff", "#cde498", "#13540c", "#000000", "#008000", "#e8f4e8"),
    ("#ffffff", "#eeeeee", "#999999", "#333333", "#666666", "#ffffff"),
    ("#333333", "#1f2020", "#cccccc", "#cccccc", "#d3d3d3", "#585858"),
    ("#ffffff", "#fff4dd", "#e8b96d", "#333333", "#3a3a3a", "#f4ead5"),
    ("#f4f4f4", "#fff4dd", "#4d3b1a", "#333333", "#333333", "#e9e2cf"),
)


def mermaid(random: Random, brief: Brief) -> CleanLook:
    """Return the look of diagrams made from text in documents: lavender boxes, curved lines."""
    ground, fill, border, ink, line, label = map(rgb, random.choice(_MERMAID))
    box: Outline = random.choice(("box", "box", "rounded"))
    start: Outline = random.choice((box, "pill", "ellipse"))

    def paint(outline: Outline) -> Paint:
        return Paint(outline, fill, border, ink)

    paints: dict[Part, Paint] = {
        "action": paint(box),
        "trigger": paint(start),
        "subflow": barred(random, paint(box)),
        "inputs": paint(random.choice((box, "slanted"))),
        "outputs": paint(random.choice((box, "slanted"))),
        "logic": paint("diamond"),
        "loop": paint(random.choice(("diamond", "diamond", "hexagon"))),
        "start": paint("pill"),
        "end": paint("pill"),
    }
    arrows = Arrows(
        line,
        random.choice((1.0, 1.3, 1.6)),
        random.choice(("block", "block", "normal")),
        random.uniform(5.5, 7.0),
        dashed=random.choice(("none", "none", "none", "back")),
    )
    theme = Theme(paints, arrows, ground, ink, label, radius=5.0)
    text = typed(random, brief)
    down = random.random() < 0.65
    plan = Dot(
        "TB" if down else "LR",
        random.choice(("true", "true", "polyline")),
        nodesep=random.uniform(16, 28),
        ranksep=random.uniform(22, 32) if down else random.uniform(26, 38),
        margin=random.uniform(6, 10),
    )
    fitting = Fitting((random.uniform(9, 13), random.uniform(7, 10)), random.uniform(1.0, 1.5))
    return clean_look(random, brief, text, theme, plan, fitting, widest=20)


# Fill of actions, of logic, of the trigger; line; text; connectors.
_SLATE = (
    ("#44546a", "#5b6f8c", "#2f3b4c", "#44546a", "#ffffff", "#44546a"),
    ("#5b9bd5", "#4472c4", "#41719c", "#41719c", "#ffffff", "#4472c4"),
    ("#4472c4", "#2f5597", "#203864", "#2f528f", "#ffffff", "#4472c4"),
    ("#729fcf", "#729fcf", "#729fcf", "#3465a4", "#000000", "#3465a4"),
    ("#00758f", "#e37222", "#07889b", "#00586b", "#ffffff", "#555555"),
    ("#3d5a80", "#ee6c4d", "#293241", "#293241", "#ffffff", "#293241"),
    ("#70ad47", "#548235", "#385723", "#507e32", "#ffffff", "#375623"),
    ("#333f48", "#c8553d", "#588b8b", "#333f48", "#ffffff", "#333f48"),
    ("#2b579a", "#217346", "#b7472a", "#ffffff", "#ffffff", "#404040"),
)


def slate(random: Random, brief: Brief) -> CleanLook:
    """Return the look of an office's diagram tool: filled shapes, white text, elbow lines."""
    action, logic, trigger, line, ink, lines = map(rgb, random.choice(_SLATE))
    if random.random() < 0.3:
        logic = trigger = action
    rim = random.random() < 0.7
    box: Outline = random.choice(("box", "box", "rounded"))

    def paint(outline: Outline, fill: Colour) -> Paint:
        return Paint(outline, fill, line if rim else fill, ink)

    paints: dict[Part, Paint] = {
        "action": paint(box, action),
        "subflow": paint(box, action),
        "trigger": paint(random.choice((box, "pill", "pill")), trigger),
        "inputs": paint("slanted", trigger),
        "outputs": paint("slanted", trigger),
        "logic": paint("diamond", logic),
        "loop": paint(random.choice(("diamond", "diamond", "hexagon")), logic),
        "leave": paint(random.choice(("diamond", "pill")), trigger),
        "start": paint("pill", trigger),
        "end": paint("pill", trigger),
    }
    arrows = Arrows(
        lines,
        random.choice((1.0, 1.0, 1.5)),
        random.choice(("block", "normal", "vee")),
        random.uniform(6, 8),
        random.choice((0.0, 0.0, 4.0)),
    )
    shadow = Shadow(1.5, 2.0, 3.0, rgb("#c8c8c8")) if random.random() < 0.3 else None
    ground = rgb(random.choice(("#ffffff", "#ffffff", "#fafafa", "#f3f6fa")))
    label = rgb(random.choice(("#333333", "#44546a", "#000000")))
    radius = random.uniform(3, 8)
    theme = Theme(paints, arrows, ground, label, None, radius, shadow, snap=True)
    text = typed(random, brief)
    if random.random() < 0.25:
        text = Lettering(bold_of(text.face), text.size, leading=text.leading)
    fitting = Fitting(
        (random.uniform(8, 12), random.uniform(6, 9)),
        random.uniform(1.8, 2.6),
        (random.choice((80.0, 100.0)), 30.0),
        random.random() < 0.5,
    )
    plan = blocks(random, straight=0.1)
    return clean_look(random, brief, text, theme, plan, fitting)


def wire(random: Random, brief: Brief) -> CleanLook:
    """Return a plain black-and-white flow chart: white shapes, thin dark lines."""
    line = rgb(random.choice(("#000000", "#000000", "#3a414a", "#282c33", "#555555")))
    fill = random.choice((WHITE, WHITE, WHITE, rgb("#f2f2f2")))
    ink = random.choice((BLACK, line))
    box: Outline = random.choice(("box", "box", "rounded"))
    width = random.choice((1.0, 1.0, 1.5, 2.0))

    def paint(outline: Outline) -> Paint:
        return Paint(outline, fill, line, ink, width)

    paints: dict[Part, Paint] = {
        "action": paint(box),
        "subflow": barred(random, paint(box)),
        "trigger": paint(random.choice((box, "pill", "ellipse"))),
        "inputs": paint("slanted"),
        "outputs": paint("slanted"),
        "logic": paint("diamond"),
        "loop": paint(random.choice(("diamond", "diamond", "hexagon"))),
        "start": paint("pill"),
        "end": paint("pill"),
    }
    arrows = Arrows(
        line,
        random.choice((1.0, width)),
        random.choice(("normal", "block", "open", "vee", "hollow")),
        random.uniform(5.5, 8),
        random.choice((0.0, 0.0, 6.0)),
    )
    theme = Theme(paints, arrows, label=ink, radius=random.uniform(4, 10), snap=True)
    text = typed(random, brief)
    fitting = Fitting(
        (random.uniform(7, 12), random.uniform(5, 9)),
        random.uniform(1.7, 2.8),
        (random.choice((0.0, 90.0)), random.choice((0.0, 30.0))),
        random.random() < 0.4,
    )
    plan = blocks(random, straight=0.3)
    return clean_look(random, brief, text, theme, plan, fitting, ends=0.35)
