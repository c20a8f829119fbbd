"""Screenshots of flow designers, as the source `ui`."""

from __future__ import annotations

from synth.drawing.looks import Style
from synth.drawing.ui.canvases import canvas_look
from synth.drawing.ui.chains import dark_look, stack_look
from synth.drawing.ui.designer import diagram_look
from synth.drawing.ui.graphs import jobs_look, states_look
from synth.drawing.ui.listed import barred_look, list_look
from synth.drawing.ui.scopes import scopes_look

STYLES: tuple[Style, ...] = (
    Style("ui", "diagram", 0.36, diagram_look),
    Style("ui", "list", 0.13, list_look),
    Style("ui", "scopes", 0.12, scopes_look),
    Style("ui", "canvas", 0.12, canvas_look),
    Style("ui", "stack", 0.07, stack_look),
    Style("ui", "dark", 0.07, dark_look),
    Style("ui", "states", 0.05, states_look),
    Style("ui", "barred", 0.04, barred_look),
    Style("ui", "jobs", 0.04, jobs_look),
)
