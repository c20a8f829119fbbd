"""Deployments: which resources the assets get; the assets never know which."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from resources.compute import H100, Compute, LocalTorchrun
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
    """The GPUs of one or more hosts in bf16; hosts are configuration."""
    compute = H100(
        nodes=_number("SKETCH2FLOW_NODES", 1),
        node_rank=_number("SKETCH2FLOW_NODE_RANK", 0),
        processes_per_node=os.environ.get("SKETCH2FLOW_PROCESSES_PER_NODE", "gpu"),
        rendezvous=os.environ.get("SKETCH2FLOW_RENDEZVOUS", "localhost:29400"),
    )
    documents = dict.fromkeys(("manual", "digital", "whiteboard", "ui"), 20_000)
    return _resources(
        compute,
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


def _number(variable: str, default: int) -> int:
    text = os.environ.get(variable) or str(default)
    if not text.isdigit():
        raise DeploymentError(f"{variable}: {text!r} is no number")
    return int(text)


def _names() -> str:
    return " and ".join(DEPLOYMENTS)
