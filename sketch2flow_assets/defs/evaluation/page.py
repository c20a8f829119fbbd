"""What goes into the evaluation report, gathered from the artefacts in force."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from resources.regime import Regime
from resources.storage import Storage
from resources.warehouse import Warehouse
from sketch2flow.report.champion import Decision
from sketch2flow.report.data import ReportData, Sample
from sketch2flow.report.samples import choose_samples
from sketch2flow.report.tables import TABLES
from sketch2flow.scoring import METRICS
from sketch2flow.vlm.predictions import PredictionStore
from sketch2flow.vlm.registry import ModelEntry
from sketch2flow_assets.defs.evaluation.contest import Contestant
from sketch2flow_assets.defs.evaluation.scoring import facts_of, truths
from sketch2flow_assets.defs.predictions.evaluation_rows import pictures


def report_data(
    storage: Storage,
    warehouse: Warehouse,
    regime: Regime,
    entries: Sequence[ModelEntry],
    candidate: Contestant,
    decision: Decision,
    dataset: Path,
) -> ReportData:
    """Return all that the page shows, about the candidate's model."""
    training = storage.object_folder("training", candidate.recipe, candidate.training)
    record = json.loads((training / "training.json").read_text(encoding="utf-8"))
    there = warehouse.table_names()
    return ReportData(
        model=candidate.model,
        tables={name: warehouse.read(name) for name in TABLES if name in there},
        samples=_samples(storage, warehouse, candidate, dataset),
        dataset=_dataset_facts(dataset, regime),
        training=_training_facts(record, candidate),
        losses=record["losses"],
        decision=decision,
        absent=_absent(storage, entries),
        created=datetime.now(UTC).isoformat(timespec="minutes"),
    )


def _samples(
    storage: Storage, warehouse: Warehouse, candidate: Contestant, dataset: Path
) -> list[Sample]:
    chosen = choose_samples(warehouse.read("scores"), candidate.model)
    wanted = {row["identifier"] for _, row in chosen}
    shown = dict(pictures(dataset, wanted))
    truth = truths(dataset)
    folder = storage.current("predictions", candidate.model)
    answers = {one.identifier: one for one in PredictionStore(folder).read()}
    return [
        Sample(
            identifier=row["identifier"],
            source=row["source"],
            rank=rank,
            model=candidate.model,
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


def _dataset_facts(dataset: Path, regime: Regime) -> Mapping[str, object]:
    facts = json.loads((dataset / "facts.json").read_text(encoding="utf-8"))
    return {
        "revision": dataset.name,
        "pictures": "simulated unless a source says otherwise: see the data set's card",
        "rows": facts["rows"],
        "data sources": list(facts["sources"]),
        "most steps a workflow": regime.max_components,
        "language": str(regime.language()),
        "most pixels a picture": regime.max_pixels,
        "test rows answered per source": regime.evaluation_rows,
        "seed": regime.seed,
    }


def _training_facts(record: Mapping[str, Any], candidate: Contestant) -> Mapping[str, object]:
    names = ("parameters", "steps", "seconds", "pictures_drawn", "rows_used", "rows_left_out")
    return {
        "recipe": f"{candidate.recipe} ({record['recipe_digest']})",
        "training": candidate.training,
        **{name.replace("_", " "): record[name] for name in names if name in record},
        "validation loss": record.get("validation_loss"),
    }


def _absent(storage: Storage, entries: Sequence[ModelEntry]) -> dict[str, str]:
    refs = storage.refs("predictions")
    reasons = {
        entry.name: facts_of(storage, entry.name, refs[entry.name])["absent"]
        for entry in entries
        if entry.name in refs
    }
    return {name: str(reason) for name, reason in reasons.items() if reason}
