"""The workflows of a data source: generated from its seed, or read from its folder."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from resources.sources import DataSource
from resources.storage import digest_of, digest_of_folder

if TYPE_CHECKING:
    from resources.regime import Regime
    from sketch2flow_assets.left_out import LeftOut
    from synth.generate import GeneratedWorkflow
    from synth.readers import Found

FILE = "workflows.jsonl"


def folder_of(source: DataSource) -> Path:
    """Return the folder of a folder source; NotADirectoryError names it when it is gone."""
    folder = Path(source.path or "")
    if not source.path or not folder.is_dir():
        raise NotADirectoryError(
            f"data source {source.name}: {source.path} is no folder; put it back, or move the "
            f"source: sketch2flow sources add {source.name} --path FOLDER"
        )
    return folder


def read_source(source: DataSource) -> Iterator[Found]:
    """Yield the documents of a folder source one by one, and by name what is left out."""
    from synth.readers import read_items

    return read_items(folder_of(source), source.name, source.reader)


def input_digest(source: DataSource, regime: Regime, code: str) -> str:
    """Return a digest of all that decides which workflows a source has."""
    if source.kind == "folder":
        files = digest_of_folder(folder_of(source))
        return digest_of({"code": code, "files": files, "reader": source.reader})
    growth = [[item.date, item.count] for item in source.growth]
    return digest_of(
        {
            "code": code,
            "source": source.name,
            "count": regime.documents_of(source.name),
            "growth": growth,
            "seed": regime.seed,
            "max_components": regime.max_components,
            "breadth": regime.breadth,
            "slips": regime.slips,
            "lessons": regime.lessons_of(source.name),
        }
    )


def make_workflows(
    source: DataSource, regime: Regime, left_out: LeftOut
) -> Iterator[GeneratedWorkflow]:
    """Yield the workflows of a source in a fixed order."""
    if source.kind == "folder":
        yield from _read_workflows(source, left_out)
        return
    from synth.generate import generate_lessons, generate_workflows

    if lessons := regime.lessons_of(source.name):
        yield from generate_lessons(
            source.name, lessons, regime.seed, regime.processes(), regime.language()
        )
    yield from generate_workflows(
        source.name,
        regime.documents_of(source.name),
        regime.seed,
        regime.max_components,
        workers=regime.processes(),
        breadth=regime.language(),
        slips=regime.slips,
    )
    for growth in source.growth:
        seed = int.from_bytes(hashlib.sha256(f"{regime.seed}/{growth.date}".encode()).digest()[:4])
        prefix = f"{source.name}_{growth.date.replace('-', '')}"
        gained = generate_workflows(
            source.name,
            growth.count,
            seed,
            regime.max_components,
            workers=regime.processes(),
            breadth=regime.language(),
            slips=regime.slips,
        )
        for index, workflow in enumerate(gained):
            yield replace(workflow, identifier=f"{prefix}_{index:06d}")


def _read_workflows(source: DataSource, left_out: LeftOut) -> Iterator[GeneratedWorkflow]:
    from sketch2flow.workflow.document import content_digest
    from sketch2flow.workflow.features import features
    from sketch2flow.workflow.splits import split_of
    from synth.generate import GeneratedWorkflow
    from synth.readers import FolderItem

    for item in read_source(source):
        if not isinstance(item, FolderItem):
            left_out.add(item.file, item.reason)
            continue
        yield GeneratedWorkflow(
            identifier=item.identifier,
            heuristic=item.heuristic or "read from a folder",
            seed=item.seed,
            split=item.split or split_of(content_digest(item.workflow)),
            features=tuple(name for name, there in features(item.workflow).items() if there),
            workflow=item.workflow,
        )


def why_empty(source: DataSource, left_out: LeftOut) -> str:
    """Say in one line that a folder source has nothing that can be used, and why."""
    first = "; ".join(f"{item['name']}: {item['reason']}" for item in left_out.items[:3])
    return (
        f"data source {source.name}: nothing in {source.path} can be used"
        f" ({first or 'it is empty'}); mend it, then materialize this partition again"
    )


@dataclass(frozen=True, slots=True)
class Facts:
    """What a workflows file holds."""

    rows: int
    mean_components: float
    splits: dict[str, int]
    heuristics: dict[str, int]


def write(path: Path, workflows: Iterable[GeneratedWorkflow]) -> None:
    """Write one workflow a line."""
    from synth.generate import to_line

    with path.open("w", encoding="utf-8") as file:
        for workflow in workflows:
            file.write(to_line(workflow).rstrip("\n") + "\n")


def read(path: Path) -> Iterator[GeneratedWorkflow]:
    """Yield the workflows of a file in its order."""
    from synth.generate import from_line

    with path.open(encoding="utf-8") as file:
        for line in file:
            yield from_line(line)


def describe(path: Path) -> Facts:
    """Return the counts that the UI shows of a workflows file."""
    splits: Counter[str] = Counter()
    heuristics: Counter[str] = Counter()
    components = 0
    for workflow in read(path):
        splits[workflow.split] += 1
        heuristics[workflow.heuristic] += 1
        components += len(workflow.workflow.components)
    rows = splits.total()
    mean = components / rows if rows else 0.0
    return Facts(rows, mean, dict(splits.most_common()), dict(heuristics.most_common()))
