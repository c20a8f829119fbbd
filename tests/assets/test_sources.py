"""Data sources that are folders, and those that grow, through the partitioned assets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from resources.sources import SourceRegistry
from resources.storage import Storage
from sketch2flow.workflow.document import to_object
from sketch2flow_assets.defs.dataset.assets import sketch2flow_dataset
from sketch2flow_assets.defs.diagrams.assets import diagrams
from sketch2flow_assets.defs.diagrams.manifest import read_rows
from sketch2flow_assets.defs.predictions.evaluation_rows import read_split
from sketch2flow_assets.defs.workflows.assets import workflows
from synth.draw import draw
from synth.generate import generate_workflows, to_line
from tests.assets.conftest import DATA_ASSETS, metadata, run


@pytest.fixture(scope="module")
def drawings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a person would make it, with an unreadable file and a blank picture."""
    folder = tmp_path_factory.mktemp("drawings")
    for number, made in enumerate(generate_workflows("mine", 6, 3, 3)):
        picture = draw(made.workflow, "ui", str(number)).picture
        (folder / f"p{number}.png").write_bytes(picture)
        value = {"document": to_object(made.workflow), "group": f"writer {number % 2}"}
        if number % 2:
            value |= {"split": "test", "source": "whiteboard", "provenance": "simulated"}
        (folder / f"p{number}.json").write_text(json.dumps(value))
    (folder / "broken.png").write_bytes(b"no picture")
    (folder / "broken.json").write_text("{}")
    return folder


def test_a_folder_becomes_rows_with_what_it_declares(drawings: Path, tmp_path: Path) -> None:
    SourceRegistry(Storage(tmp_path / "storage")).add_folder("mine", drawings)
    result = run(tmp_path, DATA_ASSETS, partition="mine")
    assert metadata(result, "workflows")["dagster/row_count"] == 6
    left_out = metadata(result, "workflows")["left_out"]
    assert "broken.png" in {record["name"] for record in left_out}
    manifest = Storage(tmp_path / "storage").current("diagrams", "mine") / "manifest.parquet"
    rows = list(read_rows(manifest))
    declared = [row for row in rows if row["split_declared"]]
    assert {(row["split"], row["source"], row["provenance"]) for row in declared} == {
        ("test", "whiteboard", "simulated")
    }
    assert {row["group"] for row in rows} == {"writer 0", "writer 1"}
    plain = [row for row in rows if not row["split_declared"]]
    assert {(row["source"], row["provenance"]) for row in plain} == {("manual", "human")}
    assert rows[0]["picture"] == (drawings / "p0.png").read_bytes()

    run(tmp_path, [sketch2flow_dataset])
    facts = Storage(tmp_path / "storage").current("dataset", "sketch2flow") / "facts.json"
    assert json.loads(facts.read_text())["rows"]["test"] >= 3


def test_documents_without_pictures_reach_the_diagrams(tmp_path: Path) -> None:
    """Lines that this project wrote, and a document by itself: drawn, with what they declare."""
    folder = tmp_path / "written"
    folder.mkdir()
    made = list(generate_workflows("synthetic", 5, 3, 3))
    lines = [json.loads(to_line(one)) for one in made[:4]]
    lines[0] |= {"split": "test", "source": "whiteboard"}
    (folder / "q.jsonl").write_text("\n".join([*map(json.dumps, lines), "{"]))
    (folder / "e.json").write_text(json.dumps(to_object(made[4].workflow)))
    (folder / "notes.csv").touch()
    SourceRegistry(Storage(tmp_path / "storage")).add_folder("written", folder, medium="ui")
    result = run(tmp_path, DATA_ASSETS, partition="written", variants=0)
    left_out = {one["name"] for one in metadata(result, "workflows")["left_out"]}
    assert left_out == {"q.jsonl line 5", "notes.csv"}
    manifest = Storage(tmp_path / "storage").current("diagrams", "written") / "manifest.parquet"
    rows = {row["identifier"]: row for row in read_rows(manifest)}
    assert set(rows) == {"written_e", *(f"written_{one.identifier}" for one in made[:4])}
    first = rows.pop(f"written_{made[0].identifier}")
    assert (first["source"], first["split"], first["split_declared"]) == (
        "whiteboard",
        "test",
        True,
    )
    assert first["heuristic"] == made[0].heuristic
    assert {row["source"] for row in rows.values()} == {"ui"}
    assert {row["provenance"] for row in (first, *rows.values())} == {"simulated"}
    assert not rows["written_e"]["split_declared"]


