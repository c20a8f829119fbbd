"""Canvases of automation tools: icons in squares or circles, with their words beside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Literal, Self

from synth.diagram import Conventions, Diagram, Node
from synth.drawing.arranging import arrange
from synth.drawing.colours import mixed, rgb
from synth.drawing.fonts import INTER, LATO, NUNITO, OPEN_SANS, SANS
from synth.drawing.geometry import Box, Slot
from synth.drawing.layouts.blocks import Blocks
from synth.drawing.looks import Brief, Painting
from synth.drawing.scene import Content, Scene, Shape
from synth.drawing.ui.board import Board
from synth.drawing.ui.card_look import CardLook, letterings, screen_face
from synth.drawing.ui.cards import CardForm, marker, stacked
from synth.drawing.ui.curves import curved, led_out
from synth.drawing.ui.names import title_of
from synth.drawing.ui.painting import (
    ground_of,
    write_all,
)
from synth.drawing.ui.pills import PillLettering, seat_pills
from synth.drawing.ui.plates import Plate
from synth.drawing.ui.ported import CANVASES, BlockLook, blocks_look, canvas_tints
from synth.drawing.ui.symbols import symbol_of
from synth.drawing.ui.themes import Theme, Wires
from synth.drawing.ui.windows import paint_window, window_at_times
from synth.drawing.ui.wires import paint_pills, paint_wires
from synth.pictures import orientation_of


@dataclass(frozen=True)
class CanvasLook(CardLook):
    """Squares of `side` units with an icon, the words below (or beside, in columns)."""

    side: float = 52.0
    frame: Literal["square", "circle"] = "square"
    words_width: float = 118.0

    def narrowed(self, share: float) -> Self:
        """Return the look with less room for words and between the squares."""
        narrower = super().narrowed(share)
        return replace(narrower, words_width=max(88.0, share * self.words_width))

    def arranged(self, diagram: Diagram) -> Scene:
        """Return the squares in a row, in rows, or in a column, as the orientation asks."""
        assert isinstance(self.plan, Blocks)
        found: list[Scene] = []
        for plan in self._plans(self.plan):
            below = plan.direction == "LR"
            contents = {node.identifier: self._content(node, below) for node in diagram.nodes}
            scene = arrange(diagram, contents, self.pills, plan, None, self.theme.radius)
            found.append(scene)
            if self.orientation in (None, orientation_of(round(scene.width), round(scene.height))):
                break
        else:
            found.sort(key=lambda scene: scene.width / scene.height)
            scene = found[0] if self.orientation == "portrait" else found[-1]
        scene = led_out(scene, min(12.0, self.plan.gap / 3))
        return self.roomy(curved(seat_pills(scene, self.pills, self.words, late=True), 18.0))

    def _plans(self, plan: Blocks) -> Iterator[Blocks]:
        if self.orientation != "portrait":
            yield plan
            yield replace(plan, longest_row=900.0)
        yield replace(plan, longest_row=560.0)
        yield replace(plan, direction="TB", longest_row=None)
        yield replace(plan, longest_row=380.0)

    def _content(self, node: Node, below: bool) -> Content:
        if node.kind in ("start", "end"):
            return marker(node, self.form)
        side, form = self.side, self.form
        title = title_of(node, form.own_triggers)
        if form.number == "title" and node.order is not None:
            title = f"{node.order}. {title}"
        texts = [(title, form.title, "title"), (node.text, form.text, "text")]
        if below:
            width = max(self.words_width, side)
            words = stacked(texts, 0.0, width, "centre")
            slot = Slot(width, side + 5 + words.height, down=side / 2)
            frame = Box((width - side) / 2, 0, side, side)
            return Content(slot, "rounded", frame, tuple(words.at(side + 5)))
        left = side + 7
        words = stacked(texts, left, left + self.words_width * 1.2, "left")
        height = max(side, words.height)
        width = max(line.x + line.width for line in words.at(0))
        frame = Box(0, (height - side) / 2, side, side)
        slot = Slot(width, height, across=side / 2)
        return Content(slot, "rounded", frame, tuple(words.at((height - words.height) / 2)))

    def paint(self, scene: Scene, scale: float, random: Random) -> Painting:
        """Return the screen at `scale` pixels a unit."""
        scene = scene.at(scale)
        board = ground_of(scene, self.theme, scale)
        for shape in scene.shapes:
            self._square(board, shape, scale)
        paint_wires(board, scene, self.wires, scale)
        paint_pills(board, scene, self.pills, self.theme)
        write_all(board, scene, self.theme)
        if self.window is not None:
            paint_window(board, self.window, scale)
        return Painting(board.pixels)

    def _square(self, board: Board, shape: Shape, scale: float) -> None:
        theme, frame = self.theme, shape.frame
        symbol = symbol_of(shape.node)
        tint = theme.tints[symbol.group]
        radius = frame.width / 2 if self.frame == "circle" else theme.radius * scale
        fill, ink = theme.card, tint
        if self.frame == "circle":
            fill, ink = tint, theme.icon
        plate = Plate(
            *(fill, board.ground, round(radius), theme.border, max(1, round(theme.line * scale))),
            *(round(theme.blur * scale), round(theme.drop * scale), theme.depth),
        )
        board.panel(frame, plate)
        board.symbol(symbol.icon, frame.centre, 0.5 * frame.width, ink)
        if shape.node.kind == "trigger" and self.frame == "square":
            place = (frame.x - 9 * scale, frame.centre[1])
            board.symbol("bolt", place, 11 * scale, rgb("ff6d5a"))


def canvas_look(random: Random, brief: Brief) -> CanvasLook | BlockLook:
    """Return a look of a canvas: squares as in n8n, circles as in Make, blocks as in Node-RED."""
    form = random.choice(("square", "square", "circle", "block", "block"))
    if form == "block":
        return blocks_look(random, brief)
    face = screen_face(random, brief, OPEN_SANS, INTER, LATO, NUNITO, SANS)
    title, text, small = letterings(random, face)
    dark = random.random() < 0.2
    ground = rgb(random.choice(("2d2e2e", "1f1f24")) if dark else random.choice(CANVASES))
    ink = rgb("f2f2f2" if dark else "2d2e2e")
    soft = rgb("b8bac0" if dark else random.choice(("6a6d75", "555a63")))
    wire = rgb("8a8c94" if dark else random.choice(("b1b3bd", "9a9ca6", "7d7d87")))
    side = random.choice((46.0, 52.0, 60.0))
    ported = random.random() < 0.7
    colours = canvas_tints(random)
    if dark:
        colours = {group: mixed(tint, ink, 0.35) for group, tint in colours.items()}
    theme = Theme(
        ground=ground,
        card=rgb("414244") if dark else rgb("ffffff"),
        border=rgb("6b6d73") if dark else rgb(random.choice(("c5c7d0", "8d939c", "d0d3da"))),
        title=ink,
        text=soft,
        small=soft,
        tints=colours,
        pills={"": (ground, soft)},
        radius=random.choice((6.0, 8.0, 12.0)),
        line=random.choice((1.0, 2.0)),
        blur=random.choice((0.0, 4.0)),
        drop=random.choice((0.0, 1.0)),
        dots=mixed(ground, ink, 0.16) if random.random() < 0.8 else None,
        dot_step=random.choice((16.0, 20.0)),
    )
    conventions = Conventions("edge") if random.random() < 0.25 else Conventions()
    return CanvasLook(
        CardForm(
            title,
            text,
            small,
            number=random.choice(("none", "title", "title")),
            own_triggers=random.random() < 0.3,
        ),
        theme,
        Wires(
            wire,
            random.choice((1.5, 2.0)),
            10.0,
            "none" if ported else "normal",
            7.0,
            ports=mixed(wire, ink, 0.15) if ported else None,
            port_size=random.choice((2.5, 3.5, 4.0)),
        ),
        Blocks(
            "LR",
            gap=random.choice((34.0, 46.0)),
            lane=random.choice((24.0, 30.0)),
            apart=22.0,
            margin=20.0,
            rows="return",
        ),
        PillLettering(small.face, small.size, pad_across=0.4, pad_down=0.1),
        orientation=brief.orientation,
        conventions=conventions,
        window=window_at_times(random, text, rgb("ff6d5a"), 0.2, dark),
        side=side,
        frame="circle" if form == "circle" else "square",
        words_width=random.choice((104.0, 118.0, 132.0)),
    )
