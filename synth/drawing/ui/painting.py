"""Painting a scene of cards: wires below, then cards, then the words on the wires."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from synth.drawing.colours import Colour, mixed
from synth.drawing.geometry import Box, Point
from synth.drawing.scene import Scene, Shape, TextLine
from synth.drawing.ui.board import Board
from synth.drawing.ui.cards import CardForm
from synth.drawing.ui.plates import Plate
from synth.drawing.ui.symbols import symbol_of
from synth.drawing.ui.themes import Theme, Wires

# The room for the bar that adds a step, and its blue.
ADD_ROOM = 44.0
_ADD: Colour = (192, 101, 26)


def ground_of(scene: Scene, theme: Theme, scale: float) -> Board:
    """Return an empty screen for a scene in pixels."""
    board = Board(scene.width, scene.height, theme.ground)
    if theme.grid is not None:
        board.grid(theme.dot_step * scale, theme.grid)
    if theme.dots is not None:
        board.dots(theme.dot_step * scale, max(1.0, 1.2 * scale), theme.dots)
    return board


def last_step(scene: Scene) -> Shape | None:
    """Return the step that ends a flow and a column, if the flow ends in one step."""
    last = scene.shapes[-1]
    if last.node.depth or last.node.kind == "end":
        return None
    lowest = max(shape.frame.bottom for shape in scene.shapes)
    return last if last.frame.bottom >= lowest - 1 else None


def paint_add(
    board: Board, last: Shape, word: str, form: CardForm, wires: Wires, scale: float
) -> None:
    """Draw the bar that adds a step, in the room below the diagram, with a line down to it."""
    lettering = form.text.scaled(scale)
    x = last.frame.centre[0]
    high = 24 * scale
    wide = max(0.6 * last.frame.width, lettering.width(word) + 20 * scale)
    box = Box(x - wide / 2, last.frame.bottom + 24 * scale, wide, high)
    board.wire([(x, last.frame.bottom), (x, box.y)], wires.colour, wires.width * scale)
    board.panel(box, Plate(_ADD, board.ground, round(4 * scale)))
    baseline = box.centre[1] + (lettering.ascent - lettering.descent) / 2
    long = lettering.width(word)
    written = TextLine(word, x - long / 2, baseline, long, lettering, "add")
    board.write([written], (255, 255, 255))


def paint_cards(
    board: Board,
    shapes: Sequence[Shape],
    form: CardForm,
    theme: Theme,
    scale: float,
    clicked: int = -1,
) -> None:
    """Draw panels, tiles, icons and strips of cards; `form` is that of scale 1."""
    plate = plate_of(theme, scale, board.ground)
    for index, shape in enumerate(shapes):
        if shape.node.kind in ("start", "end"):
            _marker(board, shape, theme, scale)
        elif index == clicked and theme.selected is not None:
            line = max(2, round(1.6 * scale))
            chosen = replace(plate, border=theme.selected, line=line)
            paint_card(board, shape, chosen, form, replace(theme, dashed=False), scale)
        else:
            paint_card(board, shape, plate, form, theme, scale)


def _marker(board: Board, shape: Shape, theme: Theme, scale: float) -> None:
    box = shape.frame
    colour = theme.tints["end" if shape.node.kind == "end" else "trigger"]
    fill, border = theme.marker or (mixed(theme.card, colour, 0.12), colour)
    line = max(1, round(1.2 * scale))
    board.panel(box, Plate(fill, board.ground, round(box.height / 2), border, line))


def plate_of(theme: Theme, scale: float, ground: Colour) -> Plate:
    """Return the panel of a theme's cards at a scale."""
    return Plate(
        theme.card,
        ground,
        round(theme.radius * scale),
        theme.border,
        max(1, round(theme.line * scale)),
        round(theme.blur * scale),
        round(theme.drop * scale),
        theme.depth,
    )