def test_what_is_said_of_a_folder_later_reaches_its_rows(drawings: Path, tmp_path: Path) -> None:
    sources = SourceRegistry(Storage(tmp_path / "storage"))

    def declared() -> set[tuple[str, str]]:
        run(tmp_path, [*DATA_ASSETS, sketch2flow_dataset], partition="mine")
        folder = Storage(tmp_path / "storage").current("dataset", "sketch2flow")
        rows = read_split(folder, "train", ["source", "provenance"])
        return {(row["source"], row["provenance"]) for row in rows}

    sources.add_folder("mine", drawings)
    assert declared() == {("manual", "human")}
    sources.add_folder("mine", drawings, medium="whiteboard", provenance="simulated")
    assert declared() == {("whiteboard", "simulated")}


def test_a_folder_that_changed_in_between_is_named(drawings: Path, tmp_path: Path) -> None:
    folder = tmp_path / "inbox" / "mine"
    folder.mkdir(parents=True)
    for path in drawings.glob("p*"):
        (folder / path.name).write_bytes(path.read_bytes())
    run(tmp_path, [workflows], partition="mine")
    (folder / "p0.png").write_bytes((folder / "p1.png").read_bytes())
    result = run(tmp_path, [diagrams], partition="mine", raise_on_error=False)
    (failure,) = result.get_step_failure_events()
    assert "has changed: materialize workflows" in str(failure.step_failure_data.user_failure_data)


def test_a_source_without_a_folder_names_the_cure(tmp_path: Path) -> None:
    result = run(tmp_path, [workflows], partition="nowhere", raise_on_error=False)
    (failure,) = result.get_step_failure_events()
    assert "sketch2flow sources add nowhere" in failure.step_failure_data.error.cause.message


def test_hostile_partition_keys_reach_no_path(tmp_path: Path) -> None:
    result = run(tmp_path, [workflows], partition="../up", raise_on_error=False)
    assert not result.success
    assert list(tmp_path.iterdir()) == []


def test_growth_adds_workflows_and_keeps_the_old(tmp_path: Path) -> None:
    def made(config: dict[str, object]) -> list[str]:
        run(tmp_path, [workflows], partition="synthetic", config={"workflows": config})
        path = Storage(tmp_path / "storage").current("workflows", "synthetic")
        return (path / "workflows.jsonl").read_text().splitlines()

    before = made({})
    after = made({"grow": 7, "date": "2026-11-21"})
    assert after[: len(before)] == before
    assert len(after) == len(before) + 7
    assert json.loads(after[-1])["identifier"] == "synthetic_20261121_000006"
    assert made({"grow": 7, "date": "2026-11-21"}) == after, "a date counts once"
    later = made({"grow": 7, "date": "2026-11-22"})
    gained = [json.loads(line)["document"] for line in later[len(after) :]]
    assert gained != [json.loads(line)["document"] for line in after[len(before) :]]


def test_the_same_seed_gives_the_same_pictures(tmp_path: Path) -> None:
    def pictures(home: Path, **settings: int) -> list[str]:
        run(home, [workflows, diagrams], partition="ui", documents={"ui": 6}, **settings)
        manifest = Storage(home / "storage").current("diagrams", "ui") / "manifest.parquet"
        return [row["picture_sha256"] for row in read_rows(manifest, ["picture_sha256"])]

    first = pictures(tmp_path / "a")
    assert pictures(tmp_path / "b") == first
    assert pictures(tmp_path / "c", seed=1) != first


def test_pictures_beyond_the_limit_are_left_out_and_counted(tmp_path: Path) -> None:
    result = run(
        tmp_path, [workflows, diagrams], partition="ui", documents={"ui": 6}, max_pixels=1000
    )
    told = metadata(result, "diagrams")
    assert told["dagster/row_count"] == 0
    assert told["left_out_count"] == 6


def test_a_folder_with_nothing_usable_fails_and_says_why(tmp_path: Path) -> None:
    folder = tmp_path / "drawn"
    folder.mkdir()
    (folder / "broken.png").write_bytes(b"no picture")
    (folder / "broken.json").write_text("{}")
    SourceRegistry(Storage(tmp_path / "storage")).add_folder("drawn", folder)
    result = run(tmp_path, [workflows], partition="drawn", raise_on_error=False)
    assert not result.success
    (failed,) = result.get_step_failure_events()
    said = failed.step_failure_data.user_failure_data
    assert said is not None
    assert said.description is not None
    assert "data source drawn: nothing in" in said.description
    assert "broken.png: no PNG, JPEG or WebP inside" in said.description
    assert not Storage(tmp_path / "storage").refs("workflows")
