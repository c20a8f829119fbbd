"""Folders in other formats as data sources: what they declare reaches the data set's rows."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from resources.sources import SourceRegistry
from resources.storage import Storage
from sketch2flow.workflow.document import to_answer
from sketch2flow_assets.defs.dataset.assets import sketch2flow_dataset
from sketch2flow_assets.defs.diagrams.manifest import read_rows
from synth.draw import draw
from synth.generate import generate_workflows
from synth.readers.listing import identifier_of
from tests.assets.conftest import DATA_ASSETS, metadata, run
from tests.synth.readers.bigdocs_rows import row, write
from tests.synth.readers.bpmn_files import INVOICE

SPLITS = ("train", "validation", "test")


def rows_of(dataset: Path, split: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for path in sorted((dataset / "data").glob(f"{split}-*.parquet")):
        found += pq.read_table(path).to_pylist()
    return found


def test_a_published_data_set_reads_back_as_it_was(dataset: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(dataset, tmp_path / "published")
    SourceRegistry(Storage(tmp_path / "storage")).add_folder("back", folder)
    result = run(tmp_path, DATA_ASSETS, partition="back")
    assert metadata(result, "workflows")["left_out"] == []
    assert metadata(result, "diagrams")["left_out_count"] == 0
    assert metadata(result, "augmented_diagrams")["dagster/row_count"] == 0, "it has its copies"
    run(tmp_path, [sketch2flow_dataset])
    again = Storage(tmp_path / "storage").current("dataset", "sketch2flow")
    assert any(one["parent"] for one in rows_of(dataset, "train"))
    for split in SPLITS:
        before, after = rows_of(dataset, split), rows_of(again, split)
        assert before, "the law is about something"
        for one in before:
            one["identifier"] = identifier_of("back", one["identifier"])
            one["data_source"] = "back"
            if one["parent"]:
                one["parent"] = identifier_of("back", one["parent"])
        assert after == before


def test_official_splits_of_bigdocs_reach_the_data_set(tmp_path: Path) -> None:
    """Each split says its own, whatever the hash of the content says."""
    folder = tmp_path / "bigdocs"
    made = list(generate_workflows("official", 12, 3, 4))
    parts = {"train": made[:6], "val": made[6:9], "test": made[9:]}
    for name, workflows in parts.items():
        rows = []
        for number, one in enumerate(workflows):
            picture = draw(one.workflow, "ui", one.identifier).picture
            images = [{"bytes": picture, "path": f"{number}.png"}]
            annotations = [to_answer(one.workflow)]
            rows.append(
                row(number, identifier=one.identifier, images=images, annotations=annotations)
            )
        write(folder / "data" / f"{name}-00000-of-00001.parquet", rows)
    (folder / "data" / "other.parquet").write_bytes(b"no Parquet")
    SourceRegistry(Storage(tmp_path / "storage")).add_folder("bigdocs", folder)
    result = run(tmp_path, DATA_ASSETS, partition="bigdocs", variants=0)
    (left_out,) = metadata(result, "workflows")["left_out"]
    assert left_out["name"] == "data/other.parquet"
    manifest = Storage(tmp_path / "storage").current("diagrams", "bigdocs") / "manifest.parquet"
    rows = list(read_rows(manifest))
    assert all(one["split_declared"] for one in rows)
    assert {(one["source"], one["provenance"]) for one in rows} == {("synthetic", "simulated")}
    run(tmp_path, [sketch2flow_dataset])
    dataset = Storage(tmp_path / "storage").current("dataset", "sketch2flow")
    found = {split: {one["identifier"] for one in rows_of(dataset, split)} for split in SPLITS}
    names = dict(zip(SPLITS, parts.values(), strict=True))
    assert found == {
        split: {f"bigdocs_{one.identifier}" for one in workflows}
        for split, workflows in names.items()
    }
    assert json.loads((dataset / "judgement.json").read_text())["leaks"] == {
        "documents": [],
        "pictures": [],
        "groups": [],
    }


def test_processes_become_drawings_that_are_called_simulated(tmp_path: Path) -> None:
    """BPMN without a picture is drawn in the source's medium; one with its own keeps it."""
    folder = tmp_path / "processes"
    folder.mkdir()
    (folder / "drawn.bpmn").write_text(INVOICE)
    (folder / "own.bpmn").write_text(INVOICE.replace("Invoice", "Bill"))
    (made,) = generate_workflows("mine", 1, 1, 2)
    own = draw(made.workflow, "ui", "1").picture
    (folder / "own.png").write_bytes(own)
    (folder / "bad.bpmn").write_text("<x/>")
    lanes = '<bpmn:laneSet id="set"><bpmn:lane id="lane"/></bpmn:laneSet>'
    text = INVOICE.replace("<bpmn:startEvent", f"{lanes}<bpmn:startEvent")
    (folder / "lanes.bpmn").write_text(text.replace("Archive invoice", "Archive order"))
    registry = SourceRegistry(Storage(tmp_path / "storage"))
    registry.add_folder("processes", folder, medium="whiteboard")
    result = run(tmp_path, DATA_ASSETS, partition="processes")
    left_out = {(one["name"], one["reason"]) for one in metadata(result, "workflows")["left_out"]}
    assert ("lanes.bpmn", "not in its document: 1 lanes") in left_out
    assert [reason for name, reason in left_out if name == "bad.bpmn"] == [
        "no BPMN 2.0 inside (no definitions of http://www.omg.org/spec/BPMN/20100524/MODEL)"
    ]
    assert all(reason.startswith("not in its") for name, reason in left_out if name != "bad.bpmn")
    manifest = Storage(tmp_path / "storage").current("diagrams", "processes") / "manifest.parquet"
    rows = {one["identifier"]: one for one in read_rows(manifest)}
    assert set(rows) == {"processes_drawn", "processes_own", "processes_lanes"}
    assert {one["source"] for one in rows.values()} == {"whiteboard"}
    assert rows["processes_own"]["provenance"] == "human"
    assert rows["processes_own"]["picture"] == own
    assert rows["processes_drawn"]["provenance"] == "simulated"
    assert len(rows["processes_drawn"]["boxes"]) == 15
    assert not any(one["split_declared"] for one in rows.values())


def test_a_source_may_name_its_reader(tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "a.bpmn").write_text(INVOICE)
    write(folder / "b.parquet", [row(0)])
    registry = SourceRegistry(Storage(tmp_path / "storage"))
    registry.add_folder("mixed", folder)
    result = run(tmp_path, DATA_ASSETS, partition="mixed", raise_on_error=False)
    (failure,) = result.get_step_failure_events()
    said = failure.step_failure_data.error.cause.message
    assert "holds files for the readers bigdocs and bpmn" in said
    registry.add_folder("mixed", folder, reader="bpmn")
    assert SourceRegistry(Storage(tmp_path / "storage")).get("mixed").reader == "bpmn"
    result = run(tmp_path, DATA_ASSETS, partition="mixed")
    assert metadata(result, "workflows")["dagster/row_count"] == 1


def test_a_picture_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "bigdocs"
    write(folder / "train.parquet", [row(0), row(1, images=[])])
    SourceRegistry(Storage(tmp_path / "storage")).add_folder("bigdocs", folder)
    result = run(tmp_path, DATA_ASSETS, partition="bigdocs")
    (without,) = metadata(result, "workflows")["left_out"]
    assert without["name"].startswith("train.parquet row 1 (")
    assert without["reason"] == "no picture, or several; one is wanted"
    left_out = {one["name"]: one["reason"] for one in metadata(result, "diagrams")["left_out"]}
    assert left_out["train.parquet row 0"].startswith("not a ")
