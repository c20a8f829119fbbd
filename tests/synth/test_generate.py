"""Generated workflows: distinct, split by content, and the same for any number of workers."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from functools import partial
from itertools import islice
from pathlib import Path

import pytest

from sketch2flow.workflow import (
    DocumentError,
    content_digest,
    depth,
    load_catalogue,
    parse_document,
    split_of,
    to_json,
)
from sketch2flow.workflow.rules import TRIGGER_TYPES
from synth import generate
from synth.generate import (
    GeneratedWorkflow,
    from_line,
    generate_lessons,
    generate_workflows,
    to_line,
)
from synth.heuristics import HEURISTICS
from tests.workflow.documents import flow


def test_the_seed_gives_the_same_bytes_for_any_number_of_workers() -> None:
    alone, together = (
        [to_line(one) for one in generate_workflows("plant_2", 600, 7, 8, workers)]
        for workers in (1, 2)
    )
    assert alone == together
    others = [to_line(one) for one in generate_workflows("plant_2", 600, 8, 8)]
    assert not {json.dumps(json.loads(line)["document"]) for line in alone[:100]} & {
        json.dumps(json.loads(line)["document"]) for line in others[:100]
    }


def test_a_longer_run_begins_like_a_shorter_one() -> None:
    short = list(generate_workflows("synthetic", 30, 5, 8))
    assert list(islice(generate_workflows("synthetic", 60, 5, 8), 30)) == short


def test_no_two_are_equal_in_content_and_words(
    sample: list[GeneratedWorkflow], large: list[GeneratedWorkflow]
) -> None:
    for made in (sample, large):
        texts = Counter(to_json(one.workflow) for one in made)
        assert max(texts.values()) == 1
        assert len({one.identifier for one in made}) == len(made)


def test_lessons_are_one_step_documents_of_the_training_split() -> None:
    lessons = list(generate_lessons("synthetic", 400, 0))
    assert 300 < len(lessons) < 400
    assert {one.split for one in lessons} == {"train"}
    assert {len(one.workflow.components) for one in lessons} == {1}
    assert not {one.identifier for one in lessons} & {
        one.identifier for one in generate_workflows("synthetic", 400, 0, 6)
    }


def test_one_step_documents_stay_distinct_when_they_are_many() -> None:
    many = list(generate_workflows("small", 3_000, 1, 1))
    assert len({to_json(one.workflow) for one in many}) == 3_000
    assert any(one.attempt for one in many)


def test_a_content_is_on_one_side_of_the_split_only(sample: list[GeneratedWorkflow]) -> None:
    again = list(generate_workflows("again", 2_000, 3, 2))
    sides: dict[str, set[str]] = {}
    for one in (*sample, *again):
        digest = content_digest(one.workflow)
        assert one.split == split_of(digest)
        sides.setdefault(digest, set()).add(one.split)
    assert len(sides) < 4_000, "some contents come twice, in other words"
    assert all(len(splits) == 1 for splits in sides.values())
    assert {one.split for one in sample} == {"train", "validation", "test"}


def test_short_ones_are_more_common_and_everything_occurs(
    sample: list[GeneratedWorkflow], both: list[GeneratedWorkflow]
) -> None:
    sizes = Counter(len(one.workflow.components) for one in sample)
    assert set(sizes) == set(range(1, 9))
    assert min(sizes.values()) > 80
    assert 3 < sizes[1] / sizes[8] < 12
    assert {one.heuristic for one in sample} == set(HEURISTICS)
    triggers = {one.workflow.trigger.type for one in sample if one.workflow.trigger}
    assert triggers == TRIGGER_TYPES
    words = {c.definition for one in both for c in one.workflow.components}
    catalogue = load_catalogue()
    steps = {step.definition for step in catalogue.steps}
    assert words >= set(catalogue.logic)
    assert len(words & steps) > 0.7 * len(steps)  # the rest are rare spokes


def test_sizes_up_to_the_limit(large: list[GeneratedWorkflow]) -> None:
    sizes = [len(one.workflow.components) for one in large]
    assert min(sizes) <= 3
    assert max(sizes) == 40
    assert 3 <= max(depth(one.workflow) for one in large) <= 5


def noted(folder: Path, index: int) -> GeneratedWorkflow:
    """Note in `folder` that this workflow was made; in whichever process."""
    (folder / str(index)).touch()
    time.sleep(0.005)
    return GeneratedWorkflow(f"noted_{index}", "by_hand", "0", "train", (), parse_document(flow()))


def settled(folder: Path) -> int:
    """Return how many workflows were made, once no more are being made."""
    before = -1
    while (count := len(list(folder.iterdir()))) != before:
        before = count
        time.sleep(0.5)
    return count


def test_workers_are_a_few_chunks_ahead_of_who_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generate, "_CHUNK", 5)
    made = generate._in_order(partial(noted, tmp_path), 1_000, 2)
    assert next(made).identifier == "noted_0"
    assert settled(tmp_path) <= 5 * (2 * generate._AHEAD + 1)
    assert [one.identifier for one in islice(made, 100)] == [f"noted_{n}" for n in range(1, 101)]
    made.close()


def test_who_stops_reading_stops_the_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generate, "_CHUNK", 5)
    monkeypatch.setattr(generate, "_AHEAD", 100)
    made = generate._in_order(partial(noted, tmp_path), 1_000, 2)
    next(made)
    made.close()
    assert settled(tmp_path) < 100  # what was handed to the processes, of 1,000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("../up", 1, 0, 8), "no name such as"),
        (("synthetic", 1, 0, 0), "max_components is 0"),
        (("synthetic", 1, 0, 41), "max_components is 41"),
        (("synthetic", -1, 0, 8), "count is -1"),
    ],
)
def test_bad_arguments_are_named(arguments: tuple[str, int, int, int], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        generate_workflows(*arguments)


@pytest.mark.parametrize("slips", [-0.1, 1.1, float("nan")])
def test_a_share_of_slips_that_is_none_is_named(slips: float) -> None:
    with pytest.raises(ValueError, match=f"slips is {slips}; a share of 0 to 1 is wanted"):
        generate_workflows("synthetic", 1, 0, 8, slips=slips)


@pytest.mark.parametrize("line", ["", "{}", "[]", '{"identifier": 7}', "[" * 10_000])
def test_a_line_that_is_none_is_named(line: str) -> None:
    with pytest.raises(DocumentError, match=r"^file:3: "):
        from_line(line, "file:3")
