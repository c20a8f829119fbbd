"""Nested scopes, as in Power Automate and Logic Apps: panels with headers around what they hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Self

from synth.diagram import Diagram, Fork, Loop
from synth.drawing.colours import mixed, rgb
from synth.drawing.fonts import INTER, OPEN_SANS, SANS, SOURCE_SANS
from synth.drawing.geometry import Box, Layout
from synth.drawing.layouts.blocks import Blocks
from synth.drawing.looks import Brief, Painting
from synth.drawing.scene import Content, Scene, Shape, compose, label_size
from synth.drawing.ui.board import Board
from synth.drawing.ui.card_look import CardLook, letterings, screen_face
from synth.drawing.ui.cards import CardForm, card
from synth.drawing.ui.nesting import Nesting, lay_out_nested
from synth.drawing.ui.painting import (
    ground_of,
    paint_card,
    plate_of,
    write_all,
)
from synth.drawing.ui.pills import PillLettering, seat_pills
from synth.drawing.ui.plates import Plate
from synth.drawing.ui.symbols import Tints, symbol_of, tints
from synth.drawing.ui.themes import Theme, Wires, pill_colours
from synth.drawing.ui.windows import LITTLE_ROOM, paint_window, window_at_times
from synth.drawing.ui.wires import paint_pills, paint_wires
from synth.pictures import orientation_of


@dataclass(frozen=True)
class ScopeLook(CardLook):
    """Cards in nested panels; `head` is the form of what encloses others, in `head_theme`."""

    head: CardForm | None = None
    head_theme: Theme | None = None
    nesting: Nesting = field(default_factory=Nesting)

    def narrowed(self, share: float) -> Self:
        """Return the look with narrower cards and gaps."""
        narrower = super().narrowed(share)
        assert self.head is not None
        head = replace(self.head, width=narrower.form.width)
        nesting = replace(self.nesting, gap=max(20.0, share * self.nesting.gap))
        return replace(narrower, head=head, nesting=nesting)

    def arranged(self, diagram: Diagram) -> Scene:
        """Return the panels, turned or broken into rows for an orientation."""
        found: list[Scene] = []
        parts = any(isinstance(item, Fork) and item.node is None for item in diagram.items)
        for options in self._nestings(parts):
            plain = self._nested(diagram, options)
            scene = self.roomy(plain, LITTLE_ROOM)
            if self.orientation in (None, orientation_of(round(scene.width), round(scene.height))):
                return scene
            found.append(plain)
        found.sort(key=lambda scene: scene.width / scene.height)
        return self.roomy(found[0] if self.orientation == "portrait" else found[-1])

    def _nestings(self, parts: bool) -> Iterator[Nesting]:
        yield self.nesting
        if self.orientation == "portrait":
            yield replace(self.nesting, stacked=True)
        elif self.orientation == "landscape" and not parts:
            # Beside each other there is no room for arrows to branches and from all of their ends.
            for row in (1350.0, 900.0, 600.0, 450.0):
                yield replace(self.nesting, across=row)

    def _nested(self, diagram: Diagram, options: Nesting) -> Scene:
        assert self.head is not None
        holding = set(_holding(diagram))
        contents = {
            node.identifier: card(node, self.head if node.identifier in holding else self.form)
            for node in diagram.nodes
        }
        layout = self._laid_out(diagram, contents, options)
        # Headers are as wide as their panels: their words wrap anew.
        for node in diagram.nodes:
            if node.identifier in holding:
                width = layout.boxes[node.identifier].width
                contents[node.identifier] = card(node, replace(self.head, width=width))
        layout = self._laid_out(diagram, contents, options)
        scene = compose(diagram.nodes, contents, layout, self.pills, self.theme.radius)
        return seat_pills(scene, self.pills, self.words, on=False)

    def _laid_out(self, diagram: Diagram, contents: dict[str, Content], options: Nesting) -> Layout:
        slots = {name: content.slot for name, content in contents.items()}
        return lay_out_nested(diagram, slots, lambda word: label_size(self.pills, word), options)

    def paint(self, scene: Scene, scale: float, random: Random) -> Painting:
        """Return the screen at `scale` pixels a unit."""
        assert self.head is not None
        assert self.head_theme is not None
        scene = scene.at(scale)
        board = ground_of(scene, self.theme, scale)
        headers = self._panels(board, scene, scale)
        for shape in scene.shapes:
            header = shape.node.identifier in headers
            ground = board.colour_at(shape.frame.x - 2, shape.frame.y - 2)
            theme = self.head_theme if header else self.theme
            plate = plate_of(theme, scale, ground)
            if header:
                tint = theme.tints[symbol_of(shape.node).group]
                plate = replace(plate, fill=tint, border=None, blur=0, drop=0, rounded="top")
                theme = replace(theme, card=tint)
            paint_card(board, shape, plate, self.head if header else self.form, theme, scale)
        paint_wires(board, replace(scene, guides=()), self.wires, scale)
        paint_pills(board, scene, self.pills, self.theme)
        self._write(board, scene, headers)
        if self.window is not None:
            paint_window(board, self.window, scale)
        return Painting(board.pixels)

    def _panels(self, board: Board, scene: Scene, scale: float) -> set[str]:
        """Draw the panels; return the nodes whose cards are headers."""
        tops = {_corner(shape.frame): shape for shape in scene.shapes}
        found: set[str] = set()
        for guide in scene.guides:
            (x, y), (right, bottom) = guide[0], guide[2]
            box = Box(x, y, right - x, bottom - y)
            shape: Shape | None = tops.get(_corner(box))
            theme = self.head_theme or self.theme
            fill = theme.card
            border = theme.border
            if shape is not None:
                tint = theme.tints[symbol_of(shape.node).group]
                fill = mixed((255, 255, 255), tint, 0.07)
                border = mixed((255, 255, 255), tint, 0.45)
                found.add(shape.node.identifier)
            plate = Plate(
                *(fill, board.colour_at(x - 1, y - 1), round(theme.radius * scale), border),
                max(1, round(theme.line * scale)),
            )
            board.panel(box, plate)
        return found

    def _write(self, board: Board, scene: Scene, headers: set[str]) -> None:
        assert self.head_theme is not None
        inside = replace(
            scene,
            shapes=tuple(s for s in scene.shapes if s.node.identifier in headers),
            connectors=(),
        )
        outside = tuple(s for s in scene.shapes if s.node.identifier not in headers)
        write_all(board, replace(scene, shapes=outside), self.theme)
        write_all(board, inside, self.head_theme)


def _corner(box: Box) -> tuple[int, int, int]:
    return round(box.x), round(box.y), round(box.width)


def _holding(diagram: Diagram) -> Iterator[str]:
    """Yield the nodes that become headers of panels."""
    items = list(diagram.items)
    while items:
        item = items.pop()
        if isinstance(item, Loop):
            items += item.body
            if item.body:
                yield item.node.identifier
        elif isinstance(item, Fork):
            items += [inner for branch in item.branches for inner in branch.items]
            if item.node is not None:
                yield item.node.identifier


def scopes_look(random: Random, brief: Brief) -> ScopeLook:
    """Return a look of nested scopes."""
    face = screen_face(random, brief, OPEN_SANS, OPEN_SANS, SANS, SOURCE_SANS, INTER)
    title, text, small = letterings(random, face)
    blocky = random.random() < 0.5
    form = CardForm(
        title,
        text,
        small,
        width=random.choice((180.0, 200.0, 220.0)),
        pad=random.choice((7.0, 8.0, 9.0)),
        bar=random.choice((28.0, 32.0)) if blocky else random.choice((0.0, 4.0)),
        bar_tile=blocky,
        tile=random.choice((18.0, 22.0)),
        number=random.choice(("none", "title", "title")),
        text_at="beside",
        least=34.0,
    )
    head = replace(form, bar=0.0, bar_tile=False, tile=random.choice((16.0, 20.0)))
    theme = _theme(random)
    head_theme = _head_theme(random, theme)
    return ScopeLook(
        form,
        theme,
        Wires(
            rgb(random.choice(("8a8886", "605e5c", "a19f9d"))),
            random.choice((1.0, 1.5, 2.0)),
            4.0,
            random.choice(("normal", "open")),
            7.0,
        ),
        plan=Blocks(),
        pills=PillLettering(small.face, small.size),
        words=random.choice(({}, {}, {"true": "True", "false": "False"})),
        orientation=brief.orientation,
        window=window_at_times(random, text, rgb("0f6cbd"), 0.2),
        head=head,
        head_theme=head_theme,
        nesting=Nesting(
            gap=random.choice((24.0, 28.0, 34.0)),
            pad=random.choice((9.0, 12.0, 15.0)),
            apart=random.choice((10.0, 14.0)),
        ),
    )


def _theme(random: Random) -> Theme:
    return Theme(
        ground=rgb(random.choice(("f3f2f1", "ffffff", "f8f8f8", "f0f2f5"))),
        card=rgb("ffffff"),
        border=rgb(random.choice(("c8c6c4", "d6d6d6", "e1dfdd"))),
        title=rgb(random.choice(("323130", "201f1e", "1b1a19"))),
        text=rgb(random.choice(("605e5c", "484644"))),
        small=rgb("605e5c"),
        tints=_tints(random),
        pills=pill_colours("dff0e2", "dff0e2", "fbd9d5", "323130")
        | {"false": (rgb("fbdcd6"), rgb("323130")), "if no": (rgb("fbdcd6"), rgb("323130"))},
        radius=random.choice((2.0, 3.0, 6.0)),
        blur=random.choice((0.0, 0.0, 4.0)),
        drop=1.0,
    )


def _head_theme(random: Random, theme: Theme) -> Theme:
    """Return the theme of headers, filled with their colours or pale."""
    if random.random() < 0.65:
        white = rgb("ffffff")
        return replace(theme, title=white, text=rgb("f6f6f6"), small=rgb("f0f0f0"), icon=white)
    pale = {group: mixed((255, 255, 255), tint, 0.2) for group, tint in theme.tints.items()}
    return replace(theme, tints=pale, icon=rgb("444444"))


def _tints(random: Random) -> Tints:
    grey = random.choice(("484f58", "4b5a6b", "3b3a39"))
    blue = random.choice(("0077ff", "0f6cbd", "2564cf"))
    return tints(
        trigger=random.choice(("0078d4", "27886f", "d13438")),
        core=random.choice((blue, "088142", "7a3e9d")),
        mail="0078d4",
        chat="5558af",
        people="0364b8",
        code=random.choice(("709727", "b4572c")),
        files="036c70",
        subflow="8c3bd6",
        loop=random.choice((grey, "486991", "2e7d6b")),
        test=random.choice((grey, "484f58", "4f6bed")),
        guard=random.choice((grey, "8c6900", "a4262c")),
        flow=random.choice(("8c6900", "7a5ba8")),
        end="d13438",
        data="605e5c",
    )
