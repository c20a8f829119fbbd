"""Drawings that look made by hand, on paper or on a whiteboard; they are simulations.

Graphviz gives the layout, for shapes that are sized by the text as our own lettering sets it; the
strokes are ours. Everything is drawn at twice the size and bent a little on the way down, so that
no two letters are equal.
"""

from __future__ import annotations

from random import Random

from synth.diagram import Diagram, Node
from synth.drawing.encoding import Pixels
from synth.drawing.engine import required_graphviz
from synth.drawing.fonts import SANS
from synth.drawing.grounds import Ink, lay_over, paper, smooth_field, whiteboard
from synth.drawing.hand_looks import HandLook, text_lines
from synth.drawing.layout import POINTS_PER_INCH, Layout, check_size, quoted, read_plain
from synth.drawing.lettering import Lettering, block_height
from synth.drawing.strokes import Pen, Point, bezier

PAD = 8.0  # pixels at scale 1, around everything
MAX_LANDSCAPE = 1600


def paint_hand(
    diagram: Diagram, look: HandLook, scale: float, random: Random
) -> tuple[Pixels, Layout]:
    """Return the picture of `diagram` (H x W x 3), drawn by hand, and its layout in pixels."""
    import numpy as np

    fine = 2 if scale < 1.5 else 1  # pixels of the drawing per pixel of the picture
    unit = scale * fine
    size = look.face.size_for(look.x_height * scale * fine)
    lettering = Lettering(look.face, size)
    lines = [text_lines(node, look) for node in diagram.nodes]
    layout = _lay_out(diagram, look, lettering, lines, unit, look.rankdir)
    if look.rankdir == "LR" and layout.width > MAX_LANDSCAPE * unit:
        layout = _lay_out(diagram, look, lettering, lines, unit, "TB")

    check_size(layout.width, layout.height)
    width, height = round(layout.width / fine), round(layout.height / fine)
    colours = sorted({look.shape_ink, look.edge_ink, look.text_ink})
    planes = {ink: np.zeros((height * fine, width * fine), np.uint8) for ink in colours}
    thickness = max(1, round(look.thickness * unit))
    shapes = Pen(thickness, unit, look.wobble, random)
    arrows = Pen(thickness, unit, look.wobble, random)
    for node, box in zip(diagram.nodes, layout.boxes, strict=True):
        shapes.closed(_outline(node, box.x, box.y, box.width, box.height), look.sides)
    for route in layout.routes:
        way = _short(bezier(route.points), random.uniform(0.3, 2.0) * unit)
        drawn = arrows.stroke(way)
        before = drawn[max(0, len(drawn) - 3)]
        tip: Point = (float(drawn[-1][0]), float(drawn[-1][1]))
        arrows.head(tip, (float(before[0]), float(before[1])), 6.0, look.head)
    shapes.draw(planes[look.shape_ink])
    arrows.draw(planes[look.edge_ink])
    _write(layout, look, lettering, lines, planes[look.text_ink], unit, random)

    bent = _bend([planes[ink] for ink in colours], width, height, fine, scale, random)
    inks = [Ink(plane, ink) for plane, ink in zip(bent, colours, strict=True)]
    if look.ground == "whiteboard":
        ground = whiteboard(width, height, scale, random)
    else:
        ground = paper(look.ground, width, height, scale, random)
    return lay_over(ground, inks), layout.shrunk(fine)


def _lay_out(
    diagram: Diagram,
    look: HandLook,
    lettering: Lettering,
    lines: list[list[str]],
    unit: float,
    rankdir: str,
) -> Layout:
    """Return Graphviz's layout for shapes of the sizes that our lettering needs."""
    inch = POINTS_PER_INCH  # one pixel of the drawing is one point of Graphviz's
    source = [
        "digraph {",
        f"graph [rankdir={rankdir} nodesep={11 * unit / inch} ranksep={18 * unit / inch}]",
        'node [label="" fixedsize=true shape=box]',
        f'edge [arrowhead=none fontname="{SANS.name}"]',
    ]
    for node, text in zip(diagram.nodes, lines, strict=True):
        width, height = _size(node, look, lettering, text, unit)
        shape = " shape=diamond" if node.kind == "logic" else ""
        source.append(f"{node.identifier} [width={width / inch} height={height / inch}{shape}]")
    for edge in diagram.edges:
        label = ""
        if edge.label:
            # Graphviz measures labels in its own font: take the size at which ours has room.
            needed = lettering.width(edge.label) + 8 * unit
            points = 14 * needed / SANS.at(14).getlength(edge.label)
            label = f" [label={quoted(edge.label)} fontsize={points:.2f}]"
        source.append(f"{edge.tail} -> {edge.head}{label}")
    plain, _ = required_graphviz().run("\n".join([*source, "}"]), picture=False)
    return read_plain(plain, diagram, inch, PAD * unit / inch)


