"""The trainer: one readable loop under torchrun, on two CPU cores or many GPUs.

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
import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import cv2
import torch
import torch.distributed as dist
from torch.distributed.device_mesh import init_device_mesh

from sketch2flow.machine import cores
from sketch2flow.tether import tether
from sketch2flow.vlm.checkpoints import Checkpoints, TrainingState
from sketch2flow.vlm.export import export_model
from sketch2flow.vlm.optimizers import (
    MovingAverage,
    clip_gradients,
    learning_rate_factor,
    make_optimizers,
)
from sketch2flow.vlm.processors import ModelError
from sketch2flow.vlm.recipe import Recipe, RecipeError
from sketch2flow.vlm.refusal import write_refusal
from sketch2flow.vlm.registry import RegistryError
from sketch2flow.vlm.reporting import Reporter, open_reporter
from sketch2flow.vlm.rows import (
    BatchPlan,
    DataSetError,
    RowSize,
    measure_rows,
    open_split,
    within_limits,
)
from sketch2flow.vlm.shapes import Batch, answer_loss, shape_of
from sketch2flow.vlm.sharding import compute_dtype, forget_gathered, shard
from sketch2flow.vlm.start import load_start, prepare_start

STOPPED = 143  # exit status after SIGTERM, with a checkpoint written


class Trainer:
    """One run on one rank: everything is set up in order, then `run` loops over steps."""

    def __init__(self, recipe: Recipe, dataset: Path, output: Path, reporter: Reporter) -> None:
        self.recipe, self.output, self.reporter = recipe, output, reporter
        self.rank, self.ranks = dist.get_rank(), dist.get_world_size()
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.stop_asked = False
        self.gradient_norm = torch.zeros(())

        if self.rank == 0:
            prepare_start(recipe, dataset, output)
        dist.barrier()
        self.model, self.processor = load_start(recipe, output)
        self.shape = shape_of(recipe, self.processor, self.model.config)

        self.rows = open_split(dataset, "train")
        self.left_out: Counter[str] = Counter()
        usable = self._plan_rows(self.rows, "train")
        self.validation_rows = open_split(dataset, "validation")
        held_out = self._plan_rows(self.validation_rows, "validation", recipe.validation_rows)
        self.validation = BatchPlan(held_out, recipe, self.ranks, seed=0)
        self.rows_used = len(usable)
        reporter.say(
            f"{len(usable):,} of {len(self.rows):,} training rows are within the recipe's limits"
            f" ({recipe.max_components} components, {recipe.max_pixels:,} pixels,"
            f" {recipe.max_tokens} tokens)"
            + "".join(f"; {count:,} left out: {why}" for why, count in self.left_out.items())
        )

        self.dtype = compute_dtype(recipe.precision)
        self.model.to(self.device)
        if recipe.activation_checkpointing:
            checkpoint_activations(self.model)
        mesh = init_device_mesh(self.device.type, (self.ranks,))
        shard(self.model, mesh, self.dtype)
        self.optimizers = make_optimizers(self.model, recipe)
        decay = recipe.average_decay
        self.average = MovingAverage(self.model, decay) if decay else None
        plan = BatchPlan(usable, recipe, self.ranks, recipe.seed)
        self.state = TrainingState(self.model, self.optimizers, self.average, plan)
        self.checkpoints = Checkpoints(output / "checkpoints", self.rank)

    def _plan_rows(self, rows: Any, split: str, at_most: int | None = None) -> list[RowSize]:
        """Return the usable rows of a split, measured by all ranks together."""
        order = list(range(len(rows)))
        if at_most is not None:
            order = sorted(random.Random(split).sample(order, min(at_most, len(order))))
        mine, broken = measure_rows(rows, order[self.rank :: self.ranks], self.shape)
        gathered: list[Any] = [None] * self.ranks
        dist.all_gather_object(gathered, (mine, broken))
        sizes = [size for part, _ in gathered for size in part]
        kept, reasons = within_limits(
            sizes, self.recipe.max_components, self.recipe.max_pixels, self.recipe.max_tokens
        )
        for unusable in (one for _, part in gathered for one in part):
            self.reporter.say(f"{split} row {unusable.identifier} left out: {unusable.reason}")
            reasons["unreadable"] += 1
        if split == "train":
            self.left_out = reasons
            if not kept:
                raise DataSetError(f"no training row is within the recipe's limits: {reasons}")
        return kept

    def run(self) -> bool:
        """Train to the end; False if a stop was asked for (the checkpoint is written)."""
        recipe, state = self.recipe, self.state
        if self.checkpoints.resume(state):
            self.reporter.say(f"continuing from the checkpoint of step {state.step}")
        self.reporter.say(
            f"{sum(p.numel() for p in self.model.parameters()):,} parameters,"
            f" {self.ranks} rank(s) on {self.device.type}, computing in"
            f" {str(self.dtype).removeprefix('torch.')}"
        )
        started, already = time.monotonic(), state.seconds
        said, said_pictures, pictures = started, 0, 0
        loss_sum = torch.zeros((), device=self.device)
        loss_steps = 0
        while state.step < recipe.steps:
            state.seconds = already + time.monotonic() - started
            progress, stop, due = self._agree(state.seconds, time.monotonic() - said)
            if stop:
                self.checkpoints.save(state)
                return False
            if progress >= 1:
                break
            stage = recipe.stage_at(progress)
            batch = state.plan.next(stage)
            loss_sum += self._step(batch, learning_rate_factor(recipe, state.step, progress))
            loss_steps += 1
            state.step += 1
            pictures += len(batch)
            now = time.monotonic()
            validate = state.step % recipe.validate_every == 0
            if validate or due:
                figures = {
                    "step": float(state.step),
                    "loss": self._mean(loss_sum) / loss_steps,
                    "gradient_norm": float(self.gradient_norm),
                    "learning_rate": self.optimizers[0].param_groups[0]["lr"],
                    "stage": float(stage + 1),
                    "pictures_per_second": (pictures - said_pictures) / (now - said),
                    "seconds": state.seconds,
                }
                if validate:
                    figures["validation_loss"] = self.validation_loss()
                left = state.seconds * (1 - progress) / max(progress, 1e-6)
                self.reporter.measured(figures, recipe.steps, left)
                said, said_pictures = time.monotonic(), pictures
                loss_sum.zero_()
                loss_steps = 0
            if state.step % recipe.checkpoint_every == 0:
                self.checkpoints.save(state)
        self._finish(pictures)
        return True

    def _agree(self, seconds: float, silent: float) -> tuple[float, bool, bool]:
        """Return (progress, stop, time to say something) as all ranks see it.

        The clock and signals differ by rank, and every exchange costs a small run much.
        """
        mine = torch.tensor([seconds, float(self.stop_asked), silent], device=self.device)
        dist.all_reduce(mine, dist.ReduceOp.MAX)
        seconds, stop, silent = mine.tolist()
        by_time = seconds / (60 * self.recipe.minutes) if self.recipe.minutes else 0.0
        progress = max(by_time, self.state.step / self.recipe.steps)
        return progress, bool(stop), silent >= self.recipe.log_every_seconds

    def _mean(self, total: torch.Tensor) -> float:
        dist.all_reduce(total)
        return float(total.item())

    def _my_batch(self, rows: Any, batch: list[RowSize]) -> tuple[Batch, int]:
        """Return this rank's rows as tensors, and the answer tokens of all ranks together."""
        mine = rows[[size.index for size in batch[self.rank :: self.ranks]]]
        columns = list(mine)
        listed = [dict(zip(columns, v, strict=True)) for v in zip(*mine.values(), strict=True)]
        tensors = self.shape.collate(listed)
        moved = {name: tensor.to(self.device) for name, tensor in tensors.items()}
        return moved, sum(size.answer_tokens for size in batch)

    def _step(self, batch: list[RowSize], factor: float) -> torch.Tensor:
        """Take one optimizer step; returns this rank's share of the mean loss a token."""
        torch.manual_seed(hash((self.recipe.seed, self.state.step, self.rank)) & 0xFFFFFFFF)
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = self.recipe.learning_rate * factor
        self.model.train()
        tensors, tokens = self._my_batch(self.rows, batch)
        loss = answer_loss(self.model, tensors, self.shape.shift) / tokens
        loss.backward()
        self.gradient_norm = clip_gradients(self.model.parameters(), self.recipe.gradient_norm)
        for optimizer in self.optimizers:
            optimizer.step()
        self.model.zero_grad(set_to_none=True)
        if self.average:
            self.average.update()
        return loss.detach()

    def _swap_average(self) -> None:
        """Put the averaged weights in the place of the last ones, or back."""
        if self.average:
            forget_gathered(self.model)
            self.average.swap()

    @torch.no_grad()
    def validation_loss(self) -> float:
        """Return the mean loss a token on held-out rows, with the averaged weights if kept."""
        self._swap_average()
        self.model.eval()
        total = torch.zeros(2, device=self.device)
        for batch in self.validation.one_epoch(len(self.recipe.curriculum)):
            tensors, tokens = self._my_batch(self.validation_rows, batch)
            total[0] += answer_loss(self.model, tensors, self.shape.shift)
            total[1] += tokens / self.ranks
        dist.all_reduce(total)
        self._swap_average()
        return float(total[0] / total[1].clamp_min(1))

    def _finish(self, pictures: int) -> None:
        """Export the model (averaged weights if kept) and write the run's record."""
        final_validation = self.validation_loss()
        self._swap_average()
        record = {
            "recipe": self.recipe.model_dump(mode="json"),
            "recipe_digest": self.recipe.digest(),
            "steps": self.state.step,
            "seconds": round(self.state.seconds, 1),
            "pictures_drawn": pictures,
            "ranks": self.ranks,
            "precision": str(self.dtype).removeprefix("torch."),
            "parameters": sum(p.numel() for p in self.model.parameters()),
            "rows_used": self.rows_used,
            "rows_left_out": dict(self.left_out),
            "validation_loss": final_validation,
            "losses": self.reporter.losses,
        }
        export_model(self.model, self.processor, self.output / "model", record, self.rank)
        self.reporter.finished(record, self.output / "training.json")
        self.checkpoints.remove()


