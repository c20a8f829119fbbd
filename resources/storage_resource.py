"""The storage as Dagster hands it to assets."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
from pydantic import Field

from resources.sources import SourceRegistry
from resources.storage import Storage, home


class StorageResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The folder of an installation: artefacts below `storage`, the drop folder in `inbox`."""

    home: str = Field(default="", description="Folder; empty: $SKETCH2FLOW_HOME, or ./var.")

    def folder(self) -> Path:
        """Return the installation's folder."""
        return Path(self.home).absolute() if self.home else home()

    def storage(self) -> Storage:
        return Storage(self.folder() / "storage")

    def sources(self) -> SourceRegistry:
        return SourceRegistry(self.storage())
