"""A look that is drawn by hand: a pen, a hand and its habits, a ground, a camera and a light."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Protocol

from synth.diagram import Conventions, Diagram
from synth.drawing.arranging import Plan, arrange
from synth.drawing.encoding import Format, Pixels
from synth.drawing.hand.camera import Camera, View
from synth.drawing.hand.inks import lay_over
from synth.drawing.hand.light import Light
from synth.drawing.hand.pens import Habits, Pens
from synth.drawing.hand.setting import Setting
from synth.drawing.hand.sketching import Fill, sketch
from synth.drawing.looks import Painting
from synth.drawing.scene import Scene
from synth.pictures import Orientation

# Below this scale the ink is drawn at twice the size of the picture: thin strokes stay smooth.
_FINE_BELOW = 1.4


class Ground(Protocol):
    """What is drawn on."""

    def lay(self, view: View, fills: list[Fill], random: Random) -> Pixels:
        """Return the empty ground in full light, with `fills` (in the scene's pixels) on it."""
        ...


@dataclass(frozen=True)
class HandLook:
    """All choices of a drawing by hand; see `synth.drawing.looks.Look`."""

    setting: Setting
    plan: Plan
    habits: Habits
    pens: Pens
    ground: Ground
    camera: Camera
    light: Light
    conventions: Conventions
    orientation: Orientation | None = None
    radius: float = 6.0

    @property
    def fonts(self) -> tuple[str, ...]:
        return (self.setting.face.name,)

    @property
    def format(self) -> Format:
        return "jpeg"

    def arrange(self, diagram: Diagram) -> Scene:
        return arrange(
            diagram,
            self.setting.contents(diagram),
            self.setting.lettering,
            self.plan,
            self.orientation,
            self.radius,
        )

    def paint(self, scene: Scene, scale: float, random: Random) -> Painting:
        import cv2

        # Each has chances of its own: the same strokes come on any ground.
        hand, ground, bends, light = (Random(random.getrandbits(64)) for _ in range(4))
        fine = 2 if scale < _FINE_BELOW else 1
        unit = scale * fine
        drawn = sketch(scene.at(unit), self.habits, self.pens, unit, self.radius, hand)
        view = self.camera.view(scene.width * scale, scene.height * scale, scale)
        fills = [
            Fill(node, [(x / fine, y / fine) for x, y in corners], colour)
            for node, corners, colour in drawn.fills
        ]
        picture = self.ground.lay(view, fills, ground)
        maps = view.maps(fine, bends)
        left, top, width, height = view.within()
        within = picture[top : top + height, left : left + width]
        for colour, plane in drawn.planes.items():
            ink = cv2.remap(plane, *maps, cv2.INTER_LINEAR)
            lay_over(within, ink, colour, self.pens.medium, scale, light)
        return Painting(self.light.fall(picture, light), view.there)
