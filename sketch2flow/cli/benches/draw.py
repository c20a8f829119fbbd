"""`sketch2flow bench draw`: pictures per second of each source against Graphviz per picture."""

from __future__ import annotations

import math
import multiprocessing
import shutil
import statistics
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from sketch2flow.cli.benches.figures import Figure, cpu_seconds, json_option, report

if TYPE_CHECKING:
    from graphviz import Digraph

    from sketch2flow.workflow import Workflow

# Source -> sizes of its pictures in megapixels, and the least ratio that is aimed at.
CASES = (
    ("synthetic", 0.4, 8),
    ("synthetic", 1.2, 8),
    ("digital", 0.4, 6),
    ("digital", 1.2, 6),
    ("ui", 0.4, 6),
    ("ui", 1.2, 6),
    ("manual", 1.0, 3),
    ("whiteboard", 1.0, 3),
)

# Long flows get more pixels than wanted rather than letters that photos would make illegible.
READABLE_SCALE = 1.0


class _Job(NamedTuple):
    """A document to draw: ours by seed and scale, the baseline's by dots per inch.

    Both have about the wanted pixels.
    """

    workflow: Workflow
    seed: str
    scale: float
    dpi: float


@click.command()
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True)
@click.option("--documents", type=click.IntRange(1), default=80, show_default=True, help="A round.")
@click.option("--max-components", type=int, default=20, show_default=True)
@click.option(
    "--warm-up",
    type=click.IntRange(0),
    default=1000,
    show_default=True,
    help="Pictures of a source that are drawn before those that count.",
)
@click.option("--seed", type=int, default=0, show_default=True)
@json_option
def command(
    rounds: int,
    documents: int,
    max_components: int,
    warm_up: int,
    seed: int,
    output: Path | None,
) -> None:
    """Draw new documents in every source, and the same ones with a fresh Graphviz each.

    The baseline is `graphviz.Digraph.pipe(format="png")`, one `dot` a picture, each at the dpi
    that gives it as many pixels; where there is no `dot`, `AGraph.draw(format="png")` of
    pygraphviz. Both make files. The figures are medians over the rounds, of process CPU time
    with that of child processes; every round has documents of its own, so that no text comes
    twice. Styles come as often as in a data set. Documents have at least 4 steps: smaller ones
    would need letters of giants to fill a megapixel.

    Letters are kept by face and size. Here every picture has a size of its own, as in no data
    set, where most have one: so a worker is measured that has drawn --warm-up other documents,
    as it soon has, at sizes of the same range. What the very first round took is reported too.
    """
    from sketch2flow.cli.extras import require_drawing
    from synth.draw import Wish, draw
    from synth.drawing.engine import end_processes
    from synth.drawing.memory import keep_freed_memory

    require_drawing()
    keep_freed_memory()  # as workers do
    name, draw_plainly = _baseline()
    figures = []
    first = {}
    for source, megapixels, _ in CASES:
        case = f"{source}, {megapixels:g} megapixels"
        ours: list[float] = []
        plain: list[float] = []
        # One round more: the first is drawn by a worker that knows nothing.
        sizes = source, megapixels, 1 + rounds, documents, max_components, seed
        for number, jobs in enumerate(_apart(_rounds, *sizes)):
            if number == 1:
                _warm_up(source, jobs, warm_up, max_components, seed)
            end_processes()
            start = cpu_seconds()
            for job in jobs:
                draw(job.workflow, source, job.seed, wish=Wish(scale=job.scale))
            end_processes()  # a child's time is known when it has ended
            middle = cpu_seconds()
            draw_plainly(jobs)
            ours.append((middle - start) / len(jobs))
            plain.append((cpu_seconds() - middle) / len(jobs))
        first[case] = plain.pop(0) / ours.pop(0)
        figures.append(
            Figure(
                case,
                1 / statistics.median(ours),
                1 / statistics.median(plain),
            )
        )
    report(
        f"draw, {rounds} rounds of {documents} documents of 4 to {max_components} steps",
        figures,
        subject="sketch2flow",
        baseline=name,
        unit="pictures per CPU second",
        output=output,
        more={
            "least_ratios": {f"{s}, {m:g} megapixels": least for s, m, least in CASES},
            "ratios_of_the_first_round": first,
            "warm_up": warm_up,
        },
    )


def _apart(function: Callable[..., list[list[_Job]]], *arguments: object) -> list[list[_Job]]:
    """Return what a function returns, called in a process of its own.

    Sizing the jobs draws them: no letter and no texture of theirs may be known here afterwards.
    """
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as apart:
        return apart.submit(function, *arguments).result()


