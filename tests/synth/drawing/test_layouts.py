"""Every layout puts all nodes and edges somewhere, and nothing on anything else."""

from __future__ import annotations

import logging
from collections import Counter
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketch2flow.workflow.document import Workflow
from synth.diagram import Conventions, Diagram, DrawingError, diagram_of
from synth.drawing import arranging
from synth.drawing.arranging import LONGEST_ROW, arrange
from synth.drawing.collisions import collisions
from synth.drawing.geometry import Layout
from synth.drawing.layouts.blocks import Blocks, lay_out_blocks
from synth.drawing.layouts.dot import Dot
from synth.drawing.layouts.listing import Listing, lay_out_list
from synth.drawing.scene import compose, label_size
from synth.generate import generate_workflows
from tests.synth import by_hand
from tests.synth.by_hand import flow, step
from tests.synth.drawing.scenes import TYPE, contents_of, scene_of

ALL_BLOCKS = [
    Blocks(direction=direction, fork=fork, lines=lines, loop=loop, loop_back=back)  # type: ignore[arg-type]
    for direction, fork, lines, loop, back in product(
        ("TB", "LR"),
        ("spread", "straight"),
        ("elbow", "straight"),
        ("around", "pair"),
        ("before", "after"),
    )
]
ROWS = [
    Blocks(direction=direction, longest_row=length, rows=rows)  # type: ignore[arg-type]
    for direction, length, rows in product(("TB", "LR"), (300.0, 700.0), ("turn", "return"))
]
LISTS = [Listing(), Listing(labels=True), Listing(guides=False, arrows=True, labels=True)]


@pytest.fixture(scope="module")
def generated() -> list[Workflow]:
    sizes = [one.workflow for one in generate_workflows("layout", 30, 4, 12)]
    return [*by_hand.ALL.values(), *sizes]


def blocks_of(diagram: Diagram, options: Blocks) -> Layout:
    slots = {name: content.slot for name, content in contents_of(diagram).items()}
    return lay_out_blocks(diagram, slots, lambda text: label_size(TYPE, text), options)


def check(diagram: Diagram, layout: Layout) -> None:
    """All nodes stand somewhere, and nothing overlaps."""
    assert set(layout.boxes) == {node.identifier for node in diagram.nodes}
    scene = compose(diagram.nodes, contents_of(diagram), layout, TYPE)
    assert collisions(scene) == []


@pytest.mark.parametrize("options", [*ALL_BLOCKS, *ROWS], ids=str)
def test_blocks_overlap_nowhere_and_draw_every_edge(
    options: Blocks, generated: list[Workflow]
) -> None:
    for number, workflow in enumerate(generated):
        ends = number % 2 == 0
        conventions = Conventions("edge" if number % 3 == 0 else "shape", ends)
        diagram = diagram_of(workflow, conventions)
        layout = blocks_of(diagram, options)
        check(diagram, layout)
        drawn = Counter(route.edge for route in layout.routes)
        assert drawn == Counter(diagram.edges)
        assert all(len(route.points) > 1 for route in layout.routes)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 100_000),
    size=st.integers(1, 40),
    options=st.sampled_from([*ALL_BLOCKS, *ROWS]),
    ends=st.booleans(),
    edge=st.booleans(),
)
def test_blocks_hold_for_flows_of_any_size(
    seed: int, size: int, options: Blocks, ends: bool, edge: bool
) -> None:
    (one,) = generate_workflows("law", 1, seed, size)
    diagram = diagram_of(one.workflow, Conventions("edge" if edge else "shape", ends))
    check(diagram, blocks_of(diagram, options))


@pytest.mark.parametrize("options", LISTS, ids=str)
def test_lists_overlap_nowhere(options: Listing, generated: list[Workflow]) -> None:
    for workflow in generated:
        diagram = diagram_of(workflow)
        slots = {name: content.slot for name, content in contents_of(diagram).items()}
        layout = lay_out_list(diagram, slots, lambda text: label_size(TYPE, text), options)
        check(diagram, layout)
        rows = [layout.boxes[node.identifier] for node in diagram.nodes]
        assert [row.y for row in rows] == sorted(row.y for row in rows)
        for node, row in zip(diagram.nodes, rows, strict=True):
            assert row.x == options.margin + node.depth * options.indent


@pytest.mark.parametrize("rankdir", ["TB", "LR"])
@pytest.mark.parametrize("splines", ["true", "polyline"])
def test_dot_overlaps_nowhere_or_gives_way(
    rankdir: str, splines: str, generated: list[Workflow]
) -> None:
    for workflow in generated:
        diagram = diagram_of(workflow)
        scene = scene_of(diagram, Dot(rankdir, splines))  # type: ignore[arg-type]
        assert collisions(scene) == []
        assert len(scene.shapes) == len(diagram.nodes)
        assert {each.edge for each in scene.connectors} == set(diagram.edges)


