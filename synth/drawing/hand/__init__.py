"""Drawings that look made by hand, on paper, boards and charts; they are simulations."""

from synth.drawing.hand.styles import STYLES

__all__ = ["STYLES"]
