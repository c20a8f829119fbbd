from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from resources.sources import BUILT_IN
from resources.storage import Storage
from sketch2flow_assets.definitions import defs
from sketch2flow_assets.defs import automation
from sketch2flow_assets.defs.automation import growth_requests, look_into, reason_to_skip
from sketch2flow_assets.defs.dataset.assets import sketch2flow_dataset
from sketch2flow_assets.defs.training.preparation import inputs_tonight, recipe_for
from tests.assets.conftest import DATA_ASSETS, metadata, plain, resources, run, tiny_regime
from tests.assets.fabricated import FakeCompute, finetune

INGESTED = {"workflows", "diagrams", "augmented_diagrams"}


def schedule_context(instance: dg.DagsterInstance) -> dg.ScheduleEvaluationContext:
    time = datetime(2026, 11, 21, 2, tzinfo=UTC)
    return dg.build_schedule_context(instance=instance, scheduled_execution_time=time)


def nightly(home: Path) -> object:
    found = resources(home)
    with dg.DagsterInstance.ephemeral() as instance:
        return automation.nightly(
            schedule_context(instance),
            storage=found["storage"],
            regime=found["regime"],
            compute=FakeCompute(),
        )


def trained(home: Path, compute: FakeCompute | None = None) -> bool:
    """Materialize finetuned_model alone; returns whether it found itself made."""
    result = finetune(home, compute or FakeCompute())
    (event,) = result.get_asset_materialization_events()
    return bool(plain(event.materialization)["reused"])


def ingest(home: Path, source: str) -> None:
    assert run(home, DATA_ASSETS, partition=source, documents={source: 6}).success


def test_the_night_has_a_time_zone() -> None:
    for schedule in (automation.nightly, automation.nightly_growth):
        assert schedule.execution_timezone == "UTC"


def test_the_night_is_skipped_without_data(tmp_path: Path) -> None:
    skipped = nightly(tmp_path)
    assert isinstance(skipped, dg.SkipReason)
    assert skipped.skip_message == "no data source has augmented_diagrams yet"


def test_a_source_is_asked_for_until_a_training_has_seen_it(home: Path) -> None:
    assert isinstance(nightly(home), dg.RunRequest)
    trained(home)
    skipped = nightly(home)
    assert isinstance(skipped, dg.SkipReason)
    assert "those of the last training" in str(skipped.skip_message)

    ingest(home, "digital")
    assert isinstance(nightly(home), dg.RunRequest)
    assert trained(home), "on the data set in force, which holds nothing of the new source"
    assert isinstance(nightly(home), dg.RunRequest)

    assert run(home, [sketch2flow_dataset]).success
    assert not trained(home)
    assert isinstance(nightly(home), dg.SkipReason)


def test_a_source_that_comes_while_a_training_runs_is_asked_for(home: Path) -> None:
    class Interrupted(FakeCompute):
        def train(self, *arguments: Any) -> Sequence[Any]:
            ingest(home, "digital")
            return super().train(*arguments)

    assert not trained(home, Interrupted())
    assert isinstance(nightly(home), dg.RunRequest)


def test_other_objects_with_the_same_rows_are_not_trained_twice(home: Path) -> None:
    trained(home)
    storage = Storage(home / "storage")
    same = storage.current("augmented_diagrams", "ui")
    shutil.copytree(same, same.with_name("f" * 16))
    storage.set_ref("augmented_diagrams", "ui", "f" * 16)
    assert isinstance(nightly(home), dg.RunRequest), "whether its rows are others is not known yet"
    assert metadata(run(home, [sketch2flow_dataset]), "sketch2flow_dataset")["reused"]
    assert trained(home)
    assert isinstance(nightly(home), dg.SkipReason)


def test_another_recipe_is_another_training(home: Path) -> None:
    storage = Storage(home / "storage")
    recipe = recipe_for(tiny_regime(), "auto", None)
    longer = recipe_for(tiny_regime(), "auto", minutes=99)
    bf16 = recipe_for(tiny_regime(), "bfloat16", None)
    digests = {inputs_tonight(storage, one) for one in (recipe, longer, bf16)}
    assert len(digests) == 3


@pytest.mark.parametrize(
    ("inputs", "trained", "says"),
    [(None, None, "no data source"), ("a", "a", "inputs a"), ("a", "b", None), ("a", None, None)],
)
def test_reasons(inputs: str | None, trained: str | None, says: str | None) -> None:
    reason = reason_to_skip(inputs, trained)
    assert reason is None if says is None else says in str(reason)


