"""The one partition dimension: the data source. Keys are names that `resources.sources` accepts."""

from __future__ import annotations

import dagster as dg

data_sources = dg.DynamicPartitionsDefinition(name="data_source")
