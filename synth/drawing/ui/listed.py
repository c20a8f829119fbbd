"""Designers' lists: numbered rows, indented by what encloses them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from synth.diagram import Diagram, Edge
from synth.drawing.arranging import arrange
from synth.drawing.colours import rgb
from synth.drawing.fonts import LATO, OPEN_SANS, SANS, SOURCE_SANS
from synth.drawing.layouts.listing import Listing
from synth.drawing.lettering import Lettering
from synth.drawing.looks import Brief
from synth.drawing.scene import Connector, Content, Scene, TextLine
from synth.drawing.ui.card_look import CardLook, letterings, screen_face
from synth.drawing.ui.cards import CardForm, card
from synth.drawing.ui.designer import designer_tints
from synth.drawing.ui.pills import PillLettering, seat_pills
from synth.drawing.ui.themes import Theme, Wires, pill_colours
from synth.drawing.ui.windows import window_at_times
from synth.pictures import orientation_of

# Rows become so much wider at most: beyond that most of them would be empty.
_WIDER = 1.5


@dataclass(frozen=True)
class ListLook(CardLook):
    """A list of rows that end at one right edge; `headings` stand above trigger and steps."""

    headings: Lettering | None = None

    def arranged(self, diagram: Diagram) -> Scene:
        """Return the rows; they are made wider or narrower for an orientation."""
        width = self.form.width
        scene = self._rows(diagram, width)
        for _ in range(4):
            found = orientation_of(round(scene.width), round(scene.height))
            if self.orientation in (None, found):
                break
            if self.orientation == "landscape":
                width = min(_WIDER * self.form.width, max(width * 1.1, scene.height * 1.02))
            else:
                width = max(150.0, min(width * 0.8, scene.height * 0.8))
            scene = self._rows(diagram, width)
        return self.roomy(scene, centred=False)

    def _rows(self, diagram: Diagram, width: float) -> Scene:
        assert isinstance(self.plan, Listing)
        indent = self.plan.indent
        deepest = max(node.depth for node in diagram.nodes)
        # However deep a row stands, it holds a word or two.
        width = max(width, deepest * indent + 150.0)
        contents: dict[str, Content] = {}
        for node in diagram.nodes:
            form = replace(self.form, width=width - node.depth * indent)
            contents[node.identifier] = card(node, form)
        scene = arrange(diagram, contents, self.pills, self.plan, None, self.theme.radius)
        return self._headed(seat_pills(scene, self.pills, self.words, on=False))

    def _headed(self, scene: Scene) -> Scene:
        """Return the list with headings above the trigger and above the first step."""
        lettering = self.headings
        if lettering is None:
            return scene
        high = lettering.ascent + lettering.descent + 13
        first = next((shape for shape in scene.shapes if shape.node.order is not None), None)
        named = [("TRIGGER", s) for s in scene.shapes if s.node.kind == "trigger"]
        named += [("ACTIONS", first)] if first is not None else []
        # What stands below a heading makes room for it.
        tops = [shape.slot.y - 1 for _, shape in named]

        def down(y: float) -> float:
            return high * sum(y > top for top in tops)

        connectors = []
        for each in scene.connectors:
            places = [y for _, y in each.way] or [each.label.box.y if each.label else 0.0]
            connectors.append(each.moved(0, down(max(places))))
        for word, shape in named:
            box = shape.slot.moved(0, down(shape.slot.y) - high)
            baseline = box.y + lettering.ascent + 6
            wide = lettering.width(word)
            line = TextLine(word, box.x + 1, baseline, wide, lettering, "heading")
            name = shape.node.identifier
            connectors.append(Connector(Edge(name, name), (), False, line))
        return Scene(
            scene.width,
            scene.height + high * len(named),
            tuple(shape.moved(0, down(shape.slot.y)) for shape in scene.shapes),
            tuple(connectors),
            tuple(tuple((x, y + down(y)) for x, y in guide) for guide in scene.guides),
        )


def list_look(random: Random, brief: Brief) -> ListLook:
    """Return a look of the classic list: bordered or plain rows on white."""
    face = screen_face(random, brief, SOURCE_SANS, LATO, SANS, OPEN_SANS)
    title, text, small = letterings(random, face)
    plain = random.random() < 0.4
    form = CardForm(
        title,
        text,
        small,
        width=random.choice((240.0, 280.0, 320.0, 360.0)),
        pad=random.choice((5.0, 7.0, 9.0)),
        tile=random.choice((16.0, 18.0, 22.0)),
        number="inside",
        text_at=random.choice(("beside", "below")),
        gap=3.0,
        kebab=random.random() < 0.7,
        own_triggers=random.random() < 0.5,
    )
    brand = random.random() < 0.4
    line = rgb(random.choice(("d5dadf", "c9cfd5", "b9c1c8")))
    theme = Theme(
        ground=rgb("ffffff") if plain or random.random() < 0.7 else rgb("f6f7f8"),
        card=rgb("ffffff"),
        border=None if plain else line,
        title=rgb(random.choice(("181f26", "2e2e2e", "1f3a5f"))),
        text=rgb(random.choice(("4a5560", "485563", "5a5a5a"))),
        small=rgb("6b757f"),
        tints=designer_tints(random),
        pills=pill_colours("e4dbf7", "d3f0e2", "fbdcd9", "2f3a44"),
        radius=0.0 if plain else random.choice((0.0, 2.0, 4.0)),
        tile_radius=random.choice((2.0, 4.0, 9.0)),
        tile_forms={"loop": "circle", "test": random.choice(("diamond", "square"))},
        brand=brand,
        rule=line if plain else None,
    )
    headings = Lettering(title.face, title.size, 0.04) if random.random() < 0.6 else None
    return ListLook(
        form,
        theme,
        Wires(line, random.choice((1.0, 1.0, 2.0)), 0.0),
        Listing(
            indent=random.choice((20.0, 26.0, 34.0)),
            gap=random.choice((0.0, 4.0, 8.0)) if plain else random.choice((6.0, 9.0, 14.0)),
            margin=random.choice((10.0, 16.0)),
            guides=random.random() < 0.75,
        ),
        PillLettering(small.face, small.size),
        orientation=brief.orientation,
        window=window_at_times(random, text, rgb("1f6fd0"), 0.25),
        headings=headings,
    )


def barred_look(random: Random, brief: Brief) -> ListLook:
    """Return a look of indented cards with a coloured bar each, arrows from card to card."""
    face = screen_face(random, brief)
    title, text, small = letterings(random, face)
    form = CardForm(
        title,
        text,
        small,
        width=random.choice((230.0, 270.0, 320.0)),
        pad=random.choice((7.0, 9.0)),
        bar=random.choice((4.0, 5.0, 7.0)),
        tile=random.choice((0.0, 16.0, 18.0)),
        number=random.choice(("inside", "title")),
        caption=random.choice(("none", "above")),
        text_at=random.choice(("below", "beside")),
        gap=3.0,
        kebab=random.random() < 0.5,
    )
    grey = rgb(random.choice(("9aa4ae", "7f8b96", "5f6b76")))
    theme = Theme(
        ground=rgb(random.choice(("f4f6f8", "eef2f6", "faf9f8", "ffffff"))),
        card=rgb("ffffff"),
        border=rgb(random.choice(("d8dee4", "e1e5e9"))),
        title=rgb("1c2733"),
        text=rgb("47525e"),
        small=rgb("66717c"),
        tints=designer_tints(random),
        pills=pill_colours("dfe9fb", "d9f2e3", "fbdcd9", "26323d"),
        radius=random.choice((2.0, 4.0, 6.0)),
        blur=random.choice((0.0, 3.0, 5.0)),
        drop=1.0,
        tile_forms=dict.fromkeys(("core", "trigger", "loop", "test", "mail"), "bare")
        if random.random() < 0.5
        else {},
    )
    return ListLook(
        form,
        theme,
        Wires(grey, random.choice((1.0, 1.5)), 0.0, "normal", 6.0),
        Listing(
            indent=random.choice((18.0, 24.0, 30.0)),
            gap=random.choice((14.0, 18.0, 22.0)),
            margin=random.choice((12.0, 18.0)),
            guides=False,
            arrows=True,
            labels=True,
        ),
        PillLettering(small.face, small.size),
        orientation=brief.orientation,
        window=window_at_times(random, text, rgb("2f7a55"), 0.15),
    )
