"""Judges an assembled data set from its files alone: documents, pictures, leaks."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sketch2flow.files import write_text
from sketch2flow_assets.defs.dataset.splits import PlannedRow, leaks

FILE = "judgement.json"
FENCE = "```json\n", "\n```"
ROW_GROUPS_WORTH_A_POOL = 8

Fault = dict[str, str]


@dataclass(slots=True)
class Judgement:
    """What is wrong with a data set: rows with reasons, and contents that stand in two splits."""

    rows: int = 0
    documents: list[Fault] = field(default_factory=list)
    pictures: list[Fault] = field(default_factory=list)
    leaks: dict[str, list[str]] = field(default_factory=dict)

    def sound(self) -> bool:
        return not (self.documents or self.pictures or any(self.leaks.values()))

    def save(self, folder: Path) -> None:
        """Keep the judgement beside the data set, for when the same revision comes again."""
        write_text(folder / FILE, json.dumps(asdict(self), indent=1))

    @classmethod
    def load(cls, folder: Path) -> Judgement | None:
        """Return the judgement that was kept of a data set, None if there is none."""
        path = folder / FILE
        return cls(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None


@dataclass(slots=True)
class _Part:
    """What one row group holds and what is wrong with it."""

    rows: list[PlannedRow] = field(default_factory=list)
    documents: list[Fault] = field(default_factory=list)
    pictures: list[Fault] = field(default_factory=list)


def judge(folder: Path, workers: int = 1) -> Judgement:
    """Return the judgement of the data set in `folder`; every picture is decoded."""
    rows: list[PlannedRow] = []
    verdict = Judgement()
    for part in _parts(list(_row_groups(folder)), workers):
        rows += part.rows
        verdict.documents += part.documents
        verdict.pictures += part.pictures
    verdict.rows = len(rows)
    verdict.leaks = leaks(rows)
    return verdict


def _row_groups(folder: Path) -> Iterator[tuple[Path, int]]:
    import pyarrow.parquet as pq

    for path in sorted((folder / "data").glob("*.parquet")):
        with pq.ParquetFile(path) as file:
            yield from ((path, index) for index in range(file.metadata.num_row_groups))


def _parts(groups: list[tuple[Path, int]], workers: int) -> Iterable[_Part]:
    if workers == 1 or len(groups) < ROW_GROUPS_WORTH_A_POOL:
        return map(_judge_row_group, groups)
    # Not forked: the process that runs an asset has threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        return list(pool.map(_judge_row_group, groups))


def _judge_row_group(group: tuple[Path, int]) -> _Part:
    import pyarrow.parquet as pq

    path, index = group
    part = _Part()
    with pq.ParquetFile(path) as file:
        for row in file.read_row_group(index).to_pylist():
            name = row["identifier"]
            if reason := _document_fault(row):
                part.documents.append({"identifier": name, "reason": reason})
            if reason := _picture_fault(row):
                part.pictures.append({"identifier": name, "reason": reason})
            part.rows.append(_planned(row, path.name.split("-")[0]))
    return part


def _document_fault(row: dict[str, Any]) -> str | None:
    from sketch2flow.workflow import WARNINGS, structure_errors
    from sketch2flow.workflow.document import DocumentError, content_digest, parse_document

    answers = row["annotations"]
    if len(answers) != 1:
        return f"{len(answers)} annotations instead of one"
    answer = answers[0]
    if not (answer.startswith(FENCE[0]) and answer.endswith(FENCE[1])):
        return "the annotation is not in a json fence"
    try:
        document = parse_document(answer.removeprefix(FENCE[0]).removesuffix(FENCE[1]))
    except DocumentError as error:
        return str(error)
    if content_digest(document) != row["document_digest"]:
        return "the document is not the one that its digest names"
    broken = (error for error in structure_errors(document) if error.code not in WARNINGS)
    return next((f"{error.code} at {error.pointer}" for error in broken), None)


def _picture_fault(row: dict[str, Any]) -> str | None:
    from synth.pictures import PictureError, inspect_picture

    if len(row["images"]) != 1:
        return f"{len(row['images'])} pictures instead of one"
    try:
        facts = inspect_picture(row["images"][0]["bytes"])
    except PictureError as error:
        return str(error)
    if facts.sha256 != row["picture_sha256"]:
        return "the picture is not the one that its hash names"
    if (facts.width, facts.height) != (row["width"], row["height"]):
        return f"{facts.width} x {facts.height} pixels instead of {row['width']} x {row['height']}"
    return None


def _planned(row: dict[str, Any], split: str) -> PlannedRow:
    return PlannedRow(
        identifier=row["identifier"],
        data_source=row["data_source"],
        split=split,
        declared=False,
        group=row["group"],
        parent=row["parent"],
        document=row["document_digest"],
        picture=row["picture_sha256"],
    )
