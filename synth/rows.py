"""Training rows that are drawn when they are needed: a window of them from nothing but numbers."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from random import Random
from typing import Any, NamedTuple

from sketch2flow.workflow import (
    DEFAULT_PROMPT,
    PROMPTS,
    Workflow,
    content_digest,
    split_of,
    to_answer,
)
from synth.augment import augment
from synth.breadth import environment
from synth.draw import Drawing, Wish, draw
from synth.drawing.encoding import decode, encode
from synth.drawing.memory import keep_freed_memory
from synth.free_words import with_free_words
from synth.generate import write_workflow
from synth.heuristics.lots import NotPossible
from synth.legibility import Rectangle
from synth.row_plan import RowPlan, chosen
from synth.words import Word

logger = logging.getLogger(__name__)

Row = dict[str, Any]

_ATTEMPTS = 40  # at a workflow of the split: one in twelve is held out
_FAILURES = 3  # at drawing it
_LESSONS = 6  # one-step workflows of which the one with the most free words is a lesson
_MARGIN = 224  # pixels: the most that a lesson has on each side


def drawn_rows(plan: RowPlan, window: int, rank: int, ranks: int, max_components: int) -> list[Row]:
    """Return one rank's rows of a window: the same bytes for the same arguments.

    A row has the keys of a data set's row that training reads: `identifier`, `images` (one, as
    file), `queries`, `annotations` (one answer), `components`, `source`, `style` and `words`; and
    `text_height`, the height of the smallest small letters in pixels. Its workflow has at most
    `max_components` steps and belongs to the training split by its content; its hand is none that
    is held out. What cannot be drawn is named in the log, and another workflow takes its place.

    Raises ValueError for a rank that is none of `ranks`, and for less than one component.
    """
    import cv2

    if not 0 <= rank < ranks:
        raise ValueError(f"rank {rank} is none of {ranks}")
    if max_components < 1:
        raise ValueError(f"max_components is {max_components}; at least 1 is wanted")
    cv2.setNumThreads(1)  # ranks share the cores
    keep_freed_memory()
    numbers = range(rank, plan.documents, ranks)
    rows = (_row(plan, f"drawn_{window:06d}_{number:05d}", max_components) for number in numbers)
    return [row for row in rows if row is not None]


class _Choices(NamedTuple):
    """What a row is to be, whatever its workflow."""

    source: str
    wish: Wish
    is_lesson: bool
    is_augmented: bool


def _choices(plan: RowPlan, random: Random) -> _Choices:
    source = chosen(random, plan.sources)
    styles = plan.styles.get(source)
    wish = Wish(
        (chosen(random, styles),) if styles else None,
        definitions=random.random() < plan.definitions,
    )
    return _Choices(source, wish, random.random() < plan.lessons, random.random() < plan.augmented)


def _row(plan: RowPlan, identifier: str, most: int) -> Row | None:
    """Return the row, None where nothing could be drawn in its place."""
    seed = f"{plan.seed}/{identifier}"
    choices = _choices(plan, Random(seed))
    failures = 0
    for number, workflow in _workflows(plan, choices.is_lesson, seed, most):
        try:
            return _drawn(workflow, choices, identifier, f"{seed}/{number}")
        except Exception as error:  # noqa: BLE001 - whatever it is, it costs one workflow, by name
            failures += 1
            reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            logger.warning("%s: workflow %d is left out: %s", identifier, number, reason)
            if failures == _FAILURES:
                break
    logger.warning("%s: the row is left out", identifier)
    return None


def _workflows(
    plan: RowPlan, is_lesson: bool, seed: str, most: int
) -> Iterator[tuple[int, Workflow]]:
    """Yield workflows of the training split, each behind the number of its attempt."""
    for number in range(_ATTEMPTS):
        random = Random(f"{seed}/{number}")
        workflow = _lesson(plan, random) if is_lesson else _workflow(plan, random, most)
        if workflow is not None and split_of(content_digest(workflow)) == "train":
            yield number, workflow


def _workflow(plan: RowPlan, random: Random, most: int) -> Workflow | None:
    language = plan.language()
    size = plan.size(random, most)
    try:
        _, workflow = write_workflow(
            random, environment(None, language), size, language, plan.slips
        )
    except NotPossible:
        return None
    return with_free_words(workflow, random, plan.free_words)[0]


def _lesson(plan: RowPlan, random: Random) -> Workflow | None:
    """Return a one-step workflow, most of whose words are free; slips would be no lesson."""
    catalogue, found = environment(None, plan.language()), []
    for _ in range(_LESSONS):
        try:
            _, workflow = write_workflow(random, catalogue, 1, plan.language())
        except NotPossible:
            continue
        workflow, words = with_free_words(workflow, random, 1.0)
        said = " ".join(step.annotation for step in workflow.components)
        found.append((len(words) / len(said.split()), workflow))
    return max(found, key=lambda each: each[0])[1] if found else None


def _drawn(workflow: Workflow, choices: _Choices, identifier: str, seed: str) -> Row:
    source = choices.source
    drawing = draw(workflow, source, seed, "train", choices.wish)
    picture, text_height, words = drawing.picture, drawing.text_height, _boxes(drawing.words)
    boxes = tuple(box[1:] for box in drawing.boxes)
    random = Random(f"{seed}/page")
    if choices.is_lesson and drawing.format == "png":  # a photo has ground of its own around it
        picture, (x, y) = _anywhere(picture, random)
        boxes, words = _moved(boxes, x, y), _moved(words, x, y)
    if choices.is_augmented:
        variant = augment(picture, source, seed, boxes, text_height, words=words)
        if variant.text_height is not None:
            picture, text_height, words = variant.picture, variant.text_height, variant.words
    row = row_of(identifier, workflow, source, drawing)
    return {
        **row,
        "images": images(picture),
        "text_height": text_height,
        "words": [
            Word(node, text, *box)._asdict()
            for (node, text, *_), box in zip(drawing.words, words, strict=True)
        ],
    }


def _boxes(words: Iterable[Word]) -> tuple[Rectangle, ...]:
    return tuple((word.x, word.y, word.width, word.height) for word in words)


def _moved(boxes: Iterable[Rectangle], x: float, y: float) -> tuple[Rectangle, ...]:
    return tuple((left + x, top + y, width, height) for left, top, width, height in boxes)


def _anywhere(picture: bytes, random: Random) -> tuple[bytes, tuple[int, int]]:
    """Return a picture anywhere on a larger page of its ground, and how far it was moved."""
    import cv2

    pixels = decode(picture)
    top, bottom, left, right = (int(_MARGIN * random.random() ** 2) for _ in range(4))
    ground = pixels[0, 0].tolist()
    page = cv2.copyMakeBorder(pixels, top, bottom, left, right, cv2.BORDER_CONSTANT, value=ground)
    return encode(page, "png"), (left, top)


def images(picture: bytes) -> list[Row]:
    """Return a row's images as a data set has them."""
    return [{"bytes": picture, "path": None}]


def row_of(identifier: str, workflow: Workflow, source: str, drawing: Drawing) -> Row:
    """Return the row of a drawing."""
    return {
        "identifier": identifier,
        "images": images(drawing.picture),
        "queries": [PROMPTS[DEFAULT_PROMPT]],
        "annotations": [to_answer(workflow)],
        "components": len(workflow.components),
        "source": source,
        "style": drawing.style,
        "text_height": drawing.text_height,
        "words": [word._asdict() for word in drawing.words],
    }
