"""Deployments: which resources the assets get; the assets never know which."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from resources.compute import Compute, LocalTorchrun
from resources.h100 import H100
from resources.hub import Hub
from resources.regime import Regime, regime_settings
from resources.storage import home
from resources.storage_resource import StorageResource
from resources.warehouse import WarehouseResource
from sketch2flow.vlm.recipe import Recipe

VARIABLE = "SKETCH2FLOW_DEPLOYMENT"


class DeploymentError(ValueError):
    """A deployment that does not exist, or a setting of one that cannot be read."""


def resources_of(name: str | None = None) -> dict[str, Any]:
    """Return the resources of a deployment: `name`, or what SKETCH2FLOW_DEPLOYMENT says."""
    name = name or os.environ.get(VARIABLE) or "laptop"
    if name not in DEPLOYMENTS:
        raise DeploymentError(f"{VARIABLE}: no deployment {name!r}; there are {_names()}")
    return DEPLOYMENTS[name]()


def check_settings() -> None:
    """Raise the error of the first setting that cannot be used: of deployment, regime or recipe."""
    Recipe.load(resources_of()["regime"].recipe)


def _laptop() -> dict[str, Any]:
    """Everything on this machine: CPU ranks over gloo, or its GPUs."""
    return _resources(LocalTorchrun(), {})


def _h100() -> dict[str, Any]:
    """The GPUs of one or more hosts in bf16; SKETCH2FLOW_HOME is on storage that all of them see.

    SKETCH2FLOW_HOSTS is "a,b,..."; the other variables stand in HOST_SETTINGS.
    """
    documents = dict.fromkeys(("manual", "digital", "whiteboard", "ui"), 20_000)
    return _resources(
        _hosts(),
        {
            "documents": {"synthetic": 40_000, **documents},
            "max_components": 20,
            "breadth": {},
            "styles": {},
            "slips": 0.05,
            "variants": 2,
            "max_pixels": 4_000_000,
            "evaluation_rows": 400,
            "lessons": 0,
            "recipe": "h100",
        },
    )


# The variables of the h100 deployment, by the field of H100 that they set and that explains them.
HOST_SETTINGS = {
    "gpus_per_host": "SKETCH2FLOW_GPUS_PER_HOST",
    "cpu_ranks_per_host": "SKETCH2FLOW_CPU_RANKS_PER_HOST",
    "rendezvous": "SKETCH2FLOW_RENDEZVOUS",
    "python": "SKETCH2FLOW_HOST_PYTHON",
    "folder": "SKETCH2FLOW_HOST_FOLDER",
    "ssh_user": "SKETCH2FLOW_SSH_USER",
    "ssh_port": "SKETCH2FLOW_SSH_PORT",
    "ssh_identity": "SKETCH2FLOW_SSH_IDENTITY",
    "ssh_known_hosts": "SKETCH2FLOW_SSH_KNOWN_HOSTS",
    "ssh_config": "SKETCH2FLOW_SSH_CONFIG",
    "gpu_memory_gb": "SKETCH2FLOW_GPU_MEMORY_GB",
    "free_disk_gb": "SKETCH2FLOW_FREE_DISK_GB",
    "termination_seconds": "SKETCH2FLOW_TERMINATION_SECONDS",
}


def _hosts() -> H100:
    settings: dict[str, Any] = {
        field: os.environ[variable]
        for field, variable in HOST_SETTINGS.items()
        if os.environ.get(variable)
    }
    if hosts := os.environ.get("SKETCH2FLOW_HOSTS"):
        settings["hosts"] = [host.strip() for host in hosts.split(",") if host.strip()]
    try:
        return H100(**settings)
    except ValidationError as error:
        first = error.errors()[0]
        together = "rendezvous" if "rendezvous" in settings else "hosts"
        variable = HOST_SETTINGS.get(str((*first["loc"], together)[0]), "SKETCH2FLOW_HOSTS")
        reason = first["msg"].removeprefix("Value error, ")
        value = os.environ.get(variable, "")
        raise DeploymentError(f"{variable}: {value!r}: {reason}") from None


DEPLOYMENTS: dict[str, Callable[[], dict[str, Any]]] = {"laptop": _laptop, "h100": _h100}


def _resources(compute: Compute, regime: dict[str, Any]) -> dict[str, Any]:
    folder = home()
    return {
        "storage": StorageResource(home=str(folder)),
        "warehouse": WarehouseResource(path=str(folder / "metrics.duckdb")),
        "hub": Hub(repository=os.environ.get("SKETCH2FLOW_HUB_REPOSITORY", "")),
        "compute": compute,
        "regime": Regime(**regime_settings(**regime)),
    }


def _names() -> str:
    return " and ".join(DEPLOYMENTS)