def checkpoint_activations(model: Any) -> None:
    """Recompute activations in the backward pass instead of keeping them."""
    newer = getattr(model, "activation_checkpointing_enable", None)
    (newer or model.gradient_checkpointing_enable)()


def main(arguments: list[str] | None = None) -> int:
    """Run the trainer on this rank; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recipe-file", required=True, help="YAML file or built-in name")
    parser.add_argument("--dataset-folder", type=Path, required=True)
    parser.add_argument("--output-folder", type=Path, required=True)
    given = parser.parse_args(arguments)
    try:
        recipe = Recipe.load(given.recipe_file)
    except RecipeError as error:
        return refuse(given.output_folder, error)
    cuda = torch.cuda.is_available()
    if cuda:
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    else:
        threads = max(1, cores() // int(os.environ["LOCAL_WORLD_SIZE"]))
        torch.set_num_threads(threads)
        cv2.setNumThreads(1)  # small pictures: its threads cost more than they do
    dist.init_process_group("cpu:gloo,cuda:nccl" if cuda else "cpu:gloo")
    try:
        with open_reporter(dist.get_rank()) as reporter:
            trainer = Trainer(recipe, given.dataset_folder, given.output_folder, reporter)

            def ask_to_stop(*_: Any) -> None:
                trainer.stop_asked = True

            signal.signal(signal.SIGTERM, ask_to_stop)
            return 0 if trainer.run() else STOPPED
    except (DataSetError, ModelError, RegistryError) as error:
        return refuse(given.output_folder, error)
    finally:
        dist.destroy_process_group()


def refuse(output_folder: Path, error: Exception) -> int:
    """Say why the input is refused, here and to whoever started torchrun; returns the status."""
    print(error, file=sys.stderr)
    write_refusal(output_folder, error)
    return 2


if __name__ == "__main__":
    tether(os.getppid())  # A killed torchrun would leave its ranks behind.
    sys.exit(main())
