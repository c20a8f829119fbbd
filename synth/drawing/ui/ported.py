"""Canvases of blocks with their words inside, and ports where curved wires meet them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from synth.diagram import Conventions, Diagram
from synth.drawing.arranging import arrange
from synth.drawing.colours import Colour, mixed, rgb
from synth.drawing.fonts import INTER, OPEN_SANS, ROBOTO, SANS
from synth.drawing.layouts.blocks import Blocks
from synth.drawing.looks import Brief
from synth.drawing.scene import Scene
from synth.drawing.ui.card_look import CardLook, letterings, screen_face
from synth.drawing.ui.cards import CardForm, card
from synth.drawing.ui.curves import curved, led_out
from synth.drawing.ui.pills import PillLettering, seat_pills
from synth.drawing.ui.symbols import Tints, tints
from synth.drawing.ui.themes import Theme, Wires, pill_colours
from synth.drawing.ui.windows import window_at_times

CANVASES = ("fafafb", "f4f5f8", "ffffff", "f7f7f7")


@dataclass(frozen=True)
class BlockLook(CardLook):
    """Blocks with their words inside, and ports where curved wires meet them."""

    def arranged(self, diagram: Diagram) -> Scene:
        """Return the blocks in their places, with curves between them."""
        contents = {node.identifier: card(node, self.form) for node in diagram.nodes}
        radius = self.theme.radius
        scene = arrange(diagram, contents, self.pills, self.plan, self.orientation, radius)
        if isinstance(self.plan, Blocks):
            scene = led_out(scene, min(12.0, self.plan.gap / 3))
        return self.roomy(curved(seat_pills(scene, self.pills, self.words, late=True), 16.0))


def blocks_look(random: Random, brief: Brief) -> BlockLook:
    """Return a look of blocks, as in Node-RED or lighter."""
    face = screen_face(random, brief, SANS, INTER, ROBOTO, OPEN_SANS)
    title, text, small = letterings(random, face)
    red = random.random() < 0.5
    ground = rgb(random.choice(CANVASES))
    wire = rgb("999999" if red else random.choice(("94a3b8", "6f7bd9", "a0a7b4")))
    theme = _theme(random, ground, red)
    form = CardForm(
        title,
        text,
        small,
        width=random.choice((150.0, 170.0, 190.0)),
        pad=7.0,
        bar=random.choice((26.0, 30.0)) if red else 0.0,
        bar_tile=red,
        tile=random.choice((18.0, 22.0)),
        number=random.choice(("none", "title", "inside")),
        text_at="beside" if red else random.choice(("beside", "below")),
        kebab=False,
        least=30.0,
    )
    return BlockLook(
        form,
        theme,
        Wires(
            wire,
            random.choice((1.5, 2.0, 2.5)),
            10.0,
            ports=rgb("d9d9d9") if red else wire,
            port_size=random.choice((3.0, 4.0)),
            port_edge=rgb("999999") if red else None,
        ),
        Blocks(
            "LR",
            gap=random.choice((36.0, 48.0)),
            lane=random.choice((22.0, 28.0)),
            apart=20.0,
            margin=18.0,
            rows="return",
        ),
        PillLettering(small.face, small.size, pad_across=0.5, pad_down=0.15),
        orientation=brief.orientation,
        conventions=Conventions("edge") if random.random() < 0.25 else Conventions(),
        window=window_at_times(random, text, rgb("ad1625"), 0.2, red),
    )


def _theme(random: Random, ground: Colour, red: bool) -> Theme:
    return Theme(
        ground=ground,
        card=rgb(random.choice(("ffffff", "fdf6e7", "eef4fb"))) if red else rgb("ffffff"),
        border=rgb("999999") if red else rgb(random.choice(("d4d9e1", "b8c0cc"))),
        title=rgb("22262b"),
        text=rgb("4c535c"),
        small=rgb("6b737d"),
        tints=canvas_tints(random),
        pills=pill_colours("eceef2", "eceef2", "fbdcd9", "3c434b"),
        radius=random.choice((4.0, 5.0)) if red else random.choice((6.0, 10.0)),
        blur=0.0 if red else random.choice((0.0, 5.0)),
        drop=0.0 if red else 2.0,
        grid=mixed(ground, (0, 0, 0), 0.06) if red and random.random() < 0.7 else None,
        dots=None if red else mixed(ground, (0, 0, 0), 0.14),
        dot_step=20.0,
    )


def canvas_tints(random: Random) -> Tints:
    """Return the colours of a canvas's icons."""
    return tints(
        trigger=random.choice(("ff6d5a", "7b3fe4", "2fa36b")),
        core=random.choice(("3d7de0", "0f9d9d", "5b6ee1")),
        mail=random.choice(("ea4335", "d4652f")),
        chat="4a154b",
        people="7d5fc9",
        code="ff9922",
        files="1fa463",
        subflow="ff6d5a",
        loop="007755",
        test="408000",
        guard="c23b3b",
        flow="506000",
        end="8c8c96",
        data="6b737d",
    )
