"""The check that nothing overlaps sees each kind of overlap."""

from __future__ import annotations

from dataclasses import replace

import pytest

from synth.diagram import diagram_of
from synth.drawing.collisions import collisions
from synth.drawing.layouts.blocks import Blocks
from synth.drawing.scene import Scene
from tests.synth import by_hand
from tests.synth.drawing.scenes import scene_of


@pytest.fixture
def scene() -> Scene:
    found = scene_of(diagram_of(by_hand.BRANCHED_LOOP), Blocks())
    assert collisions(found) == []
    return found


def test_shapes_on_each_other_are_seen(scene: Scene) -> None:
    first, second, *rest = scene.shapes
    moved = second.moved(0, first.slot.y - second.slot.y)
    found = collisions(replace(scene, shapes=(first, moved, *rest)))
    assert any(each == "trigger lies on step1" for each in found)


def test_what_leaves_the_page_is_seen(scene: Scene) -> None:
    first, *rest = scene.shapes
    found = collisions(replace(scene, shapes=(first.moved(-first.slot.x - 5, 0), *rest)))
    assert "trigger leaves the page" in found
    *rest_lines, last = scene.connectors
    away = last.moved(0, scene.height)
    found = collisions(replace(scene, connectors=(*rest_lines, away)))
    assert any(each.endswith("leaves the page") for each in found)


def test_text_that_leaves_its_shape_is_seen(scene: Scene) -> None:
    for index, shape in enumerate(scene.shapes):
        line = shape.lines[0]
        wide = line._replace(x=line.x - 0.2 * shape.frame.width, width=1.3 * shape.frame.width)
        shapes = list(scene.shapes)
        shapes[index] = replace(shape, lines=(wide, *shape.lines[1:]))
        found = collisions(replace(scene, shapes=tuple(shapes)))
        assert f"the text of {shape.node.identifier} leaves its shape" in found


def test_a_label_on_a_shape_a_line_or_a_label_is_seen(scene: Scene) -> None:
    index, labelled = next((i, c) for i, c in enumerate(scene.connectors) if c.label is not None)
    assert labelled.label is not None
    label = labelled.label

    def with_label_at(x: float, y: float) -> list[str]:
        moved = replace(labelled, label=label.moved(x - label.x, y - label.baseline))
        connectors = (*scene.connectors[:index], moved, *scene.connectors[index + 1 :])
        return collisions(replace(scene, connectors=connectors))

    box = scene.shapes[1].slot
    on_shape = with_label_at(box.x, box.y + 10)
    assert any("lies on step1" in each for each in on_shape)
    (ax, ay), (bx, by) = labelled.way[:2]
    on_line = with_label_at((ax + bx) / 2 - 3, (ay + by) / 2 + 3)
    assert any(each.startswith("a line runs through") for each in on_line)
    other = next(
        c.label for i, c in enumerate(scene.connectors) if c.label is not None and i != index
    )
    on_label = with_label_at(other.x, other.baseline)
    assert any('lies on "' in each for each in on_label)


def test_a_line_through_a_shape_is_seen(scene: Scene) -> None:
    first, *rest = scene.connectors
    last = scene.shapes[-1].slot
    through = replace(first, way=(first.way[0], (last.x + 5, last.bottom)))
    found = collisions(replace(scene, connectors=(through, *rest)))
    assert any("runs through" in each for each in found)


def test_a_line_deep_in_its_own_shape_is_seen(scene: Scene) -> None:
    first, *rest = scene.connectors
    head = next(s for s in scene.shapes if s.node.identifier == first.edge.head)
    deep = replace(first, way=(*first.way[:-1], head.slot.centre))
    found = collisions(replace(scene, connectors=(deep, *rest)))
    assert any(each.endswith(f"runs through {first.edge.head}") for each in found)


def test_touching_is_no_overlap(scene: Scene) -> None:
    # A line that runs along a shape's border, half a unit inside.
    first, *rest = scene.connectors
    box = next(s for s in scene.shapes if s.node.kind == "action").slot
    along = replace(first, way=((box.x, box.y + 0.5), (box.right, box.y + 0.5)))
    found = collisions(replace(scene, connectors=(along, *rest)))
    assert not any("runs through step" in each for each in found)
