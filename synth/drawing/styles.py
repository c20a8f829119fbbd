"""All styles there are, by source; a new one is an entry in the STYLES of its source's package."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache, lru_cache
from random import Random

from sketch2flow.media import MEDIA
from synth.diagram import DrawingError
from synth.drawing.looks import Style


@cache
def styles_of(source: str) -> tuple[Style, ...]:
    """Return the styles of a source (one of MEDIA), in a fixed order.

    Raises DrawingError for another source.
    """
    from synth.drawing import clean, hand, ui

    if source not in MEDIA:
        raise DrawingError(f"source {source!r} is none of {', '.join(MEDIA)}")
    every = (*clean.STYLES, *hand.STYLES, *ui.STYLES)
    return tuple(style for style in every if style.source == source)


@lru_cache(maxsize=64)
def chosen_styles(source: str, names: tuple[str, ...] | None) -> tuple[Style, ...]:
    """Return the styles of a source that are named; all of them where `names` is None.

    Raises DrawingError naming a style that the source does not have.
    """
    every = styles_of(source)
    if names is None:
        return every
    known = [style.name for style in every]
    for name in names:
        if name not in known:
            raise DrawingError(f"{source} has no style {name!r}, but {', '.join(known)}")
    return tuple(style for style in every if style.name in names)


def pick_style(random: Random, styles: Collection[Style]) -> Style:
    """Return one of the styles, each as often as its share says."""
    found = tuple(styles)
    return random.choices(found, [style.share for style in found])[0]
