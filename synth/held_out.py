"""Rows to examine a reader on: documents, hands and words that no training row has."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from random import Random

from sketch2flow.workflow import Workflow, content_digest, split_of
from synth.breadth import EVERYTHING, environment
from synth.draw import Wish, draw
from synth.free_words import with_free_words
from synth.generate import write_workflow
from synth.heuristics.lots import NotPossible
from synth.row_plan import SIZE_BANDS
from synth.rows import Row, row_of

logger = logging.getLogger(__name__)

# What is told apart among pictures -> their source, and what is wished for beside it.
MEDIUMS = {
    "graphviz with definitions": ("synthetic", Wish()),
    "graphviz without": ("synthetic", Wish(definitions=False)),
    "digital": ("digital", Wish()),
    "ui": ("ui", Wish()),
    "manual": ("manual", Wish()),
    "whiteboard": ("whiteboard", Wish()),
}
# How many of a document's nouns are words that never occur in training.
_FREE = (0.0, 0.5, 1.0)
_ATTEMPTS = 1000  # at a workflow: one in 25 is of the test split


def held_out_rows(count: int, seed: int) -> Iterator[Row]:
    """Yield rows as `drawn_rows` has them: all mediums, size bands and shares of new words alike.

    Documents use the whole catalogue, and belong to the test split by their content; hands are
    those that are held out. Beside the keys of a training row each has its `medium` and its
    `free_words`, which are held out as well. One that cannot be drawn is named in the log.
    """
    for number in range(count):
        medium, (source, wish) = list(MEDIUMS.items())[number % len(MEDIUMS)]
        turn = number // len(MEDIUMS)
        band = SIZE_BANDS[turn % len(SIZE_BANDS)]
        share = _FREE[(number + turn + turn // len(SIZE_BANDS)) % len(_FREE)]
        identifier = f"held_out_{number:06d}"
        key = f"held out/{seed}/{number}"
        try:
            workflow, words = _held_out(Random(key), band, share)
            row = row_of(identifier, workflow, source, draw(workflow, source, key, "test", wish))
        except Exception as error:  # noqa: BLE001 - whatever it is, it costs one row, by name
            reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            logger.warning("%s: left out: %s", identifier, reason)
            continue
        yield {**row, "medium": medium, "free_words": words}


def _held_out(
    random: Random, band: tuple[int, int], share: float
) -> tuple[Workflow, tuple[str, ...]]:
    """Return a workflow of the test split with as many steps, and the new words in it."""
    for _ in range(_ATTEMPTS):
        try:
            _, workflow = write_workflow(
                random, environment(None, EVERYTHING), random.randint(*band)
            )
        except NotPossible:
            continue
        workflow, words = with_free_words(workflow, random, share, held_out=True)
        if split_of(content_digest(workflow)) == "test":
            return workflow, words
    raise NotPossible(f"no workflow of {band[0]} to {band[1]} steps in the test split")
