"""Pictures that Graphviz itself rasters, plain or with attributes; ours where there is none."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

from synth.diagram import Conventions, Diagram, DrawingError, Node
from synth.drawing.arranging import LONGEST_ROW
from synth.drawing.clean import graphviz_looks
from synth.drawing.clean.colours import code_of
from synth.drawing.clean.graphviz_text import DENSITY, POINT, GraphvizFitting
from synth.drawing.clean.look import CleanLook
from synth.drawing.clean.themes import Arrows, Paint
from synth.drawing.encoding import Format, Pixels, decode, decode_indexed
from synth.drawing.engine import Graphviz, graphviz
from synth.drawing.geometry import Point, Route, check_size
from synth.drawing.layouts.dot import Dot, read_plain
from synth.drawing.looks import Brief, Painting
from synth.drawing.outlines import Outline
from synth.drawing.scene import Connector, Scene, compose, label_size
from synth.pictures import orientation_of

if TYPE_CHECKING:
    from graphviz import Digraph

logger = logging.getLogger(__name__)

_SHAPES: dict[Outline, str] = {
    "none": "plaintext",
    "slanted": "parallelogram",
    "rounded": "box",
    "pill": "box",
}
_HEADS = {"open": "vee", "hollow": "empty", "block": "normal"}


@dataclass(frozen=True)
class GraphvizScene(Scene):
    """A scene that Graphviz laid out, with the graph that it rasters, all but the density.

    `inset` is how far right of and below the page's corner its picture lies.
    """

    source: str = ""
    inset: Point = (0.0, 0.0)

    def on_page(self, width: float, height: float) -> Scene:
        """Return the scene in the middle of a page that is larger."""
        page = super().on_page(width, height)
        if page is self:
            return self
        x, y = (page.width - self.width) / 2, (page.height - self.height) / 2
        inset = (self.inset[0] + x, self.inset[1] + y)
        return GraphvizScene(
            *(page.width, page.height, page.shapes, page.connectors, page.guides),
            source=self.source,
            inset=inset,
        )


@dataclass(frozen=True)
class GenuineLook:
    """A look whose pixels are Graphviz's own; `ours` says what it asks for, and stands in."""

    ours: CleanLook

    @property
    def fonts(self) -> tuple[str, ...]:
        return self.ours.fonts

    @property
    def format(self) -> Format:
        return "png"

    @property
    def conventions(self) -> Conventions:
        return self.ours.conventions

    def arrange(self, diagram: Diagram) -> Scene:
        """Return the scene as Graphviz laid it out, or ours where it has no such picture."""
        engine, wished = graphviz(), self.ours.orientation
        for plan in self._plans():
            if engine is None:
                break
            try:
                scene = self._laid_out(engine, diagram, plan)
            except DrawingError as error:
                logger.warning("%s: %s; we draw it ourselves", diagram.title, error)
                break
            found = orientation_of(round(scene.width), round(scene.height))
            fits = scene.width <= LONGEST_ROW or plan.rankdir == "TB"
            if fits and (wished is None or found == wished):
                return scene
        return self.ours.arrange(diagram)

    def paint(self, scene: Scene, scale: float, random: Random) -> Painting:
        """Return Graphviz's raster of a scene of its own, else our picture."""
        engine = graphviz()
        if engine is None or not isinstance(scene, GraphvizScene):
            return self.ours.paint(scene, scale, random)
        check_size(scene.width * scale, scene.height * scale)
        source = f"{scene.source.rstrip()[:-1]}graph [dpi={DENSITY * scale:g}]\n}}\n"
        _, picture = engine.run(source, picture=True)
        assert picture is not None
        pixels = _cleaned(picture, self.ours.theme.grey)
        if scene.inset != (0.0, 0.0):
            pixels = _on_page(pixels, scene, scale)
        return Painting(pixels)

    def _plans(self) -> Iterator[Dot]:
        plan = self.ours.plan
        assert isinstance(plan, Dot)
        yield plan
        yield replace(plan, rankdir="LR" if plan.rankdir == "TB" else "TB")

    def _laid_out(self, engine: Graphviz, diagram: Diagram, plan: Dot) -> GraphvizScene:
        ours = self.ours
        contents = ours.fitting.contents(diagram.nodes, ours.wording, ours.theme)
        source = self._graph(diagram, plan).source
        plain, _ = engine.run(source, picture=False)

        def size(text: str) -> tuple[float, float]:
            return label_size(ours.label, text)

        layout = read_plain(plain, diagram, size, plan.margin, DENSITY)
        scene = compose(diagram.nodes, contents, layout, ours.label, ours.theme.radius)
        connectors = tuple(
            self._as_routed(each, route)
            for each, route in zip(scene.connectors, layout.routes, strict=True)
        )
        return GraphvizScene(scene.width, scene.height, scene.shapes, connectors, source=source)

    def _as_routed(self, connector: Connector, route: Route) -> Connector:
        """Return a connector on Graphviz's own way, which ends where the head begins."""
        *way, last = route.points
        tip = connector.way[-1]
        near = math.dist(last, tip) < 2 * self.ours.theme.arrows.size
        return replace(connector, way=(*way, tip if near else last))

    def _graph(self, diagram: Diagram, plan: Dot) -> Digraph:
        from graphviz import Digraph, nohtml

        theme, text = self.ours.theme, self.ours.wording.text
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
            lines = self.ours.wording.lines(node)
            label = "\\n".join([escaped(line) for line, _, _ in lines])
            graph.node(node.identifier, nohtml(label), **self._attributes(node))
        for edge in diagram.edges:
            # The spaces keep the word off its line.
            label = f" {edge.label} " if edge.label else ""
            broken = {"style": "dashed"} if theme.arrows.breaks(edge) else {}
            graph.edge(edge.tail, edge.head, label or None, **broken)
        return graph

    def _attributes(self, node: Node) -> dict[str, str]:
        paint, fitting = self.ours.theme.paint_of(node), self.ours.fitting
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


