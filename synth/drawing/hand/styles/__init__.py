"""The styles of the sources `manual` and `whiteboard`: what each look of them chooses."""

from __future__ import annotations

from synth.drawing.hand.styles.chalks import blackboard, greenboard
from synth.drawing.hand.styles.charts import flipchart, sticky
from synth.drawing.hand.styles.colours import felt, pencil
from synth.drawing.hand.styles.markers import framed, marker, markers
from synth.drawing.hand.styles.notations import gateway, listed
from synth.drawing.hand.styles.sheets import desk, ruled, scan, squared
from synth.drawing.looks import Style

STYLES: tuple[Style, ...] = (
    Style("manual", "scan", 0.2, scan),
    Style("manual", "squared", 0.16, squared),
    Style("manual", "ruled", 0.12, ruled),
    Style("manual", "pencil", 0.1, pencil),
    Style("manual", "felt", 0.1, felt),
    Style("manual", "desk", 0.12, desk),
    Style("manual", "gateway", 0.12, gateway),
    Style("manual", "list", 0.08, listed),
    Style("whiteboard", "marker", 0.26, marker),
    Style("whiteboard", "markers", 0.18, markers),
    Style("whiteboard", "framed", 0.16, framed),
    Style("whiteboard", "blackboard", 0.1, blackboard),
    Style("whiteboard", "greenboard", 0.1, greenboard),
    Style("whiteboard", "flipchart", 0.1, flipchart),
    Style("whiteboard", "sticky", 0.1, sticky),
)
