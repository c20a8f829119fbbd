"""Screenshots of a flow designer: numbered cards in one column, indented by their nesting."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any

from synth.diagram import Diagram, Node
from synth.drawing.encoding import Pixels
from synth.drawing.fonts import SANS, SANS_BOLD, check_letters
from synth.drawing.layout import Box, Layout, check_size
from synth.drawing.outlines import Colour, fill, polygon, rounded, trace

# Pixels at scale 1. The text has the size of the other typed drawings.
TEXT = 12.4
LINE = 15.0
ICON = 15.0


@dataclass(frozen=True)
class CardLook:
    """How the designer looks; lengths are in pixels at scale 1."""

    name: str
    ground: Colour
    border: Colour
    strip: Colour | None  # the ground of the annotation
    width: float
    radius: float
    indent: float
    gap: float
    connected: bool  # lines from card to card, otherwise guides along the nesting
    icons: bool
    bar: bool  # a coloured bar at the card's left edge


_NAVY, _TEAL, _GREEN, _PURPLE = (90, 62, 38), (112, 104, 3), (84, 143, 46), (178, 84, 120)
_AMBER, _GREY = (30, 130, 215), (125, 118, 112)
_PILLS: dict[str, Colour] = {
    "true": (250, 226, 232),
    "false": (250, 226, 232),
    "done": (226, 242, 220),
    "error": (220, 222, 250),
}


def ui_look(random: Random) -> CardLook:
    """Return one of the designer's looks: cards on grey, a list on white, or barred cards."""
    name = random.choice(("cards", "list", "barred"))
    level = random.randint(238, 247)
    return CardLook(
        f"designer {name}",
        (255, 255, 255) if name == "list" else (level, level - 1, level - 3),
        random.choice(((205, 200, 196), (218, 214, 210), (190, 184, 178))),
        None if name == "list" else random.choice(((246, 244, 242), (247, 246, 241), None)),
        random.choice((180.0, 200.0, 220.0)),
        0.0 if name == "list" else random.choice((3.0, 5.0, 7.0)),
        random.choice((12.0, 16.0, 20.0)),
        4.0 if name == "list" else random.choice((9.0, 12.0)),
        name != "list" and random.random() < 0.6,
        random.random() < 0.8,
        name == "barred",
    )


@dataclass(frozen=True)
class _Card:
    node: Node
    number: str
    title: list[str]
    text: list[str]
    pill: str
    box: Box
    text_x: float
    title_x: float


def paint_cards(diagram: Diagram, look: CardLook, scale: float) -> tuple[Pixels, Layout]:
    """Return the screenshot (H x W x 3) of `diagram`, and the cards' places in pixels."""
    import numpy as np

    for node in diagram.nodes:
        check_letters(SANS, node.text + title_of(node))
    cards, width, height = _arrange(diagram, look, scale)
    check_size(width, height)
    canvas = np.full((round(height), round(width), 3), look.ground, np.uint8)
    _connect(canvas, cards, look, scale)
    for card in cards:
        _frame(canvas, card, look, scale)
    picture = _letter(canvas, cards, look, scale)
    return picture, Layout(width, height, tuple(card.box for card in cards), ())


def title_of(node: Node) -> str:
    """Return a step's display name, as a designer writes its machine name."""
    words = {"FOREACH": "For Each", "DOUNTIL": "Do Until", "ELSEIF": "Else If"}
    name = node.name.strip() or node.kind
    return words.get(name.upper(), name.replace("_", " ").title())


def _arrange(diagram: Diagram, look: CardLook, scale: float) -> tuple[list[_Card], float, float]:
    plain, bold = SANS.at(TEXT * scale), SANS_BOLD.at(TEXT * scale)
    margin, pad = 7 * scale, 6 * scale
    cards: list[_Card] = []
    y = margin
    deepest = max(node.depth for node in diagram.nodes)
    wide = look.width * scale
    for node in diagram.nodes:
        pill = _pill(diagram, node)
        if cards:
            y += (look.gap if not pill else LINE + 7) * scale
        x = margin + node.depth * look.indent * scale
        text_x = x + pad + (3 * scale if look.bar else 0)
        number = _number(node)
        title_x = text_x + (plain.getlength(number) + 7 * scale if number else 0)
        title_x += (ICON + 5) * scale if look.icons else 0
        title = _fit(title_of(node), bold, x + wide - pad - title_x)
        text = _fit(node.text, plain, x + wide - pad - text_x)
        height = ((len(title) + len(text)) * LINE + 13) * scale
        box = Box(node.identifier, x, y, wide, height)
        cards.append(_Card(node, number, title, text, pill, box, text_x, title_x))
        y += height
    return cards, wide + deepest * look.indent * scale + 2 * margin, y + margin


def _number(node: Node) -> str:
    if node.order is not None:
        return str(node.order)
    return "Trigger" if node.kind == "trigger" else ""


def _pill(diagram: Diagram, node: Node) -> str:
    """Return the word on the way into a card, where there is one way only."""
    ways = [edge for edge in diagram.edges if edge.head == node.identifier and not edge.back]
    return ways[0].label if len(ways) == 1 else ""


