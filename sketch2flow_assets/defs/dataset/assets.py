"""Stage three: the data set of all ready sources, and its publication."""

from dataclasses import replace
from pathlib import Path

import dagster as dg

from resources.hub import Hub
from resources.regime import Regime
from resources.storage_resource import StorageResource
from sketch2flow_assets.defs.dataset import assembly, checks
from sketch2flow_assets.defs.dataset.assembly import CODE
from sketch2flow_assets.defs.dataset.card import write_card
from sketch2flow_assets.defs.dataset.facts import Facts, regime_facts
from sketch2flow_assets.defs.dataset.quality import Judgement, judge
from sketch2flow_assets.defs.shared import (
    DATA,
    OWNERS,
    Result,
    ReuseConfig,
    counts,
    file_metadata,
    table,
)
from sketch2flow_assets.progress import logged

KEY = "sketch2flow"


@dg.asset(
    deps=["augmented_diagrams"],
    group_name=DATA,
    owners=OWNERS,
    kinds={"parquet", "huggingface"},
    code_version=CODE,
    check_specs=checks.SPECS,
)
def sketch2flow_dataset(
    context: dg.AssetExecutionContext,
    config: ReuseConfig,
    storage: StorageResource,
    regime: Regime,
) -> Result:
    """One row per picture with its workflow, in BigDocs-Sketch2Flow's columns and our factors.

    Assembled from every data source that is ready; comes into force only when all checks pass.
    """
    store = storage.storage()
    parts = assembly.ready_parts(store)
    if not parts:
        raise dg.Failure("no data source has augmented_diagrams yet: materialize them first")
    plan = assembly.plan(parts)
    reused = store.has("dataset", KEY, plan.revision) and not config.force

    def fill(folder: Path) -> None:
        rows = assembly.write(plan, folder, lambda rows: logged(context.log, rows, "rows read"))
        write_card(folder, plan, rows, regime)
        Facts(rows, plan.digests(), CODE, regime_facts(regime)).save(folder)

    folder = store.write("dataset", KEY, plan.revision, fill, force=config.force)
    # The same rows may come of other objects than before, and a training asks of which.
    facts = replace(Facts.load(folder), sources=plan.digests(), code=CODE)
    facts.save(folder)
    verdict = Judgement.load(folder)
    if verdict is None:
        verdict = judge(folder, workers=regime.processes())
        verdict.save(folder)
    if verdict.sound():
        store.set_ref("dataset", KEY, plan.revision)
    ready = {part.data_source for part in parts}
    waiting = [source.name for source in storage.sources().all() if source.name not in ready]
    return dg.MaterializeResult(
        metadata={
            **file_metadata(folder, plan.revision, reused),
            "dagster/row_count": verdict.rows,
            "splits": counts(facts.rows, "split"),
            "data_sources": ", ".join(sorted(ready)),
            "data_sources_not_ready": ", ".join(waiting) or "none",
            "became_test_rows": len(plan.moved.items),
            "left_out_count": len(plan.left_out.items),
            "left_out": table(plan.left_out.items, ["name", "reason"]),
            "moved": table(plan.moved.items, ["name", "reason"]),
        },
        check_results=list(checks.results(verdict)),
    )


@dg.asset(
    deps=[sketch2flow_dataset],
    group_name=DATA,
    owners=OWNERS,
    kinds={"huggingface"},
    code_version="1",
)
def published_dataset(config: ReuseConfig, storage: StorageResource, hub: Hub) -> Result:
    """The commit on the Hugging Face Hub that holds exactly the data set revision in force.

    Without a token nothing is pushed, and the reason stands in the metadata.
    """
    store = storage.storage()
    folder = store.current("dataset", KEY)
    known = store.ref("published", folder.name)
    if known and not config.force:
        return dg.MaterializeResult(
            metadata={"revision": folder.name, "commit": known, "reused": True, "published": True}
        )
    publication = hub.push(folder, folder.name)
    if publication.commit:
        store.set_ref("published", folder.name, publication.commit)
    return dg.MaterializeResult(
        metadata={
            "revision": folder.name,
            "published": publication.commit is not None,
            "commit": publication.commit or "none",
            "url": publication.url or "none",
            "reason": publication.reason or "none",
            "reused": False,
        }
    )
