"""Typed drawings: Graphviz's own raster, plain as StarFlow's or dressed as a drawing tool's."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from synth.diagram import Diagram, Kind, Node
from synth.drawing.encoding import Pixels, decode, decode_indexed
from synth.drawing.engine import required_graphviz
from synth.drawing.fonts import SANS, SERIF, Face, check_letters, wrap
from synth.drawing.layout import Layout, check_size, quoted, read_plain

# At this density 14 points are 12.4 pixels: the text size that the small reader reads.
DOTS_PER_INCH = 64
FONT_POINTS = 14
PAD_INCHES = 0.05
# The reader has 128 columns of 16 pixels: rows longer than this turn to go down.
MAX_LANDSCAPE = 1600
# From here on a drawing is laid out before it is rastered, to see whether it can be.
MANY_NODES = 40

_PLAIN_BOX = {"shape": "box"}
_PLAIN_DIAMOND = {"shape": "diamond", "margin": "0.01,0.01"}


@dataclass(frozen=True)
class TypedLook:
    """How a typed drawing looks: Graphviz attributes by what a node is, in DOT's own words."""

    name: str
    face: Face
    definitions: bool
    rankdir: str = "TB"
    characters: int = 20
    prefix: str = "Trigger: "
    grey: bool = True
    graph: dict[str, str] = field(default_factory=dict)
    nodes: dict[str, str] = field(default_factory=dict)
    edges: dict[str, str] = field(default_factory=dict)
    kinds: dict[Kind, dict[str, str]] = field(default_factory=dict)


def synthetic_look(random: Random) -> TypedLook:
    """Return a look of Graphviz: StarFlow's plain one half of the time, else a varied one."""
    rankdir = random.choices(("TB", "LR"), (65, 35))[0]
    characters = random.randint(18, 22)
    if random.random() < 0.5:
        return TypedLook("graphviz plain", SERIF, True, rankdir, characters)
    rounded = random.random() < 0.5
    filled = random.random() < 0.6
    style = ",".join(["rounded"] * rounded + ["filled"] * filled)
    boxes, tests, starts = random.sample(
        ("#dbe9f6", "#fdebd0", "#d5f0dd", "#f6dde3", "#ece2f5", "#f1f1f1", "#fff7c9"), 3
    )
    line = random.choice(("black", "black", "#333333", "#27476e", "#5a3d6b"))
    box = {"shape": "box", "style": style, "fillcolor": boxes}
    diamond_style = "filled" if filled else ""
    return TypedLook(
        "graphviz varied",
        random.choice((SERIF, SANS)),
        True,
        rankdir,
        characters,
        grey=not filled and line == "black",
        graph={"splines": random.choice(("true", "polyline"))},
        nodes={"color": line, "penwidth": random.choice(("1", "1.3"))},
        edges={"color": line, "arrowhead": random.choice(("normal", "vee"))},
        kinds={
            "action": box,
            "trigger": {**box, "fillcolor": starts}
            | ({"shape": "ellipse", "margin": "0.0,0.0"} if random.random() < 0.3 else {}),
            "logic": _PLAIN_DIAMOND
            | {"style": diamond_style, "fillcolor": tests}
            | ({"shape": "hexagon", "margin": "0.06,0.02"} if random.random() < 0.25 else {}),
        },
    )


# Drawing tools: line, action, trigger, logic, end.
_TOOLS = {
    "pastel": ("#6c8ebf", "#dae8fc", "#d5e8d4", "#fff2cc", "#f8cecc"),
    "slate": ("#44546a", "#eef2f7", "#d6dce5", "#e2ecf6", "#f3e3d3"),
    "outline": ("#2b2b2b", "#ffffff", "#ffffff", "#ffffff", "#ffffff"),
    "violet": ("#9673a6", "#f3ecf8", "#e1d5e7", "#fdf3d8", "#f8cecc"),
    "mint": ("#3d8b70", "#eaf7f1", "#cdebdc", "#fdf6d8", "#fbe3d0"),
}


def digital_look(random: Random) -> TypedLook:
    """Return the look of a drawing tool: sans text, rounded boxes, pale fills, no definitions."""
    name, (line, action, start, test, end) = random.choice(sorted(_TOOLS.items()))
    box = {"shape": "box", "style": "rounded,filled"}
    return TypedLook(
        f"digital {name}",
        SANS,
        False,
        random.choices(("TB", "LR"), (60, 40))[0],
        random.randint(17, 22),
        prefix="Trigger: " if random.random() < 0.8 else "",
        grey=False,
        graph={"splines": random.choice(("true", "polyline"))},
        nodes={
            "color": line,
            "fontcolor": random.choice(("#1a1a1a", "#333333")),
            "penwidth": random.choice(("1", "1.4", "1.8")),
        },
        edges={
            "color": random.choice((line, "#555555")),
            "arrowhead": random.choice(("normal", "vee", "open")),
            "penwidth": random.choice(("1", "1.3")),
        },
        kinds={
            "action": {**box, "fillcolor": action},
            "trigger": {**box, "fillcolor": start},
            "logic": _PLAIN_DIAMOND | {"style": "filled", "fillcolor": test},
            "outputs": {**box, "fillcolor": end},
        },
    )


