"""`sketch2flow bench draw`: pictures per second of each source against Graphviz per picture."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from sketch2flow.cli.benches.figures import Figure, cpu_seconds, json_option, report
from sketch2flow.cli.ranges import FiniteRange
from sketch2flow.workflow import Workflow


@click.command()
@click.option("--seconds", type=FiniteRange(0.01), default=2.0, show_default=True)
@click.option("--documents", "count", type=click.IntRange(1), default=60, show_default=True)
@click.option("--max-components", type=int, default=8, show_default=True)
@click.option("--scale", type=FiniteRange(0.5, 4), default=1.0, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
@json_option
def command(
    seconds: float, count: int, max_components: int, scale: float, seed: int, output: Path | None
) -> None:
    """Draw the same generated documents in every source and with a fresh Graphviz each.

    The baseline is `graphviz.Digraph.pipe(format="png")`, one `dot` a picture; where there is no
    `dot`, one `AGraph.draw(format="png")` of pygraphviz a picture, which starts no process. CPU
    time counts child processes.
    """
    from sketch2flow.cli.extras import require_drawing
    from synth.draw import SOURCES, draw
    from synth.drawing.engine import end_processes
    from synth.generate import generate_workflows

    require_drawing()
    documents = [one.workflow for one in generate_workflows("bench", count, seed, max_components)]
    name, draw_plainly = _baseline(scale)
    plain = _rate(lambda: draw_plainly(documents), count, seconds, end_processes)
    figures = []
    for source in SOURCES:

        def draw_documents(source: str = source) -> None:
            for index, document in enumerate(documents):
                draw(document, source, f"{seed}/{index}", scale=scale)

        figures.append(Figure(source, _rate(draw_documents, count, seconds, end_processes), plain))
    report(
        f"draw, {count} documents of 1 to {max_components} steps, scale {scale:g}",
        figures,
        subject="sketch2flow",
        baseline=name,
        unit="pictures per CPU second",
        output=output,
    )


def _rate(
    run: Callable[[], object], items: int, seconds: float, end_processes: Callable[[], None]
) -> float:
    """Return items per CPU second, that of child processes included, after one warm-up run."""
    run()
    end_processes()
    calls = 0
    start = cpu_seconds()
    while calls == 0 or cpu_seconds() - start < seconds:
        run()
        # A child's time is known when it has ended.
        end_processes()
        calls += 1
    return items * calls / (cpu_seconds() - start)


def _baseline(scale: float) -> tuple[str, Callable[[Sequence[Workflow]], None]]:
    """Return the baseline's name and its way to draw documents: defaults, plain labels."""
    from synth.drawing.fonts import use_our_fonts

    use_our_fonts()
    dpi = str(64 * scale)
    if shutil.which("dot"):
        return "graphviz.Digraph.pipe", lambda documents: _with_dot(documents, dpi)
    return "pygraphviz.AGraph.draw", lambda documents: _with_library(documents, dpi)


def _with_dot(documents: Sequence[Workflow], dpi: str) -> None:
    from graphviz import Digraph, escape

    from synth.diagram import diagram_of

    for document in documents:
        diagram = diagram_of(document)
        graph = Digraph(graph_attr={"dpi": dpi}, node_attr={"fontname": "Liberation Serif"})
        for node in diagram.nodes:
            shape = "diamond" if node.kind == "logic" else "box"
            graph.node(node.identifier, escape(_label(node.text, node.name)), shape=shape)
        for edge in diagram.edges:
            graph.edge(edge.tail, edge.head, label=edge.label)
        graph.pipe(format="png")


def _with_library(documents: Sequence[Workflow], dpi: str) -> None:
    from pygraphviz import AGraph

    from synth.diagram import diagram_of

    for document in documents:
        diagram = diagram_of(document)
        graph = AGraph(directed=True, strict=False, dpi=dpi)
        graph.node_attr["fontname"] = "Liberation Serif"
        for node in diagram.nodes:
            shape = "diamond" if node.kind == "logic" else "box"
            graph.add_node(node.identifier, label=_label(node.text, node.name), shape=shape)
        for edge in diagram.edges:
            graph.add_edge(edge.tail, edge.head, label=edge.label)
        graph.draw(format="png", prog="dot")
        graph.close()


def _label(text: str, name: str) -> str:
    from synth.drawing.fonts import wrap

    return "\n".join([*wrap(text, 20), f"({name})"])
