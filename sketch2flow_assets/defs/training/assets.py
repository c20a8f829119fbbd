"""Stage four: the model, finetuned under FSDP on the data set revision in force."""

import json
from typing import Any

import dagster as dg
from pydantic import Field

from resources.compute import Compute
from resources.regime import Regime
from resources.storage import StorageError, digest_of_folder
from resources.storage_resource import StorageResource
from sketch2flow.vlm.recipe import RecipeError
from sketch2flow_assets.defs.dataset.assets import KEY as DATASET
from sketch2flow_assets.defs.dataset.facts import Facts
from sketch2flow_assets.defs.shared import MODEL, OWNERS, ReuseConfig, file_metadata, table
from sketch2flow_assets.defs.training.curves import curves, latest
from sketch2flow_assets.defs.training.preparation import (
    FACTS,
    inputs_of,
    recipe_for,
    training_digest,
    write_recipe,
)
from sketch2flow_assets.versions import code_digest

# For the UI, which marks what older code made; in no digest, see training_digest.
CODE = code_digest("sketch2flow.vlm", "sketch2flow.pictures")


class FinetuneConfig(ReuseConfig):
    """How long; all else stands in the recipe that the regime names."""

    minutes: float | None = Field(
        default=None, gt=0, description="Training minutes; none: as the recipe says."
    )


@dg.op(
    ins={DATASET + "_dataset": dg.In(dg.Nothing)},
    out=dg.Out(dg.Nothing),
    retry_policy=dg.RetryPolicy(
        max_retries=2, delay=30, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS
    ),
    pool="gpu",
)
def fsdp_finetune(
    context: dg.OpExecutionContext,
    config: FinetuneConfig,
    storage: StorageResource,
    compute: Compute,
    regime: Regime,
) -> dg.Output[None]:
    """Run the trainer under torchrun; a retry goes on from its last complete checkpoint."""
    store = storage.storage()
    try:
        dataset = store.current("dataset", DATASET)
        recipe = recipe_for(regime, compute.precision, config.minutes)
    except (StorageError, RecipeError) as error:  # No retry would mend these.
        raise dg.Failure(str(error), allow_retries=False) from None
    digest = training_digest(dataset.name, recipe)
    reused = store.has("training", recipe.name, digest) and not config.force
    if not reused:
        if config.force and not context.retry_number:
            store.drop_work("training", recipe.name, digest)
        work = store.open_work("training", recipe.name, digest)
        compute.train(context, write_recipe(recipe, work / "recipe.yaml"), dataset, work)
        facts = {"dataset": dataset.name, "recipe": recipe.digest(), "run": context.run.run_id}
        facts |= {"code": CODE, "weights": digest_of_folder(work / "model")}
        (work / FACTS).write_text(json.dumps(facts))
        store.close_work("training", recipe.name, digest, replace=config.force)
    folder = store.object_folder("training", recipe.name, digest)
    store.set_ref("training", recipe.name, digest)
    store.set_ref("training_inputs", recipe.name, inputs_of(Facts.load(dataset), recipe))
    record = json.loads((folder / "training.json").read_text())
    metadata = {**file_metadata(folder, digest, reused), "dataset_revision": dataset.name}
    return dg.Output(None, metadata={**metadata, **_shown(record)})


@dg.graph_asset(
    ins={DATASET + "_dataset": dg.AssetIn(DATASET + "_dataset", dagster_type=dg.Nothing)},
    group_name=MODEL,
    owners=OWNERS,
    kinds={"pytorch", "huggingface"},
    code_version=CODE,
)
def finetuned_model(sketch2flow_dataset: Any) -> Any:
    """A vision-language model in a `save_pretrained` folder, one per data set revision and recipe.

    Trained with FSDP under torchrun; the compute resource says where, the recipe how.
    """
    return fsdp_finetune(sketch2flow_dataset)


def _shown(record: dict[str, Any]) -> dict[str, Any]:
    """Return the numbers of a training record that the UI shows and plots."""
    numbers = ("steps", "seconds", "pictures_drawn", "parameters", "rows_used", "validation_loss")
    losses = record["losses"]
    loss = latest(losses, "loss")
    left_out = [{"reason": why, "rows": count} for why, count in record["rows_left_out"].items()]
    return {
        **{name: record[name] for name in numbers if isinstance(record.get(name), int | float)},
        **({"loss": loss} if loss is not None else {}),
        "recipe": dg.MetadataValue.json(record["recipe"]),
        **curves(losses),
        "rows_left_out": table(left_out, ["reason", "rows"]),
    }
