"""The baseline of `bench train`: training as StarFlow describes it, written with accelerate.

Two rows a rank in random order, padded to the longer one, two such batches a step, the model's
own loss over the logits of all tokens, AdamW, and in every batch a barrier and the loss's number.
Rows, model, tensors of a batch, precision and threads are those of our trainer. On GPUs the model
is sharded by accelerate's FSDP2 plugin; on CPUs, where accelerate has none, it is replicated (DDP).

    torchrun --nproc-per-node 2 -m sketch2flow.cli.benches.plain_training \
        --recipe-file FILE --model-folder DIR --dataset-folder DIR \
        --warm-up 10 --seconds 60 --figures-file FILE
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from accelerate import Accelerator, FullyShardedDataParallelPlugin
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader

from sketch2flow.files import write_text
from sketch2flow.tether import tether
from sketch2flow.vlm.batches import padded_cost
from sketch2flow.vlm.pace import peak_memory
from sketch2flow.vlm.recipe import Recipe
from sketch2flow.vlm.rows import RowSize, measure_rows, open_split, within_limits
from sketch2flow.vlm.shapes import Shape, shape_of
from sketch2flow.vlm.sharding import compute_dtype, layer_units
from sketch2flow.vlm.sketch_reader import SketchReader
from sketch2flow.vlm.start import load_model
from sketch2flow.vlm.train import begin_ranks

Batch = tuple[dict[str, Any], list[RowSize]]

ROWS_PER_BATCH = 2
BATCHES_PER_STEP = 2  # of one rank
PARALLELISM = {"FSDP": "FSDP2", "MULTI_CPU": "DDP", "MULTI_GPU": "DDP"}  # by accelerate's names


class Collate:
    """Makes a batch of rows by their sizes as our trainer does, but with a mask."""

    def __init__(self, rows: Any, shape: Shape) -> None:
        self.rows, self.shape = rows, shape

    def __call__(self, sizes: list[RowSize]) -> Batch:
        inputs = self.shape.collate([self.rows[size.index] for size in sizes])
        if "input_ids" in inputs:
            places = torch.arange(inputs["input_ids"].shape[1])
            lengths = torch.tensor([size.tokens for size in sizes])
            inputs["attention_mask"] = (places < lengths[:, None]).long()
        return inputs, sizes


def make_accelerator(recipe: Recipe, layers: list[str]) -> Any:
    """Return the accelerator for this device; on a GPU it shards `layers`, classes by name."""
    bfloat16 = compute_dtype(recipe.precision) == torch.bfloat16
    plugin = None
    if torch.cuda.is_available():
        plugin = FullyShardedDataParallelPlugin(
            fsdp_version=2,
            auto_wrap_policy="transformer_based_wrap",
            transformer_cls_names_to_wrap=layers,
        )
    return Accelerator(
        mixed_precision="bf16" if bfloat16 else "no",
        gradient_accumulation_steps=BATCHES_PER_STEP,
        cpu=not torch.cuda.is_available(),
        fsdp_plugin=plugin,
    )


def make_loader(recipe: Recipe, dataset: Path, shape: Shape) -> Any:
    """Return batches of the rows within the recipe's limits, in random order."""
    rows = open_split(dataset, "train")
    usable, _ = within_limits(measure_rows(rows, range(len(rows)), shape)[0], recipe)
    workers = recipe.loader_workers or 0
    return DataLoader(
        usable,  # type: ignore[arg-type]  # a list is a map-style data set
        batch_size=ROWS_PER_BATCH,
        shuffle=True,
        drop_last=True,
        collate_fn=Collate(rows, shape),
        num_workers=workers,
        multiprocessing_context="spawn" if workers else None,
        persistent_workers=bool(workers),
        pin_memory=torch.cuda.is_available(),
        generator=torch.Generator().manual_seed(recipe.seed),
    )


