"""An installation's folder made ready for Dagster: its configuration and its partitions."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import resources
from resources.storage import home

PARTITIONS = "data_source"


class InstallationError(RuntimeError):
    """A file of the checkout that is not there, or a folder that cannot be made."""


def prepare() -> Path:
    """Return the installation's folder, with Dagster's home in it; sets both variables.

    $SKETCH2FLOW_HOME and $DAGSTER_HOME become absolute, so that child processes find the same
    folder from anywhere. A dagster.yaml that is there already stays as it is. Raises
    InstallationError.
    """
    folder = home()
    dagster_home = folder / "dagster"
    configuration, template = dagster_home / "dagster.yaml", checkout_file("dagster.yaml")
    try:
        dagster_home.mkdir(parents=True, exist_ok=True)
        if not configuration.exists():
            shutil.copy(template, configuration)
    except OSError as error:
        raise InstallationError(
            f"{error.filename} cannot be made ({error.strerror}): "
            "set SKETCH2FLOW_HOME to a folder that you may write"
        ) from None
    os.environ["SKETCH2FLOW_HOME"] = str(folder)
    os.environ["DAGSTER_HOME"] = str(dagster_home)
    return folder


def checkout_file(name: str) -> Path:
    """Return a file at the root of the checkout; sketch2flow is run from one."""
    path = Path(resources.__file__).resolve().parent.parent / name
    if not path.is_file():
        raise InstallationError(f"{path} is missing: run sketch2flow from its checkout")
    return path


def add_partitions(names: Sequence[str]) -> list[str]:
    """Add data sources to the partitions of the prepared instance; returns those that are new."""
    import dagster as dg

    with dg.DagsterInstance.get() as instance:
        known = instance.get_dynamic_partitions(PARTITIONS)
        new = [name for name in names if name not in known]
        if new:
            instance.add_dynamic_partitions(PARTITIONS, new)
    return new
