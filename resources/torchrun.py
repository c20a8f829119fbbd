"""The trainer under torchrun: how it is started, ended, and what its end means. No Dagster here."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from resources.agents import run_agents
from resources.host_agent import Order
from resources.hosts import Place
from resources.processes import run_until_ended
from sketch2flow.machine import cores
from sketch2flow.vlm.refusal import take_refusal

TRAINER = "sketch2flow.vlm.train"
CPU_RANKS = 2
SECONDS_FOR_CHECKPOINT = 300.0
STOPPED = "the training was stopped; started again, it goes on from its checkpoint"
# The trainer says what matters; its libraries' bars would fill the step's log.
QUIET = {
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "TORCH_CPP_LOG_LEVEL": "ERROR",
}


class ComputeError(RuntimeError):
    """A trainer that could not be started or ended with an error; the cure is in its log."""


class RefusedError(ComputeError):
    """A recipe or a data set that the trainer refuses; no further attempt would mend it."""


class Training(NamedTuple):
    """A training by its files; the output folder holds its checkpoints too."""

    recipe_file: str | Path
    dataset_folder: Path
    output_folder: Path


def run_trainer(
    ranks: Sequence[str],
    recipe: str | Path,
    dataset_folder: Path,
    output_folder: Path,
    environment: Mapping[str, str],
    patience: float = SECONDS_FOR_CHECKPOINT,
) -> None:
    """Run the trainer to its end; `ranks` are torchrun's own arguments.

    When this process is interrupted or killed the ranks get SIGTERM, and `patience` seconds for
    a checkpoint. Raises RefusedError with the trainer's reason, or ComputeError with its status.
    """
    command = [sys.executable, *arguments(ranks, recipe, dataset_folder, output_folder)]
    environment = {**os.environ, **trainer_environment(patience), **environment}
    with refusals(output_folder):
        status = run_until_ended(command, environment, patience + 10)
        if status:
            raise ComputeError(
                f"the trainer ended with status {status}: the lines that it wrote before say why; "
                f"its checkpoints are in {output_folder}"
            )


def run_trainer_on_hosts(
    place: Place, orders: Mapping[str, Order], output_folder: Path, patience: float
) -> None:
    """Run the trainer over hosts to its end, each with its own order.

    Raises RefusedError with the trainer's reason, or ComputeError naming the host that failed
    first with its last lines.
    """
    with refusals(output_folder):
        failures = run_agents(place, orders, patience)
        if failures:
            raise ComputeError(
                "\n".join(str(failure) for failure in failures)
                + f"\nthe checkpoints are in {output_folder}"
            )


def arguments(
    ranks: Sequence[str], recipe: str | Path, dataset_folder: Path, output_folder: Path
) -> list[str]:
    """Return Python's arguments: torchrun with its own, `ranks`, and the trainer with its own."""
    return [
        *("-m", "torch.distributed.run", *ranks, "-m", TRAINER, "--recipe-file", str(recipe)),
        *("--dataset-folder", str(dataset_folder), "--output-folder", str(output_folder)),
    ]


def trainer_environment(patience: float) -> dict[str, str]:
    """Return the variables that torchrun and every rank get."""
    # torchrun kills its ranks after 30 seconds unless it is told otherwise.
    return {**QUIET, "TORCH_ELASTIC_SHUTDOWN_TIMEOUT": str(round(patience))}


@contextmanager
def refusals(output_folder: Path) -> Iterator[None]:
    """Raise RefusedError in the place of a ComputeError where the trainer left its reason."""
    take_refusal(output_folder)  # One of an earlier run says nothing about this one.
    try:
        yield
    except ComputeError:
        if reason := take_refusal(output_folder):
            raise RefusedError(reason) from None
        raise


def local_ranks(processes: int) -> list[str]:
    """Return torchrun's arguments for ranks on this machine; 0: one per GPU, else two."""
    ranks = "gpu" if not processes and has_gpu() else str(processes or CPU_RANKS)
    return ["--standalone", "--nproc-per-node", ranks]


def local_environment(processes: int) -> dict[str, str]:
    """Return the variables of ranks on this machine."""
    # Ranks that each start a thread per core fight for them.
    threads = max(1, cores() // (processes or CPU_RANKS))
    return {"OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", str(threads))}


def has_gpu() -> bool:
    """Whether the installed PyTorch can use a GPU here: a driver alone does not help a CPU build.

    Asked in a process of its own, since torch once loaded stays.
    """
    question = "import torch; print(torch.cuda.is_available())"
    asked = subprocess.run(
        [sys.executable, "-c", question], capture_output=True, text=True, check=False
    )
    return asked.stdout.strip() == "True"