def paint_card(
    board: Board, shape: Shape, plate: Plate, form: CardForm, theme: Theme, scale: float
) -> None:
    """Draw one card without its text."""
    symbol = symbol_of(shape.node)
    tint = theme.tints[symbol.group]
    frame = shape.frame
    if form.bar and not form.bar_tile:
        plate = replace(plate, bar=tint, bar_width=max(2, round(form.bar * scale)))
    if theme.dashed:
        board.panel(frame, replace(plate, border=None))
        edge, radius = theme.border or theme.small, theme.radius * scale
        board.dashed_frame(frame, radius, edge, theme.line * scale, 4 * scale, 3 * scale)
    else:
        board.panel(frame, plate)
    if form.bar_tile:
        strip = Box(frame.x, frame.y, form.bar * scale, frame.height)
        board.panel(strip, replace(plate, fill=tint, border=None, blur=0, drop=0, rounded="left"))
    if theme.rule is not None:
        thick = max(1, round(scale))
        board.block(Box(frame.x, frame.bottom - thick, frame.width, thick), theme.rule)
    texts = [line for line in shape.lines if line.role == "text"]
    head = [line for line in shape.lines if line.role in ("title", "caption")]
    if form.text_at == "header":
        foot = texts[0].box.y - (form.strip_pad + form.gap / 2) * scale
        bar = Box(frame.x, frame.y, frame.width, foot - frame.y)
        header = replace(plate, fill=tint, border=None, blur=0, drop=0, rounded="top")
        board.panel(bar, header)
    if theme.strip is not None and form.text_at == "strip":
        _strip(board, frame, texts, form, theme, scale)
    x = frame.x + (form.pad + form.bar) * scale
    numbers = [line for line in shape.lines if line.role == "number"]
    if numbers and form.number == "inside":
        x = numbers[0].x + numbers[0].width + 7 * scale
    if form.bar_tile:
        place = (frame.x + form.bar * scale / 2, frame.centre[1])
        board.symbol(symbol.icon, place, form.tile * scale * 0.85, theme.icon)
    elif form.tile:
        side = form.tile * scale
        centre = (x + side / 2, frame.y + form.pad * scale + side / 2)
        ground = tint if form.text_at == "header" else theme.card
        paint_tile(board, shape, centre, side, theme, scale, ground)
    if form.kebab and head:
        middle = head[0].baseline - 0.4 * head[0].lettering.ascent
        place = (frame.right - (form.pad + 2) * scale, middle)
        ink = theme.icon if form.text_at == "header" else theme.small
        board.symbol(theme.kebab, place, 13 * scale, ink)


def _strip(
    board: Board,
    frame: Box,
    texts: Sequence[TextLine],
    form: CardForm,
    theme: Theme,
    scale: float,
) -> None:
    assert theme.strip is not None
    top = texts[0].box.y - form.strip_pad * scale
    left = frame.x + (theme.strip_inset + form.bar) * scale
    if theme.strip_inset:
        bottom = texts[-1].box.bottom + form.strip_pad * scale
        box = Box(left, top, frame.right - theme.strip_inset * scale - left, bottom - top)
        board.panel(box, Plate(theme.strip, theme.card, round(3 * scale)))
        return
    # The card's foot: it leaves the border to be seen.
    edge = max(1, round(theme.line * scale)) if theme.border else 0
    left, right = round(left) + edge, round(frame.right) - edge
    box = Box(left, top, right - left, round(frame.bottom) - edge - top)
    radius = max(0, round(theme.radius * scale) - edge)
    foot = Plate(theme.strip, theme.border or board.ground, radius, rounded="bottom")
    board.panel(box, foot)


def paint_tile(
    board: Board,
    shape: Shape,
    centre: Point,
    side: float,
    theme: Theme,
    scale: float,
    ground: Colour,
) -> None:
    """Draw the tile of a step with its icon."""
    symbol = symbol_of(shape.node)
    tint = theme.tints[symbol.group]
    form = theme.tile_form(symbol.group)
    name = symbol.icon
    if theme.brand and symbol.group in ("trigger", "core"):
        name = "ring"
    name = theme.icon_name or name
    ink = theme.icon
    if form == "diamond":
        board.symbol("diamond", centre, side * 1.1, tint)
    elif form == "bare" or ground == tint:
        ink = tint if ground != tint else theme.icon
    elif form == "boxed":
        size = round(side)
        box = Box(round(centre[0] - side / 2), round(centre[1] - side / 2), size, size)
        radius, line = round(theme.tile_radius * scale), max(1, round(scale))
        board.panel(box, Plate(theme.card, ground, radius, theme.border or theme.small, line))
        centre, ink = box.centre, tint
    else:
        size = round(side)
        box = Box(round(centre[0] - side / 2), round(centre[1] - side / 2), size, size)
        radius = size // 2 if form == "circle" else round(theme.tile_radius * scale)
        board.panel(box, Plate(tint, ground, radius))
        centre = box.centre
    share = {"diamond": 0.56, "bare": 0.9}.get(form, theme.icon_share)
    board.symbol(name, centre, side * share, ink)


def write_all(board: Board, scene: Scene, theme: Theme, header: bool = False) -> None:
    """Write all text of a scene, each role in its colour."""
    colours = {
        "title": theme.icon if header else theme.title,
        "marker": theme.title,
        "text": theme.text,
        "number": theme.small,
        "heading": theme.title,
        "caption": theme.icon if header else theme.small,
    }
    groups: dict[Colour, list[TextLine]] = {}
    for line in scene.texts():
        if line.role == "label":
            colour = theme.pills.get(line.text.lower(), theme.pills[""])[1]
        else:
            colour = colours[line.role]
        groups.setdefault(colour, []).append(line)
    for colour, lines in groups.items():
        board.write(lines, colour)
