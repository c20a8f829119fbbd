"""A tiny installation whose data stages were materialized once, and helpers to run assets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from resources.hub import Hub
from resources.regime import Regime
from resources.storage import Storage
from resources.storage_resource import StorageResource
from resources.warehouse import WarehouseResource
from sketch2flow_assets.defs.dataset.assets import published_dataset, sketch2flow_dataset
from sketch2flow_assets.defs.diagrams.assets import augmented_diagrams, diagrams
from sketch2flow_assets.defs.partitions import data_sources
from sketch2flow_assets.defs.workflows.assets import workflows

SOURCES = ("synthetic", "ui")
DATA_ASSETS = (workflows, diagrams, augmented_diagrams)

Materialize = Callable[..., dg.ExecuteInProcessResult]


def tiny_regime(**settings: Any) -> Regime:
    sizes = {
        "documents": dict.fromkeys(SOURCES, 30),
        "max_components": 4,
        "lessons": 0,
        "variants": 1,
    }
    return Regime(**{**sizes, "evaluation_rows": 5, "workers": 1, **settings})


def resources(home: Path, **settings: Any) -> dict[str, Any]:
    return {
        "storage": StorageResource(home=str(home)),
        "warehouse": WarehouseResource(path=str(home / "metrics.duckdb")),
        "hub": Hub(enabled=False),
        "regime": tiny_regime(**settings),
    }


def run(
    home: Path,
    assets: Sequence[Any],
    partition: str | None = None,
    config: dict[str, Any] | None = None,
    extra: dict[str, Any] | None = None,
    raise_on_error: bool = True,
    **settings: Any,
) -> dg.ExecuteInProcessResult:
    """Materialize assets on an ephemeral instance; `config` is by asset, `extra` more resources."""
    with dg.DagsterInstance.ephemeral() as instance:
        if partition:
            instance.add_dynamic_partitions(str(data_sources.name), [partition])
        return dg.materialize(
            assets,
            instance=instance,
            partition_key=partition,
            resources={**resources(home, **settings), **(extra or {})},
            run_config={"ops": {name: {"config": one} for name, one in (config or {}).items()}},
            raise_on_error=raise_on_error,
        )


def metadata(result: dg.ExecuteInProcessResult, *key: str) -> dict[str, Any]:
    """Return what the asset's materialization tells, as plain values."""
    (event,) = result.asset_materializations_for_node("__".join(key))
    return plain(event)


def plain(event: Any) -> dict[str, Any]:
    """Return a materialization's metadata with tables as lists of records."""
    values = {}
    for name, value in event.metadata.items():
        table = isinstance(value, dg.TableMetadataValue)
        values[name] = [record.data for record in value.records] if table else value.value
    return values


def half_held_out(digest: str) -> str:
    """Share contents out so that few of them give rows in every split."""
    return ("train", "train", "validation", "test")[int(digest, 16) % 4]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with two sources drawn and a data set assembled; read only."""
    home = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("synth.generate.split_of", half_held_out)
        for source in SOURCES:
            assert run(home, DATA_ASSETS, partition=source).success
    assert run(home, [sketch2flow_dataset, published_dataset]).success
    return home


@pytest.fixture(scope="session")
def dataset(made: Path) -> Path:
    return Storage(made / "storage").current("dataset", "sketch2flow")


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    """A copy of the installation that a test may change."""
    import shutil

    return shutil.copytree(made, tmp_path / "home")