def _fit(text: str, font: Any, width: float) -> list[str]:
    """Return `text` in lines that are at most `width` pixels long; long words are cut."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if font.getlength(longer) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        while font.getlength(word) > width and len(word) > 1:
            fits = len(word) - 1
            while fits > 1 and font.getlength(word[:fits]) > width:
                fits -= 1
            lines.append(word[:fits])
            word = word[fits:]
        line = word
    return [*lines, line]


def _connect(canvas: Pixels, cards: list[_Card], look: CardLook, scale: float) -> None:
    """Draw the lines from card to card, or along the cards that a card encloses."""
    thick = max(1, round(scale))
    if look.connected:
        for above, card in pairwise(cards):
            x = max(above.box.x, card.box.x) + 24 * scale
            _line(canvas, x, above.box.y + above.box.height, x, card.box.y, _GREY, thick)
        return
    for index, card in enumerate(cards):
        inside = []
        for later in cards[index + 1 :]:
            if later.node.depth <= card.node.depth:
                break
            inside.append(later)
        if inside:
            x = card.box.x + look.indent * scale / 2
            end = inside[-1].box.y + inside[-1].box.height
            _line(canvas, x, card.box.y + card.box.height, x, end, look.border, thick)


def _line(
    canvas: Pixels, x: float, y: float, right: float, bottom: float, colour: Colour, thick: int
) -> None:
    import cv2

    cv2.line(canvas, (round(x), round(y)), (round(right), round(bottom)), colour, thick)


def _frame(canvas: Pixels, card: _Card, look: CardLook, scale: float) -> None:
    box, radius = card.box, look.radius * scale
    outline = rounded(box.x, box.y, box.width, box.height, radius)
    fill(canvas, outline, (255, 255, 255))
    colour = _colour(card.node)
    strip = len(card.text) * LINE * scale + 5 * scale
    top = box.y + box.height - strip - 2 * scale
    if look.strip is not None:
        inner = rounded(box.x + 3 * scale, top, box.width - 6 * scale, strip, radius / 2)
        fill(canvas, inner, look.strip)
    if look.bar:
        fill(canvas, rounded(box.x, box.y, 3 * scale, box.height, 1.4 * scale), colour)
    trace(canvas, outline, look.border, scale)
    if look.icons:
        _icon(canvas, card, colour, scale)
    if card.pill:
        x, y = box.x + 12 * scale, box.y - (LINE + 4) * scale
        wide = SANS.at(TEXT * scale).getlength(card.pill) + 12 * scale
        pill = rounded(x, y, wide, (LINE + 1) * scale, 7 * scale)
        fill(canvas, pill, _PILLS.get(card.pill, (235, 235, 235)))


def _colour(node: Node) -> Colour:
    if node.kind == "logic":
        loops = node.name.upper() in ("FOREACH", "DOUNTIL")
        return _GREEN if loops else _PURPLE
    kinds = {"trigger": _NAVY, "action": _TEAL, "subflow": _AMBER}
    return kinds.get(node.kind, _GREY)


def _icon(canvas: Pixels, card: _Card, colour: Colour, scale: float) -> None:
    """Draw the tile before the title: a disc for loops, a diamond for tests, else a square."""
    half = ICON * scale / 2
    x = card.title_x - 5 * scale - half
    y = card.box.y + 4 * scale + half
    if card.node.kind != "logic":
        tile = rounded(x - half, y - half, 2 * half, 2 * half, 3 * scale)
    elif colour == _GREEN:
        tile = rounded(x - half, y - half, 2 * half, 2 * half, half)
    else:
        tile = polygon([(x, y - half), (x + half, y), (x, y + half), (x - half, y)])
    fill(canvas, tile, colour)
    ring = rounded(x - half / 3, y - half / 3, 2 * half / 3, 2 * half / 3, half / 3)
    trace(canvas, ring, (255, 255, 255), 1.3 * scale)


def _letter(canvas: Pixels, cards: list[_Card], look: CardLook, scale: float) -> Pixels:
    """Return the canvas with all its text."""
    import numpy as np
    from PIL import Image, ImageDraw

    picture = Image.fromarray(canvas)
    pen = ImageDraw.Draw(picture)
    plain, bold = SANS.at(TEXT * scale), SANS_BOLD.at(TEXT * scale)
    dark, soft, quiet = (45, 40, 36), (80, 72, 66), (120, 112, 106)
    for card in cards:
        x, y = card.text_x, card.box.y + 16 * scale
        pen.text((x, y), card.number, fill=quiet, font=plain, anchor="ls")
        for line in card.title:
            pen.text((card.title_x, y), line, fill=dark, font=bold, anchor="ls")
            y += LINE * scale
        y += 4 * scale
        for line in card.text:
            pen.text((x, y), line, fill=soft, font=plain, anchor="ls")
            y += LINE * scale
        if card.pill:
            place = (card.box.x + 18 * scale, card.box.y - 7 * scale)
            pen.text(place, card.pill, fill=soft, font=plain, anchor="ls")
    lettered: Pixels = np.array(picture)
    return lettered