def test_a_loop_of_one_step_is_a_pair_of_arrows() -> None:
    workflow = flow(step(1, "for all", "FOREACH"), step(2, "close it", "update_record", 1))
    diagram = diagram_of(workflow)
    layout = blocks_of(diagram, Blocks(loop="pair"))
    there = next(r for r in layout.routes if r.edge.head == "step2")
    back = next(r for r in layout.routes if r.edge.back)
    assert len(there.points) == len(back.points) == 2
    # Two upright arrows beside each other, one down and one up.
    assert there.points[0][0] == there.points[1][0] < back.points[0][0] == back.points[1][0]
    assert there.points[0][1] < there.points[1][1]
    assert back.points[0][1] > back.points[1][1]


def test_a_way_back_runs_beside_the_loops_body() -> None:
    diagram = diagram_of(by_hand.BRANCHED_LOOP)
    layout = blocks_of(diagram, Blocks())
    inside = [layout.boxes[f"step{number}"] for number in range(3, 9)]
    for route in layout.routes:
        if route.edge.back:
            assert min(x for x, _ in route.points) < min(box.x for box in inside)


def test_rows_turn_like_a_snake_or_return() -> None:
    long = flow(*(step(n, f"send email number {n}", "send_email") for n in range(1, 13)))
    diagram = diagram_of(long)
    turned = blocks_of(diagram, Blocks(direction="LR", longest_row=500))
    rows: dict[float, list[float]] = {}
    for node in diagram.nodes:
        box = turned.boxes[node.identifier]
        rows.setdefault(round(box.centre[1]), []).append(box.x)
    assert len(rows) >= 3
    for number, places in enumerate(rows.values()):
        assert places == sorted(places, reverse=number % 2 == 1)
    returned = blocks_of(diagram, Blocks(direction="LR", longest_row=500, rows="return"))
    firsts = [places for places in rows.values() if len(places) > 1]
    assert firsts
    for node in diagram.nodes[1:]:
        before = returned.boxes[diagram.nodes[diagram.nodes.index(node) - 1].identifier]
        box = returned.boxes[node.identifier]
        assert box.x > before.x or box.y > before.bottom


@pytest.mark.parametrize("wish", ["portrait", "landscape"])
@pytest.mark.parametrize("plan", [Dot(), Blocks(), Blocks(direction="LR", fork="straight")])
def test_a_plan_is_turned_until_it_has_the_orientation(
    wish: str, plan: Dot | Blocks, generated: list[Workflow]
) -> None:
    found = Counter()  # type: ignore[var-annotated]
    for workflow in generated:
        scene = scene_of(diagram_of(workflow), plan, wish)  # type: ignore[arg-type]
        assert collisions(scene) == []
        # Of two shapes or three, the wider side may be theirs: the page is made to fit, then.
        if len(scene.shapes) >= 4:
            found[(scene.width > scene.height) == (wish == "landscape")] += 1
    assert found[True] >= 0.95 * found.total() > 15


def test_flows_that_would_run_too_wide_break_into_rows() -> None:
    long = flow(*(step(n, "send an email to the manager", "send_email") for n in range(1, 30)))
    for plan in (Dot("LR"), Blocks(direction="LR"), Blocks(direction="LR", lines="straight")):
        assert scene_of(diagram_of(long), plan).width <= LONGEST_ROW


def test_where_graphviz_fails_blocks_take_its_place_and_the_graph_is_named(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def run(self, source: str, picture: bool) -> tuple[str, bytes | None]:
            raise DrawingError("Graphviz ended over the graph")

    diagram = diagram_of(by_hand.TRY_CATCH, title="lab_000007")
    monkeypatch.setattr(arranging, "graphviz", Broken)
    with caplog.at_level(logging.WARNING):
        scene = arrange(diagram, contents_of(diagram), TYPE, Dot())
    assert collisions(scene) == []
    assert "lab_000007: Graphviz ended over the graph" in caplog.text


def test_without_graphviz_blocks_take_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arranging, "graphviz", lambda: None)
    diagram = diagram_of(by_hand.BRANCHED_LOOP)
    scene = scene_of(diagram, Dot())
    assert collisions(scene) == []
    # Blocks draw straight pieces, Graphviz curves.
    assert not any(connector.smooth for connector in scene.connectors)


def test_a_layout_of_dot_that_overlaps_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    class Heap:
        def run(self, source: str, picture: bool) -> tuple[str, bytes | None]:
            nodes = [line.split()[0] for line in source.splitlines() if line.startswith("step")]
            lines = [f"node {name} 1 1 1 1 x solid box black white" for name in nodes]
            return "\n".join(["graph 1 3 3", *lines, "stop"]), None

    diagram = diagram_of(
        flow(step(1, "a", "log"), step(2, "b", "log")).model_copy(update={"trigger": None})
    )
    monkeypatch.setattr(arranging, "graphviz", Heap)
    scene = scene_of(diagram, Dot())
    assert collisions(scene) == []
