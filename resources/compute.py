"""Where torchrun runs: one interface, so that the asset never knows which."""

from __future__ import annotations

import tempfile
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import dagster as dg
from pydantic import Field

from resources.pipes import pipes_session
from resources.torchrun import (
    SECONDS_FOR_CHECKPOINT,
    STOPPED,
    RefusedError,
    Training,
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
    def run(
        self, context: dg.OpExecutionContext, training: Training, variables: Mapping[str, str]
    ) -> None:
        """Run the trainer to its end, every rank with these variables of Dagster Pipes.

        Raises RefusedError when no further attempt would help, ComputeError when one may.
        """

    def train(
        self,
        context: dg.OpExecutionContext,
        recipe_file: Path,
        dataset_folder: Path,
        output_folder: Path,
    ) -> Sequence[Any]:
        """Run the trainer to its end and return the messages that it reported.

        Progress becomes observations of the asset while it runs. When the run is terminated the
        ranks get SIGTERM and time for a checkpoint, and dagster.Failure ends the step for good;
        so it does when the trainer refuses its input or a host lacks something. Raises
        ComputeError when the trainer fails.
        """
        training = Training(recipe_file, dataset_folder, output_folder)
        output_folder.mkdir(parents=True, exist_ok=True)
        # Beside the checkpoints: rank 0 may run on any host, and all see this storage.
        with (
            tempfile.TemporaryDirectory(prefix=".pipes-", dir=output_folder) as folder,
            pipes_session(context, Path(folder)) as session,
        ):
            try:
                self.run(context, training, session.get_bootstrap_env_vars())
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
        """Return torchrun's own arguments."""
        return local_ranks(self.processes)

    def environment(self) -> dict[str, str]:
        """Return variables for the ranks, beside this process's own."""
        return local_environment(self.processes)

    def run(
        self, context: dg.OpExecutionContext, training: Training, variables: Mapping[str, str]
    ) -> None:
        environment = {**self.environment(), **variables}
        run_trainer(self.torchrun(), *training, environment, self.termination_seconds)