def _size(
    node: Node, look: HandLook, lettering: Lettering, lines: list[str], unit: float
) -> tuple[float, float]:
    width = max(lettering.width(line) for line in lines)
    height = block_height(lettering, lines)
    if node.kind != "logic":
        return width + 15 * unit, height + 9 * unit
    # The least diamond of this flatness that every line lies in: |x| / W + |y| / H <= 1 / 2.
    half = 0.0
    for index, line in enumerate(lines):
        top = index * lettering.line_height - height / 2
        bottom = top + lettering.ascent + 0.5 * lettering.descent
        away = max(abs(top + 0.15 * lettering.ascent), abs(bottom))
        half = max(half, lettering.width(line) / 2 + away * look.flatness)
    half += 6 * unit
    return 2 * half, 2 * half / look.flatness


def _outline(node: Node, x: float, y: float, width: float, height: float) -> list[Point]:
    right, bottom = x + width, y + height
    if node.kind == "logic":
        across, down = x + width / 2, y + height / 2
        return [(across, y), (right, down), (across, bottom), (x, down)]
    return [(x, y), (right, y), (right, bottom), (x, bottom)]


def _short(way: list[Point], gap: float) -> list[Point]:
    """Return `way` without its last `gap` pixels: arrows end shortly before what they point at."""
    (ax, ay), (bx, by) = way[-2:]
    length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5
    keep = max(0.2, 1 - gap / length) if length else 1.0
    return [*way[:-1], (ax + (bx - ax) * keep, ay + (by - ay) * keep)]


def _write(
    layout: Layout,
    look: HandLook,
    lettering: Lettering,
    lines: list[list[str]],
    ink: Pixels,
    unit: float,
    random: Random,
) -> None:
    for box, text in zip(layout.boxes, lines, strict=True):
        base = box.y + (box.height - block_height(lettering, text)) / 2 + lettering.ascent
        wide = max(lettering.width(line) for line in text)
        slack = random.uniform(-1, 1) * unit
        for line in text:
            across = wide if look.left_aligned else lettering.width(line)
            x = box.x + (box.width - across) / 2 + slack + random.uniform(-0.5, 0.5) * unit
            lettering.write(ink, line, x, base, random)
            base += lettering.line_height
    for route in layout.routes:
        if route.label_at is not None:
            x = route.label_at[0] - lettering.width(route.label) / 2
            y = route.label_at[1] + lettering.ascent / 2
            lettering.write(ink, route.label, x, y, random)


def _bend(
    planes: list[Pixels], width: int, height: int, fine: int, scale: float, random: Random
) -> list[Pixels]:
    """Return the planes at the picture's size, every place moved by about a pixel at scale 1."""
    import cv2
    import numpy as np

    noise = np.random.default_rng(random.getrandbits(64))
    maps = []
    for axis in range(2):
        far = (round(width / (45 * scale)), round(height / (45 * scale)))
        near = (round(width / (9 * scale)), round(height / (9 * scale)))
        shift = smooth_field(width, height, far, 0.9 * scale, noise)
        shift += smooth_field(width, height, near, 0.3 * scale, noise)
        # Bounded, so that nothing is pushed off the picture.
        np.clip(shift, -2.0 * scale, 2.0 * scale, out=shift)
        places = np.arange((width, height)[axis], dtype=np.float32)
        shift += places[None, :] if axis == 0 else places[:, None]
        maps.append(shift * fine + (fine - 1) / 2)
    bent = [cv2.remap(plane, maps[0], maps[1], cv2.INTER_LINEAR) for plane in planes]
    # A line thinner than a pixel lost ink on the way down.
    return [cv2.convertScaleAbs(plane, alpha=1.25) for plane in bent]
