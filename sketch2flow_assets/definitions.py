"""The code location: everything that Dagster knows of sketch2flow."""

from __future__ import annotations

import dagster as dg

from resources.deployment import resources_of
from sketch2flow_assets.console import console
from sketch2flow_assets.defs import automation
from sketch2flow_assets.defs.dataset import assets as dataset
from sketch2flow_assets.defs.diagrams import assets as diagrams
from sketch2flow_assets.defs.evaluation import assets as evaluation
from sketch2flow_assets.defs.predictions.assets import all_predictions
from sketch2flow_assets.defs.training.assets import finetuned_model
from sketch2flow_assets.defs.workflows.assets import workflows

defs = dg.Definitions(
    assets=[
        workflows,
        diagrams.diagrams,
        diagrams.augmented_diagrams,
        dataset.sketch2flow_dataset,
        dataset.published_dataset,
        finetuned_model,
        *all_predictions,
        evaluation.scores,
        evaluation.metrics,
        evaluation.evaluation_report,
        evaluation.champion_model,
    ],
    jobs=[
        automation.ingest_source,
        automation.grow_sources,
        automation.nightly_retraining,
        automation.evaluate,
    ],
    schedules=[automation.nightly, automation.nightly_growth],
    sensors=[automation.built_in_sources, automation.drop_folder],
    resources=resources_of(),
    loggers={"console": console},
    # A step process costs seconds before it works; what is worth several cores fans out inside.
    executor=dg.in_process_executor,
)
