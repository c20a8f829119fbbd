"""Block-structured processes read as their blocks; nothing else does, and nothing raises."""

from __future__ import annotations

import itertools
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sketch2flow.workflow import Component, structure_errors
from tests.synth.readers.bpmn_files import bpmn, flows, node, outline, read
from tests.synth.readers.bpmn_trees import Tree, built, trees

SHARED = settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None)


@SHARED
@given(tree=trees(3))
def test_every_tree_of_blocks_reads_as_itself(tree: Tree, tmp_path: Path) -> None:
    text, wanted = built(tree)
    reading = read(tmp_path, text)
    assert outline(reading) == wanted
    assert structure_errors(reading.items[0].workflow) == ()


Ways = dict[str, list[str]]


@st.composite
def graphs(draw: st.DrawFn, forward: bool, parallel: bool) -> tuple[str, Ways]:
    """Return a random process of tasks and gateways as a file, and its ways with its tasks.

    `forward`: without loops; `parallel`: with parallel gateways.
    """
    names = [f"n{number}" for number in range(draw(st.integers(2, 9)))]
    able = ["serviceTask", "serviceTask", "exclusiveGateway", "exclusiveGateway"]
    able += ["parallelGateway"] * parallel
    kinds = {name: draw(st.sampled_from(able)) for name in names}
    ways: Ways = defaultdict(list, start=[names[0]])
    for place, name in enumerate(names):
        later = [*names[place + 1 :], "end"][:3]
        targets = later if forward or draw(st.integers(0, 3)) else names[1:] or later
        most = 1 if kinds[name] == "serviceTask" else 3
        ways[name] = draw(st.lists(st.sampled_from(targets), min_size=1, max_size=most))
    reached = {name for targets in ways.values() for name in targets}
    for place, name in enumerate(names[1:], 1):
        if name not in reached:  # so that nothing is a second start
            source = draw(st.sampled_from(names[:place]))
            kinds[source] = kinds[source].replace("serviceTask", "exclusiveGateway")
            ways[source].append(name)
    parts = [node(kinds[name], name, name) for name in names]
    pairs = [(source, target) for source, targets in ways.items() for target in targets]
    drawn = [f"{source} > {target}: way {number}" for number, (source, target) in enumerate(pairs)]
    tasks = sorted(name for name in names if kinds[name] == "serviceTask")
    return bpmn(*parts, flows(*drawn)), {**ways, "tasks": tasks}


@settings(SHARED, max_examples=300)
@given(graph=graphs(forward=False, parallel=True))
def test_of_any_graph_no_task_is_lost_or_doubled(graph: tuple[str, Ways], tmp_path: Path) -> None:
    text, ways = graph
    reading = read(tmp_path, text)
    assert len(reading.items) + len(reading.skipped) == 1
    for item in reading.items:
        components = item.workflow.components
        written = [one.annotation for one in components if one.category == "action"]
        assert sorted(written) == ways["tasks"]
        assert structure_errors(item.workflow) == ()


Trace = tuple[str, ...]
LONGEST = 7


def traces_of_graph(ways: Ways) -> set[Trace]:
    """Return the orders in which the tasks of a process can run, up to LONGEST tasks."""
    found: set[Trace] = set()
    waiting: list[tuple[str, Trace]] = [("start", ())]
    seen = set(waiting)
    while waiting:
        name, trace = waiting.pop()
        trace += (name,) if name in ways["tasks"] else ()
        if name == "end":
            found.add(trace)
        for target in ways.get(name, []):
            if len(trace) <= LONGEST and (target, trace) not in seen:
                seen.add((target, trace))
                waiting.append((target, trace))
    return {trace for trace in found if len(trace) <= LONGEST}


Runs = set[tuple[Trace, bool]]  # traces, and whether the flow ended in them


def one_by_one(first: Runs, second: Runs) -> Runs:
    pairs = ((one, more) for one in first for more in ([((), True)] if one[1] else second))
    joined = {(trace + more, over) for (trace, _), (more, over) in pairs}
    return {run for run in joined if len(run[0]) <= LONGEST}


