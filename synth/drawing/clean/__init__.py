"""Clean drawings: Graphviz's and those of drawing tools."""

from __future__ import annotations

from synth.drawing.clean import bpmn, brush, genuine, graphviz_looks, notes, sketchy, tools
from synth.drawing.looks import Style

STYLES = (
    Style("synthetic", "plain", 0.34, graphviz_looks.plain),
    Style("synthetic", "dot", 0.12, genuine.genuine),
    Style("synthetic", "varied", 0.2, graphviz_looks.varied),
    Style("synthetic", "dark", 0.08, graphviz_looks.dark),
    Style("synthetic", "bold", 0.1, graphviz_looks.bold),
    Style("synthetic", "ortho", 0.1, graphviz_looks.ortho),
    Style("synthetic", "record", 0.06, graphviz_looks.record),
    Style("digital", "brush", 0.14, brush.brush),
    Style("digital", "sketchy", 0.14, sketchy.sketchy),
    Style("digital", "pastel", 0.16, tools.pastel),
    Style("digital", "mermaid", 0.12, tools.mermaid),
    Style("digital", "bpmn", 0.12, bpmn.bpmn),
    Style("digital", "slate", 0.1, tools.slate),
    Style("digital", "wire", 0.07, tools.wire),
    Style("digital", "sticky", 0.08, notes.sticky),
    Style("digital", "slides", 0.07, notes.slides),
)
