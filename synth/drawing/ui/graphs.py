"""Graphs of states and of jobs: as in Step Functions, and as in the runs of GitHub Actions."""

from __future__ import annotations

from random import Random

from synth.diagram import Conventions
from synth.drawing.arranging import Plan
from synth.drawing.colours import rgb
from synth.drawing.fonts import INTER, OPEN_SANS, ROBOTO, SANS
from synth.drawing.layouts.blocks import Blocks
from synth.drawing.layouts.dot import Dot
from synth.drawing.looks import Brief
from synth.drawing.ui.card_look import CardLook, letterings, screen_face
from synth.drawing.ui.cards import CardForm
from synth.drawing.ui.pills import PillLettering
from synth.drawing.ui.ported import BlockLook
from synth.drawing.ui.symbols import GROUPS, tints
from synth.drawing.ui.themes import Theme, Wires
from synth.drawing.ui.windows import window_at_times


def states_look(random: Random, brief: Brief) -> CardLook:
    """Return a look of states: round boxes, often with dashed borders, from Start to End."""
    face = screen_face(random, brief, OPEN_SANS, OPEN_SANS, SANS, ROBOTO)
    title, text, small = letterings(random, face)
    classic = random.random() < 0.5
    form = CardForm(
        title,
        text,
        small,
        width=random.choice((150.0, 170.0, 190.0)),
        pad=random.choice((7.0, 9.0)),
        tile=0.0 if classic else random.choice((22.0, 26.0, 30.0)),
        number=random.choice(("none", "title")),
        caption="none" if classic else random.choice(("above", "none")),
        text_at="below" if classic else "beside",
        align="centre" if classic else "left",
        kebab=False,
        gap=2.0,
    )
    theme = _states_theme(random, classic)
    plan: Plan = Blocks(
        gap=26.0,
        lane=20.0,
        apart=24.0,
        margin=16.0,
        lines=random.choice(("straight", "elbow")),
        fork="spread",
        rows="return",
    )
    if random.random() < 0.5:
        plan = Dot("TB", nodesep=22.0, ranksep=24.0, margin=14.0)
    return CardLook(
        form,
        theme,
        Wires(
            rgb(random.choice(("545b64", "687078", "879196"))),
            random.choice((1.0, 1.5)),
            5.0,
            random.choice(("normal", "open")),
            7.0,
        ),
        plan,
        PillLettering(small.face, small.size, pad_across=0.35, pad_down=0.1),
        conventions=Conventions(ends=random.random() < 0.85),
        orientation=brief.orientation,
        window=window_at_times(random, text, rgb("ec7211"), 0.15),
    )


def _states_theme(random: Random, classic: bool) -> Theme:
    ground = rgb(random.choice(("ffffff", "ffffff", "f9fafb", "f2f3f3")))
    done = classic and random.random() < 0.3
    return Theme(
        ground=ground,
        card=rgb("d3efc9") if done else rgb("ffffff"),
        border=rgb("5d9b4b") if done else rgb(random.choice(("545b64", "7d8998", "8c8c94"))),
        title=rgb("16191f"),
        text=rgb("3d434b"),
        small=rgb("687078"),
        tints=tints(
            trigger="b0084d",
            core=random.choice(("ed7100", "d86613")),
            mail="b0084d",
            chat="b0084d",
            people="c925d1",
            code="7aa116",
            files="3f8624",
            subflow="cd2264",
            loop="0972d3",
            test="545b64",
            guard="b7312c",
            flow="545b64",
            end="687078",
            data="687078",
        ),
        pills={"": (ground, rgb("3d434b"))},
        radius=random.choice((4.0, 8.0, 12.0)),
        dashed=not done and random.random() < (0.75 if classic else 0.3),
        tile_radius=random.choice((2.0, 4.0)),
        dots=rgb("e3e5e8") if random.random() < 0.3 else None,
        marker=(rgb("ffda75"), rgb("7d6a1f")) if classic else (rgb("f2f3f3"), rgb("7d8998")),
        selected=rgb("0972d3") if random.random() < 0.25 else None,
    )


def jobs_look(random: Random, brief: Brief) -> BlockLook:
    """Return a look of the jobs of a run: boxes with a check mark, curves from port to port."""
    face = screen_face(random, brief, INTER, SANS, OPEN_SANS)
    title, text, small = letterings(random, face)
    dark = random.random() < 0.25
    ground, card, edge = ("010409", "0d1117", "30363d") if dark else ("f6f8fa", "ffffff", "d0d7de")
    form = CardForm(
        title,
        text,
        small,
        width=random.choice((150.0, 165.0, 180.0)),
        pad=random.choice((8.0, 10.0)),
        tile=random.choice((14.0, 16.0)),
        number=random.choice(("none", "title", "inside")),
        text_at=random.choice(("beside", "below")),
        gap=3.0,
        kebab=False,
    )
    green = random.choice(("1a7f37", "2da44e", "238636"))
    colours = tints(core=green, guard=green, test=green, flow=green)
    theme = Theme(
        ground=rgb(ground),
        card=rgb(card),
        border=rgb(edge),
        title=rgb("e6edf3" if dark else "1f2328"),
        text=rgb("9198a1" if dark else "59636e"),
        small=rgb("9198a1" if dark else "59636e"),
        tints=colours,
        pills={"": (rgb(ground), rgb("9198a1" if dark else "59636e"))},
        radius=6.0,
        tile_forms=dict.fromkeys(GROUPS, "circle"),
        icon_name="check",
        blur=0.0 if dark else random.choice((0.0, 3.0)),
        drop=0.0 if dark else 1.0,
        dots=rgb("21262d" if dark else "dde2e8") if random.random() < 0.6 else None,
        dot_step=16.0,
    )
    return BlockLook(
        form,
        theme,
        Wires(
            rgb("30363d" if dark else random.choice(("d0d7de", "afb8c1", "8c959f"))),
            2.0,
            8.0,
            ports=rgb("6e7681" if dark else "8c959f"),
            port_size=random.choice((3.0, 4.0)),
            port_edge=rgb(card),
        ),
        Blocks("LR", gap=40.0, lane=24.0, apart=18.0, margin=18.0, rows="return"),
        PillLettering(small.face, small.size, pad_across=0.4, pad_down=0.12),
        orientation=brief.orientation,
        window=window_at_times(random, text, rgb("1f883d"), 0.2, dark),
    )
