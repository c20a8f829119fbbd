"""The trainer's command, as torchrun starts it on each rank.

    torchrun --nproc-per-node 2 -m sketch2flow.vlm.train \
        --recipe-file laptop --dataset-folder DIR --output-folder DIR

Writes OUTPUT/model (a `save_pretrained` folder) and OUTPUT/training.json (recipe, losses,
what was left out). Started again after any end, it continues from OUTPUT/checkpoints.
"""

from __future__ import annotations

import os

# oneDNN compiles a kernel per picture size; the default cache of 1,024 thrashes.
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "16384")

import argparse
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import torch
import torch.distributed as dist

from sketch2flow.machine import cores
from sketch2flow.tether import tether
from sketch2flow.vlm.drawn import DrawRows
from sketch2flow.vlm.processors import ModelError
from sketch2flow.vlm.recipe import Recipe, RecipeError
from sketch2flow.vlm.refusal import write_refusal
from sketch2flow.vlm.registry import RegistryError
from sketch2flow.vlm.reporting import open_reporter
from sketch2flow.vlm.rows import DataSetError
from sketch2flow.vlm.trainer import Trainer

# What a recipe says of its rows, and the place to name where it is wrong (with a RecipeError).
ReadPlan = Callable[[dict[str, Any], str], DrawRows]

STOPPED = 143  # exit status after SIGTERM, with a checkpoint written


def main(arguments: list[str] | None = None, read_plan: ReadPlan | None = None) -> int:
    """Run the trainer on this rank; returns the exit status.

    `read_plan` returns what draws rows as a recipe's `rows` say; without it they are refused.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recipe-file", required=True, help="YAML file or built-in name")
    parser.add_argument("--dataset-folder", type=Path, required=True)
    parser.add_argument("--output-folder", type=Path, required=True)
    given = parser.parse_args(arguments)
    try:
        recipe = Recipe.load(given.recipe_file)
        recipe.check_ranks(int(os.environ["WORLD_SIZE"]))
        draw = _drawing(recipe, read_plan)
    except RecipeError as error:
        return refuse(given.output_folder, error)
    begin_ranks()
    try:
        with open_reporter(dist.get_rank(), given.output_folder, recipe) as reporter:
            trainer = Trainer(recipe, given.dataset_folder, given.output_folder, reporter, draw)

            def ask_to_stop(*_: Any) -> None:
                trainer.stop_asked = True

            signal.signal(signal.SIGTERM, ask_to_stop)
            return 0 if trainer.run() else STOPPED
    except (DataSetError, ModelError, RecipeError, RegistryError) as error:
        return refuse(given.output_folder, error)
    finally:
        dist.destroy_process_group()


def _drawing(recipe: Recipe, read_plan: ReadPlan | None) -> DrawRows | None:
    """Return what draws the recipe's rows, None where they are a data set's."""
    if recipe.rows is None:
        return None
    if read_plan is None:
        raise RecipeError(
            f"{recipe.name}: rows: this command cannot draw; start the trainer as "
            "`-m sketch2flow.cli.trainer`"
        )
    return read_plan(recipe.rows, f"{recipe.name}: rows")


def begin_ranks() -> None:
    """Take this rank's GPU, or its share of the cores, and meet the other ranks."""
    cuda = torch.cuda.is_available()
    if cuda:
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    else:
        threads = max(1, cores() // int(os.environ["LOCAL_WORLD_SIZE"]))
        torch.set_num_threads(threads)
        cv2.setNumThreads(1)  # small pictures: its threads cost more than they do
    dist.init_process_group("cpu:gloo,cuda:nccl" if cuda else "cpu:gloo")


def refuse(output_folder: Path, error: Exception) -> int:
    """Say why the input is refused, here and to whoever started torchrun; returns the status."""
    print(error, file=sys.stderr)
    write_refusal(output_folder, error)
    return 2


if __name__ == "__main__":
    tether(os.getppid())  # A killed torchrun would leave its ranks behind.
    sys.exit(main())
