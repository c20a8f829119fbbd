"""Where torchrun runs: one interface, so that the asset never knows which."""

from __future__ import annotations

import warnings
from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import dagster as dg
from pydantic import Field

from resources.torchrun import (
    SECONDS_FOR_CHECKPOINT,
    STOPPED,
    RefusedError,
    local_environment,
    local_ranks,
    run_trainer,
)

Precision = Literal["auto", "bfloat16", "float32"]


class Compute(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Runs the trainer module on some machines, reporting through Dagster Pipes."""

    termination_seconds: float = Field(
        default=SECONDS_FOR_CHECKPOINT,
        gt=0,
        description="How long a terminated training may take to write its checkpoint.",
    )

    @property
    @abstractmethod
    def precision(self) -> Precision:
        """The precision that the machine wants; a recipe's own wins over it."""

    @abstractmethod
    def torchrun(self) -> list[str]:
        """Return torchrun's own arguments."""

    def environment(self) -> dict[str, str]:
        """Return variables for the ranks, beside this process's own."""
        return {}

    def train(
        self,
        context: dg.OpExecutionContext,
        recipe_file: Path,
        dataset_folder: Path,
        output_folder: Path,
    ) -> Sequence[Any]:
        """Run the trainer to its end and return the messages that it reported.

        When the run is terminated the ranks get SIGTERM and time for a checkpoint, and
        dagster.Failure ends the step for good; so it does when the trainer refuses its input.
        Raises ComputeError when the trainer fails.
        """
        # Dagster calls its own preview property while it opens a session.
        warnings.filterwarnings("ignore", category=dg.PreviewWarning, module="dagster")
        with dg.open_pipes_session(
            context=context,
            context_injector=dg.PipesTempFileContextInjector(),
            message_reader=dg.PipesTempFileMessageReader(),
        ) as session:
            environment = {**self.environment(), **session.get_bootstrap_env_vars()}
            try:
                run_trainer(
                    self.torchrun(),
                    recipe_file,
                    dataset_folder,
                    output_folder,
                    environment,
                    self.termination_seconds,
                )
            except (dg.DagsterExecutionInterruptedError, KeyboardInterrupt):
                # Dagster would apply the op's retry policy to a run that its user terminates.
                raise dg.Failure(STOPPED, allow_retries=False) from None
            except RefusedError as error:
                raise dg.Failure(str(error), allow_retries=False) from None
        return session.get_custom_messages()


class LocalTorchrun(Compute):
    """Ranks on this machine: CPU cores over gloo, or its GPUs."""

    processes: int = Field(
        default=0, ge=0, description="Ranks; 0: one per GPU, or two where there is none."
    )

    @property
    def precision(self) -> Precision:
        return "auto"

    def torchrun(self) -> list[str]:
        return local_ranks(self.processes)

    def environment(self) -> dict[str, str]:
        return local_environment(self.processes)


class H100(Compute):
    """GPUs over one or more hosts in bf16; on every host the same torchrun, with its node rank."""

    nodes: int = Field(default=1, ge=1, description="Hosts.")
    processes_per_node: str = Field(default="gpu", description="Ranks per host; gpu: one a GPU.")
    node_rank: int = Field(default=0, ge=0, description="Which of the hosts this one is.")
    rendezvous: str = Field(default="localhost:29400", description="HOST:PORT where they meet.")
    rendezvous_id: str = Field(default="sketch2flow", description="Equal on all hosts of a run.")

    @property
    def precision(self) -> Precision:
        return "bfloat16"

    def torchrun(self) -> list[str]:
        return [
            *("--nnodes", str(self.nodes), "--nproc-per-node", self.processes_per_node),
            *("--node-rank", str(self.node_rank), "--rdzv-backend", "c10d"),
            *("--rdzv-endpoint", self.rendezvous, "--rdzv-id", self.rendezvous_id),
        ]