def _cleaned(picture: bytes, grey: bool) -> Pixels:
    """Return the pixels of a raster of Graphviz's, its ground as it was asked for."""
    import cv2
    import numpy as np

    # Graphviz's white comes out a shade darker: make it white.
    whitened = np.arange(256, dtype=np.uint8)
    whitened[251:] = 255
    indexed = decode_indexed(picture)
    pixels: Pixels
    if indexed is None:
        pixels = cv2.LUT(decode(picture, colour=not grey), whitened)
    elif grey:
        indices, table = indexed
        pixels = cv2.LUT(indices, cv2.LUT(cv2.cvtColor(table, cv2.COLOR_BGR2GRAY), whitened))
    else:
        indices, table = indexed
        pixels = cv2.applyColorMap(indices, cv2.LUT(table, whitened))
    # The outermost pixels are ground that Graphviz covers in part, hence greyish.
    ground = pixels[2, 2].copy()
    pixels[[0, -1]] = ground
    pixels[:, [0, -1]] = ground
    return pixels


def _on_page(pixels: Pixels, scene: GraphvizScene, scale: float) -> Pixels:
    """Return a raster on the scene's page, whose ground is the raster's."""
    import numpy as np

    height, width = math.ceil(scene.height * scale), math.ceil(scene.width * scale)
    page = np.empty((height, width, *pixels.shape[2:]), np.uint8)
    page[:] = pixels[0, 0]
    left, top = round(scene.inset[0] * scale), round(scene.inset[1] * scale)
    seen = pixels[: height - top, : width - left]
    page[top : top + len(seen), left : left + seen.shape[1]] = seen
    return page


def genuine(random: Random, brief: Brief) -> GenuineLook:
    """Return a look of Graphviz's own: plain half of the time, else with attributes."""
    makers = (graphviz_looks.varied, graphviz_looks.dark, graphviz_looks.bold)
    maker = graphviz_looks.plain if random.random() < 0.55 else random.choice(makers)
    return GenuineLook(maker(random, brief))