def test_growing_sources_grow_by_the_date() -> None:
    growth = {"synthetic": 7, "manual": 3, "ui": 0}
    (request,) = growth_requests(growth, ["synthetic", "ui"], "2026-11-21")
    assert request.partition_key == "synthetic"
    assert request.run_config == {
        "ops": {"workflows": {"config": {"grow": 7, "date": "2026-11-21"}}}
    }
    assert dg.validate_run_config(defs.resolve_job_def("grow_sources"), request.run_config)


def test_without_partitions_nothing_grows() -> None:
    with dg.instance_for_test() as instance:
        skipped = automation.nightly_growth(schedule_context(instance), regime=tiny_regime())
    assert isinstance(skipped, dg.SkipReason)


def test_built_in_partitions_are_added_once() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("data_source", ["ui", "mine"])
        first = automation.built_in_sources(dg.build_sensor_context(instance=instance))
        assert isinstance(first, dg.SensorResult)
        (request,) = first.dynamic_partitions_requests or []
        assert list(request.partition_keys) == [name for name in BUILT_IN if name != "ui"]
        instance.add_dynamic_partitions("data_source", list(request.partition_keys))
        again = automation.built_in_sources(dg.build_sensor_context(instance=instance))
        assert isinstance(again, dg.SkipReason)


def drop(home: Path, name: str, ready: bool = True) -> Path:
    folder = home / "inbox" / name
    folder.mkdir(parents=True)
    if ready:
        (folder / "_READY").touch()
    return folder


def look(home: Path, instance: dg.DagsterInstance, cursor: str | None = None) -> object:
    context = dg.build_sensor_context(instance=instance, cursor=cursor, definitions=defs)
    return automation.drop_folder(context, storage=resources(home)["storage"])


def test_a_dropped_folder_becomes_a_partition_and_one_run(tmp_path: Path) -> None:
    drop(tmp_path, "mine")
    drop(tmp_path, "copying", ready=False)
    with dg.DagsterInstance.ephemeral() as instance:
        found = look(tmp_path, instance)
        assert isinstance(found, dg.SensorResult)
        (request,) = found.dynamic_partitions_requests or []
        assert list(request.partition_keys) == ["mine"]
        (run,) = found.run_requests or []
        assert run.partition_key == "mine"
        instance.add_dynamic_partitions("data_source", ["mine"])
        assert isinstance(look(tmp_path, instance, found.cursor), dg.SkipReason)


def test_a_renewed_marker_is_another_run_of_the_same_partition(tmp_path: Path) -> None:
    marker = drop(tmp_path, "mine") / "_READY"
    with dg.DagsterInstance.ephemeral() as instance:
        first = look(tmp_path, instance)
        assert isinstance(first, dg.SensorResult)
        instance.add_dynamic_partitions("data_source", ["mine"])
        import os

        os.utime(marker, ns=(1, 1))
        second = look(tmp_path, instance, first.cursor)
    assert isinstance(second, dg.SensorResult)
    keys = [(result.run_requests or [])[0].run_key for result in (first, second)]
    assert keys[0] != keys[1]


@pytest.mark.parametrize("name", ["Mine", "ui", "a b", "a'; drop table x; --"])
def test_folders_with_bad_names_are_refused_by_name(tmp_path: Path, name: str) -> None:
    drop(tmp_path, name)
    with dg.DagsterInstance.ephemeral() as instance:
        found = look(tmp_path, instance)
    assert isinstance(found, dg.SkipReason)
    assert repr(name) in str(found.skip_message)


def test_a_folder_with_the_name_of_an_added_source_is_refused(tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    resources(tmp_path)["storage"].sources().add_folder("mine", pictures)
    drop(tmp_path, "mine")
    with dg.DagsterInstance.ephemeral() as instance:
        found = look(tmp_path, instance)
    assert isinstance(found, dg.SkipReason)
    assert f"'mine' is the folder {pictures} already" in str(found.skip_message)


def test_bad_names_do_not_keep_good_ones_out() -> None:
    ready = {"Mine": 1, "mine": 2, "known": 3, "done": 4}
    arrivals = look_into(ready, {"Mine": "is no name"}, ["known"], {"done": 4})
    assert arrivals.runs == {"mine": 2, "known": 3}
    assert arrivals.new_keys == ["mine"]
    assert arrivals.refused == ["is no name"]
    assert arrivals.cursor == {"mine": 2, "known": 3, "done": 4}


def test_ingestion_and_training_are_apart() -> None:
    """A job with both would train once per partition."""
    ingest, nightly_job, evaluate = (
        {
            key.to_user_string()
            for key in defs.resolve_job_def(name).asset_layer.executable_asset_keys
        }
        for name in ("ingest_source", "nightly_retraining", "evaluate")
    )
    assert ingest == INGESTED
    assert not nightly_job & INGESTED
    assert "finetuned_model" in nightly_job
    assert "finetuned_model" not in evaluate
    assert {"scores", "champion_model", "predictions/finetuned"} <= evaluate
