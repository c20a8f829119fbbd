"""Stage five: an asset per enabled registry entry, its answers to the same held-out pictures."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from resources.regime import Regime
from resources.storage import digest_of
from resources.storage_resource import StorageResource
from sketch2flow.vlm.predictions import Prediction, PredictionStore
from sketch2flow.vlm.registry import ModelEntry, load_registry
from sketch2flow_assets.defs.dataset.assets import KEY as DATASET
from sketch2flow_assets.defs.predictions import evaluation_rows
from sketch2flow_assets.defs.predictions.answering import Absent, Source, source_of
from sketch2flow_assets.defs.shared import EVALUATION, OWNERS, Result, ReuseConfig, file_metadata
from sketch2flow_assets.progress import logged

CODE = "1"
FACTS = "facts.json"
SHARD_ROWS = 32
KINDS = {"trained": "pytorch", "hub": "huggingface", "api": "openai", "control": "python"}


def predictions_asset(entry: ModelEntry) -> dg.AssetsDefinition:
    """Return the asset predictions/<name> of a registry entry."""
    upstream = {"trained": ["finetuned_model"]}.get(entry.kind, [])
    if entry.of:
        upstream = [f"predictions/{entry.of}"]

    @dg.asset(
        key=["predictions", entry.name],
        deps=[dg.AssetKey.from_user_string(key) for key in ["sketch2flow_dataset", *upstream]],
        description=f"{entry.description} One row per held-out picture: text, tokens, seconds.",
        group_name=EVALUATION,
        owners=OWNERS,
        kinds={KINDS[entry.kind], "parquet"},
        code_version=CODE,
        pool="gpu" if entry.kind in ("trained", "hub") else None,
    )
    def predictions(
        context: dg.AssetExecutionContext,
        config: ReuseConfig,
        storage: StorageResource,
        regime: Regime,
    ) -> Result:
        store = storage.storage()
        dataset = store.current("dataset", DATASET)
        wanted = evaluation_rows.evaluation_identifiers(dataset, regime.evaluation_rows)
        source = source_of(entry, store, dataset, regime)
        identity = source.identity if isinstance(source, Source) else f"absent: {source.reason}"
        asked = entry.model_dump(exclude={"description", "enabled"})
        digest = digest_of([asked, identity, dataset.name, wanted])
        reused = store.has("predictions", entry.name, digest) and not config.force
        if not reused:
            if config.force:
                store.drop_work("predictions", entry.name, digest)
            work = store.open_work("predictions", entry.name, digest)
            if isinstance(source, Source):
                _answer_rest(context, PredictionStore(work), source, dataset, wanted)
            absent = source.reason if isinstance(source, Absent) else None
            facts = {"model": entry.name, "dataset": dataset.name, "run": context.run.run_id}
            (work / FACTS).write_text(json.dumps({**facts, "absent": absent}))
            store.close_work("predictions", entry.name, digest)
        store.set_ref("predictions", entry.name, digest)
        folder = store.object_folder("predictions", entry.name, digest)
        return dg.MaterializeResult(
            metadata={**file_metadata(folder, digest, reused), **_shown(folder)}
        )

    return predictions


def _answer_rest(
    context: dg.AssetExecutionContext,
    answers: PredictionStore,
    source: Source,
    dataset: Path,
    wanted: Sequence[str],
) -> None:
    """Let the source answer what a killed run has not, keeping the answers as they come."""
    missing = set(wanted) - answers.done()
    rows = evaluation_rows.pictures(dataset, missing)
    shard: list[Prediction] = []
    for answer in logged(context.log, source.answer(rows), "answers", len(missing)):
        shard.append(answer)
        if len(shard) == SHARD_ROWS:
            answers.append(shard)
            shard.clear()
    answers.append(shard)


def _shown(folder: Path) -> dict[str, Any]:
    answers = {one.identifier: one for one in PredictionStore(folder).read()}
    facts = json.loads((folder / FACTS).read_text())
    failed = [one for one in answers.values() if one.error]
    seconds = sum(one.seconds for one in answers.values())
    return {
        "dagster/row_count": len(answers),
        "dataset_revision": facts["dataset"],
        "reason": facts["absent"] or "none",
        "failed": len(failed),
        "first_error": failed[0].error or "" if failed else "none",
        "cut_off": sum(one.finish_reason == "length" for one in answers.values()),
        "tokens_out": sum(one.tokens_out for one in answers.values()),
        "seconds": round(seconds, 2),
        "answers_per_second": round(len(answers) / seconds, 2) if seconds else 0.0,
    }


all_predictions = [predictions_asset(entry) for entry in load_registry().values() if entry.enabled]
