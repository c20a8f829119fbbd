"""A diagram as a graph in Graphviz's language, with the attributes that a look asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synth.diagram import Diagram, Node
from synth.drawing.clean.graphviz_text import DENSITY, POINT, GraphvizFitting
from synth.drawing.clean.look import CleanLook
from synth.drawing.clean.themes import Arrows, Paint
from synth.drawing.colours import code_of
from synth.drawing.layouts.dot import Dot
from synth.drawing.outlines import Outline

if TYPE_CHECKING:
    from graphviz import Digraph

_SHAPES: dict[Outline, str] = {
    "none": "plaintext",
    "slanted": "parallelogram",
    "rounded": "box",
    "pill": "box",
}
_HEADS = {"open": "vee", "hollow": "empty", "block": "normal"}


def graph_of(diagram: Diagram, look: CleanLook, plan: Dot) -> Digraph:
    """Return the graph of a diagram with the attributes that a look asks for."""
    from graphviz import Digraph, nohtml

    theme, text = look.theme, look.wording.text
    font = {"fontname": text.face.name, "fontsize": f"{text.size / POINT:g}"}
    graph = Digraph(
        graph_attr={
            "rankdir": plan.rankdir,
            "splines": plan.splines,
            "nodesep": f"{plan.nodesep / DENSITY:.3f}",
            "ranksep": f"{plan.ranksep / DENSITY:.3f}",
            "pad": f"{plan.margin / DENSITY:.3f}",
            "bgcolor": code_of(theme.ground),
        },
        node_attr={**font, "width": "0.1", "height": "0.1"},
        edge_attr={
            **font,
            **_arrow_attributes(theme.arrows),
            "fontcolor": code_of(theme.label),
        },
    )
    for node in diagram.nodes:
        lines = look.wording.lines(node)
        label = "\\n".join([escaped(line) for line, _, _ in lines])
        graph.node(node.identifier, nohtml(label), **_node_attributes(node, look))
    for edge in diagram.edges:
        # The spaces keep the word off its line.
        label = f" {edge.label} " if edge.label else ""
        broken = {"style": "dashed"} if theme.arrows.breaks(edge) else {}
        graph.edge(edge.tail, edge.head, label or None, **broken)
    return graph


def _node_attributes(node: Node, look: CleanLook) -> dict[str, str]:
    paint, fitting = look.theme.paint_of(node), look.fitting
    assert isinstance(fitting, GraphvizFitting)
    grown = paint.outline in ("diamond", "ellipse", "hexagon")
    across, down = fitting.tight if grown else fitting.pad
    return {
        "shape": _SHAPES.get(paint.outline, paint.outline),
        "margin": f"{across / 72:.3f},{down / 72:.3f}",
        **_paint_attributes(paint),
    }


def _paint_attributes(paint: Paint) -> dict[str, str]:
    styles = ["rounded"] * (paint.outline in ("rounded", "pill")) + ["filled"]
    return {
        "style": ",".join(styles),
        "fillcolor": code_of(paint.fill),
        "color": code_of(paint.line),
        "fontcolor": code_of(paint.ink),
        "penwidth": f"{paint.width / POINT:g}",
        "peripheries": "2" if paint.doubled else "1",
    }


def _arrow_attributes(arrows: Arrows) -> dict[str, str]:
    return {
        "color": code_of(arrows.colour),
        "penwidth": f"{arrows.width / POINT:g}",
        "arrowhead": _HEADS.get(arrows.head, arrows.head),
        "arrowsize": f"{arrows.size / 10 / POINT:.2f}",
        "dir": "both" if arrows.ball else "forward",
        "arrowtail": "dot",
    }


def escaped(text: str) -> str:
    """Return `text` as a part of a label of the DOT language that is drawn letter by letter.

    Graphviz reads backslashes as escapes and ampersands as entities; neither is meant here.
    """
    from graphviz import escape

    return str(escape(text.replace("&", "&amp;")))