class Count:
    """What this rank does between the end of the warm-up and the end of the run."""

    def __init__(self, warm_up: float, seconds: float) -> None:
        self._warm_up, self._seconds = warm_up, seconds
        self._began = time.monotonic()
        self._since: float | None = None
        self.totals = dict.fromkeys(("rows", "tokens", "cost", "padded_cost", "waited"), 0.0)

    def add(self, sizes: list[RowSize], waited: float) -> None:
        """Count a batch and the seconds that it was waited for."""
        if self._since is None:
            return
        self.totals["rows"] += len(sizes)
        self.totals["tokens"] += sum(size.tokens for size in sizes)
        self.totals["cost"] += sum(size.cost for size in sizes)
        self.totals["padded_cost"] += padded_cost(sizes)
        self.totals["waited"] += waited

    def over(self) -> bool:
        """Whether the run is over, as all ranks see it; begins to count after the warm-up."""
        now = torch.tensor(time.monotonic() - self._began, dtype=torch.float64)
        dist.all_reduce(now, dist.ReduceOp.MAX)
        elapsed = float(now)
        if self._since is None and elapsed >= self._warm_up:
            self._since = elapsed
        self.elapsed = elapsed - (self._since or 0.0)
        return self._since is not None and self.elapsed >= self._seconds

    def figures(self, device: Any) -> dict[str, float]:
        """Return the figures of all ranks together; memory is the largest rank's."""
        sums = torch.tensor(list(self.totals.values()), dtype=torch.float64)
        dist.all_reduce(sums)
        memory = torch.tensor(peak_memory(device))
        dist.all_reduce(memory, dist.ReduceOp.MAX)
        rows, tokens, cost, padded, waited = sums.tolist()
        return {
            "tokens_per_second": tokens / self.elapsed,
            "pictures_per_second": rows / self.elapsed,
            "padding_share": 1 - cost / padded,
            "loading_share": waited / dist.get_world_size() / self.elapsed,
            "peak_memory_gb": float(memory) / 1e9,
            "seconds": self.elapsed,
        }


def train(
    recipe: Recipe, model_folder: Path, dataset: Path, warm_up: float, seconds: float
) -> dict[str, Any]:
    """Train for so long; returns the figures, and how the model was spread over the ranks."""
    torch.manual_seed(recipe.seed)
    model, processor = load_model(str(model_folder))
    model.train()
    if isinstance(model, SketchReader):
        model.letters.requires_grad_(False)  # hints are ours alone; DDP wants all gradients
    if recipe.recompute != "nothing":
        model.gradient_checkpointing_enable()
    loader = make_loader(recipe, dataset, shape_of(recipe, processor, model.config))
    layers = sorted({type(unit).__name__ for unit in layer_units(model, smallest=1)})
    accelerator = make_accelerator(recipe, layers)
    optimizer = torch.optim.AdamW(model.parameters(), 2e-5, betas=(0.95, 0.999), weight_decay=1e-6)
    model, optimizer, loader = accelerator.prepare(model, optimizer, loader)
    batches = endless(loader)
    count = Count(warm_up, seconds)
    over = False
    while not over:
        asked = time.monotonic()
        inputs, sizes = next(batches)
        waited = time.monotonic() - asked
        with accelerator.accumulate(model):
            loss = own_loss(model, inputs)
            accelerator.backward(loss)
            if accelerator.sync_gradients:
                accelerator.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
        accelerator.wait_for_everyone()
        loss.item()
        count.add(sizes, waited)
        over = count.over()
    spread = PARALLELISM.get(accelerator.distributed_type.value, "none")
    return {**count.figures(accelerator.device), "parallelism": spread}


def own_loss(model: Any, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
    """Return the loss that a model gives by itself; for the embedded reader, which gives none, the
    same: the mean over all logits, without hints.
    """
    told = {name: each for name, each in inputs.items() if name not in ("letters", "aims")}
    output = model(**told, use_cache=False)
    if output.loss is not None:
        own: torch.Tensor = output.loss
        return own
    return cross_entropy(output.logits.flatten(0, 1).float(), inputs["labels"].flatten())


def endless(loader: Any) -> Iterator[Batch]:
    """Yield a loader's batches, epoch after epoch."""
    while True:
        yield from loader


def main(arguments: list[str] | None = None) -> None:
    """Run the baseline on this rank; rank 0 writes the figures."""
    parser = argparse.ArgumentParser()
    for name in ("recipe", "figures"):
        parser.add_argument(f"--{name}-file", type=Path, required=True)
    for name in ("model", "dataset"):
        parser.add_argument(f"--{name}-folder", type=Path, required=True)
    for name in ("warm-up", "seconds"):
        parser.add_argument(f"--{name}", type=float, required=True)
    given = parser.parse_args(arguments)
    begin_ranks()
    recipe = Recipe.load(given.recipe_file)
    folders = given.model_folder, given.dataset_folder
    figures = train(recipe, *folders, given.warm_up, given.seconds)
    if dist.get_rank() == 0:
        write_text(given.figures_file, json.dumps(figures))
    dist.destroy_process_group()


if __name__ == "__main__":
    tether(os.getppid())  # A killed torchrun would leave its ranks behind.
    main()
