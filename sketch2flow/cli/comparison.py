"""A picture and, to its right, the workflow that was read off it, drawn anew."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sketch2flow.workflow.document import Workflow

GAP = 24
SCALE = 1.5
SMALLEST = 800  # pixels of the longer side that a photo may keep beside a small drawing


def places_beside(pictures: Sequence[Path], folder: Path) -> dict[Path, Path]:
    """Return where in `folder` each picture's comparison goes: NAME.read.png.

    The second picture of one name gives NAME-2.read.png; none of the pictures is overwritten.
    """
    taken = {picture.resolve() for picture in pictures}
    places: dict[Path, Path] = {}
    for picture in pictures:
        place, number = folder / f"{picture.stem}.read.png", 1
        while place.resolve() in taken:
            number += 1
            place = folder / f"{picture.stem}-{number}.read.png"
        taken.add(place.resolve())
        places[picture] = place
    return places


def draw_comparison(picture: Path, workflow: Workflow, place: Path) -> None:
    """Write the comparison as a PNG.

    Raises synth.draw.DrawingError where the workflow cannot be drawn, OSError where the file
    cannot be written.
    """
    from PIL import Image

    from sketch2flow.files import write_bytes
    from sketch2flow.pictures import on_white, open_picture
    from synth.draw import Wish, draw

    drawing = draw(workflow, "synthetic", "convert", wish=Wish(("plain",), SCALE))
    left = on_white(open_picture(picture.read_bytes()))
    right = on_white(open_picture(drawing.picture))
    left.thumbnail((max(SMALLEST, right.width), max(SMALLEST, right.height)))
    size = left.width + GAP + right.width, max(left.height, right.height)
    both = Image.new("RGB", size, "white")
    both.paste(left, (0, 0))
    both.paste(right, (left.width + GAP, 0))
    file = io.BytesIO()
    both.save(file, "PNG")
    write_bytes(place, file.getvalue())
