"""The training loop: one for every model, on two CPU cores or many GPUs."""

from __future__ import annotations

import gc
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch.distributed.device_mesh import init_device_mesh

from sketch2flow.vlm.batches import BatchPlan, in_batches
from sketch2flow.vlm.checkpoints import Checkpoints, TrainingState
from sketch2flow.vlm.drawn import DrawnSteps, DrawRows
from sketch2flow.vlm.export import export_model, model_card
from sketch2flow.vlm.loading import RankStep, StoredSteps, held_out_batches
from sketch2flow.vlm.loss import AnswerLoss
from sketch2flow.vlm.optimizers import (
    MovingAverage,
    clip_gradients,
    learning_rate_factor,
    make_optimizers,
)
from sketch2flow.vlm.pace import Pace
from sketch2flow.vlm.recipe import Recipe
from sketch2flow.vlm.reporting import Reporter
from sketch2flow.vlm.rows import DataSetError, RowSize, measure_rows, open_split, within_limits
from sketch2flow.vlm.shapes import shape_of
from sketch2flow.vlm.sharding import (
    compile_layers,
    compute_dtype,
    fill,
    forget_gathered,
    recompute_activations,
    shard,
)
from sketch2flow.vlm.start import load_start, prepare_start

WINDOWS_FOR_TOKENIZER = 3
FOR_EVER = 10**9  # steps of a recipe that says minutes alone


