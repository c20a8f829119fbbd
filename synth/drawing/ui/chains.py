"""Chains of cards: light ones with great gaps, as in Zapier, and dark themes."""

from __future__ import annotations

from random import Random

from synth.drawing.colours import Colour, mixed, rgb
from synth.drawing.fonts import INTER, LATO, NUNITO, OPEN_SANS, ROBOTO, SANS
from synth.drawing.layouts.blocks import Blocks
from synth.drawing.looks import Brief
from synth.drawing.ui.card_look import CardLook, letterings, screen_face
from synth.drawing.ui.cards import CardForm
from synth.drawing.ui.pills import PillLettering
from synth.drawing.ui.symbols import GROUPS, Tints, tints
from synth.drawing.ui.themes import Theme, TileForm, Wires, pill_colours
from synth.drawing.ui.windows import window_at_times


def stack_look(random: Random, brief: Brief) -> CardLook:
    """Return a look of numbered cards in a column, far apart, a plus between any two."""
    face = screen_face(random, brief, INTER, INTER, NUNITO, OPEN_SANS, SANS)
    title, text, small = letterings(random, face)
    form = CardForm(
        title,
        text,
        small,
        width=random.choice((190.0, 210.0, 235.0)),
        pad=random.choice((9.0, 11.0, 13.0)),
        tile=random.choice((26.0, 30.0, 34.0)),
        number=random.choice(("title", "title", "inside")),
        caption=random.choice(("above", "above", "none")),
        text_at="beside",
        kebab=random.random() < 0.8,
    )
    accent = random.choice(("ff4f00", "695be8", "2f80ed", "136f63"))
    theme = _stack_theme(random, accent)
    wire = rgb(random.choice(("b8b5ad", "a9afbd", "8f95a3")))
    return CardLook(
        form,
        theme,
        Wires(
            wire,
            random.choice((1.0, 2.0)),
            random.choice((6.0, 12.0)),
            random.choice(("none", "normal")),
            6.0,
            plus=True,
            plus_colour=rgb(accent) if random.random() < 0.5 else None,
        ),
        Blocks(
            gap=random.choice((36.0, 44.0, 52.0)),
            lane=random.choice((20.0, 24.0)),
            apart=random.choice((20.0, 30.0)),
            margin=random.choice((18.0, 26.0)),
            fork=random.choice(("spread", "spread", "straight")),
            rows="return",
        ),
        PillLettering(small.face, small.size),
        adds=random.choice(("Add step", "", "")),
        orientation=brief.orientation,
        window=window_at_times(random, text, rgb(accent), 0.25),
    )


def _stack_theme(random: Random, accent: str) -> Theme:
    tile_form: TileForm = random.choice(("boxed", "boxed", "square", "circle"))
    ink = random.choice(("2d2e2e", "1d1f27", "3b4354"))
    return Theme(
        ground=rgb(random.choice(("f7f6fd", "fffdf9", "f6f7f9", "f3f4f6", "ffffff"))),
        card=rgb("ffffff"),
        border=rgb(random.choice(("d7d3c9", "dcdfe6", "c8ccd8", "e3e5ea"))),
        title=rgb(ink),
        text=rgb(random.choice(("574e4c", "5b6272", "4b5563"))),
        small=rgb(random.choice(("7a7372", "6b7280"))),
        tints=_vivid(random, accent),
        pills=pill_colours("ece9fb", "e0f4ea", "fde2dc", ink),
        radius=random.choice((5.0, 8.0, 12.0)),
        line=random.choice((1.0, 1.0, 2.0)),
        blur=random.choice((0.0, 4.0, 7.0)),
        drop=random.choice((0.0, 2.0)),
        depth=0.1,
        tile_radius=random.choice((4.0, 7.0)),
        tile_forms=dict.fromkeys(GROUPS, tile_form),
        kebab=random.choice(("kebab", "dots")),
        dots=rgb("e3e2ec") if random.random() < 0.3 else None,
        selected=rgb(accent) if random.random() < 0.3 else None,
    )


