"""Looks of Graphviz, drawn by us: StarFlow's plain one, and what people make of it."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from synth.diagram import Conventions
from synth.drawing.arranging import Plan
from synth.drawing.clean.graphviz_text import POINT, GraphvizFitting, lettering_of
from synth.drawing.clean.look import CleanLook
from synth.drawing.clean.themes import Arrows, Paint, Part, Theme
from synth.drawing.clean.wording import Wording
from synth.drawing.colours import BLACK, WHITE, darker, lighter, rgb
from synth.drawing.fonts import MONO, SANS, SANS_BOLD, SERIF, Face
from synth.drawing.layouts.blocks import Blocks
from synth.drawing.layouts.dot import Dot
from synth.drawing.looks import Brief
from synth.drawing.outlines import Outline

INCH = 72 * POINT

# The pale and the strong ones of the colour names that Graphviz knows.
_PALE = (
    *("#add8e6", "#ffffe0", "#d3d3d3", "#98fb98", "#f0e68c", "#ffb6c1", "#e6e6fa", "#f5deb3"),
    *("#f0f8ff", "#ffe4e1", "#fffacd", "#e0ffff", "#d8bfd8", "#ffdab9", "#dbe9f6", "#d5f0dd"),
)
_STRONG = (
    *("#4682b4", "#2e8b57", "#cd5c5c", "#6a5acd", "#d2691e", "#1f77b4", "#b8336a", "#2f6f6f"),
    *("#3b5998", "#8b4513", "#556b2f", "#7a3b8f", "#c0392b", "#2c3e50", "#00688b", "#8b2252"),
)
_LINES = ("#000000", "#000000", "#333333", "#000080", "#006400", "#4a4a4a", "#27476e", "#5a3d6b")
# Ground, line and text, fills.
_DARK = (
    ("#1e1e1e", "#d4d4d4", ("#2d2d30", "#094771", "#3a3d41")),
    ("#000000", "#ffffff", ("#000000", "#222222", "#333333")),
    ("#2e3440", "#d8dee9", ("#3b4252", "#434c5e", "#4c566a")),
    ("#282a36", "#f8f8f2", ("#44475a", "#3b3f58", "#52405f")),
    ("#002b36", "#eee8d5", ("#073642", "#0b3a42", "#123f3a")),
    ("#22252b", "#e0e0e0", ("#22252b", "#2f4858", "#33503f")),
    ("#10233f", "#e8f0ff", ("#1b3a63", "#234a7a", "#2c3f66")),
)


def _plan(random: Random) -> Dot:
    down = random.random() < 0.68
    return Dot(
        rankdir="TB" if down else "LR",
        nodesep=random.choice((0.15, 0.15, 0.2, 0.25)) * INCH,
        ranksep=random.choice((0.22, 0.25, 0.3) if down else (0.28, 0.32, 0.4)) * INCH,
        margin=random.uniform(3.2, 5.0),
    )


def _wording(random: Random, face: Face, brief: Brief) -> Wording:
    characters = random.randint(17, 24)
    if random.random() < 0.12 and brief.orientation != "portrait":
        characters += 10
    # Faces without serifs have larger small letters.
    points = 14 if face is SERIF else random.choice((12, 13, 13))
    return Wording(lettering_of(face, points), characters, definitions=brief.definitions)


def _arrows(random: Random, **more: object) -> Arrows:
    size = random.choice((0.6, 0.6, 0.7, 0.8)) * 10 * POINT
    return replace(Arrows(width=POINT, size=size), **more)  # type: ignore[arg-type]


def _look(
    random: Random,
    brief: Brief,
    theme: Theme,
    face: Face,
    plan: Plan,
    conventions: Conventions | None = None,
    fitting: GraphvizFitting | None = None,
) -> CleanLook:
    return CleanLook(
        conventions or Conventions(),
        _wording(random, face, brief),
        theme,
        plan,
        fitting or GraphvizFitting(),
        brief.orientation,
    )


def plain(random: Random, brief: Brief) -> CleanLook:
    """Return StarFlow's look: Graphviz's defaults, boxes and diamonds in black on white."""
    paints: dict[Part, Paint] = {
        "action": Paint(width=POINT),
        "logic": Paint("diamond", width=POINT),
    }
    theme = Theme(paints, _arrows(random), whole=random.random() < 0.6)
    return _look(random, brief, theme, SERIF, _plan(random))


def _people(random: Random) -> Conventions:
    """Return conventions of graphs that people wrote by hand."""
    alternative = "edge" if random.random() < 0.2 else "shape"
    return Conventions("edge" if alternative == "edge" else "shape", random.random() < 0.25)


def varied(random: Random, brief: Brief) -> CleanLook:
    """Return a graph with attributes: fills, shapes, colours of lines, other heads."""
    line = rgb(random.choice(_LINES))
    boxes, tests, starts, loops = map(rgb, random.sample(_PALE, 4))
    filled = random.random() < 0.8
    if not filled:
        boxes = tests = starts = loops = WHITE
    elif random.random() < 0.3:
        loops = tests
    width = random.choice((1.0, 1.0, 1.3, 1.7)) * POINT
    box: Outline = random.choice(("box", "rounded", "rounded"))
    start: Outline = random.choice((box, box, "ellipse", "note"))
    loop: Outline = random.choice(("diamond", "diamond", "hexagon"))
    ink = random.choice((BLACK, BLACK, darker(line, 0.3)))

    def paint(outline: Outline, fill: tuple[int, int, int]) -> Paint:
        return Paint(outline, fill, line, ink, width)

    paints: dict[Part, Paint] = {
        "action": paint(box, boxes),
        "trigger": paint(start, starts),
        "inputs": paint(random.choice((box, "slanted")), starts),
        "outputs": paint(box, starts),
        "logic": paint("diamond", tests),
        "loop": paint(loop, loops),
        "start": paint("ellipse", starts),
        "end": paint("ellipse", starts),
    }
    if start == "box" and random.random() < 0.3:
        paints["trigger"] = replace(paints["trigger"], doubled="ring")
    arrows = _arrows(
        random,
        colour=random.choice((line, line, rgb("#808080"))),
        width=random.choice((1.0, 1.0, 1.5)) * POINT,
        head=random.choice(("normal", "vee", "normal", "open", "hollow")),
        dashed=random.choice(("none", "none", "back", "false")),
        ball=random.random() < 0.08,
    )
    ground = rgb(random.choice(("#ffffff",) * 5 + ("#fafafa", "#fffff0", "#f5f5f5", "#f8f8ff")))
    theme = Theme(
        paints,
        arrows,
        ground,
        label=random.choice((ink, rgb("#b22222"), rgb("#00008b"), rgb("#696969"))),
        radius=random.uniform(6, 10),
        whole=random.random() < 0.5,
    )
    face = random.choices((SERIF, SANS, MONO), (40, 50, 10))[0]
    plan = _plan(random)
    if random.random() < 0.3:
        plan = replace(plan, splines="polyline")
    return _look(random, brief, theme, face, plan, _people(random))


def dark(random: Random, brief: Brief) -> CleanLook:
    """Return a graph on a dark ground with pale lines and text."""
    ground, line, fills = random.choice(_DARK)
    pale = rgb(line)
    edge = random.choice((pale, rgb("#8fbcbb"), rgb("#9aa5b1"), rgb("#ffb86c")))
    if ground == "#000000":
        edge = pale
    boxes, starts, tests = map(rgb, random.sample(fills, 3))
    outline: Outline = random.choice(("box", "rounded"))
    width = random.choice((1.0, 1.2, 1.6)) * POINT
    border = random.choice((pale, pale, edge))
    ink = random.choice((pale, WHITE))
    paints: dict[Part, Paint] = {
        "action": Paint(outline, boxes, border, ink, width),
        "trigger": Paint(random.choice((outline, "ellipse")), starts, border, ink, width),
        "logic": Paint("diamond", tests, border, ink, width),
    }
    arrows = _arrows(random, colour=edge, head=random.choice(("normal", "vee")), width=width)
    theme = Theme(paints, arrows, rgb(ground), label=ink, radius=random.uniform(5, 9))
    face = random.choice((SERIF, SANS, SANS))
    return _look(random, brief, theme, face, _plan(random), _people(random))


def bold(random: Random, brief: Brief) -> CleanLook:
    """Return a graph of strongly filled shapes with white text and thick lines."""
    boxes, tests, starts = map(rgb, random.sample(_STRONG, 3))
    outline: Outline = random.choice(("box", "rounded", "rounded"))
    rim = random.random() < 0.4

    def paint(outline: Outline, fill: tuple[int, int, int]) -> Paint:
        return Paint(outline, fill, darker(fill, 0.35) if rim else fill, WHITE, 2 * POINT)

    paints: dict[Part, Paint] = {
        "action": paint(outline, boxes),
        "trigger": paint(random.choice((outline, "ellipse")), starts),
        "outputs": paint(outline, starts),
        "logic": paint("diamond", tests),
        "loop": paint(random.choice(("diamond", "hexagon")), tests),
        "start": paint("ellipse", starts),
        "end": paint("ellipse", starts),
    }
    colour = random.choice((rgb("#333333"), rgb("#666666"), darker(boxes, 0.3), tests))
    arrows = Arrows(
        colour,
        width=random.choice((1.6, 2.0, 2.5)) * POINT,
        head=random.choice(("normal", "normal", "vee")),
        size=random.choice((8.0, 9.0, 10.0)),
    )
    theme = Theme(paints, arrows, label=colour, radius=random.uniform(6, 10))
    plan = replace(_plan(random), ranksep=random.uniform(0.34, 0.45) * INCH)
    face = random.choice((SANS_BOLD, SANS_BOLD, SANS))
    return _look(random, brief, theme, face, plan, _people(random))


def ortho(random: Random, brief: Brief) -> CleanLook:
    """Return a graph with lines that run level or upright only, as `splines=ortho` has them."""
    pale = rgb(random.choice(_PALE)) if random.random() < 0.5 else WHITE
    width = random.choice((1.0, 1.0, 1.5)) * POINT
    outline: Outline = random.choice(("box", "box", "rounded"))
    other = lighter(pale, 0.5)
    paints: dict[Part, Paint] = {
        "action": Paint(outline, pale, width=width),
        "trigger": Paint(random.choice((outline, "ellipse")), other, width=width),
        "logic": Paint("diamond", other, width=width),
    }
    arrows = _arrows(random, width=width)
    theme = Theme(paints, arrows, radius=random.uniform(6, 10), whole=random.random() < 0.5)
    plan = Blocks(
        direction="TB" if random.random() < 0.65 else "LR",
        gap=random.uniform(15, 24),
        lane=random.uniform(10, 14),
        margin=random.uniform(4, 8),
        fork=random.choice(("spread", "spread", "straight")),
    )
    face = random.choice((SERIF, SERIF, SANS))
    return _look(random, brief, theme, face, plan, _people(random))


def record(random: Random, brief: Brief) -> CleanLook:
    """Return a graph of records: the definition stands below a line of its own."""
    pale = rgb(random.choice(_PALE)) if random.random() < 0.6 else WHITE
    outline: Outline = random.choice(("box", "rounded"))
    line = rgb(random.choice(_LINES))
    paints: dict[Part, Paint] = {
        "action": Paint(outline, pale, line, width=POINT, ruled=True),
        "logic": Paint("diamond", random.choice((pale, WHITE)), line, width=POINT),
    }
    arrows = _arrows(random, colour=line, head=random.choice(("normal", "vee", "open")))
    theme = Theme(paints, arrows, radius=8.0, whole=random.random() < 0.5)
    face = random.choice((SERIF, SANS))
    plan = _plan(random)
    fitting = GraphvizFitting(rule=4.0)
    return _look(random, brief, theme, face, plan, _people(random), fitting)
