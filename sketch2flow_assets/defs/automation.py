"""What runs without being asked: jobs, the night, the drop folder, the built-in partitions."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import dagster as dg

from resources.compute import Compute
from resources.regime import Regime
from resources.sources import BUILT_IN, ready_folders
from resources.storage_resource import StorageResource
from sketch2flow_assets.defs.partitions import data_sources
from sketch2flow_assets.defs.shared import EVALUATION
from sketch2flow_assets.defs.training.preparation import inputs_tonight, recipe_for

# Hours; without them the run of a killed process would hold its pool's slot for ever.
MAX_RUNTIME = {"ingest": 6, "retraining": 72, "evaluation": 24}
TIMEZONE = os.environ.get("SKETCH2FLOW_TIMEZONE") or "UTC"

_source_assets = dg.AssetSelection.assets("workflows", "diagrams", "augmented_diagrams")


def _limit(hours: int) -> dict[str, str]:
    return {"dagster/max_runtime": str(hours * 3600)}


ingest_source = dg.define_asset_job(
    "ingest_source",
    selection=_source_assets,
    tags=_limit(MAX_RUNTIME["ingest"]),
    description="Workflows, diagrams and augmented diagrams of one data source.",
)
grow_sources = dg.define_asset_job(
    "grow_sources",
    selection=_source_assets,
    tags=_limit(MAX_RUNTIME["ingest"]),
    description="One generated data source gains workflows, seeded by a date (config: grow, date).",
)
nightly_retraining = dg.define_asset_job(
    "nightly_retraining",
    selection=dg.AssetSelection.assets("sketch2flow_dataset").downstream(),
    tags=_limit(MAX_RUNTIME["retraining"]),
    description="Data set, training, predictions, scores, metrics, report, champion.",
)
evaluate = dg.define_asset_job(
    "evaluate",
    selection=dg.AssetSelection.groups(EVALUATION),
    tags=_limit(MAX_RUNTIME["evaluation"]),
    description="Predictions of all enabled models, scores, metrics, report, champion.",
)


@dg.schedule(
    job=nightly_retraining,
    cron_schedule="0 2 * * *",
    execution_timezone=TIMEZONE,
)
def nightly(
    context: dg.ScheduleEvaluationContext,
    storage: StorageResource,
    regime: Regime,
    compute: Compute,
) -> dg.RunRequest | dg.SkipReason:
    """Retrain when what would go in differs from what the last training was made of."""
    store = storage.storage()
    recipe = recipe_for(regime, compute.precision, minutes=None)
    inputs = inputs_tonight(store, recipe)
    reason = reason_to_skip(inputs, store.ref("training_inputs", recipe.name))
    return dg.SkipReason(reason) if reason else dg.RunRequest(tags={"inputs": str(inputs)})


def reason_to_skip(inputs: str | None, trained: str | None) -> str | None:
    """Return why tonight needs no training, None if it needs one."""
    if inputs is None:
        return "no data source has augmented_diagrams yet"
    if inputs == trained:
        return f"data sources and recipe are those of the last training (inputs {inputs})"
    return None


@dg.schedule(job=grow_sources, cron_schedule="0 1 * * *", execution_timezone=TIMEZONE)
def nightly_growth(
    context: dg.ScheduleEvaluationContext, regime: Regime
) -> list[dg.RunRequest] | dg.SkipReason:
    """Let every growing source gain its workflows of the night."""
    known = context.instance.get_dynamic_partitions(str(data_sources.name))
    date = context.scheduled_execution_time.date().isoformat()
    requests = growth_requests(regime.growth, known, date)
    return requests or dg.SkipReason("no growing data source has a partition")


def growth_requests(
    growth: Mapping[str, int], known: Sequence[str], date: str
) -> list[dg.RunRequest]:
    """Return a run for each source that grows and has its partition."""
    return [
        dg.RunRequest(
            run_key=f"{name}:{date}",
            partition_key=name,
            run_config={"ops": {"workflows": {"config": {"grow": count, "date": date}}}},
        )
        for name, count in sorted(growth.items())
        if count and name in known
    ]


@dg.sensor(minimum_interval_seconds=60, default_status=dg.DefaultSensorStatus.RUNNING)
def built_in_sources(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Offer the built-in data sources as partitions, on a fresh instance too."""
    there = context.instance.get_dynamic_partitions(str(data_sources.name))
    missing = [name for name in BUILT_IN if name not in there]
    if not missing:
        return dg.SkipReason("all built-in data sources have their partitions")
    return dg.SensorResult(dynamic_partitions_requests=[data_sources.build_add_request(missing)])


@dg.sensor(
    job=ingest_source,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def drop_folder(
    context: dg.SensorEvaluationContext, storage: StorageResource
) -> dg.SensorResult | dg.SkipReason:
    """Take in `inbox/<name>/` once it holds the marker _READY, and again when that is renewed."""
    sources = storage.sources()
    ready = ready_folders(sources.inbox)
    refusals = {name: reason for name in ready if (reason := sources.refusal(name))}
    known = context.instance.get_dynamic_partitions(str(data_sources.name))
    arrivals = look_into(ready, refusals, known, json.loads(context.cursor or "{}"))
    for problem in arrivals.refused:
        context.log.warning(problem)
    if not arrivals.runs:
        refused = f"; refused: {'; '.join(arrivals.refused)}" if arrivals.refused else ""
        return dg.SkipReason(f"nothing new in {sources.inbox}{refused}")
    return dg.SensorResult(
        dynamic_partitions_requests=[data_sources.build_add_request(arrivals.new_keys)],
        run_requests=[
            # The marker's time is in the key: a run key is used up for ever.
            dg.RunRequest(run_key=f"{name}:{time}", partition_key=name)
            for name, time in arrivals.runs.items()
        ],
        cursor=json.dumps(arrivals.cursor),
    )


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What a look into the drop folder asks for; `runs` and `cursor` map names to marker times."""

    new_keys: list[str]
    runs: dict[str, int]
    refused: list[str]
    cursor: dict[str, int]


def look_into(
    ready: Mapping[str, int],
    refusals: Mapping[str, str],
    known: Sequence[str],
    cursor: Mapping[str, int],
) -> Arrivals:
    """Return which folders to take in: those not refused whose marker is new or renewed."""
    runs = {
        name: time
        for name, time in ready.items()
        if name not in refusals and cursor.get(name) != time
    }
    new_keys = [name for name in runs if name not in known]
    return Arrivals(new_keys, runs, list(refusals.values()), {**cursor, **runs})
