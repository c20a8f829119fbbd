"""Stage six: scores, metric tables, the report, and the decision on the champion."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from resources.regime import Regime
from resources.storage import Storage, digest_of
from resources.storage_resource import StorageResource
from resources.warehouse import WarehouseResource
from sketch2flow.report.champion import HEADLINE
from sketch2flow.report.tables import FACTORS, TABLES
from sketch2flow.vlm.registry import load_registry
from sketch2flow_assets.defs.dataset.assets import KEY as DATASET
from sketch2flow_assets.defs.evaluation import contest, page, scoring, sifting
from sketch2flow_assets.defs.evaluation.contest import Contestant
from sketch2flow_assets.defs.evaluation.sifting import Origin
from sketch2flow_assets.defs.predictions.answering import trained_model
from sketch2flow_assets.defs.predictions.assets import all_predictions
from sketch2flow_assets.defs.predictions.keeping import facts_of
from sketch2flow_assets.defs.shared import (
    EVALUATION,
    OWNERS,
    Result,
    ReuseConfig,
    counts,
    file_metadata,
    table,
)
from sketch2flow_assets.defs.training.preparation import identity
from sketch2flow_assets.versions import code_digest

_CODE = ("sketch2flow.scoring", "sketch2flow.workflow", scoring.__name__, sifting.__name__)
CODE = code_digest(*_CODE)
REPORT_CODE = code_digest(
    "sketch2flow.report", "sketch2flow.pictures", contest.__name__, page.__name__
)
METRIC_COLUMNS = ("mean", "low", "high", "n")

# As the definitions were loaded: an entry that the file gains has no asset before a reload.
ENTRIES = [entry for entry in load_registry().values() if entry.enabled]


@dg.asset(
    deps=["sketch2flow_dataset", *(asset.key for asset in all_predictions)],
    group_name=EVALUATION,
    owners=OWNERS,
    kinds={"python", "parquet"},
    code_version=CODE,
)
def scores(
    context: dg.AssetExecutionContext,
    config: ReuseConfig,
    storage: StorageResource,
    regime: Regime,
) -> Result:
    """One row per answer and mode: FlowSim, TreeBLEU, trigger and component match, with factors.

    From the predictions of all enabled models on the data set revision in force, against its truth.
    Rows without an answer, and rows that a model was trained on, are counted and not scored.
    """
    store = storage.storage()
    dataset = store.current("dataset", DATASET)
    digests = sifting.answered(store, ENTRIES, dataset.name)
    digest = digest_of([CODE, dataset.name, digests])
    reused = store.has("scores", "all", digest) and not config.force

    def fill(folder: Path) -> None:
        run, workers = context.run.run_id, regime.processes()
        scoring.write_scores(folder, store, ENTRIES, digests, dataset, run, workers)

    folder = store.write("scores", "all", digest, fill, force=config.force)
    store.set_ref("scores", "all", digest)
    tally = scoring.describe(folder / scoring.FILE)
    not_scored: list[dict[str, Any]] = [
        {"model": name, "reason": reason, "rows": count}
        for name, reasons in Origin.load(folder).not_scored.items()
        for reason, count in reasons.items()
    ]
    metadata = {**file_metadata(folder, digest, reused), "dataset_revision": dataset.name}
    return dg.MaterializeResult(
        metadata={
            **metadata,
            "dagster/row_count": sum(tally.values()),
            "rows": counts(tally, "model"),
            "not_scored_count": sum(row["rows"] for row in not_scored),
            "not_scored": table(not_scored, ["model", "reason", "rows"]),
        }
    )


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            ["metrics", name],
            deps=[scores],
            description=(
                f"DuckDB table metrics.{name}: mean, median and 95 % interval of every metric, "
                f"per model and control{f' and {FACTORS[name]}' if name in FACTORS else ''}."
            ),
            group_name=EVALUATION,
            owners=OWNERS,
            kinds={"duckdb"},
            code_version=REPORT_CODE,
        )
        for name in TABLES
    ],
    can_subset=True,
    pool="duckdb",
)
def metrics(
    context: dg.AssetExecutionContext,
    config: ReuseConfig,
    storage: StorageResource,
    warehouse: WarehouseResource,
    regime: Regime,
) -> Iterator[Result]:
    """Build the chosen metric tables from the scores, in a new file that replaces the old one."""
    folder = storage.storage().current("scores", "all")
    house = warehouse.open()
    names = [key.path[-1] for key in sorted(context.selected_asset_keys)]
    origin = digest_of([folder.name, REPORT_CODE, regime.seed])
    stale = names if config.force else scoring.stale_tables(house, names, origin)
    if stale:
        house.build(folder / scoring.FILE, tables=stale, facts={"origin": origin}, seed=regime.seed)
    for name in names:
        rows = house.read(name)
        metadata = file_metadata(house.path, origin, name not in stale)
        factor = [] if name == "overall" else [FACTORS[name]]
        shown = [row for row in rows if (row["mode"], row["metric"]) == ("starflow", HEADLINE)]
        yield dg.MaterializeResult(
            asset_key=["metrics", name],
            metadata={
                **metadata,
                "dagster/row_count": len(rows),
                "dagster/table_name": f"metrics.{name}",
                HEADLINE: table(shown, ["model", "control", *factor, *METRIC_COLUMNS]),
            },
        )


@dg.asset(
    deps=[["metrics", name] for name in TABLES],
    group_name=EVALUATION,
    owners=OWNERS,
    kinds={"html"},
    code_version=REPORT_CODE,
)
def evaluation_report(
    config: ReuseConfig,
    storage: StorageResource,
    warehouse: WarehouseResource,
    regime: Regime,
) -> Result:
    """One HTML page per evaluation: leaderboard with controls, a chart per factor, samples.

    From the metric tables, the training record, and the held-out pictures with their answers.
    """
    from sketch2flow.report.html import write_report

    store = storage.storage()
    candidate = _candidate(store, regime)
    decision = contest.contest(store, candidate)
    digest = digest_of([REPORT_CODE, candidate.record(), decision.to_dict()])
    reused = store.has("report", DATASET, digest) and not config.force

    def fill(folder: Path) -> None:
        house = warehouse.open()
        write_report(folder, page.report_data(store, house, ENTRIES, candidate, decision))

    folder = store.write("report", DATASET, digest, fill, force=config.force)
    store.set_ref("report", DATASET, digest)
    file = folder / "report.html"
    metadata = {**file_metadata(folder, digest, reused), "page": dg.MetadataValue.path(file)}
    return dg.MaterializeResult(metadata={**metadata, "bytes": file.stat().st_size})


@dg.asset(
    deps=[evaluation_report],
    group_name=EVALUATION,
    owners=OWNERS,
    kinds={"json"},
    code_version=REPORT_CODE,
)
def champion_model(storage: StorageResource, regime: Regime) -> Result:
    """The decision whether the newest training takes the title, one per candidate.

    It must beat itself on shuffled pictures, and the champion on the pictures that both answered.
    """
    store = storage.storage()
    candidate = _candidate(store, regime)
    before = contest.champion(store)
    decision = contest.contest(store, candidate)
    holder = candidate if decision.promoted else before
    value = {"decision": decision.to_dict(), "candidate": candidate.record()}
    if holder:
        value["holder"] = holder.record()
    digest = digest_of(value)

    def fill(folder: Path) -> None:
        (folder / contest.RECORD).write_text(json.dumps(value, indent=2), encoding="utf-8")

    reused = store.has("champion", contest.TITLE, digest)
    folder = store.write("champion", contest.TITLE, digest, fill)
    store.set_ref("champion", contest.LATEST, digest)
    if holder:
        store.set_ref("champion", contest.TITLE, digest)
    return dg.MaterializeResult(
        metadata={
            **file_metadata(folder, digest, reused),
            **{name: _known(fact) for name, fact in decision.to_dict().items()},
            "holder": holder.label() if holder else "none",
        }
    )


def _candidate(store: Storage, regime: Regime) -> Contestant:
    """Return the training in force as a contestant, with the scores in force, which must be its."""
    training, folder = trained_model(store, regime), store.current("scores", "all")
    origin = Origin.load(folder)
    model = next((entry.name for entry in ENTRIES if entry.kind == "trained"), "")
    answers = origin.predictions.get(model)
    scored = facts_of(store, model, answers) if answers else {}
    in_force = identity(training)
    if not in_force.items() <= scored.items():
        raise dg.Failure(
            f"the scores are of {_named(scored)}, in force is {_named(in_force)}: "
            "run the job evaluate",
            allow_retries=False,
        )
    return Contestant(
        model=model,
        recipe=training.parent.name,
        training=training.name,
        revision=origin.dataset,
        scores=folder.name,
    )


def _named(training: Mapping[str, str]) -> str:
    if "training" not in training:
        return "no training"
    return f"training {training['training']} (weights {training['weights'][:8]})"


def _known(value: Any) -> Any:
    return "none" if value is None else value
