"""What stands around a designer's canvas on a screen: bars, buttons, a rail of icons, a pane.

All of it lies in bands of its own: no word in it can be taken for one of the diagram.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from synth.drawing.colours import Colour, mixed, rgb
from synth.drawing.geometry import Box
from synth.drawing.lettering import Lettering
from synth.drawing.scene import Scene, TextLine
from synth.drawing.ui.board import Board
from synth.drawing.ui.plates import Plate
from synth.pictures import Orientation

# How much empty ground, of what is drawn, may be added; and how much before a diagram is turned.
MOST_ROOM = 1.0
LITTLE_ROOM = 0.5

_TITLES = ("Workflow Studio", "Flow Designer", "My flow", "Untitled flow", "Automation", "Editor")
_ACTIONS = (("Test", "Activate"), ("Save", "Publish"), ("Run", "Save"), ("Share", "Deploy"))
_RAIL = ("search", "table", "flow", "gear", "person", "bell", "question", "lines")


@dataclass(frozen=True)
class Window:
    """A window around a canvas; lengths are in units.

    `rail` is the width of a column of icons at the left, `pane` that of an empty pane at the
    right, `tabs` the height of a row of tabs; 0 where there is none.
    """

    lettering: Lettering
    title: str
    actions: tuple[str, str]
    bar: Colour
    ink: Colour
    accent: Colour
    edge: Colour
    top: float = 34.0
    tabs: float = 0.0
    rail: float = 0.0
    pane: float = 0.0
    lights: bool = False
    icons: tuple[str, ...] = _RAIL

    @property
    def bands(self) -> tuple[float, float, float, float]:
        """Where the canvas begins, and what the window adds to its width and height."""
        top = self.top + self.tabs
        return self.rail, top, self.rail + self.pane, top


def with_room(
    scene: Scene,
    orientation: Orientation | None,
    window: Window | None,
    below: float = 0.0,
    most: float = MOST_ROOM,
    centred: bool = True,
) -> Scene:
    """Return a scene on a page with room for a window's bands, and for `below` units at its foot.

    Empty ground is added at the foot, at both sides or (not `centred`) at the right where the
    orientation asks for it, at most a share `most` of what is there.
    """
    x, y, wide, high = window.bands if window is not None else (0.0, 0.0, 0.0, 0.0)
    width, height = scene.width + wide, scene.height + high + below
    if orientation == "landscape" and 0 <= height + 2 - width < most * width:
        x += (height + 2 - width) / 2 if centred else 0.0
        width = height + 2
    elif orientation == "portrait" and 0 <= width + 2 - height < most * height:
        height = width + 2
    if not (x or y):
        return replace(scene, width=width, height=height)
    return Scene(
        width,
        height,
        tuple(shape.moved(x, y) for shape in scene.shapes),
        tuple(connector.moved(x, y) for connector in scene.connectors),
        tuple(tuple((px + x, py + y) for px, py in guide) for guide in scene.guides),
    )


def window_at_times(
    random: Random, lettering: Lettering, accent: Colour, share: float, dark: bool = False
) -> Window | None:
    """Return a window for a `share` of the looks."""
    if random.random() >= share:
        return None
    light = rgb(random.choice(("ffffff", "f7f8f9", "eef1f4")))
    deep = rgb(random.choice(("1b2530", "0f2733", "202124", "2b3a55")))
    bar = deep if dark or random.random() < 0.25 else light
    over = bar == deep
    return Window(
        lettering,
        random.choice(_TITLES),
        random.choice(_ACTIONS),
        bar,
        rgb("e8ecef") if over else rgb("2b333b"),
        accent,
        mixed(bar, (255, 255, 255), 0.15) if over else rgb("d5dadf"),
        top=random.choice((30.0, 34.0, 40.0)),
        tabs=random.choice((0.0, 0.0, 24.0)),
        rail=random.choice((0.0, 0.0, 34.0, 40.0)),
        pane=random.choice((0.0, 0.0, 0.0, 110.0)),
        lights=random.random() < 0.2,
        icons=tuple(random.sample(_RAIL, len(_RAIL))),
    )


def paint_window(board: Board, window: Window, scale: float) -> None:
    """Draw a window's bands over the edges of a screen."""
    height, width = board.pixels.shape[:2]
    rail, top = round(window.rail * scale), round((window.top + window.tabs) * scale)
    line = max(1, round(scale))
    board.block(Box(0, 0, width, window.top * scale), window.bar)
    _bar(board, window, width, scale)
    if window.tabs:
        _tabs(board, window, width, scale)
    board.block(Box(0, top - line, width, line), window.edge)
    if rail:
        board.block(Box(0, top, rail, height - top), window.bar)
        board.block(Box(rail - line, top, line, height - top), window.edge)
        for index, name in enumerate(window.icons):
            y = top + (20 + 30 * index) * scale
            if y > height - 14 * scale:
                break
            board.symbol(name, (rail / 2, y), 15 * scale, mixed(window.ink, window.bar, 0.25))
    if window.pane:
        pane = round(window.pane * scale)
        _pane(board, window, Box(width - pane, top, pane, height - top), scale)


