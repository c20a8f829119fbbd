"""Workflows from heuristics: the same seed gives the same bytes for any number of workers."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

from sketch2flow.workflow import (
    SPLITS,
    Catalogue,
    DocumentError,
    Split,
    Workflow,
    content_digest,
    features,
    parse_document,
    split_of,
    structure_errors,
    to_object,
)
from synth.breadth import EVERYTHING, Breadth, environment
from synth.heuristics import HEURISTICS
from synth.heuristics.lots import NotPossible

MAX_COMPONENTS = 40
_SOURCE = re.compile(r"[a-z][a-z0-9_]{0,62}")
_ATTEMPTS = 200  # at a document that the call does not have yet
_CHUNK = 250  # documents that a worker makes in one go
_AHEAD = 3  # chunks under way per worker: none waits, and few lie in memory


class GenerationError(RuntimeError):
    """The generator cannot deliver: its catalogue is too small for what is asked."""


@dataclass(frozen=True)
class GeneratedWorkflow:
    """A workflow with where it came from: heuristic and seed give it again, to the byte."""

    identifier: str
    heuristic: str
    seed: str
    split: Split
    features: tuple[str, ...]
    workflow: Workflow

    @property
    def attempt(self) -> int:
        """Which attempt at a new workflow this is: the last part of the seed."""
        return int(self.seed.rsplit("/", 1)[-1])


def generate_workflows(
    source: str,
    count: int,
    seed: int,
    max_components: int,
    workers: int = 1,
    catalogue: Path | None = None,
    breadth: Breadth = EVERYTHING,
    slips: float = 0.0,
) -> Iterator[GeneratedWorkflow]:
    """Yield `count` workflows of 1 to `max_components` components, short ones more often.

    No two are equal in content and wording. `catalogue` is a file or folder whose entries are
    added to the built-in ones; `breadth` says how much of the
    language is used, `slips` the share of annotations with a typing error or an abbreviation.
    Raises ValueError for bad arguments and CatalogueError,
    GenerationError where the catalogue is too small for so many.
    """
    if not _SOURCE.fullmatch(source):
        raise ValueError(f"source {source!r:.80} is no name such as synthetic or plant_2")
    if not 1 <= max_components <= MAX_COMPONENTS:
        raise ValueError(f"max_components is {max_components}; 1 to {MAX_COMPONENTS} are possible")
    if count < 0 or workers < 1:
        raise ValueError(f"count is {count}, workers {workers}; at least 0 and 1 are wanted")
    if not 0 <= slips <= 1:
        raise ValueError(f"slips is {slips}; a share of 0 to 1 is wanted")
    environment(catalogue, breadth)  # a bad one is named here, not in a worker
    return _distinct(
        partial(_make, source, seed, max_components, catalogue, breadth, slips), count, workers
    )


def generate_lessons(
    source: str, count: int, seed: int, workers: int = 1, breadth: Breadth = EVERYTHING
) -> Iterator[GeneratedWorkflow]:
    """Yield about 0.92 `count` one-step workflows, all of the training split.

    A reader that is trained from nothing learns its letters on them. They come from seeds of
    their own; those whose content belongs to a held-out split are left out.
    """
    for lesson in generate_workflows(f"{source}_lesson", count, seed, 1, workers, breadth=breadth):
        if lesson.split == "train":
            yield lesson


def _distinct(
    make: partial[GeneratedWorkflow], count: int, workers: int
) -> Iterator[GeneratedWorkflow]:
    """Yield the workflows 0 to `count`, another attempt in the place of what was there before."""
    seen: set[bytes] = set()
    for index, generated in enumerate(_in_order(make, count, workers)):
        while (key := _key(generated.workflow)) in seen:
            generated = make(index, generated.attempt + 1)
        seen.add(key)
        yield generated


def to_line(generated: GeneratedWorkflow) -> str:
    """Return one JSON line: identifier, heuristic, seed, split, features, document."""
    value = {
        "identifier": generated.identifier,
        "heuristic": generated.heuristic,
        "seed": generated.seed,
        "split": generated.split,
        "features": list(generated.features),
        "document": to_object(generated.workflow),
    }
    return json.dumps(value, ensure_ascii=False)


def from_line(line: str, place: str = "line") -> GeneratedWorkflow:
    """Return the workflow of a line of `to_line`; raises DocumentError naming `place`."""
    try:
        value: Any = json.loads(line)
        split, names = value["split"], value["features"]
        texts = [value[key] for key in ("identifier", "heuristic", "seed")]
        document = value["document"]
        texts += [*names] if isinstance(names, list) else [None]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DocumentError(f"{place}: no line of a workflows file ({error!r:.200})") from None
    if split not in SPLITS or not all(isinstance(text, str) for text in texts):
        raise DocumentError(f"{place}: split, features or a text is not what it should be")
    workflow = parse_document(document, f"{place}.document")
    return GeneratedWorkflow(texts[0], texts[1], texts[2], split, tuple(names), workflow)


def _make(
    source: str,
    seed: int,
    max_components: int,
    catalogue: Path | None,
    breadth: Breadth,
    slips: float,
    index: int,
    attempt: int = 0,
) -> GeneratedWorkflow:
    """Return the workflow with this index; each attempt gives another one."""
    known = environment(catalogue, breadth)
    for tried in range(attempt, _ATTEMPTS):
        own_seed = f"{seed}/{source}/{max_components}/{index}/{tried}"
        rng = Random(own_seed)
        # Short ones are more common: two to four steps as often as ten to twenty.
        size = int((max_components + 1) ** rng.random() ** 0.8)
        try:
            heuristic, workflow = write_workflow(rng, known, size, breadth, slips)
        except NotPossible:
            continue
        errors = structure_errors(workflow)
        if errors:
            raise AssertionError(f"heuristic {heuristic}, seed {own_seed}: {errors[0]}")
        found = tuple(name for name, present in features(workflow).items() if present)
        split = split_of(content_digest(workflow))
        identifier = f"{source}_{index:06d}"
        return GeneratedWorkflow(identifier, heuristic, own_seed, split, found, workflow)
    raise GenerationError(
        f"{source}: no new workflow for number {index}; "
        "ask for fewer, allow more components or enlarge the catalogue"
    )


def write_workflow(
    rng: Random,
    catalogue: Catalogue,
    size: int,
    breadth: Breadth = EVERYTHING,
    slips: float = 0.0,
) -> tuple[str, Workflow]:
    """Return a workflow of exactly `size` components, behind the name of its heuristic.

    Raises NotPossible where chance leads to nothing sensible: another attempt may succeed.
    """
    able = [one for one in HEURISTICS.values() if one.least <= size <= one.most]
    (heuristic,) = rng.choices(able, [one.weight for one in able])
    return heuristic.name, heuristic(rng, catalogue, size, breadth, slips)


def _in_order(
    make: partial[GeneratedWorkflow], count: int, workers: int
) -> Iterator[GeneratedWorkflow]:
    if workers == 1 or count <= _CHUNK:
        yield from map(make, range(count))
        return
    chunks = (range(start, min(start + _CHUNK, count)) for start in range(0, count, _CHUNK))
    # Spawned, since the caller may have threads; lines travel, since they are small.
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
    handed_out = (pool.submit(_lines, make, chunk) for chunk in chunks)
    try:
        waiting = deque(islice(handed_out, _AHEAD * workers))
        while waiting:
            lines = waiting.popleft().result()
            waiting.extend(islice(handed_out, 1))
            yield from map(from_line, lines)
    finally:
        # Waiting for what runs: a pool that nobody keeps would forget what it is to cancel.
        pool.shutdown(cancel_futures=True)


def _lines(make: partial[GeneratedWorkflow], indices: range) -> list[str]:
    return [to_line(make(index)) for index in indices]


def _key(workflow: Workflow) -> bytes:
    """Return what two workflows share only if they are equal in content and wording."""
    return sha256(workflow.model_dump_json().encode()).digest()[:16]
