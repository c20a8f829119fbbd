"""The parts of a vision-language model, and which of them train."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from sketch2flow.vlm.recipe import PARTS, Part, RecipeError

if TYPE_CHECKING:
    from torch import nn

# How transformers' families name what stands between pictures and words. First come, first served:
# connectors often lie within the vision tower. What matches nothing is language.
_NAMES: tuple[tuple[Part, re.Pattern[str]], ...] = (
    ("connector", re.compile(r"(^|\.)(multi_modal_projector|connector|aligner|projector)\.")),
    ("connector", re.compile(r"(^|\.)(visual\.(deepstack_)?merger\w*|enc_to_dec_proj)\.")),
    ("connector", re.compile(r"^encoder\.(projection|norm|row|column)\.")),  # our own reader's
    ("vision", re.compile(r"(^|\.)(visual|vision_tower|vision_model|vision_encoder)\.")),
    ("vision", re.compile(r"^encoder\.")),
)


def part_of(parameter: str) -> Part:
    """Return the part that a parameter of this name belongs to."""
    return next((part for part, name in _NAMES if name.search(parameter)), "language")


def train_parts(model: nn.Module, wanted: tuple[Part, ...]) -> dict[str, int]:
    """Let the wanted parts train and no other; returns how many parameters train in each.

    Raises RecipeError naming a wanted part that the model does not have.
    """
    counts: Counter[str] = Counter()
    for name, parameter in model.named_parameters():
        part = part_of(name)
        parameter.requires_grad_(part in wanted)
        counts[part] += parameter.numel()
    for part in wanted:
        if not counts[part] and len(wanted) < len(PARTS):
            there = ", ".join(sorted(counts))
            raise RecipeError(f"trains: {type(model).__name__} has no {part}, but {there}")
    return {part: counts[part] for part in wanted}