def _warm_up(source: str, jobs: Sequence[_Job], count: int, most: int, seed: int) -> None:
    """Draw `count` other documents at chance sizes within those of the jobs."""
    from random import Random

    from synth.draw import DrawingFailure, Wish, draw_job
    from synth.generate import generate_workflows

    scales = [job.scale for job in jobs]
    random = Random(f"{seed}/{source}")
    for number, one in enumerate(generate_workflows("bench_warm_up", count, seed, most)):
        wish = Wish(scale=random.uniform(min(scales), max(scales)))
        job = f"warm_up_{number}", one.workflow, "train", source, seed, wish
        _, drawn = draw_job(job)
        if isinstance(drawn, DrawingFailure):
            click.echo(f"not drawn: {drawn.reason}", err=True)


def _rounds(
    source: str, megapixels: float, rounds: int, documents: int, max_components: int, seed: int
) -> list[list[_Job]]:
    """Return the jobs of each round."""
    from random import Random

    from synth.diagram import diagram_of
    from synth.draw import choose_look
    from synth.drawing.sizing import LARGEST_SCALE
    from synth.generate import generate_workflows

    workflows = (
        one.workflow
        for block in range(10_000)
        for one in generate_workflows(f"bench_{block}", 100, seed, max_components)
        if len(one.workflow.components) >= 4
    )
    found = []
    for number in range(rounds):
        jobs = []
        for index in range(documents):
            workflow, key = next(workflows), f"{seed}/{number}/{index}"
            _, look = choose_look(diagram_of(workflow), source, key)
            scene = look.arrange(diagram_of(workflow, look.conventions))
            wanted = math.sqrt(megapixels * 1e6 / (scene.width * scene.height))
            scale = min(LARGEST_SCALE, max(READABLE_SCALE, wanted))
            painted = look.paint(scene, scale, Random(0)).pixels
            # Photos are larger than what is drawn: their page counts.
            grown = painted.shape[0] * painted.shape[1] / (scene.width * scene.height * scale**2)
            scale = min(LARGEST_SCALE, max(READABLE_SCALE, scale / math.sqrt(grown)))
            area = scene.width * scene.height * scale**2 * grown
            jobs.append(_Job(workflow, key, scale, _dpi(workflow, area)))
        found.append(jobs)
    return found


def _baseline() -> tuple[str, Callable[[Sequence[_Job]], None]]:
    """Return the baseline's name and its way to draw documents: defaults, plain labels."""
    from synth.drawing.fonts import use_our_fonts

    use_our_fonts()
    if shutil.which("dot"):
        return "graphviz.Digraph.pipe", _with_dot
    return "pygraphviz.AGraph.draw", _with_library


def _dpi(workflow: Workflow, area: float) -> float:
    """Return the dots per inch at which Graphviz's default drawing has `area` pixels."""
    from synth.drawing.engine import graphviz

    engine = graphviz()
    if engine is None:
        raise click.ClickException("the baseline is Graphviz, and there is none: install graphviz")
    plain, _ = engine.run(_graph(workflow, 72).source, picture=False)
    width, height = map(float, plain.split(maxsplit=4)[2:4])
    return math.sqrt(area / (width * height))


def _graph(workflow: Workflow, dpi: float) -> Digraph:
    from graphviz import Digraph, escape

    from synth.diagram import diagram_of
    from synth.drawing.fonts import wrap

    diagram = diagram_of(workflow)
    graph = Digraph(graph_attr={"dpi": f"{dpi:.2f}"}, node_attr={"fontname": "Liberation Serif"})
    for node in diagram.nodes:
        shape = "diamond" if node.kind == "logic" else "box"
        label = "\\n".join(map(escape, [*wrap(node.text, 20), f"({node.name})"]))
        graph.node(node.identifier, label, shape=shape)
    for edge in diagram.edges:
        graph.edge(edge.tail, edge.head, label=edge.label)
    return graph


def _with_dot(jobs: Sequence[_Job]) -> None:
    for job in jobs:
        _graph(job.workflow, job.dpi).pipe(format="png")


def _with_library(jobs: Sequence[_Job]) -> None:
    from pygraphviz import AGraph

    for job in jobs:
        graph = AGraph(string=_graph(job.workflow, job.dpi).source)
        graph.draw(format="png", prog="dot")
        graph.close()