def dark_look(random: Random, brief: Brief) -> CardLook:
    """Return a look of light text on dark cards."""
    face = screen_face(random, brief, INTER, ROBOTO, LATO, OPEN_SANS, SANS)
    title, text, small = letterings(random, face)
    ground, card = random.choice(
        (("1b1d23", "272a31"), ("0d1117", "161b22"), ("202020", "2d2d2d"), ("111827", "1f2937"))
    )
    accent = random.choice(("5b8def", "3fb6a8", "a178e8", "e08a3c"))
    bar = random.choice((0.0, 0.0, 4.0))
    form = CardForm(
        title,
        text,
        small,
        width=random.choice((170.0, 190.0, 215.0)),
        pad=random.choice((8.0, 10.0)),
        bar=bar,
        tile=random.choice((18.0, 22.0, 26.0)),
        number=random.choice(("inside", "title", "title", "none")),
        caption=random.choice(("none", "above", "below")),
        text_at=random.choice(("beside", "strip", "below")),
        kebab=random.random() < 0.6,
    )
    theme = _dark_theme(random, rgb(ground), rgb(card), accent)
    return CardLook(
        form,
        theme,
        Wires(
            mixed(theme.ground, theme.title, random.choice((0.3, 0.45))),
            random.choice((1.0, 1.5, 2.0)),
            random.choice((4.0, 10.0)),
            random.choice(("normal", "open", "none")),
            7.0,
        ),
        Blocks(
            random.choice(("TB", "TB", "LR")),
            gap=random.choice((26.0, 32.0)),
            lane=random.choice((18.0, 22.0)),
            apart=20.0,
            margin=random.choice((14.0, 20.0)),
            fork=random.choice(("spread", "straight")),
            rows="return",
        ),
        PillLettering(small.face, small.size),
        orientation=brief.orientation,
        window=window_at_times(random, text, rgb(accent), 0.25, dark=True),
    )


def _dark_theme(random: Random, ground: Colour, card: Colour, accent: str) -> Theme:
    light = rgb(random.choice(("e6e9ee", "f0f2f5", "dfe3e8")))
    soft = rgb(random.choice(("aab2bd", "9ca7b4", "b7bdc6")))
    tile_form: TileForm = random.choice(("square", "circle", "bare"))
    colours = {g: mixed(tint, light, 0.18) for g, tint in _vivid(random, accent).items()}
    pill = (mixed(ground, rgb(accent), 0.35), light)
    return Theme(
        ground=ground,
        card=card,
        border=mixed(card, light, random.choice((0.1, 0.2))),
        title=light,
        text=soft,
        small=soft,
        tints=colours,
        pills={"": pill, "error": (mixed(ground, rgb("e0524a"), 0.5), light)},
        strip=mixed(card, ground, 0.5),
        strip_inset=random.choice((0.0, 4.0)),
        radius=random.choice((3.0, 6.0, 10.0)),
        blur=random.choice((0.0, 5.0)),
        depth=0.35,
        tile_forms=dict.fromkeys(GROUPS, tile_form),
        dots=mixed(ground, light, 0.12) if random.random() < 0.4 else None,
        selected=rgb(accent) if random.random() < 0.3 else None,
    )


def _vivid(random: Random, accent: str) -> Tints:
    return tints(
        trigger=accent,
        core=random.choice(("3b6fd8", "0f8a83", "5a5fd0")),
        mail="d9453b",
        chat=random.choice(("611f69", "4f52b2")),
        people="7d5fc9",
        code=random.choice(("d97a1e", "24292f")),
        files="1a8f5c",
        subflow=random.choice(("c2477f", "a15c07")),
        loop="2c8c4b",
        test=random.choice(("8250c4", "c98a10")),
        guard="c2412d",
        flow="4a6785",
        end="7a828c",
        data="5b6472",
    )
