"""Pictures that Graphviz itself rasters, plain or with attributes; ours where there is none.

"synthetic dot" in a manifest therefore says that Graphviz was asked, not that it drew: the name
stays where there is no Graphviz, where it fails over a graph's layout (which only the log says),
and where its layout would be too wide or not of the wished orientation.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from synth.diagram import Conventions, Diagram, DrawingError
from synth.drawing.arranging import LONGEST_ROW
from synth.drawing.clean import graphviz_looks
from synth.drawing.clean.graphviz_source import graph_of
from synth.drawing.clean.graphviz_text import DENSITY
from synth.drawing.clean.look import CleanLook
from synth.drawing.encoding import Format, Pixels, decode, decode_indexed
from synth.drawing.engine import Graphviz, graphviz
from synth.drawing.geometry import Point, Route, check_size
from synth.drawing.layouts.dot import Dot, read_plain
from synth.drawing.looks import Brief, Painting
from synth.drawing.scene import Connector, Scene, compose, label_size
from synth.pictures import orientation_of

logger = logging.getLogger(__name__)


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
        source = graph_of(diagram, ours, plan).source
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
