"""The diagramming view of a flow designer: white cards in a column, a number at each."""

from __future__ import annotations

from random import Random

from synth.drawing.colours import rgb
from synth.drawing.fonts import LATO, OPEN_SANS, SANS, SOURCE_SANS
from synth.drawing.layouts.blocks import Blocks
from synth.drawing.looks import Brief
from synth.drawing.ui.card_look import CardLook, letterings, screen_face
from synth.drawing.ui.cards import CardForm
from synth.drawing.ui.pills import PillLettering
from synth.drawing.ui.symbols import Tints, tints
from synth.drawing.ui.themes import Theme, Wires, pill_colours
from synth.drawing.ui.windows import window_at_times


def diagram_look(random: Random, brief: Brief) -> CardLook:
    """Return a look of the diagramming view."""
    face = screen_face(random, brief, LATO, SOURCE_SANS, SANS, SANS, OPEN_SANS)
    title, text, small = letterings(random, face)
    form = CardForm(
        title,
        text,
        small,
        width=random.choice((180.0, 200.0, 220.0, 240.0)),
        pad=random.choice((8.0, 9.0, 10.0)),
        tile=random.choice((20.0, 22.0, 24.0)),
        number=random.choice(("inside", "inside", "outside")),
        caption=random.choice(("none", "none", "below")),
        text_at=random.choice(("strip", "strip", "strip", "below")),
        own_triggers=random.random() < 0.5,
    )
    wire = rgb(random.choice(("8f979e", "a3aab1", "7b858d")))
    words = random.choice(({}, {}, {"done": "end"}))
    pills = PillLettering(small.face, small.size)
    return CardLook(
        form,
        _theme(random),
        Wires(
            wire,
            random.choice((1.0, 1.5, 2.0)),
            random.choice((6.0, 10.0)),
            random.choice(("none", "none", "normal")),
            6.0,
            plus=random.random() < 0.85,
        ),
        Blocks(
            gap=random.choice((28.0, 32.0, 38.0)),
            lane=random.choice((20.0, 24.0)),
            apart=random.choice((20.0, 28.0)),
            margin=random.choice((14.0, 20.0)),
            fork="straight",
            rows="return",
            loop_back=random.choice(("after", "after", "before")),
        ),
        pills,
        words,
        again=random.choice(("continue", "continue", "")),
        adds=random.choice(("Add a node", "", "")),
        orientation=brief.orientation,
        window=window_at_times(random, text, rgb("1a65c0"), 0.2),
    )


def _theme(random: Random) -> Theme:
    return Theme(
        ground=rgb(random.choice(("f2f3f5", "eef0f1", "f5f6f7", "e9ecee"))),
        card=rgb("ffffff"),
        border=rgb(random.choice(("d3d8dc", "c4cace", "dfe3e6"))),
        title=rgb(random.choice(("181f26", "2d3640", "1d2b36"))),
        text=rgb(random.choice(("39434d", "4a5560", "2f3a44"))),
        small=rgb(random.choice(("5b6670", "6b757f"))),
        tints=designer_tints(random),
        pills=pill_colours("e4dbf7", "d3f0e2", "fbdcd9", "2f3a44"),
        strip=rgb(random.choice(("f1f3f4", "eef1f3", "f4f2ec"))),
        strip_inset=random.choice((0.0, 4.0, 6.0)),
        radius=random.choice((4.0, 6.0, 8.0, 10.0)),
        blur=random.choice((0.0, 3.0, 5.0)),
        drop=random.choice((0.0, 1.0)),
        depth=0.14,
        tile_radius=random.choice((2.0, 4.0, 6.0)),
        tile_forms={"loop": "circle", "test": "diamond"},
        brand=random.random() < 0.6,
    )


def designer_tints(random: Random) -> Tints:
    """Return the tiles' colours: dark teal for what the platform does itself."""
    teal = random.choice(("032d42", "0b4a5a", "1f6b70", "293e40"))
    return tints(
        trigger=teal,
        core=teal,
        mail=random.choice((teal, "2f7fd0", "c2571a")),
        chat=random.choice(("5059c9", "4a154b", "1f8f5f")),
        people=random.choice((teal, "0a6fc2")),
        code=random.choice(("d9542b", "0a6fc2", "3b3f8f")),
        files=teal,
        subflow=random.choice(("2b5fad", "d0871c", "177a5b")),
        loop=random.choice(("2e8540", "3a9b57", "278a6b")),
        test=random.choice(("7a4fb5", "6b3fa0", "8a5bd0")),
        guard=random.choice(("b5432e", "7a4fb5", "c2185b")),
        flow=random.choice(("3f6fb5", "5a6a7a")),
        end="6a737c",
        data="5a6a7a",
    )
