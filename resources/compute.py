"""Where torchrun runs: one interface, so that the asset never knows which."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import dagster as dg
from pydantic import Field

from sketch2flow.machine import cores

TRAINER = "sketch2flow.vlm.train"
CPU_RANKS = 2
STOPPED = "the training was stopped; started again, it goes on from its checkpoint"
# The trainer says what matters; its libraries' bars would fill the step's log.
QUIET = {
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "TORCH_CPP_LOG_LEVEL": "ERROR",
}
NVIDIA_GPUS = Path("/proc/driver/nvidia/gpus")

Precision = Literal["auto", "bfloat16", "float32"]


class ComputeError(RuntimeError):
    """A trainer that could not be started or ended with an error; the cure is in its log."""


class Compute(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Runs the trainer module on some machines, reporting through Dagster Pipes."""

    termination_seconds: float = Field(
        default=300,
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
        dagster.Failure ends the step for good. Raises ComputeError when the trainer fails.
        """
        command = [
            *(sys.executable, "-m", "torch.distributed.run", *self.torchrun()),
            *("-m", TRAINER, "--recipe-file", str(recipe_file)),
            *("--dataset-folder", str(dataset_folder), "--output-folder", str(output_folder)),
        ]
        # Dagster calls its own preview property while it opens a session.
        warnings.filterwarnings("ignore", category=dg.PreviewWarning, module="dagster")
        with dg.open_pipes_session(
            context=context,
            context_injector=dg.PipesTempFileContextInjector(),
            message_reader=dg.PipesTempFileMessageReader(),
        ) as session:
            environment = {
                **os.environ,
                # torchrun kills its ranks after 30 seconds unless it is told otherwise.
                "TORCH_ELASTIC_SHUTDOWN_TIMEOUT": str(round(self.termination_seconds)),
                **QUIET,
                **self.environment(),
                **session.get_bootstrap_env_vars(),
            }
            try:
                status = run_until_ended(command, environment, self.termination_seconds + 10)
            except (dg.DagsterExecutionInterruptedError, KeyboardInterrupt):
                # Dagster would apply the op's retry policy to a run that its user terminates.
                raise dg.Failure(STOPPED, allow_retries=False) from None
        if status:
            raise ComputeError(
                f"the trainer ended with status {status}; its output stands in this run's log, "
                f"its checkpoints in {output_folder}"
            )
        return session.get_custom_messages()


def run_until_ended(command: list[str], environment: dict[str, str], patience: float) -> int:
    """Return the exit status of a command; if this process is interrupted, so is the command.

    PipesSubprocessClient would forward SIGINT, which torchrun hands to its ranks as it is: Python
    breaks off there. SIGTERM is what the trainer saves its state on.
    """
    # A session of its own: Ctrl-C in a terminal would reach the ranks as SIGINT.
    process = subprocess.Popen(command, env=environment, start_new_session=True)
    try:
        return process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(timeout=patience)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def has_gpu() -> bool:
    """Whether this machine has a GPU that torchrun would count; asked without loading torch."""
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES") == ""
    return not hidden and NVIDIA_GPUS.is_dir() and any(NVIDIA_GPUS.iterdir())


class LocalTorchrun(Compute):
    """Ranks on this machine: CPU cores over gloo, or its GPUs."""

    processes: int = Field(
        default=0, ge=0, description="Ranks; 0: one per GPU, or two where there is none."
    )

    @property
    def precision(self) -> Precision:
        return "auto"

    def torchrun(self) -> list[str]:
        ranks = "gpu" if not self.processes and has_gpu() else str(self.processes or CPU_RANKS)
        return ["--standalone", "--nproc-per-node", ranks]

    def environment(self) -> dict[str, str]:
        # Ranks that each start a thread per core fight for them.
        threads = max(1, cores() // (self.processes or CPU_RANKS))
        return {"OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", str(threads))}


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
