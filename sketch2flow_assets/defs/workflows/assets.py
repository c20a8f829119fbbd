"""Stage one: the workflow documents of each data source."""

from pathlib import Path

import dagster as dg
from pydantic import Field

from resources.regime import Regime
from resources.storage_resource import StorageResource
from sketch2flow_assets.defs.partitions import data_sources
from sketch2flow_assets.defs.shared import (
    DATA,
    OWNERS,
    Result,
    ReuseConfig,
    counts,
    file_metadata,
    table,
)
from sketch2flow_assets.defs.workflows import making
from sketch2flow_assets.left_out import LeftOut
from sketch2flow_assets.progress import logged
from sketch2flow_assets.versions import code_digest

CODE = code_digest("sketch2flow.workflow", "synth", making.__name__)


class WorkflowsConfig(ReuseConfig):
    """Growth comes before generation: a generated source gains workflows, once a date."""

    grow: int = Field(default=0, ge=0, le=1_000_000, description="Workflows to gain for `date`.")
    date: str = Field(default="", pattern=r"^(\d{4}-\d{2}-\d{2})?$", description="YYYY-MM-DD.")


@dg.asset(
    partitions_def=data_sources,
    group_name=DATA,
    owners=OWNERS,
    kinds={"python", "json"},
    code_version=CODE,
)
def workflows(
    context: dg.AssetExecutionContext,
    config: WorkflowsConfig,
    storage: StorageResource,
    regime: Regime,
) -> Result:
    """One workflow document a line per data source, written by heuristics or read from its folder.

    Synthetic documents come from seeded heuristics over the catalogue of an environment.
    """
    registry, store = storage.sources(), storage.storage()
    source = registry.get(context.partition_key)
    if config.grow:
        source = registry.grow(source.name, config.date, config.grow)
    digest = making.input_digest(source, regime, CODE)
    reused = store.has("workflows", source.name, digest) and not config.force

    def fill(folder: Path) -> None:
        left_out = LeftOut()
        made = making.make_workflows(source, regime, left_out)
        making.write(folder / making.FILE, logged(context.log, made, "workflows"))
        left_out.save(folder)
        if source.kind == "folder" and not (folder / making.FILE).stat().st_size:
            raise dg.Failure(making.why_empty(source, left_out), allow_retries=False)

    folder = store.write("workflows", source.name, digest, fill, force=config.force)
    store.set_ref("workflows", source.name, digest)
    facts = making.describe(folder / making.FILE)
    return dg.MaterializeResult(
        metadata={
            **file_metadata(folder, digest, reused),
            "dagster/row_count": facts.rows,
            "seed": regime.seed,
            "mean_components": facts.mean_components,
            "splits": counts(facts.splits, "split"),
            "heuristics": counts(facts.heuristics, "heuristic"),
            "left_out": table(LeftOut.load(folder).items, ["name", "reason"]),
        }
    )
