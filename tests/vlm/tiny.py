"""A tiny data set and recipe on which the real trainer runs in seconds."""

import io
import random
from pathlib import Path
from typing import Any

import yaml
from PIL import Image, ImageDraw

from sketch2flow.workflow.document import Component, Trigger, Workflow, to_answer

BOX = ("x", "y", "width", "height")
WORDS = ["log", "mail", "task", "user", "zone", "asset"]


def workflow(rng: random.Random, steps: int) -> Workflow:
    components = tuple(
        Component(
            annotation=(word := rng.choice(WORDS)),
            category="action",
            definition=f"{word}_it",
            scope="global",
            order=order,
        )
        for order in range(1, steps + 1)
    )
    trigger = Trigger(annotation="daily", type="daily")
    return Workflow(type="flow", scope="global", trigger=trigger, components=components)


def picture(document: Workflow) -> bytes:
    image = Image.new("L", (60, 20 + 40 * len(document.components)), 255)
    draw = ImageDraw.Draw(image)
    for place, component in enumerate(document.components):
        draw.rectangle((4, 10 + 40 * place, 56, 38 + 40 * place), outline=0)
        draw.text((10, 18 + 40 * place), component.annotation, fill=0)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def words(document: Workflow) -> list[dict[str, Any]]:
    """Return what is written in `picture`, where."""
    return [
        {
            "node": str(component.order),
            "text": component.annotation,
            **{"x": 10.0, "y": 19.0 + 40 * place, "width": 6.0 * len(component.annotation)},
            "height": 10.0,
        }
        for place, component in enumerate(document.components)
    ]


def rows(split: str, count: int) -> list[dict[str, Any]]:
    rng = random.Random(split)
    documents = [workflow(rng, 1 + index % 2) for index in range(count)]
    return [
        {
            "identifier": f"tiny_{split}_{index:03d}",
            "images": [{"bytes": picture(document), "path": None}],
            "queries": ["Generate workflow JSON"],
            "annotations": [to_answer(document)],
            "components": len(document.components),
            "words": words(document) if index % 3 else [],  # not all pictures are drawn here
        }
        for index, document in enumerate(documents)
    ]


def write_split(folder: Path, split: str, records: list[dict[str, Any]]) -> None:
    from datasets import Dataset, Features, Image, List, Value

    text = Value("string")
    features = Features(
        {
            "identifier": Value("string"),
            "images": List(Image()),
            "queries": List(Value("string")),
            "annotations": List(Value("string")),
            "components": Value("int32"),
            "words": List({"node": text, "text": text, **dict.fromkeys(BOX, Value("float32"))}),
        }
    )
    (folder / "data").mkdir(parents=True, exist_ok=True)
    file = folder / "data" / f"{split}-00000-of-00001.parquet"
    Dataset.from_list(records, features=features).to_parquet(str(file))


def write_dataset(folder: Path, broken: bool = False) -> Path:
    """Write a data set of 48 training rows; `broken` adds one row whose picture is cut off."""
    for split, count in (("train", 48), ("validation", 8), ("test", 8)):
        records = rows(split, count)
        if broken and split == "train":
            cut = records[5]["images"][0]["bytes"][:60]
            records[5]["images"] = [{"bytes": cut, "path": None}]
        write_split(folder, split, records)
    return folder


def write_recipe(path: Path, **changes: Any) -> Path:
    settings: dict[str, Any] = {
        "name": "tiny",
        "model": "reader",
        "reader": {
            "hidden_size": 32,
            "channels": [8, 8, 16, 32],
            "decoder_layers": 2,
            "attention_heads": 2,
            "vocabulary": 320,
            "longest_answer": 512,
        },
        "max_components": 8,
        "steps": 8,
        "cost_per_batch": 50_000,
        "most_rows": 2,
        "batches_per_step": 2,
        "optimizer": "muon",
        "learning_rate": 0.004,
        "betas": [0.9, 0.98],
        "weight_decay": 0.01,
        "warmup_steps": 2,
        "schedule": "linear",
        "average_decay": 0.5,
        "precision": "float32",
        "log_every_seconds": 1e-9,
        "checkpoint_every": 3,
        "validation_rows": 8,
        "validate_every": 4,
    }
    path.write_text(yaml.safe_dump(settings | changes))
    return path
