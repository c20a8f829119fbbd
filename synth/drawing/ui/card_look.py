"""A look of cards and wires: what the designers' screens have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Self

from synth.diagram import Conventions, Diagram
from synth.drawing.arranging import Plan, arrange
from synth.drawing.encoding import Format
from synth.drawing.fonts import (
    INTER,
    LATO,
    NUNITO,
    OPEN_SANS,
    ROBOTO,
    SANS,
    SOURCE_SANS,
    Face,
    bold_of,
)
from synth.drawing.layouts.blocks import Blocks
from synth.drawing.lettering import Lettering
from synth.drawing.looks import Brief, Painting
from synth.drawing.scene import Scene
from synth.drawing.ui.cards import CardForm, card
from synth.drawing.ui.painting import (
    ADD_ROOM,
    ground_of,
    last_step,
    paint_add,
    paint_cards,
    write_all,
)
from synth.drawing.ui.pills import PillLettering, seat_pills
from synth.drawing.ui.themes import Theme, Wires
from synth.drawing.ui.windows import LITTLE_ROOM, MOST_ROOM, Window, paint_window, with_room
from synth.drawing.ui.wires import paint_pills, paint_wires
from synth.pictures import Orientation, orientation_of

# A drawing of more square units is set again with cards and gaps that are narrower, by such
# shares, so that it can still be a small picture; but no narrower than the least.
MOST_AREA = 550_000.0
NARROWER = (0.85, 0.72, 0.62)
LEAST_WIDTH = 130.0

SCREEN_FACES = (SANS, INTER, LATO, NUNITO, OPEN_SANS, ROBOTO, SOURCE_SANS)


@dataclass(frozen=True)
class CardLook:
    """A designer's screen, all choices made; lengths are in units.

    `words` are written on connectors instead of the edges' words, `again` on the way back into a
    loop; they are `seated` on the lines, or beside them. `adds` is the word on a bar below the
    last step, where there is one.
    """

    form: CardForm
    theme: Theme
    wires: Wires
    plan: Plan
    pills: PillLettering
    words: Mapping[str, str] = field(default_factory=dict)
    again: str = ""
    seated: bool = True
    adds: str = ""
    window: Window | None = None
    orientation: Orientation | None = None
    conventions: Conventions = field(default_factory=Conventions)
    format: Format = "png"

    @property
    def fonts(self) -> tuple[str, ...]:
        """The names of the faces that it writes in."""
        faces = (self.form.title.face, self.form.text.face, self.form.small.face)
        return tuple(sorted({face.name for face in faces}))

    def arrange(self, diagram: Diagram) -> Scene:
        """Return the diagram on its screen; where that would be a poster, set more narrowly."""
        scene = self.arranged(diagram)
        for share in NARROWER:
            if scene.width * scene.height <= MOST_AREA:
                break
            scene = self.narrowed(share).arranged(diagram)
        return scene

    def narrowed(self, share: float) -> Self:
        """Return the look with narrower cards and gaps; painted, it looks the same."""
        form = replace(self.form, width=max(LEAST_WIDTH, share * self.form.width))
        plan = self.plan
        if isinstance(plan, Blocks):
            plan = replace(
                plan,
                gap=max(24.0, share * plan.gap),
                lane=max(14.0, share * plan.lane),
                apart=max(14.0, share * plan.apart),
                margin=max(12.0, share * plan.margin),
            )
        return replace(self, form=form, plan=plan)

    def arranged(self, diagram: Diagram) -> Scene:
        """Return the cards in their places, pills on their lines."""
        contents = {node.identifier: card(node, self.form) for node in diagram.nodes}
        radius = self.theme.radius
        scene = arrange(diagram, contents, self.pills, self.plan, None, radius)
        if self.orientation is not None and not self._suits(scene):
            scene = arrange(diagram, contents, self.pills, self.plan, self.orientation, radius)
        return self.roomy(seat_pills(scene, self.pills, self.words, self.again, self.seated))

    def _suits(self, scene: Scene) -> bool:
        """Return whether a scene has the orientation, with some empty ground and no poster.

        That is more like a designer than its diagram turned.
        """
        page = self.roomy(scene, LITTLE_ROOM)
        met = orientation_of(round(page.width), round(page.height)) == self.orientation
        return met and page.width * page.height <= MOST_AREA

    def roomy(self, scene: Scene, most: float = MOST_ROOM, centred: bool = True) -> Scene:
        """Return a scene on its page: with room for a window, and for a bar below the last step."""
        below = ADD_ROOM if self.adds and last_step(scene) is not None else 0.0
        return with_room(scene, self.orientation, self.window, below, most, centred)

    def paint(self, scene: Scene, scale: float, random: Random) -> Painting:
        """Return the screen at `scale` pixels a unit."""
        scene = scene.at(scale)
        last = last_step(scene) if self.adds else None
        board = ground_of(scene, self.theme, scale)
        clicked = random.randrange(len(scene.shapes)) if self.theme.selected else -1
        paint_cards(board, scene.shapes, self.form, self.theme, scale, clicked)
        paint_wires(board, scene, self.wires, scale)
        paint_pills(board, scene, self.pills, self.theme)
        write_all(board, scene, self.theme, self.form.text_at == "header")
        if last is not None:
            paint_add(board, last, self.adds, self.form, self.wires, scale)
        if self.window is not None:
            paint_window(board, self.window, scale)
        return Painting(board.pixels)


def screen_face(random: Random, brief: Brief, *wanted: Face) -> Face:
    """Return one of the faces that has all letters of the brief, Liberation Sans where none has."""
    faces = [face for face in wanted or SCREEN_FACES if not face.missing(brief.letters)]
    return random.choice(faces) if faces else SANS


def letterings(random: Random, face: Face) -> tuple[Lettering, Lettering, Lettering]:
    """Return the lettering of titles (bold), of annotations, and of what is small.

    Few sizes, so that their letters are soon known; small print has the size of the annotations.
    """
    x_height = random.choice((5.7, 5.9, 6.1, 6.3))
    bold = bold_of(face)
    title = x_height * random.choice((1.0, 1.0, 1.08))
    leading = random.uniform(1.14, 1.3)
    text = Lettering(face, face.size_for(x_height), leading=leading)
    return Lettering(bold, bold.size_for(title), leading=leading), text, text
