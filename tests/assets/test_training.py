"""finetuned_model around a compute resource that trains nothing, and once for real."""

import json
import shutil
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml

from resources.compute import LocalTorchrun
from resources.storage import Storage
from sketch2flow.vlm.recipe import Recipe
from sketch2flow_assets.defs.dataset.assets import sketch2flow_dataset
from sketch2flow_assets.defs.training.assets import fsdp_finetune
from sketch2flow_assets.defs.training.preparation import identity, recipe_for
from tests.assets.conftest import plain, resources, tiny_regime
from tests.assets.fabricated import FakeCompute, finetune


@dg.graph_asset(
    name="finetuned_model",
    ins={"sketch2flow_dataset": dg.AssetIn("sketch2flow_dataset", dagster_type=dg.Nothing)},
)
def impatient(sketch2flow_dataset: Any) -> Any:
    """The same op, tried again without the delay that a machine needs to recover."""
    return fsdp_finetune.with_retry_policy(dg.RetryPolicy(max_retries=2))(sketch2flow_dataset)


def told(result: dg.ExecuteInProcessResult) -> dict[str, Any]:
    (event,) = result.get_asset_materialization_events()
    return plain(event.materialization)


def calls(home: Path) -> list[str]:
    folder = Storage(home / "storage").current("training", "laptop")
    return (folder / "calls").read_text().splitlines()


def test_the_training_is_kept_by_content_and_tells_its_numbers(home: Path) -> None:
    facts = told(finetune(home, FakeCompute(), minutes=0.5))
    assert facts["reused"] is False
    assert facts["steps"] == 3
    assert facts["loss"] == 0.5
    assert [point["loss"] for point in facts["curve"]] == [2.5, 0.5]
    assert facts["rows_left_out"] == [{"reason": "too long", "rows": 2}]
    storage = Storage(home / "storage")
    folder = storage.current("training", "laptop")
    assert Recipe.load(folder / "recipe.yaml").precision in ("bfloat16", "float32")
    assert json.loads((folder / "facts.json").read_text())["dataset"] == facts["dataset_revision"]
    assert storage.ref("training_inputs", "laptop")


def test_the_same_training_is_not_repeated(home: Path) -> None:
    finetune(home, FakeCompute())
    facts = told(finetune(home, FakeCompute()))
    assert facts["reused"] is True
    assert len(calls(home)) == 1
    assert told(finetune(home, FakeCompute(), minutes=9.0))["digest"] != facts["digest"]


def test_force_trains_anew(home: Path) -> None:
    finetune(home, FakeCompute())
    storage = Storage(home / "storage")
    before = identity(storage.current("training", "laptop"))
    assert told(finetune(home, FakeCompute(), force=True))["reused"] is False
    assert len(calls(home)) == 1, "in a fresh folder"
    after = identity(storage.current("training", "laptop"))
    assert after["training"] == before["training"]
    assert after["weights"] != before["weights"]


def test_a_failed_training_is_tried_again_in_the_same_folder(home: Path, tmp_path: Path) -> None:
    failures = tmp_path / "failures"
    failures.write_text("2")
    assert finetune(home, FakeCompute(failures=str(failures)), asset=impatient).success
    assert len(calls(home)) == 3
    failures.write_text("9")
    result = finetune(
        home,
        FakeCompute(failures=str(failures)),
        raise_on_error=False,
        asset=impatient,
        minutes=3.0,
    )
    assert not result.success
    work = Storage(home / "storage").object_folder("training", "laptop", "0" * 16).parent
    assert len([path for path in work.iterdir() if path.name.endswith(".work")]) == 1


def test_without_a_data_set_it_says_what_to_make(tmp_path: Path) -> None:
    result = finetune(tmp_path, FakeCompute(), raise_on_error=False)
    (failure,) = result.get_step_failure_events()
    assert "there is no dataset/sketch2flow" in str(failure.step_failure_data.user_failure_data)


def test_a_recipe_keeps_the_precision_that_it_names(tmp_path: Path) -> None:
    plain_recipe = yaml.safe_load(
        (Path(__file__).parents[2] / "sketch2flow/vlm/recipes/laptop.yaml").read_text()
    )
    path = tmp_path / "own.yaml"
    path.write_text(yaml.safe_dump({**plain_recipe, "precision": "float32"}))
    regime = tiny_regime(recipe=str(path), seed=7)
    recipe = recipe_for(regime, "bfloat16", minutes=2.5)
    assert (recipe.precision, recipe.seed, recipe.minutes) == ("float32", 7, 2.5)
    path.write_text(yaml.safe_dump({**plain_recipe, "precision": "auto"}))
    assert recipe_for(regime, "bfloat16", None).precision == "bfloat16"


@pytest.mark.slow
def test_a_real_training_under_torchrun(made: Path, tmp_path: Path) -> None:
    home = shutil.copytree(made, tmp_path / "home")
    with dg.DagsterInstance.ephemeral() as instance:
        dg.materialize([sketch2flow_dataset], instance=instance, resources=resources(home))
    result = finetune(home, LocalTorchrun(processes=2), minutes=0.2)
    facts = told(result)
    assert facts["steps"] > 0
    assert facts["curves"].startswith("**loss**")
    kind = dg.DagsterEventType.ASSET_OBSERVATION
    observed = result.filter_events(lambda event: event.event_type == kind)
    assert "loss" in observed[0].asset_observation_data.asset_observation.metadata
    folder = Storage(home / "storage").current("training", "laptop")
    assert (folder / "model" / "config.json").is_file()