def _bar(board: Board, window: Window, width: int, scale: float) -> None:
    """Draw the upper bar: a name at the left, buttons at the right."""
    middle = window.top * scale / 2
    x = 12 * scale
    if window.lights:
        for colour in ("ed6a5e", "f4bf4f", "61c554"):
            board.disc((x + 2 * scale, middle), 4 * scale, rgb(colour))
            x += 13 * scale
    lettering = window.lettering.scaled(scale)
    right = width - 10 * scale
    buttons: list[tuple[str, float]] = []
    for word in reversed(window.actions):
        wide = lettering.width(word) + 16 * scale
        if right - wide < x + 40 * scale:
            break
        right -= wide
        buttons.append((word, right))
        right -= 7 * scale
    words: list[TextLine] = []
    bright: list[TextLine] = []
    high = 20 * scale
    for index, (word, left) in enumerate(buttons):
        wide = lettering.width(word)
        box = Box(left, middle - high / 2, wide + 16 * scale, high)
        fill = window.accent if index == 0 else window.bar
        border = window.accent if index == 0 else mixed(window.ink, window.bar, 0.6)
        board.panel(box, Plate(fill, window.bar, round(4 * scale), border, max(1, round(scale))))
        line = _line(word, left + 8 * scale, middle, lettering)
        (bright if index == 0 else words).append(line)
    if x + lettering.width(window.title) < right:
        words.append(_line(window.title, x, middle, lettering))
        x += lettering.width(window.title) + 14 * scale
    for name in ("chevron", "pencil", "repeat", "back"):
        if x + 26 * scale > right:
            break
        board.symbol(name, (x + 6 * scale, middle), 12 * scale, mixed(window.ink, window.bar, 0.4))
        x += 22 * scale
    board.write(words, window.ink)
    board.write(bright, (255, 255, 255))


def _line(word: str, x: float, middle: float, lettering: Lettering) -> TextLine:
    baseline = middle + (lettering.ascent - lettering.descent) / 2
    return TextLine(word, x, baseline, lettering.width(word), lettering, "window")


def _tabs(board: Board, window: Window, width: int, scale: float) -> None:
    """Draw a row of tabs without words, the first of them open."""
    top, high = window.top * scale, window.tabs * scale
    board.block(Box(0, top, width, high), mixed(window.bar, window.ink, 0.05))
    x = 8 * scale
    for index, wide in enumerate((92, 74, 84)):
        if x + wide * scale > width - 10 * scale:
            break
        ground = window.bar if index == 0 else mixed(window.bar, window.ink, 0.05)
        box = Box(x, top + 4 * scale, wide * scale, high - 4 * scale)
        board.panel(box, Plate(ground, ground, 0))
        bar = Box(x + 9 * scale, box.y + high * 0.32, (wide - 34) * scale, 4 * scale)
        grey = mixed(window.bar, window.ink, 0.35 if index == 0 else 0.2)
        board.panel(bar, Plate(grey, ground, round(2 * scale)))
        board.symbol("cross", (box.right - 12 * scale, bar.centre[1]), 7 * scale, grey)
        if index == 0:
            board.block(Box(x, top + high - 3 * scale, wide * scale, 2 * scale), window.accent)
        x += (wide + 6) * scale


def _pane(board: Board, window: Window, box: Box, scale: float) -> None:
    """Draw a pane whose lines are still to come: grey bars."""
    grey = mixed(window.bar, window.ink, 0.12)
    board.block(box, window.bar)
    board.block(Box(box.x, box.y, max(1, scale), box.height), window.edge)
    y = box.y + 16 * scale
    for index in range(9):
        if y > box.bottom - 20 * scale:
            break
        inset = (10 + 8 * (index % 3 > 0)) * scale
        wide = box.width - inset - (18 + 14 * (index * 5 % 3)) * scale
        bar = Box(box.x + inset, y, wide, 6 * scale)
        board.panel(bar, Plate(grey, window.bar, round(3 * scale)))
        y += (24 if index % 3 == 2 else 17) * scale