class Trainer:
    """One run on one rank: everything is set up in order, then `run` loops over steps."""

    def __init__(
        self,
        recipe: Recipe,
        dataset: Path,
        output: Path,
        reporter: Reporter,
        draw: DrawRows | None = None,
    ) -> None:
        self.recipe, self.dataset, self.output, self.reporter = recipe, dataset, output, reporter
        self.rank, self.ranks = dist.get_rank(), dist.get_world_size()
        recipe.check_ranks(self.ranks)
        reporter.say(f"recipe {recipe.digest()}: {recipe.described()}")
        cuda = torch.cuda.is_available()
        self.device = (
            torch.device("cuda", torch.cuda.current_device()) if cuda else torch.device("cpu")
        )
        self.stop_asked = False
        self._prepare_model(self._answers(dataset, draw))
        self._prepare_data(dataset, draw)
        self.optimizers = make_optimizers(self.model, recipe)
        decay = recipe.average_decay
        self.average = MovingAverage(self.model, decay) if decay else None
        self.state = TrainingState(self.model, self.optimizers, self.average)
        folder = output / "checkpoints"
        self.checkpoints = Checkpoints(folder, self.rank, recipe.keep_checkpoints)

    def _answers(self, dataset: Path, draw: DrawRows | None) -> Iterator[str]:
        """Yield answers as the run trains on: all of a data set, or those of some windows."""
        if draw is None:
            rows = open_split(dataset, "train").select_columns(["annotations"])
            yield from (row["annotations"][0] for row in rows)
        else:
            for window in range(WINDOWS_FOR_TOKENIZER):
                rows = draw(window, 0, 1, self.recipe.max_components)
                yield from (row["annotations"][0] for row in rows)

    def _prepare_model(self, answers: Iterator[str]) -> None:
        """Build the model without memory, shard it, and then give it its weights."""
        recipe = self.recipe
        if self.rank == 0:
            prepare_start(recipe, answers, self.output)
        dist.barrier()
        start = load_start(recipe, self.output, self.rank)
        self.source, self.model, self.processor = start.source, start.model, start.processor
        self.shape = shape_of(recipe, self.processor, self.model.config)
        self.dtype = compute_dtype(recipe.precision)
        self.loss = AnswerLoss(self.model, recipe.logits_per_chunk)
        recompute_activations(self.model, recipe.recompute)
        if recipe.compile:
            compile_layers(self.model)
        shard(self.model, init_device_mesh(self.device.type, (self.ranks,)), self.dtype)
        fill(self.model, self.device, start.weights)

    def _prepare_data(self, dataset: Path, draw: DrawRows | None) -> None:
        """Say where training rows come from, and measure those that are held out."""
        recipe, place = self.recipe, (self.rank, self.ranks)
        workers = recipe.loader_workers
        if workers is None:
            workers = 4 if self.device.type == "cuda" else 0
        self.steps = recipe.steps or FOR_EVER
        self.left_out: Counter[str] = Counter()
        self.rows_used = 0
        self.data: StoredSteps | DrawnSteps
        if draw is None:
            rows = open_split(dataset, "train")
            plan = self._plan(rows)
            self.data = StoredSteps(rows, self.shape, plan, self._stage_at, place, workers)
        else:
            self.data = DrawnSteps(draw, self.shape, recipe, self._stage_at, place, workers)
        self.validation_rows = open_split(dataset, "validation")
        held_out, _ = self._usable(self.validation_rows, "validation", recipe.validation_rows)
        self.validation = in_batches(held_out, recipe) if held_out else []

    def _plan(self, rows: Any) -> BatchPlan:
        """Return the plan over those rows of a data set that can be used."""
        recipe = self.recipe
        usable, self.left_out = self._usable(rows, "train")
        if not usable:
            raise DataSetError(
                f"no training row is within the recipe's limits: {dict(self.left_out)}"
            )
        self.rows_used = len(usable)
        self.reporter.say(
            f"{len(usable):,} of {len(rows):,} training rows are within the recipe's limits"
            f" ({recipe.max_components} components, {recipe.max_pixels:,} pixels,"
            f" {recipe.max_tokens:,} tokens)"
            + "".join(f"; {count:,} left out: {why}" for why, count in self.left_out.items())
        )
        plan = BatchPlan(usable, recipe, recipe.seed)
        if recipe.epochs:
            self.steps = min(self.steps, round(recipe.epochs * plan.steps_of_an_epoch()) or 1)
        return plan

    def _usable(
        self, rows: Any, split: str, at_most: int | None = None
    ) -> tuple[list[RowSize], Counter[str]]:
        """Return the usable rows of a split, and how many are not, and why."""
        order = list(range(len(rows)))
        if at_most is not None:
            order = sorted(random.Random(split).sample(order, min(at_most, len(order))))
        mine, broken = measure_rows(rows, order[self.rank :: self.ranks], self.shape)
        gathered: list[Any] = [None] * self.ranks
        dist.all_gather_object(gathered, (mine, broken))
        kept, reasons = within_limits([size for part, _ in gathered for size in part], self.recipe)
        for unusable in (one for _, part in gathered for one in part):
            self.reporter.say(f"{split} row {unusable.identifier} left out: {unusable.reason}")
            reasons["unreadable"] += 1
        return kept, reasons

    def _stage_at(self, step: int) -> int:
        """Return the stage of the curriculum that a step belongs to."""
        return self.recipe.stage_at(self._progress(step, self.state.seconds))

    def _progress(self, step: int, seconds: float) -> float:
        """Return which share of the run is over, by steps or by the clock."""
        by_time = seconds / (60 * self.recipe.minutes) if self.recipe.minutes else 0.0
        return max(by_time, step / self.steps)

    def run(self) -> bool:
        """Train to the end; False if a stop was asked for (the checkpoint is written)."""
        state = self.state
        if self.checkpoints.resume(state):
            self.data.restore(state.data)
            self.reporter.resumed(state.step)
            self.reporter.say(f"continuing from the checkpoint of step {state.step}")
        else:
            self.reporter.resumed(0)  # of a start that came to no checkpoint
        self.reporter.say(
            f"{sum(p.numel() for p in self.model.parameters()):,} parameters,"
            f" {sum(p.numel() for p in self.model.parameters() if p.requires_grad):,} of them in"
            f" training, {self.ranks} rank(s) on {self.device.type}, computing in"
            f" {str(self.dtype).removeprefix('torch.')}"
        )
        gc.disable()  # it stops one rank at a time while the others wait: see `_look`
        pace = Pace(self.device, state.seconds)
        steps = self.data.start(state.step)
        while True:
            progress, stop, due = self._agree(pace)
            if stop:
                self._save()
                self.checkpoints.finish()
                return False
            if progress >= 1 or self._has_stopped_learning():
                break
            step = next(steps)
            factor = learning_rate_factor(self.recipe, state.step, progress)
            pace.add(self._step(step, factor), step)
            state.step += 1
            validate = state.step % self.recipe.validate_every == 0
            if validate or due:
                self._look(pace, progress, step.stage, validate)
            if state.step % self.recipe.checkpoint_every == 0:
                self._save()
        self._finish(pace)
        return True

    def _agree(self, pace: Pace) -> tuple[float, bool, bool]:
        """Return (progress, stop, time to say something) as all ranks see it.

        The clock and signals differ by rank. On the CPU, so that no rank waits for its device.
        """
        mine = torch.tensor([pace.seconds(), float(self.stop_asked), pace.silent()])
        dist.all_reduce(mine, dist.ReduceOp.MAX)
        self.state.seconds, stop, silent = mine.tolist()
        progress = self._progress(self.state.step, self.state.seconds)
        return progress, bool(stop), silent >= self.recipe.log_every_seconds

    def _step(self, step: RankStep, factor: float) -> torch.Tensor:
        """Take one optimizer step; returns this rank's share of the mean loss a token."""
        torch.manual_seed(hash((self.recipe.seed, self.state.step, self.rank)) & 0xFFFFFFFF)
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group["rate"] * factor
        self.model.train()
        total = torch.zeros((), device=self.device)
        for number, batch in enumerate(step.batches):
            # Gradients travel once a step.
            self.model.set_requires_gradient_sync(number == len(step.batches) - 1)
            inputs, answers = batch.to(self.device)
            loss, hints = self.loss.with_hints(inputs, answers)
            both = loss if hints is None else loss + hints
            (both / step.answer_tokens).backward()
            total += loss.detach() / step.answer_tokens
        self.gradient_norm = clip_gradients(self.model.parameters(), self.recipe.gradient_norm)
        for optimizer in self.optimizers:
            optimizer.step()
        self.model.zero_grad(set_to_none=True)
        if self.average:
            self.average.update()
        return total

    def _look(self, pace: Pace, progress: float, stage: int, validate: bool) -> None:
        """Report the figures since the last look, with the validation loss where it is due."""
        state = self.state
        figures = {
            "step": float(state.step),
            "gradient_norm": float(self.gradient_norm),
            "learning_rate": self.optimizers[0].param_groups[0]["lr"],
            "stage": float(stage + 1),
            **pace.figures(self.data.waited),
        }
        gc.collect(1)
        if validate and self.validation:
            figures["validation_loss"] = loss = self.validation_loss()
            state.worse += 1
            if loss < state.best_loss:
                state.best_loss, state.best_step, state.worse = loss, state.step, 0
                if self.recipe.patience:
                    self._save()
        left = state.seconds * (1 - progress) / max(progress, 1e-6)
        self.reporter.measured(figures, self.steps, left)
        pace.begin()

    def _has_stopped_learning(self) -> bool:
        return bool(self.recipe.patience) and self.state.worse >= (self.recipe.patience or 0)

    def _save(self) -> None:
        self.state.data = self.data.states()
        self.checkpoints.save(self.state)

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
        place = self.rank, self.ranks
        for batch, counts in held_out_batches(
            self.validation_rows, self.shape, self.validation, place
        ):
            inputs, answers = batch.to(self.device)
            loss = self.loss(inputs, answers)
            if counts:
                total[0] += loss
                total[1] += len(answers.tokens)
        dist.all_reduce(total)
        self._swap_average()
        return float(total[0] / total[1].clamp_min(1))

    def _all_left_out(self) -> Counter[str]:
        """Return how many rows were left out before the run and on the way, by reason."""
        found: list[Any] = [None] * self.ranks
        dist.all_gather_object(found, self.data.left_out)
        return sum(found, self.left_out)

    def _finish(self, pace: Pace) -> None:
        """Export the best model, or the last where none is best, and write the run's record."""
        recipe, state = self.recipe, self.state
        if recipe.patience and state.best_step and self.checkpoints.load_best(state):
            self.reporter.say(
                f"the best validation, {state.best_loss:.4f} a token, was at step {state.best_step}"
            )
        final_validation = self.validation_loss() if self.validation else None
        self._swap_average()
        record = {
            "dataset": self.dataset.resolve().name,
            "recipe": recipe.model_dump(mode="json"),
            "recipe_digest": recipe.digest(),
            "steps": state.step,
            "best_step": state.best_step if recipe.patience else state.step,
            "seconds": round(state.seconds, 1),
            **pace.totals(self.data.waited),
            "ranks": self.ranks,
            "precision": str(self.dtype).removeprefix("torch."),
            "parameters": sum(p.numel() for p in self.model.parameters()),
            "rows_used": self.rows_used,
            "rows_left_out": dict(self._all_left_out()),
            "validation_loss": final_validation,
            "losses": self.reporter.losses,
        }
        card = model_card(record)
        export_model(
            self.model, self.processor, self.output / "model", card, self.source, recipe.lora
        )
        self.reporter.finished(record, self.output / "training.json")
        self.checkpoints.remove()
