"""From contents to a scene: the layout that a look asks for, or the next best that works."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace

from synth.diagram import Diagram, DrawingError
from synth.drawing.collisions import misplaced
from synth.drawing.engine import graphviz
from synth.drawing.geometry import Layout
from synth.drawing.layouts.blocks import Blocks, Direction, lay_out_blocks
from synth.drawing.layouts.dot import Dot, lay_out_dot
from synth.drawing.layouts.listing import Listing, lay_out_list
from synth.drawing.lettering import Lettering
from synth.drawing.scene import Content, Scene, compose, label_size
from synth.pictures import Orientation, orientation_of

logger = logging.getLogger(__name__)

Plan = Dot | Blocks | Listing

# The small reader has 128 columns of 16 pixels, and people's pages end sooner: longer rows break.
LONGEST_ROW = 1500.0


def arrange(
    diagram: Diagram,
    contents: Mapping[str, Content],
    label: Lettering,
    plan: Plan,
    orientation: Orientation | None = None,
    radius: float = 6.0,
) -> Scene:
    """Return the scene of a diagram laid out by `plan`, or by the block layout in its place.

    Graphviz gives way where there is none, where it fails over a graph (said in the log), and
    where a line or label of its layout lies on something. Flows to the right that would run too
    wide break into rows. With an `orientation` the plan is turned, and its rows are broken, until
    the scene has it; where none does, the nearest is taken. `label` sets the words on edges,
    `radius` is how round the look's corners are.
    """
    best: Scene | None = None
    for each in _plans(plan, orientation):
        scene = _laid_out(diagram, contents, label, each, radius)
        if scene.width > LONGEST_ROW and not isinstance(each, Listing) and _runs_right(each):
            rows = replace(_as_blocks(each), longest_row=LONGEST_ROW * 0.9)
            scene = _laid_out(diagram, contents, label, rows, radius)
        if orientation is None or orientation_of(*_extent(scene)) == orientation:
            return scene
        if best is None or _aspect(scene, orientation) > _aspect(best, orientation):
            best = scene
    assert best is not None
    return best


def _extent(scene: Scene) -> tuple[int, int]:
    return round(scene.width), round(scene.height)


def _aspect(scene: Scene, orientation: Orientation) -> float:
    wide = scene.width / scene.height
    return wide if orientation == "landscape" else 1 / wide


def _runs_right(plan: Dot | Blocks) -> bool:
    return (plan.rankdir if isinstance(plan, Dot) else plan.direction) == "LR"


def _plans(plan: Plan, orientation: Orientation | None) -> Iterator[Plan]:
    """Yield the plan, and for an orientation those that are likelier to have it."""
    if orientation is None or isinstance(plan, Listing):
        yield plan
        return
    wanted: Direction = "LR" if orientation == "landscape" else "TB"
    if isinstance(plan, Dot):
        yield replace(plan, rankdir=wanted)
    blocks = _as_blocks(plan)
    yield replace(blocks, direction=wanted, longest_row=None)
    for row in (900.0, 600.0, 400.0, 250.0):
        yield replace(blocks, direction="LR", longest_row=row)
        yield replace(blocks, direction="TB", longest_row=row)


def _as_blocks(plan: Dot | Blocks) -> Blocks:
    if isinstance(plan, Blocks):
        return plan
    return Blocks(direction=plan.rankdir, gap=plan.ranksep, lines="straight", margin=plan.margin)


def _laid_out(
    diagram: Diagram,
    contents: Mapping[str, Content],
    label: Lettering,
    plan: Plan,
    radius: float,
) -> Scene:
    slots = {name: content.slot for name, content in contents.items()}

    def size(text: str) -> tuple[float, float]:
        return label_size(label, text)

    def composed(layout: Layout) -> Scene:
        return compose(diagram.nodes, contents, layout, label, radius)

    if isinstance(plan, Listing):
        return composed(lay_out_list(diagram, slots, size, plan))
    if isinstance(plan, Dot):
        engine = graphviz()
        if engine is not None:
            try:
                scene = composed(lay_out_dot(engine, diagram, slots, size, plan))
                if not misplaced(scene):
                    return scene
            except DrawingError as error:
                logger.warning("%s: %s; the block layout takes its place", diagram.title, error)
        plan = _as_blocks(plan)
    return composed(lay_out_blocks(diagram, slots, size, plan))
