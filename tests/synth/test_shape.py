"""The figures of a sample, on documents whose figures are known."""

from __future__ import annotations

from math import sqrt
from typing import Any

import pytest

from sketch2flow.workflow import FEATURES, Component, parse_document
from sketch2flow.workflow.rules import LOGIC_WORDS, TRIGGER_TYPES
from synth.generate import GeneratedWorkflow, generate_workflows
from synth.shape import (
    DEPTH_TOLERANCE,
    LEAST_OF_A_WORD,
    MOST_OF_A_SKELETON,
    MOST_OF_A_TEMPLATE,
    NO_TRIGGER,
    REAL_ACTIONS_PER_BLOCK,
    REAL_DEPTHS,
    shape_of,
)
from tests.workflow.documents import flow, step


def generated(
    document: dict[str, Any], heuristic: str = "by_hand", features: tuple[str, ...] = ()
) -> GeneratedWorkflow:
    return GeneratedWorkflow("x_0", heuristic, "0", "train", features, parse_document(document))


def first_word(component: Component) -> str | None:
    """Return the annotation's first word in the place of a template."""
    return None if component.annotation == "?" else component.annotation.split()[0]


def test_every_figure_of_three_documents() -> None:
    plain = flow(step(1), step(2, annotation="?"))
    same_but_for_wording = flow(step(1, annotation="logs it"), step(2))
    nested = flow(
        step(1, "FOREACH"), step(2, "IF", 1), step(3, "log", 2), step(4, "ELSE", 1),
        step(5, "log", 4), step(6),
        type="subflow", trigger=None, inputs={"items": []}, outputs={"items": []},
    )  # fmt: skip
    shape = shape_of(
        [
            generated(plain, "sequence", ("scheduled", "log")),
            generated(same_but_for_wording, "sequence", ("scheduled",)),
            generated(nested, "subflow", ("foreach",)),
        ],
        first_word,
    )
    third = pytest.approx(1 / 3)
    two_thirds = pytest.approx(2 / 3)
    assert (shape.documents, shape.steps) == (3, 10)
    # step 1 to step 6, "logs it" and "?"
    assert shape.distinct_annotations == pytest.approx(8 / 10)
    assert shape.distinct_documents == two_thirds
    assert shape.sizes == {2: two_thirds, 6: third}
    assert shape.depths == {"1": two_thirds, "2": 0, "3": third, "4+": 0}
    assert (shape.blocks, shape.actions, shape.actions_per_block) == (2, 7, 3.5)
    assert set(shape.logic) == LOGIC_WORDS
    assert {word: share for word, share in shape.logic.items() if share} == {
        "ELSE": third, "FOREACH": third, "IF": third,
    }  # fmt: skip
    assert set(shape.triggers) == {*TRIGGER_TYPES, NO_TRIGGER}
    assert list(shape.triggers.items())[:2] == [("daily", two_thirds), (NO_TRIGGER, third)]
    assert sum(shape.triggers.values()) == pytest.approx(1)
    assert shape.heuristics == {"sequence": two_thirds, "subflow": third}
    assert shape.splits == {"train": 1}
    assert {group: list(found) for group, found in shape.features.items()} == {
        group: list(found) for group, found in FEATURES.items()
    }
    assert shape.features["ENTERPRISE"]["scheduled"] == two_thirds
    assert shape.features["STRUCTURE"]["foreach"] == third
    assert shape.traced == pytest.approx(9 / 10)
    assert shape.template == ("step", pytest.approx(8 / 9))
    assert shape.skeleton == ("log log", two_thirds)


@pytest.mark.parametrize(
    ("steps", "blocks"),
    [
        ([step(1)], 0),
        ([step(1, "IF"), step(2, "log", 1), step(3, "ELSEIF"), step(4, "log", 3)], 1),
        ([step(1, "TRY"), step(2, "log", 1), step(3, "CATCH"), step(4, "log", 3)], 1),
        ([step(1, "PARALLEL"), step(2, "log", 1), step(3, "PARALLEL"), step(4, "log", 3)], 1),
        (
            [
                *(step(1, "PARALLEL"), step(2, "PARALLEL", 1), step(3, "log", 2)),
                *(step(4, "PARALLEL", 1), step(5, "log", 4), step(6, "PARALLEL")),
                *(step(7, "log", 6), step(8), step(9, "PARALLEL"), step(10, "log", 9)),
            ],
            3,
        ),
        ([step(1, "DOUNTIL"), step(2, "TIMER", 1), step(3, "END")], 1),
    ],
)
def test_a_block_counts_once(steps: list[Any], blocks: int) -> None:
    assert shape_of([generated(flow(*steps))]).blocks == blocks


def test_the_skeleton_shows_the_nesting() -> None:
    document = flow(step(1, "IF"), step(2, "FOREACH", 1), step(3, "log", 2), step(4, "log", 1))
    shape = shape_of([generated(document)])
    assert shape.skeleton == ("IF >FOREACH >>log >log", 1)


def test_deep_documents_are_one_class() -> None:
    deep = [step(1, "IF"), *(step(order, "IF", order - 1) for order in range(2, 6))]
    shape = shape_of([generated(flow(*deep)), generated(flow(*deep[:4]))])
    assert shape.depths == {"1": 0, "2": 0, "3": 0, "4+": 1}


def test_there_is_nothing_without_documents_or_steps() -> None:
    with pytest.raises(ValueError, match="without workflows"):
        shape_of([])
    shape = shape_of([generated(flow())])
    assert (shape.distinct_annotations, shape.traced) == (0, 0)
    assert shape.template == ("", 0)
    assert shape.actions_per_block == float("inf")


def test_the_sample_is_read_once() -> None:
    shape = shape_of(iter(generate_workflows("shape", 30, 1, 40)))
    assert shape.documents == 30


# Any change of the catalogue or of the order of draws makes another sample, and the figures of a
# sample stray about those of the generator, which may stand at the edge of what is allowed. So each
# bound has four standard errors of slack: one sample in 15,000 strays further by chance alone.
STANDARD_ERRORS = 4
# The standard error of a single document's actions per block, measured on 10,000 of them.
OF_ACTIONS_PER_BLOCK = 7.0


def stray(share: float, count: int) -> float:
    """Return how far a share of `count` documents or steps may be from the generator's own."""
    return STANDARD_ERRORS * sqrt(share * (1 - share) / count)


def check_shape(count: int, workers: int = 1) -> None:
    found = shape_of(generate_workflows("synthetic", count, 0, 40, workers=workers))
    for depth, share in REAL_DEPTHS.items():
        assert abs(found.depths[depth] - share) <= DEPTH_TOLERANCE + stray(share, count), depth
    least, most = REAL_ACTIONS_PER_BLOCK
    slack = STANDARD_ERRORS * OF_ACTIONS_PER_BLOCK / sqrt(count)
    assert least - slack <= found.actions / found.blocks <= most + slack
    slack = stray(MOST_OF_A_TEMPLATE, found.steps)
    assert found.template.share <= MOST_OF_A_TEMPLATE + slack
    assert found.skeleton.share <= MOST_OF_A_SKELETON + stray(MOST_OF_A_SKELETON, count)
    rarest = min(*found.logic.values(), *found.triggers.values())
    assert rarest >= LEAST_OF_A_WORD - stray(LEAST_OF_A_WORD, count)


def test_a_thousand_workflows_have_about_the_shape_of_real_ones() -> None:
    check_shape(1_000)


@pytest.mark.slow
def test_ten_thousand_workflows_have_the_shape_of_real_ones() -> None:
    check_shape(10_000, workers=2)
