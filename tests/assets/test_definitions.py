from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
import yaml

from sketch2flow_assets.definitions import defs

DATA = ["augmented_diagrams", "diagrams", "workflows"]
FACTORS = ["data_source", "feature", "orientation", "resolution", "source", "structure_error"]
METRICS = [*(f"metrics/by_{factor}" for factor in FACTORS), "metrics/overall"]
PREDICTIONS = {
    "predictions/constant_answer": ["sketch2flow_dataset"],
    "predictions/finetuned": ["finetuned_model", "sketch2flow_dataset"],
    "predictions/openai_compatible": ["sketch2flow_dataset"],
    "predictions/shuffled_pictures": ["predictions/finetuned", "sketch2flow_dataset"],
}

# Asset -> what it is made of, as the lineage view shows it.
GRAPH = {
    "workflows": [],
    "diagrams": ["workflows"],
    "augmented_diagrams": ["diagrams"],
    "sketch2flow_dataset": ["augmented_diagrams"],
    "published_dataset": ["sketch2flow_dataset"],
    "finetuned_model": ["sketch2flow_dataset"],
    **PREDICTIONS,
    "scores": [*PREDICTIONS, "sketch2flow_dataset"],
    **{name: ["scores"] for name in METRICS},
    "evaluation_report": METRICS,
    "champion_model": ["evaluation_report"],
}


def specs() -> dict[str, dg.AssetSpec]:
    return {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}


def test_the_definitions_load() -> None:
    dg.Definitions.validate_loadable(defs)


def test_the_graph_is_the_designed_one() -> None:
    found = {
        key: sorted(dep.asset_key.to_user_string() for dep in spec.deps)
        for key, spec in specs().items()
    }
    assert found == GRAPH


def test_every_asset_says_what_it_is() -> None:
    for key, spec in specs().items():
        assert spec.owners, key
        assert spec.group_name != "default", key
        assert spec.kinds, key
        assert spec.code_version, key
        assert spec.description, key


def test_only_data_sources_are_partitioned_and_no_asset_has_a_backfill_policy() -> None:
    partitioned = [key for key, spec in specs().items() if spec.partitions_def]
    assert sorted(partitioned) == DATA
    policies = {asset.backfill_policy for asset in defs.assets or ()}  # type: ignore[union-attr]
    assert policies == {None}


def test_the_checks_of_the_data_set_block() -> None:
    graph = defs.resolve_asset_graph()
    checks = {key.name: graph.get_check_spec(key) for key in graph.asset_check_keys}
    assert sorted(checks) == ["no_blank_or_unreadable_picture", "no_broken_document", "no_leak"]
    assert all(spec.blocking for spec in checks.values())


def test_pools_and_retries_stand_where_they_must() -> None:
    job = defs.resolve_job_def("nightly_retraining")
    nodes = {node.name: node for node in job.all_node_defs}
    assert nodes["fsdp_finetune"].pool == "gpu"
    assert nodes["fsdp_finetune"].retry_policy.max_retries == 2
    assert nodes["predictions__finetuned"].pool == "gpu"
    assert nodes["metrics"].pool == "duckdb"


def test_jobs_have_a_longest_runtime() -> None:
    names = ["evaluate", "grow_sources", "ingest_source", "nightly_retraining"]
    for name in names:
        assert int(defs.resolve_job_def(name).tags["dagster/max_runtime"]) >= 3600
    assert [job.name for job in defs.resolve_all_job_defs() if job.name in names]


@pytest.mark.parametrize("module", ["sketch2flow_assets.definitions"])
def test_loading_imports_nothing_heavy(module: str, tmp_path: Path) -> None:
    program = f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"
    environment = {**os.environ, "SKETCH2FLOW_HOME": str(tmp_path / "none")}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment
    )
    heavy = ("torch", "transformers", "datasets", "cv2", "albumentations", "pandas", "duckdb")
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert not loaded & {*heavy, "openai", "pyarrow", "PIL", "numpy", "huggingface_hub"}
    assert not (tmp_path / "none").exists(), "loading definitions must write nothing"


def test_the_code_location_has_one_name() -> None:
    import tomllib

    root = Path(__file__).resolve().parents[2]
    (location,) = yaml.safe_load((root / "workspace.yaml").read_text())["load_from"]
    project = tomllib.loads((root / "pyproject.toml").read_text())
    assert location["python_module"]["module_name"] == "sketch2flow_assets.definitions"
    name = location["python_module"]["location_name"]
    assert name == project["tool"]["dg"]["project"]["code_location_name"]
    assert "dagster" not in project["tool"], "a [tool.dagster] block would override workspace.yaml"


def test_the_instance_template_is_accepted(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    (tmp_path / "dagster.yaml").write_text((root / "dagster.yaml").read_text())
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        assert not instance.telemetry_enabled
        assert not instance.nux_enabled
        assert instance.run_monitoring_enabled
        assert instance.global_op_concurrency_default_limit == 1
