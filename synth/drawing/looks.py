"""What a style is: a maker of looks; what a look does: arrange a diagram, then paint the scene."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from synth.diagram import Conventions, Diagram
from synth.drawing.encoding import Format, Pixels
from synth.drawing.scene import Scene
from synth.pictures import Orientation

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Homography = NDArray[np.float64]
else:
    Homography = Any


@dataclass(frozen=True)
class Brief:
    """What a look is made for.

    `split` decides which hands may write; `letters` are those that must be in the face;
    `orientation` is wished for where it is not None; `definitions` says whether styles that write
    machine names below the annotations do so.
    """

    split: str
    letters: str
    orientation: Orientation | None = None
    definitions: bool = True


class Painting(NamedTuple):
    """The pixels of a scene: grey (H x W), or blue-green-red (H x W x 3).

    `placed` is the 3 x 3 homography from the scene's places to the picture's, where a photo has
    moved them; None where they are the same.
    """

    pixels: Pixels
    placed: Homography | None = None


class Look(Protocol):
    """One look of a style, all choices made: the same look and seed draw the same picture."""

    @property
    def fonts(self) -> tuple[str, ...]:
        """The names of the faces that it writes in."""
        ...

    @property
    def format(self) -> Format:
        """png for clean drawings, jpeg for photos."""
        ...

    @property
    def conventions(self) -> Conventions:
        """How the diagram itself is drawn up."""
        ...

    def arrange(self, diagram: Diagram) -> Scene:
        """Return the scene in units, one unit a pixel at scale 1.

        Raises DrawingError for what its faces cannot write.
        """
        ...

    def paint(self, scene: Scene, scale: float, random: Random) -> Painting:
        """Return the picture of an arranged scene at `scale` pixels a unit."""
        ...


@dataclass(frozen=True)
class Style:
    """A kind of look of one source; `share` is how often it comes among the source's styles."""

    source: str
    name: str
    share: float
    look: Callable[[Random, Brief], Look]
