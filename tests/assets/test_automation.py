from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from resources.compute import LocalTorchrun
from resources.sources import BUILT_IN
from resources.storage import Storage
from sketch2flow_assets.definitions import defs
from sketch2flow_assets.defs import automation
from sketch2flow_assets.defs.automation import growth_requests, look_into, reason_to_skip
from sketch2flow_assets.defs.training.preparation import inputs_digest, recipe_for
from tests.assets.conftest import resources, tiny_regime

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
            compute=LocalTorchrun(),
        )


def test_the_night_has_a_time_zone() -> None:
    for schedule in (automation.nightly, automation.nightly_growth):
        assert schedule.execution_timezone == "UTC"


def test_the_night_is_skipped_without_data(tmp_path: Path) -> None:
    skipped = nightly(tmp_path)
    assert isinstance(skipped, dg.SkipReason)
    assert skipped.skip_message == "no data source has augmented_diagrams yet"


def test_the_night_is_skipped_when_nothing_changed_since_the_last_training(home: Path) -> None:
    request = nightly(home)
    assert isinstance(request, dg.RunRequest)
    storage = Storage(home / "storage")
    recipe = recipe_for(tiny_regime(), "auto", None)
    inputs = inputs_digest(storage, recipe)
    assert inputs
    storage.set_ref("training_inputs", recipe.name, inputs)
    skipped = nightly(home)
    assert isinstance(skipped, dg.SkipReason)
    assert inputs in str(skipped.skip_message)

    (other,) = set(storage.refs("augmented_diagrams")) - {"ui"}
    storage.write(
        "augmented_diagrams",
        "ui",
        "f" * 16,
        lambda folder: (
            (folder / "parents.json").write_text(
                json.dumps({"diagrams": storage.ref("diagrams", "ui")})
            )
            and None
        ),
    )
    storage.set_ref("augmented_diagrams", "ui", "f" * 16)
    assert isinstance(nightly(home), dg.RunRequest), f"ui has changed, {other} has not"


def test_another_recipe_is_another_training(home: Path) -> None:
    storage = Storage(home / "storage")
    recipe = recipe_for(tiny_regime(), "auto", None)
    longer = recipe_for(tiny_regime(), "auto", minutes=99)
    bf16 = recipe_for(tiny_regime(), "bfloat16", None)
    digests = {inputs_digest(storage, one) for one in (recipe, longer, bf16)}
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
