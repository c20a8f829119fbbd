"""What goes into the evaluation report, gathered from the artefacts in force."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from resources.storage import Storage
from resources.warehouse import Warehouse
from sketch2flow.report.champion import Decision
from sketch2flow.report.data import ReportData, Sample
from sketch2flow.report.samples import choose_samples
from sketch2flow.report.tables import TABLES
from sketch2flow.scoring import METRICS
from sketch2flow.vlm.predictions import PredictionStore
from sketch2flow.vlm.registry import ModelEntry
from sketch2flow_assets.defs.dataset.assets import KEY as DATASET
from sketch2flow_assets.defs.dataset.facts import Facts
from sketch2flow_assets.defs.evaluation.contest import Contestant
from sketch2flow_assets.defs.evaluation.scoring import truths
from sketch2flow_assets.defs.evaluation.sifting import Origin
from sketch2flow_assets.defs.predictions.evaluation_rows import pictures
from sketch2flow_assets.defs.predictions.keeping import facts_of


def report_data(
    storage: Storage,
    warehouse: Warehouse,
    entries: Sequence[ModelEntry],
    candidate: Contestant,
    decision: Decision,
) -> ReportData:
    """Return all that the page shows, about the candidate's model: what its scores are made of."""
    origin = Origin.load(storage.object_folder("scores", "all", candidate.scores))
    dataset = storage.object_folder("dataset", DATASET, origin.dataset)
    training = storage.object_folder("training", candidate.recipe, candidate.training)
    record = json.loads((training / "training.json").read_text(encoding="utf-8"))
    there = warehouse.table_names()
    return ReportData(
        model=candidate.model,
        tables={name: warehouse.read(name) for name in TABLES if name in there},
        samples=_samples(storage, warehouse, candidate.model, origin, dataset),
        dataset=_dataset_facts(storage, candidate.model, origin, dataset),
        training=_training_facts(record, candidate),
        losses=record["losses"],
        decision=decision,
        absent=_absent(storage, entries, origin),
        created=datetime.now(UTC).isoformat(timespec="minutes"),
    )


def _samples(
    storage: Storage, warehouse: Warehouse, model: str, origin: Origin, dataset: Path
) -> list[Sample]:
    chosen = choose_samples(warehouse.read("scores"), model)
    wanted = {row["identifier"] for _, row in chosen}
    shown = dict(pictures(dataset, wanted))
    truth = truths(dataset)
    folder = storage.object_folder("predictions", model, origin.predictions[model])
    answers = PredictionStore(folder).answers()
    return [
        Sample(
            identifier=row["identifier"],
            source=row["source"],
            rank=rank,
            model=model,
            picture=shown[row["identifier"]],
            truth=truth[row["identifier"]]["annotations"][0],
            answer=answers[row["identifier"]].text,
            scores={name: row[name] for name in METRICS},
            structure_errors=row["structure_errors"] or (),
            error=row["error"],
        )
        for rank, row in chosen
        if row["identifier"] in shown and row["identifier"] in answers
    ]


def _dataset_facts(
    storage: Storage, model: str, origin: Origin, dataset: Path
) -> Mapping[str, object]:
    facts = Facts.load(dataset)
    answers = facts_of(storage, model, origin.predictions[model])
    return {
        "revision": dataset.name,
        "pictures": "simulated unless a source says otherwise: see the data set's card",
        "rows": facts.rows,
        "data sources": list(facts.sources),
        **facts.regime,
        "test rows answered per source, at most": answers["rows_per_source"],
    }


def _training_facts(record: Mapping[str, Any], candidate: Contestant) -> Mapping[str, object]:
    names = ("parameters", "steps", "seconds", "pictures_seen", "rows_used", "rows_left_out")
    return {
        "recipe": f"{candidate.recipe} ({record['recipe_digest']})",
        "training": candidate.training,
        **{name.replace("_", " "): record[name] for name in names if name in record},
        "validation loss": record.get("validation_loss"),
    }


def _absent(storage: Storage, entries: Sequence[ModelEntry], origin: Origin) -> dict[str, str]:
    """Return why answers of an entry are missing, or are not scored."""
    reasons = {}
    for entry in entries:
        if digest := origin.predictions.get(entry.name):
            absent = facts_of(storage, entry.name, digest)["absent"]
            if reason := absent or origin.reasons(entry.name):
                reasons[entry.name] = str(reason)
        else:
            reasons[entry.name] = f"no predictions on the data set revision {origin.dataset} yet"
    return reasons
