"""The trainer under torchrun: how it is started, ended, and what its end means. No Dagster here."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

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
    command = [
        *(sys.executable, "-m", "torch.distributed.run", *ranks),
        *("-m", TRAINER, "--recipe-file", str(recipe)),
        *("--dataset-folder", str(dataset_folder), "--output-folder", str(output_folder)),
    ]
    environment = {
        **os.environ,
        # torchrun kills its ranks after 30 seconds unless it is told otherwise.
        "TORCH_ELASTIC_SHUTDOWN_TIMEOUT": str(round(patience)),
        **QUIET,
        **environment,
    }
    take_refusal(output_folder)  # One of an earlier run says nothing about this one.
    status = run_until_ended(command, environment, patience + 10)
    if status and (reason := take_refusal(output_folder)):
        raise RefusedError(reason)
    if status:
        raise ComputeError(
            f"the trainer ended with status {status}: the lines that it wrote before say why; "
            f"its checkpoints are in {output_folder}"
        )


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