def paint_typed(diagram: Diagram, look: TypedLook, scale: float) -> tuple[Pixels, Layout]:
    """Return the raster of `diagram`, drawn by Graphviz itself, and its layout in pixels."""
    for node in diagram.nodes:
        check_letters(look.face, node.text)
    dots_per_inch = DOTS_PER_INCH * scale
    if scale > 1 or len(diagram.nodes) > MANY_NODES:
        plain, _ = required_graphviz().run(
            _source(diagram, look, "TB", dots_per_inch), picture=False
        )
        size = read_plain(plain, diagram, dots_per_inch, PAD_INCHES)
        check_size(size.width, size.height)
    pixels, layout = _run(diagram, look, look.rankdir, dots_per_inch)
    if look.rankdir == "LR" and layout.width > MAX_LANDSCAPE * scale:
        pixels, layout = _run(diagram, look, "TB", dots_per_inch)
    return pixels, layout


def _run(
    diagram: Diagram, look: TypedLook, rankdir: str, dots_per_inch: float
) -> tuple[Pixels, Layout]:
    plain, picture = required_graphviz().run(
        _source(diagram, look, rankdir, dots_per_inch), picture=True
    )
    assert picture is not None
    pixels = _whitened(picture, look.grey)
    # The outermost pixels are ground that Graphviz covers in part, hence greyish.
    pixels[[0, -1]] = 255
    pixels[:, [0, -1]] = 255
    return pixels, read_plain(plain, diagram, dots_per_inch, PAD_INCHES)


def _whitened(picture: bytes, grey: bool) -> Pixels:
    """Return Graphviz's pixels with their ground, which comes out a shade darker, made white."""
    import cv2
    import numpy as np

    whitened = np.arange(256, dtype=np.uint8)
    whitened[251:] = 255
    indexed = decode_indexed(picture)
    if indexed is None:
        return _mapped(decode(picture, colour=not grey), whitened)
    indices, table = indexed
    if grey:
        table = _mapped(cv2.cvtColor(table, cv2.COLOR_BGR2GRAY), whitened)
        return _mapped(indices, table)
    pixels: Pixels = cv2.applyColorMap(indices, _mapped(table, whitened))
    return pixels


def _mapped(pixels: Pixels, table: Pixels) -> Pixels:
    import cv2

    mapped: Pixels = cv2.LUT(pixels, table)
    return mapped


def _source(diagram: Diagram, look: TypedLook, rankdir: str, dots_per_inch: float) -> str:
    graph = {
        "rankdir": rankdir,
        "dpi": f"{dots_per_inch:g}",
        "pad": f"{PAD_INCHES}",
        "bgcolor": "white",
        "nodesep": "0.15",
        "ranksep": "0.22" if rankdir == "TB" else "0.28",
        **look.graph,
    }
    font = {"fontname": look.face.name, "fontsize": f"{FONT_POINTS}"}
    node = {**font, **_PLAIN_BOX, "margin": "0.08,0.04", "height": "0.1", "width": "0.1"}
    edge = {**font, "arrowsize": "0.6"}
    lines = [
        "digraph {",
        f"graph [{_attributes(graph)}]",
        f"node [{_attributes({**node, **look.nodes})}]",
        f"edge [{_attributes({**edge, **look.edges})}]",
    ]
    for each in diagram.nodes:
        attributes = _kind_attributes(look, each.kind)
        label = "\\n".join(quoted(line)[1:-1] for line in text_lines(each, look))
        lines.append(f'{each.identifier} [label="{label}" {_attributes(attributes)}]')
    for arrow in diagram.edges:
        # The spaces keep the word off its line.
        label = f' [label=" {arrow.label} "]' if arrow.label else ""
        lines.append(f"{arrow.tail} -> {arrow.head}{label}")
    return "\n".join([*lines, "}"])


def _kind_attributes(look: TypedLook, kind: Kind) -> dict[str, str]:
    if kind == "logic":
        return look.kinds.get("logic", _PLAIN_DIAMOND)
    if kind == "inputs":
        return look.kinds.get("trigger", {})
    return look.kinds.get(kind, look.kinds.get("action", {}))


def _attributes(values: dict[str, str]) -> str:
    return " ".join(f"{key}={quoted(value)}" for key, value in values.items())


def text_lines(node: Node, look: TypedLook) -> list[str]:
    """Return what is written in a node, line by line."""
    lead = {"trigger": look.prefix, "inputs": "Inputs: ", "outputs": "Outputs: "}
    lines = wrap(lead.get(node.kind, "") + node.text, look.characters)
    if look.definitions and node.kind not in ("inputs", "outputs"):
        check_letters(look.face, node.name)
        lines.append(f"({' '.join(node.name.split())})")
    return lines
