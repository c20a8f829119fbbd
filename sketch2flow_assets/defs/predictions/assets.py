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
from sketch2flow_assets.defs.predictions.answering import Absent, Source, asked, source_of
from sketch2flow_assets.defs.predictions.keeping import FACTS, KIND, Shelf
from sketch2flow_assets.defs.shared import EVALUATION, OWNERS, Result, ReuseConfig, file_metadata
from sketch2flow_assets.progress import logged

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
        code_version=asked(entry)["code"],
        # One run at a time: the GPU's models share one, the others have one each.
        pool="gpu" if entry.kind in ("trained", "hub") else f"predictions_{entry.name}",
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
        digest = digest_of([asked(entry), source.identity, dataset.name, wanted])
        facts = {
            "model": entry.name,
            "dataset": dataset.name,
            "rows_per_source": regime.evaluation_rows,
            "run": context.run.run_id,
        }
        reused = store.has(KIND, entry.name, digest) and not config.force
        if isinstance(source, Absent):
            in_force = Shelf(store, entry.name, digest, facts).keep_nothing(source.reason)
        elif reused:
            in_force = digest
        else:
            shelf = Shelf(store, entry.name, digest, {**facts, **source.training})
            failed = _ask(context, shelf.open(anew=config.force), source, dataset, wanted)
            in_force = shelf.close(wanted, failed, replace=config.force)
        store.set_ref(KIND, entry.name, in_force)
        folder = store.object_folder(KIND, entry.name, in_force)
        return dg.MaterializeResult(
            metadata={**file_metadata(folder, in_force, reused), **_shown(folder)}
        )

    return predictions


def _ask(
    context: dg.AssetExecutionContext,
    answers: PredictionStore,
    source: Source,
    dataset: Path,
    wanted: Sequence[str],
) -> list[Prediction]:
    """Let the source answer what no run before has, keeping the answers as they come.

    Returns the rows that got no answer; they are not among the kept ones, so that the next run
    asks for them again.
    """
    missing = set(wanted) - answers.answers().keys()
    rows = evaluation_rows.pictures(dataset, missing)
    shard: list[Prediction] = []
    failed: list[Prediction] = []
    for one in logged(context.log, source.answer(rows), "answers", len(missing)):
        (shard if one.error is None else failed).append(one)
        if len(shard) == SHARD_ROWS:
            answers.append(shard)
            shard.clear()
    answers.append(shard)
    if failed:
        context.log.warning(f"{len(failed)} of {len(missing)} got no answer: {failed[0].error}")
    return failed


def _shown(folder: Path) -> dict[str, Any]:
    store = PredictionStore(folder)
    facts = json.loads((folder / FACTS).read_text())
    answers = list(store.answers().values())
    failed = [one for one in store.latest().values() if one.error]
    error = failed[0].error or "" if failed else "none"
    outage = f"{len(failed)} rows got no answer, the next run asks for them again: {error}"
    seconds = sum(one.seconds for one in answers)
    return {
        "dagster/row_count": len(answers),
        "dataset_revision": facts["dataset"],
        "reason": facts["absent"] or (outage if failed else "none"),
        "failed": len(failed),
        "first_error": error,
        "cut_off": sum(one.finish_reason == "length" for one in answers),
        "tokens_out": sum(one.tokens_out for one in answers),
        "seconds": round(seconds, 2),
        "answers_per_second": round(len(answers) / seconds, 2) if seconds else 0.0,
    }


all_predictions = [predictions_asset(entry) for entry in load_registry().values() if entry.enabled]
