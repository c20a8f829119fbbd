"""The assembled data set: its files, its judgement, and the asset around both."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from resources.storage import Storage
from sketch2flow_assets.defs.dataset import assembly, features
from sketch2flow_assets.defs.dataset.assets import published_dataset, sketch2flow_dataset
from sketch2flow_assets.defs.dataset.facts import Facts
from sketch2flow_assets.defs.dataset.features import BIGDOCS, dataset_features
from sketch2flow_assets.defs.dataset.quality import Judgement, judge
from tests.assets.conftest import DATA_ASSETS, SOURCES, metadata, run

Change = Callable[[list[dict[str, Any]]], None]


def changed(dataset: Path, target: Path, split: str, change: Change) -> Path:
    """Return a copy of a data set with the rows of one split changed."""
    shutil.copytree(dataset, target)
    (target / "judgement.json").unlink()
    (path,) = (target / "data").glob(f"{split}-*.parquet")
    table = pq.read_table(path)
    rows = table.to_pylist()
    change(rows)
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), path)
    return target


def first_row(dataset: Path, split: str) -> dict[str, Any]:
    (path,) = (dataset / "data").glob(f"{split}-*.parquet")
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows[0]


def test_datasets_loads_it_back(dataset: Path, tmp_path: Path) -> None:
    from datasets import load_dataset

    loaded = load_dataset(str(dataset), cache_dir=str(tmp_path))
    assert list(loaded) == ["train", "validation", "test"]
    assert loaded["train"].features == dataset_features()
    assert tuple(loaded["train"].column_names[:6]) == BIGDOCS
    row = loaded["train"][0]
    (picture,) = row["images"]
    assert picture.size == (row["width"], row["height"])
    assert row["annotations"][0].startswith("```json\n{")
    assert row["task"] == "Sketch2Flow"
    rows = json.loads((dataset / "facts.json").read_text())["rows"]
    assert {split: len(loaded[split]) for split in loaded} == rows


def test_the_card_says_that_it_is_simulated(dataset: Path) -> None:
    card = (dataset / "README.md").read_text()
    assert "**Simulated.**" in card
    assert dataset.name in card
    assert "dataset_info:" in card


def test_only_training_pictures_have_variants(dataset: Path) -> None:
    for split in ("train", "validation", "test"):
        (path,) = (dataset / "data").glob(f"{split}-*.parquet")
        rows = pq.read_table(path, columns=["identifier", "parent", "split"]).to_pylist()
        originals = {row["identifier"] for row in rows if row["parent"] is None}
        parents = {row["parent"] for row in rows if row["parent"]}
        assert all(row["split"] == split for row in rows)
        assert parents == (originals if split == "train" else set())


def test_the_revision_follows_the_content_alone(made: Path, dataset: Path) -> None:
    parts = assembly.ready_parts(Storage(made / "storage"))
    assert [part.data_source for part in parts] == sorted(SOURCES)
    assert assembly.plan(parts).revision == dataset.name
    assert assembly.plan(parts[:1]).revision != dataset.name


def test_prompt_and_answer_are_in_the_revision(
    made: Path, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = assembly.ready_parts(Storage(made / "storage"))
    monkeypatch.setitem(features.PROMPTS, features.DEFAULT_PROMPT, "Write JSON")
    other_prompt = assembly.plan(parts).revision
    monkeypatch.undo()
    monkeypatch.setattr(features, "to_answer", lambda document: f"<{document.type}>")
    other_answer = assembly.plan(parts).revision
    assert len({dataset.name, other_prompt, other_answer}) == 3


def test_the_regime_is_that_of_the_rows(home: Path) -> None:
    """A later run under another regime that gives the same rows does not rename their making."""
    folder = Storage(home / "storage").current("dataset", "sketch2flow")
    assert Facts.load(folder).regime["most steps a workflow"] == 4
    run(home, [sketch2flow_dataset], max_components=9, seed=5)
    assert Facts.load(folder).regime["most steps a workflow"] == 4
    assert Facts.load(folder).regime["seed"] == 0


def test_shards_are_cut_and_numbered(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assembly, "SHARD_BYTES", 1)
    monkeypatch.setattr(assembly, "ROWS_IN_MEMORY", 40)
    plan = assembly.plan(assembly.ready_parts(Storage(made / "storage")))
    counts = assembly.write(plan, tmp_path)
    files = sorted(path.name for path in (tmp_path / "data").glob("train-*"))
    total = len(files)
    assert total == counts["train"] // 40 + 1
    assert files[0] == f"train-00000-of-{total:05d}.parquet"
    rows = [row for path in (tmp_path / "data").glob("train-*") for row in pq.read_table(path)[0]]
    assert len(rows) == counts["train"]


def test_a_sound_data_set_is_sound(dataset: Path) -> None:
    verdict = judge(dataset)
    assert verdict.sound()
    assert verdict.rows == sum(json.loads((dataset / "facts.json").read_text())["rows"].values())
    assert Judgement.load(dataset) == verdict


def test_a_planted_leak_is_found(dataset: Path, tmp_path: Path) -> None:
    stolen = {**first_row(dataset, "train"), "identifier": "planted", "group": "anna"}

    def plant(rows: list[dict[str, Any]]) -> None:
        rows.append(stolen)

    verdict = judge(changed(dataset, tmp_path / "leaking", "test", plant))
    assert not verdict.sound()
    assert stolen["document_digest"] in verdict.leaks["documents"]
    assert stolen["picture_sha256"] in verdict.leaks["pictures"]
    assert not verdict.documents
    assert not verdict.pictures


def white(width: int, height: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("picture", "says"),
    [
        (white(200, 100), "blank"),
        (b"no picture", "not a"),
        (b"", "empty"),
        (None, "not the one that its hash names"),
    ],
)
def test_unusable_pictures_are_found(
    dataset: Path, tmp_path: Path, picture: bytes | None, says: str
) -> None:
    def spoil(rows: list[dict[str, Any]]) -> None:
        other = rows[1]["images"][0]["bytes"]
        rows[0]["images"] = [{"bytes": other if picture is None else picture, "path": None}]

    verdict = judge(changed(dataset, tmp_path / "spoilt", "train", spoil))
    (fault,) = verdict.pictures
    assert fault["identifier"] == first_row(dataset, "train")["identifier"]
    assert says in fault["reason"]


@pytest.mark.parametrize(
    ("annotation", "says"),
    [
        ("{}", "json fence"),
        ("```json\n{}\n```", "Field required"),
        ("```json\n{\n```", "no readable JSON"),
    ],
)
def test_broken_documents_are_found(
    dataset: Path, tmp_path: Path, annotation: str, says: str
) -> None:
    def spoil(rows: list[dict[str, Any]]) -> None:
        rows[0]["annotations"] = [annotation]

    (fault,) = judge(changed(dataset, tmp_path / "spoilt", "train", spoil)).documents
    assert says in fault["reason"]


def test_several_processes_judge_alike(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sketch2flow_assets.defs.dataset import quality

    monkeypatch.setattr(quality, "ROW_GROUPS_WORTH_A_POOL", 1)
    assert judge(dataset, workers=2) == judge(dataset, workers=1)


def test_made_again_it_is_reused(home: Path) -> None:
    before = metadata(run(home, [sketch2flow_dataset]), "sketch2flow_dataset")
    assert before["reused"] is True
    forced = run(home, [sketch2flow_dataset], config={"sketch2flow_dataset": {"force": True}})
    again = metadata(forced, "sketch2flow_dataset")
    assert again["reused"] is False
    assert again["digest"] == before["digest"]


def test_a_leaking_revision_never_comes_into_force(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the settling of splits were broken: the checks stop what is below, in every run."""
    held_out = iter(["train", "test"] * 1000)

    def unsettled(rows: Any, *_: Any) -> Any:
        return [replace(row, split=next(held_out)) for row in rows]

    monkeypatch.setattr(assembly, "settle", unsettled)
    before = Storage(home / "storage").ref("dataset", "sketch2flow")
    result = run(home, [sketch2flow_dataset, published_dataset], raise_on_error=False)
    assert not result.success
    failed = [one.check_name for one in result.get_asset_check_evaluations() if not one.passed]
    assert failed == ["no_leak"]
    assert not result.asset_materializations_for_node("published_dataset")
    assert Storage(home / "storage").ref("dataset", "sketch2flow") == before


def test_sources_that_are_not_ready_are_named(dataset: Path, made: Path) -> None:
    told = metadata(run(made, [sketch2flow_dataset]), "sketch2flow_dataset")
    assert told["data_sources"] == "synthetic, ui"
    assert told["data_sources_not_ready"] == "manual, digital, whiteboard"


def test_without_any_source_it_says_what_to_make(tmp_path: Path) -> None:
    result = run(tmp_path, [sketch2flow_dataset], raise_on_error=False)
    (failure,) = result.get_step_failure_events()
    assert "no data source has augmented_diagrams" in str(
        failure.step_failure_data.user_failure_data
    )


def test_publication_says_why_it_did_not_happen(home: Path) -> None:
    told = metadata(run(home, [published_dataset]), "published_dataset")
    assert told["published"] is False
    assert told["reason"] == "publishing is switched off for this run"


def test_data_assets_are_reused_and_say_so(home: Path) -> None:
    result = run(home, DATA_ASSETS, partition="ui")
    for asset in ("workflows", "diagrams", "augmented_diagrams"):
        told = metadata(result, asset)
        assert told["reused"] is True, asset
        assert told["dagster/row_count"] > 0
