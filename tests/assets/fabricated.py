"""A compute resource that trains nothing, and finetuned_model around it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import dagster as dg
import yaml

from resources.compute import Compute
from resources.torchrun import ComputeError
from sketch2flow_assets.defs.training.assets import finetuned_model
from tests.assets.conftest import resources


class FakeCompute(Compute):
    """Leaves what a trainer leaves; fails as often as the file `failures` says."""

    failures: str = ""

    @property
    def precision(self) -> Literal["bfloat16"]:
        return "bfloat16"

    def run(self, *_: object) -> None:
        raise NotImplementedError  # It is `train` that is replaced.

    def train(
        self,
        context: dg.OpExecutionContext,
        recipe_file: Path,
        dataset_folder: Path,
        output_folder: Path,
    ) -> Sequence[Any]:
        assert (dataset_folder / "README.md").is_file()
        recipe = yaml.safe_load(recipe_file.read_text())
        with (output_folder / "calls").open("a") as calls:
            calls.write(f"{recipe['minutes']}\n")
        if self.failures and int(Path(self.failures).read_text()):
            Path(self.failures).write_text(str(int(Path(self.failures).read_text()) - 1))
            raise ComputeError("the trainer ended with status 1")
        (output_folder / "model").mkdir()
        (output_folder / "model" / "weights").write_text(context.run.run_id)
        record = {"recipe": recipe, "steps": 3, "rows_used": 5, "rows_left_out": {"too long": 2}}
        record["losses"] = [{"step": 1.0, "loss": 2.5}, {"step": 3.0, "loss": 0.5}]
        (output_folder / "training.json").write_text(json.dumps(record))
        return []


def finetune(
    home: Path,
    compute: Compute,
    raise_on_error: bool = True,
    asset: dg.AssetsDefinition = finetuned_model,
    **config: Any,
) -> dg.ExecuteInProcessResult:
    op = {"ops": {"fsdp_finetune": {"config": config}}}
    with dg.DagsterInstance.ephemeral() as instance:
        return dg.materialize(
            [asset],
            instance=instance,
            resources={**resources(home), "compute": compute},
            run_config={"ops": {"finetuned_model": op}},
            raise_on_error=raise_on_error,
        )
