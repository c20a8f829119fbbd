"""The jobs of the code location, run in this process on the persistent instance."""

from __future__ import annotations

import logging
import signal
from types import TracebackType
from typing import Any, Self

import click
import dagster as dg
from rich.console import Console

from resources.installation import add_partitions
from resources.regime import Regime
from resources.runs import end_dead_runs, process_tag
from resources.sources import BUILT_IN
from resources.storage import home
from sketch2flow.cli.pipeline.telling import Teller
from sketch2flow_assets.console import NAME as RUN_LOGGER
from sketch2flow_assets.definitions import defs


class Pipeline:
    """Runs the same definitions that the UI shows; its runs and assets appear there."""

    def __init__(self, console: Console, regime: dict[str, Any], minutes: float | None) -> None:
        base: Regime = (defs.resources or {})["regime"]
        self.regime = Regime(**{**base.model_dump(), **regime})
        self.folder = home()
        self._console, self._minutes = console, minutes
        self._instance = dg.DagsterInstance.get()
        self._teller = Teller(console, waiting=let_signals_interrupt)

    def __enter__(self) -> Self:
        logging.getLogger(RUN_LOGGER).addHandler(self._teller)
        add_partitions(BUILT_IN)
        for line in end_dead_runs():
            self._console.print(line, style="yellow")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        logging.getLogger(RUN_LOGGER).removeHandler(self._teller)
        self._instance.dispose()

    def ingest(self) -> None:
        """Make the workflows, diagrams and augmented diagrams of every built-in source."""
        for source in BUILT_IN:
            self._console.rule(f"data source {source}", align="left")
            self._run("ingest_source", partition_key=source)

    def train_and_evaluate(self) -> None:
        """Make everything that follows: data set, model, predictions, scores, report, champion."""
        self._console.rule("data set, training, evaluation", align="left")
        minutes = {"config": {"minutes": self._minutes}} if self._minutes else {}
        self._run(
            "nightly_retraining",
            ops={"finetuned_model": {"ops": {"fsdp_finetune": minutes}}} if minutes else {},
        )

    def _run(
        self, job: str, partition_key: str | None = None, ops: dict[str, Any] | None = None
    ) -> None:
        resources = {
            "regime": {"config": self.regime.model_dump()},
            "hub": {"config": {"enabled": False}},
        }
        definition = defs.resolve_job_def(job)
        used = set(definition.required_resource_keys)
        config = {
            "resources": {name: value for name, value in resources.items() if name in used},
            "ops": ops or {},
            "loggers": {"console": {}},
        }
        result = definition.execute_in_process(
            run_config=config,
            instance=self._instance,
            partition_key=partition_key,
            tags=process_tag(),
            raise_on_error=False,
        )
        if not result.success:
            raise click.ClickException(self._teller.failure or f"the run {result.run_id} failed")


def let_signals_interrupt() -> None:
    """Let Ctrl-C and SIGTERM end a wait: Dagster defers both until the next step starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
