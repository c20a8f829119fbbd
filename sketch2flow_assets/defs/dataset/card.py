"""The data set's card: README.md with `dataset_info`, and what is and is not in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from sketch2flow_assets.defs.dataset.assembly import SPLITS, Plan
from sketch2flow_assets.defs.diagrams.manifest import BOX_NUMBERS, FACTORS, LISTS, NUMBERS, WORDS

if TYPE_CHECKING:
    from resources.regime import Regime


def write_card(folder: Path, plan: Plan, rows: Mapping[str, int], regime: Regime) -> None:
    """Write README.md beside the shards of a data set."""
    head = yaml.safe_dump(_head(folder, rows), sort_keys=False, allow_unicode=True)
    text = f"---\n{head}---\n\n{_body(plan, rows, regime)}"
    (folder / "README.md").write_text(text, encoding="utf-8")


def _head(folder: Path, rows: Mapping[str, int]) -> dict[str, Any]:
    files = {split: sorted((folder / "data").glob(f"{split}-*.parquet")) for split in SPLITS}
    sizes = {split: sum(path.stat().st_size for path in paths) for split, paths in files.items()}
    return {
        "license": "apache-2.0",
        "language": ["en"],
        "pretty_name": "sketch2flow",
        "task_categories": ["image-to-text"],
        "tags": ["workflow", "diagram", "synthetic", "simulated"],
        "configs": [
            {
                "config_name": "default",
                "data_files": [{"split": s, "path": f"data/{s}-*"} for s in SPLITS],
            }
        ],
        "dataset_info": {
            "features": _features(),
            "splits": [
                {"name": split, "num_bytes": sizes[split], "num_examples": rows[split]}
                for split in SPLITS
            ],
            "download_size": sum(sizes.values()),
            "dataset_size": sum(sizes.values()),
        },
    }


_WORD = [
    *({"name": name, "dtype": "string"} for name in ("node", "text")),
    *({"name": name, "dtype": "float32"} for name in BOX_NUMBERS),
]


def _features() -> list[dict[str, Any]]:
    texts = [{"name": name, "dtype": "string"} for name in FACTORS]
    return [
        {"name": "identifier", "dtype": "string"},
        {"name": "images", "list": "image"},
        {"name": "queries", "list": "string"},
        {"name": "annotations", "list": "string"},
        {"name": "task", "dtype": "string"},
        {"name": "source", "dtype": "string"},
        *texts,
        *({"name": name, "dtype": "int64"} for name in NUMBERS),
        *({"name": name, "list": "string"} for name in LISTS),
        {"name": WORDS, "list": _WORD},
    ]


def _body(plan: Plan, rows: Mapping[str, int], regime: Regime) -> str:
    sources = "\n".join(
        f"| {name} | {digests['diagrams']} | {digests['augmented_diagrams']} |"
        for name, digests in plan.digests().items()
    )
    counts = "\n".join(f"| {split} | {rows[split]:,} |" for split in SPLITS)
    return f"""\
# sketch2flow: pictures of workflows and the workflows as JSON

Each row is a picture of a workflow and the workflow as JSON in a json fence, in the columns of
BigDocs-Sketch2Flow (`identifier`, `images`, `queries`, `annotations`, `task`, `source`), followed
by factors: medium, orientation, resolution class, style, heuristic, features, and more. `words`
are the words of a picture that was drawn here, node by node, with their boxes in pixels: exact
where a program draws, to a few pixels where a hand did.

**Simulated.** Rows with `provenance: simulated` hold workflows that a program wrote and pictures
that a program drew; nobody drew them by hand, whatever `source` says: *manual* and *whiteboard*
look like pen on paper and marker on a board, and are renderings. Only rows with
`provenance: human` come from people. A score on simulated pictures says nothing about photographs
of real drawings until it is measured on them.

Revision `{plan.revision}`, a digest of all rows and pictures.

| split | rows |
|---|---|
{counts}

Workflows that are equal up to wording stand in one split, by a hash of their content (92 / 4 / 4 of
a hundred); splits and groups that a source declares win over it. {len(plan.moved.items):,} rows
became test rows because their content was in two splits, {len(plan.left_out.items):,} were left
out. `parent` names the picture that an augmented one was made of; only training pictures have
augmented copies.

Made with: at most {regime.max_components} steps a workflow ({regime.language()}), at most
{regime.max_pixels:,} pixels a picture, {regime.variants:g} augmented copies a training picture,
seed {regime.seed}; and, beside each workflow, {regime.lessons:g} of one step for training alone
(`_lesson_` in the identifier).

| data source | diagrams | augmented diagrams |
|---|---|---|
{sources}
"""
