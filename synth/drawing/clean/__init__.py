"""Clean drawings: Graphviz's and those of drawing tools."""

from __future__ import annotations

from synth.drawing.clean import genuine, graphviz_looks
from synth.drawing.looks import Style

STYLES = (
    Style("synthetic", "plain", 0.34, graphviz_looks.plain),
    Style("synthetic", "dot", 0.12, genuine.genuine),
    Style("synthetic", "varied", 0.2, graphviz_looks.varied),
    Style("synthetic", "dark", 0.08, graphviz_looks.dark),
    Style("synthetic", "bold", 0.1, graphviz_looks.bold),
    Style("synthetic", "ortho", 0.1, graphviz_looks.ortho),
    Style("synthetic", "record", 0.06, graphviz_looks.record),
)
