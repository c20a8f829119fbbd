"""Copies of training pictures: where their text stands, how high it is, whose they are."""

from __future__ import annotations

import json
from pathlib import Path

from resources.sources import SourceRegistry
from resources.storage import Storage
from sketch2flow.workflow.document import to_object
from sketch2flow_assets.defs.diagrams.manifest import BOX_NUMBERS, Row, read_rows
from synth.draw import Wish, draw
from synth.drawing.encoding import decode
from synth.generate import generate_workflows
from synth.legibility import illegible, measure
from synth.margins import faults
from tests.assets.conftest import DATA_ASSETS, run


def rows_of(home: Path, asset: str, source: str) -> list[Row]:
    return list(read_rows(Storage(home / "storage").current(asset, source) / "manifest.parquet"))


def test_copies_are_of_training_pictures_and_their_boxes_move_along(made: Path) -> None:
    for source in ("synthetic", "ui"):
        parents = {row["identifier"]: row for row in rows_of(made, "diagrams", source)}
        copies = rows_of(made, "augmented_diagrams", source)
        training = [name for name, row in parents.items() if row["split"] == "train"]
        assert 0 < len(training) < len(parents), "the law is about something"
        assert [row["parent"] for row in copies] == training
        moved = 0
        for row in copies:
            parent = parents[row["parent"]]
            assert [box["node"] for box in row["boxes"]] == [box["node"] for box in parent["boxes"]]
            boxes = [tuple(box[name] for name in BOX_NUMBERS) for box in row["boxes"]]
            pixels = decode(row["picture"])
            assert pixels.shape[:2] == (row["height"], row["width"])
            assert faults(pixels, boxes) == []
            assert illegible(measure(pixels, boxes, row["text_height"])) == ""
            words, before = json.loads(row["words"]), json.loads(parent["words"])
            assert [word["text"] for word in words] == [word["text"] for word in before]
            assert (words != before) == (row["boxes"] != parent["boxes"])
            moved += row["boxes"] != parent["boxes"]
        assert moved > len(copies) / 5


def test_people_s_own_pictures_tell_how_high_their_text_is(tmp_path: Path) -> None:
    folder = tmp_path / "drawings"
    folder.mkdir()
    for number, workflow in enumerate(generate_workflows("mine", 4, 3, 3)):
        picture = draw(
            workflow.workflow, "digital", str(number), wish=Wish(("pastel",), 1.0 + number % 2)
        ).picture
        (folder / f"p{number}.png").write_bytes(picture)
        value = {"document": to_object(workflow.workflow), "split": "train"}
        (folder / f"p{number}.json").write_text(json.dumps(value))
    SourceRegistry(Storage(tmp_path / "storage")).add_folder("mine", folder, medium="whiteboard")
    run(tmp_path, DATA_ASSETS, partition="mine")
    rows = rows_of(tmp_path, "diagrams", "mine")
    heights = {row["identifier"]: row["text_height"] for row in rows}
    assert all(5.5 < heights[f"mine_p{number}"] < 8 for number in (0, 2))
    assert all(11 < heights[f"mine_p{number}"] < 16 for number in (1, 3))
    copies = rows_of(tmp_path, "augmented_diagrams", "mine")
    assert len(copies) == 4
    for row in copies:
        assert row["boxes"] == []
        assert 0.6 < row["text_height"] / heights[row["parent"]] < 1.4