def traces_of_document(components: tuple[Component, ...]) -> set[Trace]:
    """Return the orders in which the document's actions can run; END ends all.

    Conditions are taken for chance: a loop may be left or go on whatever its last test said.
    """
    children: dict[int | None, list[Component]] = defaultdict(list)
    for one in components:
        children[one.block].append(one)

    def step(component: Component, behind: list[Component]) -> Runs:
        match component.definition:
            case "END":
                return {((), True)}
            case "IF":
                found = run(component.order)
                while behind and behind[0].definition == "ELSEIF":
                    found |= run(behind.pop(0).order)
                has_else = behind and behind[0].definition == "ELSE"
                return found | (run(behind.pop(0).order) if has_else else {((), False)})
            case "DOUNTIL":
                body = run(component.order)
                found, new = set(body), body
                while new := one_by_one(new, body) - found:
                    found |= new
                return found
        return {((component.annotation,), False)}

    def run(block: int | None) -> Runs:
        done: Runs = {((), False)}
        steps = list(children[block])
        while steps:
            done = one_by_one(done, step(steps.pop(0), steps))
        return done

    return {trace for trace, _ in run(None)}


@settings(SHARED, max_examples=300)
@given(graph=graphs(forward=True, parallel=False))
def test_a_process_without_loops_runs_as_it_was_drawn(
    graph: tuple[str, Ways], tmp_path: Path
) -> None:
    text, ways = graph
    for item in read(tmp_path, text).items:
        assert traces_of_document(item.workflow.components) == traces_of_graph(ways)


@settings(SHARED, max_examples=400)
@given(graph=graphs(forward=False, parallel=False))
def test_a_process_with_loops_can_run_as_it_was_drawn(
    graph: tuple[str, Ways], tmp_path: Path
) -> None:
    text, ways = graph
    for item in read(tmp_path, text).items:
        assert traces_of_document(item.workflow.components) >= traces_of_graph(ways)


def chain(count: int) -> str:
    names = ["start", *(f"t{number}" for number in range(count)), "end"]
    steps = [node("serviceTask", name, name) for name in names[1:-1]]
    return bpmn(*steps, flows(*(f"{a} > {b}" for a, b in itertools.pairwise(names))))


def nested(depth: int) -> str:
    """Return tests inside tests: each first branch holds the next."""
    parts, ways = [], ["start > s0"]
    for level in range(depth):
        parts += [node("exclusiveGateway", f"{kind}{level}") for kind in "sj"]
        parts += [node("serviceTask", f"{kind}{level}") for kind in "ab"]
        ways += [f"s{level} > a{level}: yes", f"s{level} > b{level}: no", f"b{level} > j{level}"]
        inner, outer = f"s{level + 1}", f"j{level + 1}"
        if level == depth - 1:
            ways.append(f"a{level} > j{level}")
        else:
            ways += [f"a{level} > {inner}", f"{outer} > j{level}"]
    return bpmn(*parts, flows(*ways, "j0 > end"))


def test_long_processes_are_read_up_to_the_limit(tmp_path: Path) -> None:
    assert len(outline(read(tmp_path, chain(1_000)))) == 1_000
    (skipped,) = read(tmp_path, chain(1_001)).skipped
    assert skipped.reason == "more than 1,000 components"
    (skipped,) = read(tmp_path, chain(2_000)).skipped
    assert skipped.reason == "more than 2,000 steps, events and gateways"


def test_deep_processes_are_read_up_to_the_limit(tmp_path: Path) -> None:
    assert len(outline(read(tmp_path, nested(40)))) == 160
    for depth in (41, 400):
        (skipped,) = read(tmp_path, nested(depth)).skipped
        assert skipped.reason == "blocks are nested deeper than 40"


def test_many_early_ends_do_not_nest(tmp_path: Path) -> None:
    parts, ways = [], ["start > s0"]
    for level in range(300):
        parts += [node("exclusiveGateway", f"s{level}"), node("serviceTask", f"t{level}")]
        parts.append(node("endEvent", f"e{level}"))
        after = "end" if level == 299 else f"s{level + 1}"
        ways += [f"s{level} > t{level}: stop", f"t{level} > e{level}", f"s{level} > {after}: go"]
    found = outline(read(tmp_path, bpmn(*parts, flows(*ways))))
    assert len(found) == 299 * 3 + 2
    assert [definition for _, definition, _ in found[-4:]] == [
        "send_rest_request", "END", "IF", "send_rest_request",
    ]  # fmt: skip


def deep_subprocesses(depth: int) -> str:
    inside = node("serviceTask", "innermost")
    for level in range(depth):
        inside = node("subProcess", f"sub{level}", inside=inside)
    return bpmn(inside, flows(f"start > sub{depth - 1}", f"sub{depth - 1} > end"))


@pytest.mark.parametrize(("depth", "sound"), [(90, True), (99, False), (5_000, False)])
def test_deep_subprocesses_hit_no_recursion_limit(depth: int, sound: bool, tmp_path: Path) -> None:
    reading = read(tmp_path, deep_subprocesses(depth))
    assert bool(reading.items) == sound
    if not sound:
        assert reading.skipped[0].reason == "elements are nested deeper than 100"
