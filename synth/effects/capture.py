"""A picture made anew: photographed, scanned, copied, or sent around as a file."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from synth.drawing.encoding import Pixels
from synth.effects import library, light, surface
from synth.effects.library import LEVELS, Way
from synth.legibility import MIN_TEXT_HEIGHT
from synth.letters import Rectangle

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Places = NDArray[np.floating]
else:
    Places = Any

# The media that lie on a table or hang on a wall; all others are screens.
ON_PAPER, ON_WALL = "manual", "whiteboard"

# Below this grey the ground is a blackboard or a dark theme: what paper does is not for it.
DARK_GROUND = 110
# Up to so many pixels small letters are turned with more care, three times as slow.
FEW_PIXELS = 400_000
SMALL_LETTERS = 9.0

# The library's effects keep their own state between seeding and use.
_lock = Lock()


class Scene(NamedTuple):
    """A picture (H x W x 3), where its text stands, and the height of an x (None: unknown).

    `words` are further boxes that move along with what they stand around.
    """

    pixels: Pixels
    boxes: tuple[Rectangle, ...]
    text_height: float | None
    words: tuple[Rectangle, ...] = ()


def way_of(source: str, random: Random) -> Way:
    """Return how a picture of the medium `source` came about."""
    if source == ON_PAPER:
        return "photo" if random.random() < 0.65 else "scan"
    if source == ON_WALL:
        return "photo"
    return "file" if random.random() < 0.92 else "screen"


def altered(scene: Scene, source: str, way: Way, level: int, random: Random) -> Scene:
    """Return the scene as it came about that way, with effects of a strength (see LEVELS)."""
    strength = LEVELS[level]
    coarseness = min(4, max(1, round((scene.text_height or 6.0) / 6)))
    if way == "file":
        effect = library.sent_around(level, coarseness, _smallest(scene))
        return _moved(scene, effect, scene.pixels, random)
    paper = source == ON_PAPER and sum(_ground(scene.pixels)) / 3 > DARK_GROUND
    if paper:
        scene = scene._replace(pixels=_inked(scene.pixels, strength, random))
        if way == "photo" and random.random() < 0.2:
            scene = _on_desk(scene, random)
    if random.random() < 0.55:
        scene = _slanted(scene, way, level, random)
    pixels = scene.pixels
    if way == "screen":
        pixels = surface.moire(pixels, random, strength)
    if paper and way == "scan" and random.random() < 0.15:
        pixels = surface.photocopied(pixels, random)
    field = _light_on(paper, way, strength, random)
    pixels = light.lit(pixels, field, light.cast(random, strength))
    if source == ON_WALL and random.random() < 0.6:
        pixels = light.glare(pixels, random, strength)
    with _lock:
        effect = library.camera(way, level, coarseness)
        effect.set_random_seed(random.getrandbits(32))
        pixels = effect(image=pixels)["image"]
    if way == "scan" and random.random() < 0.2:
        pixels = surface.streaked(pixels, random, strength)
    if random.random() < (0.3 if way == "scan" else 0.8):
        pixels = surface.grain(pixels, random, random.uniform(0.8, 1.5 + 5 * strength))
    return scene._replace(pixels=pixels)


def other_light(scene: Scene, random: Random) -> Scene:
    """Return the scene, every pixel in its place, in a light that is a little different."""
    seen = light.lit(scene.pixels, light.uneven(random, 0.3), light.cast(random, 0.4))
    return scene._replace(pixels=seen)


def _inked(pixels: Pixels, strength: float, random: Random) -> Pixels:
    """Return the picture with ink that bled, starved or faded, or as it was."""
    chance = random.random()
    if chance < 0.12:
        return surface.bled(pixels, random.uniform(0.15, 0.2 + 0.5 * strength))
    if chance < 0.2:
        return surface.bled(pixels, -random.uniform(0.1, 0.15 + 0.2 * strength))
    if chance < 0.36:
        return surface.faded(pixels, _ground(pixels), random.uniform(0.1, 0.15 + 0.35 * strength))
    return pixels


def _light_on(paper: bool, way: Way, strength: float, random: Random) -> light.Field:
    if way == "scan":
        field = light.uneven(random, 0.15 * strength)
        if random.random() < 0.35:
            field = field * light.page_edge(random, strength)
    else:
        field = light.uneven(random, strength)
        # A screen shines itself: nothing throws a shadow on it.
        if way == "photo" and random.random() < 0.3:
            field = field * light.shadow(random, strength)
    if paper and random.random() < 0.18:
        field = field * light.fold(random, strength)
    if paper and random.random() < 0.1:
        field = field * light.crumple(random, strength)
    return field


def _on_desk(scene: Scene, random: Random) -> Scene:
    pixels, margin = surface.on_desk(scene.pixels, random)

    def moved(boxes: tuple[Rectangle, ...]) -> tuple[Rectangle, ...]:
        return tuple((x + margin, y + margin, w, h) for x, y, w, h in boxes)

    return Scene(pixels, moved(scene.boxes), scene.text_height, moved(scene.words))


def _slanted(scene: Scene, way: Way, level: int, random: Random) -> Scene:
    import cv2

    height, width = scene.pixels.shape[:2]
    small = (scene.text_height or SMALL_LETTERS) < SMALL_LETTERS
    fine = small and height * width <= FEW_PIXELS
    flatness = min(20, round(max(height, width) / max(1, min(height, width))))
    effect = library.slant(way, level, flatness, _smallest(scene), fine)
    # OpenCV turns four channels in half the time that it needs for three.
    four = cv2.cvtColor(scene.pixels, cv2.COLOR_BGR2BGRA)
    moved = _moved(scene, effect, four, random)
    pixels = cv2.cvtColor(moved.pixels, cv2.COLOR_BGRA2BGR)
    if not fine and random.random() < 0.5:
        pixels = surface.sharpened(pixels, random.uniform(0.3, 0.7))
    return moved._replace(pixels=pixels)


def _smallest(scene: Scene) -> int:
    """Return the size in percent down to which the text stays legible, in steps of five."""
    room = 1.1 * MIN_TEXT_HEIGHT / (scene.text_height or SMALL_LETTERS)
    return min(100, max(65, 5 * int(20 * room + 1)))


def _moved(scene: Scene, effect: Any, pixels: Pixels, random: Random) -> Scene:
    """Return the scene that an effect of the library makes of `pixels`, with its boxes."""
    import numpy as np

    height, width = scene.pixels.shape[:2]
    # The whole page is a box as well: it tells how much larger all has become.
    corners = _corners([(0, 0, width, height), *scene.boxes, *scene.words])
    with _lock:
        effect.set_random_seed(random.getrandbits(32))
        changed = effect(image=pixels, keypoints=corners)
    places = np.asarray(changed["keypoints"], np.float64).reshape(-1, 4, 2)
    made: Pixels = changed["image"]
    boxes = _around(places[1:], made.shape[1], made.shape[0])
    growth = (_area(places[0]) / (width * height)) ** 0.5
    count = len(scene.boxes)
    height_of_x = scene.text_height and scene.text_height * growth
    return Scene(made, boxes[:count], height_of_x, boxes[count:])


def _ground(pixels: Pixels) -> tuple[float, ...]:
    """Return the colour (blue, green, red) that most of the picture has."""
    import numpy as np

    return tuple(float(level) for level in np.median(pixels[::16, ::16].reshape(-1, 3), axis=0))


def _corners(boxes: Sequence[Rectangle]) -> Places:
    import numpy as np

    return np.array(
        [
            place
            for x, y, w, h in boxes
            for place in ((x, y), (x + w, y), (x + w, y + h), (x, y + h))
        ],
        np.float32,
    )


def _area(corners: Places) -> float:
    """Return the area of a quadrilateral (4 x 2)."""
    x, y = corners.T
    around = [1, 2, 3, 0]
    return float(abs(x @ y[around] - y @ x[around]) / 2)


def _around(corners: Places, width: int, height: int) -> tuple[Rectangle, ...]:
    """Return the upright rectangle around each quadrilateral (N x 4 x 2), inside the picture."""
    import numpy as np

    corners = np.clip(corners, 0, (width, height))
    low, high = corners.min(1), corners.max(1)
    return tuple(
        (round(x, 1), round(y, 1), round(right - x, 1), round(bottom - y, 1))
        for (x, y), (right, bottom) in zip(low.tolist(), high.tolist(), strict=True)
    )
