"""`sketch2flow bench train`: tokens per second of our trainer against training as StarFlow does."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sketch2flow.cli.benches.figures import Figure, json_option, report
from sketch2flow.cli.ranges import FiniteRange

if TYPE_CHECKING:
    from sketch2flow.vlm.recipe import Recipe

BASELINE = "sketch2flow.cli.benches.plain_training"
TARGET = 2.0  # times the baseline's tokens a second
MOST_PADDING = 0.05
MOST_COMPONENTS = 20
BATCHES_PER_RANK = 2  # of a step, as the baseline has them
PIXELS_PER_TOKEN = 28 * 28
SMALL_PICTURES = 256 * PIXELS_PER_TOKEN
REAL_PICTURES = 12_845_056  # Qwen2.5-VL's own limit
SMALL_RECIPE = {"name": "small", "shape": "causal", "cost_per_batch": 2048, "max_tokens": 8192}
MEANS = ("tokens_per_second", "pictures_per_second", "padding_share", "loading_share")


@click.command()
@click.option(
    "--model",
    type=click.Choice(["small", "reader", "qwen2.5-vl-3b"]),
    default="small",
    show_default=True,
    help="Random weights: a small Qwen2.5-VL, the laptop's reader, or, on GPUs, Qwen2.5-VL-3B.",
)
@click.option("--ranks", type=click.IntRange(1), help="[default: one per GPU, or two without]")
@click.option("--seconds", type=FiniteRange(0.1), default=60.0, show_default=True)
@click.option(
    "--warm-up",
    type=FiniteRange(0),
    default=15.0,
    show_default=True,
    help="Seconds of each way that do not count.",
)
@click.option("--rounds", type=click.IntRange(1), default=1, show_default=True)
@click.option("--rows", type=click.IntRange(64), default=1024, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
@json_option
def command(
    model: str,
    ranks: int | None,
    seconds: float,
    warm_up: float,
    rounds: int,
    rows: int,
    seed: int,
    output: Path | None,
) -> None:
    """Train a model in two ways for the same time, on the same drawn rows of 1 to 20 steps.

    The baseline is a loop with accelerate as StarFlow's publications describe it: two rows a rank
    in random order, padded to the longer one, the model's own loss over all logits, two batches a
    step, AdamW, a barrier and the loss's number in every batch. It is sharded by FSDP2 on GPUs
    and replicated (DDP) on CPUs, where accelerate shards nothing. Model, rows, precision, threads,
    loader processes and recomputation are the same. Tokens are those that the model sees, without
    padding; of the reader, those of answers. Its batches have our processor's pages in both ways,
    and its padding is reckoned as if each picture had a page of its own. Of several rounds, in
    which the ways take turns, each way's median counts.
    """
    from sketch2flow.cli.extras import require_drawing

    require_drawing()
    import torch

    from sketch2flow.cli.benches.model_flops import utilisation

    if model == "qwen2.5-vl-3b" and not torch.cuda.is_available():
        raise click.ClickException(f"{model} needs a GPU; --model small shows the same on a CPU")
    ranks = ranks or torch.cuda.device_count() or 2
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"
    with tempfile.TemporaryDirectory(prefix="sketch2flow-bench-") as temporary:
        folder = Path(temporary)
        recipe = make_recipe(model, folder / "model", ranks, warm_up + seconds)
        start = write_inputs(folder, model, recipe, rows, seed)
        flops = _flops_per_token(recipe, start, folder / "data")
        plain_rounds, our_rounds = [], []
        for number in range(rounds):
            plain_rounds.append(_train_plainly(folder, start, ranks, (warm_up, seconds)))
            our_rounds.append(_train(folder, f"round-{number}", ranks, warm_up))
    ours, plain = middle(our_rounds), middle(plain_rounds)
    ways = {"ours": ours, "baseline": plain}
    for way in ways.values():
        way["model_flops_utilisation"] = utilisation(way["tokens_per_second"], flops, ranks, device)
    report(
        f"train, {model}, {ranks} ranks on {device}, {rounds} x {seconds:g} s each",
        [Figure(model, ours["tokens_per_second"], plain["tokens_per_second"])],
        subject="sketch2flow",
        baseline=f"accelerate, {plain['parallelism']}",
        unit="real tokens per second",
        output=output,
        more={
            "model": model,
            "ranks": ranks,
            "device": device,
            "rows": rows,
            "rounds": {
                "ours": [each["tokens_per_second"] for each in our_rounds],
                "baseline": [each["tokens_per_second"] for each in plain_rounds],
            },
            "training_flops_per_token": flops,
            "recipe": recipe.model_dump(mode="json", exclude={"model"}),
            **ways,
        },
    )
    for line in comparison(ours, plain):
        click.echo(line)
    if recipe.shape == "causal":
        click.echo(verdict(ours, plain))


def make_recipe(model: str, model_folder: Path, ranks: int, seconds: float) -> Recipe:
    """Return the recipe of a run of so many seconds that does nothing but train."""
    import torch

    from sketch2flow.vlm.recipe import Recipe

    if model == "small":
        settings = dict(SMALL_RECIPE)
    else:
        settings = Recipe.load("laptop" if model == "reader" else "h100").model_dump()
    settings |= {
        "model": "reader" if model == "reader" else str(model_folder),
        "steps": None,
        "epochs": None,
        "minutes": seconds / 60,
        "patience": None,
        "rows": None,
        "curriculum": (),
        "batches_per_step": BATCHES_PER_RANK * ranks,
        "loader_workers": 4 if torch.cuda.is_available() else 0,
        "log_every_seconds": min(1.0, seconds / 20),
        "checkpoint_every": 10**9,
        "validate_every": 10**9,
        "validation_rows": 0,
    }
    return Recipe.model_validate(settings)


def write_inputs(folder: Path, model: str, recipe: Recipe, rows: int, seed: int) -> Path:
    """Write the data set, the recipe and the model; returns the folder of the model."""
    from sketch2flow.cli.benches import training_inputs as inputs
    from sketch2flow.files import write_text
    from sketch2flow.vlm.start import prepare_start

    most = min(MOST_COMPONENTS, recipe.max_components)
    answers = inputs.write_dataset(folder / "data", rows, most, seed)
    write_text(folder / "recipe.yaml", json.dumps(recipe.model_dump(mode="json")))  # YAML too
    if model == "reader":
        prepare_start(recipe, answers, folder)
        return folder / "start"
    small = model == "small"
    sizes = inputs.SMALL if small else inputs.QWEN_3B
    pictures = SMALL_PICTURES if small else REAL_PICTURES
    inputs.write_qwen(folder / "model", sizes, pictures, answers, seed)
    return folder / "model"


def _flops_per_token(recipe: Recipe, model: Path, dataset: Path) -> float:
    """Return the operations of a token, counted in a process that leaves no memory taken."""
    from sketch2flow.cli.benches.model_flops import training_flops_per_token

    with ProcessPoolExecutor(1, get_context("spawn")) as other:
        return other.submit(training_flops_per_token, recipe, model, dataset).result()


def middle(rounds: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the round of the median of tokens a second (of two, the slower one)."""
    ordered = sorted(rounds, key=lambda figures: figures["tokens_per_second"])
    return ordered[(len(ordered) - 1) // 2]


def _train(folder: Path, name: str, ranks: int, warm_up: float) -> dict[str, Any]:
    from resources.torchrun import local_environment, local_ranks, run_trainer
    from sketch2flow.vlm.reporting import HISTORY

    output = folder / name
    files = folder / "recipe.yaml", folder / "data", output
    run_trainer(local_ranks(ranks), *files, local_environment(ranks))
    lines = (output / HISTORY).read_text().splitlines()
    return after_warm_up([json.loads(line) for line in lines], warm_up)


def after_warm_up(looks: Sequence[Mapping[str, float]], warm_up: float) -> dict[str, Any]:
    """Return what a run did in the stretches between its looks, but for those of the warm-up."""
    counted = [look for look in looks if look["seconds"] >= warm_up]
    if len(counted) < 2:
        raise click.ClickException("too few steps after the warm-up: give more --seconds")
    lengths = [b["seconds"] - a["seconds"] for a, b in pairwise(counted)]
    whole = sum(lengths)
    means = {
        name: sum(length * look[name] for length, look in zip(lengths, counted[1:], strict=True))
        / whole
        for name in MEANS
    }
    return {**means, "peak_memory_gb": counted[-1]["memory_gb"], "seconds": whole}


def _train_plainly(
    folder: Path, model: Path, ranks: int, times: tuple[float, float]
) -> dict[str, Any]:
    from resources.processes import run_until_ended
    from resources.torchrun import local_environment, local_ranks, trainer_environment

    command = [
        *(sys.executable, "-m", "torch.distributed.run", *local_ranks(ranks), "-m", BASELINE),
        *("--recipe-file", str(folder / "recipe.yaml"), "--model-folder", str(model)),
        *("--dataset-folder", str(folder / "data"), "--figures-file", str(folder / "plain.json")),
        *("--warm-up", str(times[0]), "--seconds", str(times[1])),
    ]
    environment = {**os.environ, **trainer_environment(10), **local_environment(ranks)}
    status = run_until_ended(command, environment, patience=10)
    if status:
        raise click.ClickException(f"the baseline ended with status {status}; its lines say why")
    found: dict[str, Any] = json.loads((folder / "plain.json").read_text())
    return found


def comparison(ours: Mapping[str, Any], plain: Mapping[str, Any]) -> list[str]:
    """Return a line for each figure beside tokens a second."""
    names = {
        "pictures_per_second": ("pictures a second", "{:.1f}"),
        "padding_share": ("padding", "{:.1%}"),
        "loading_share": ("waiting for data", "{:.1%}"),
        "peak_memory_gb": ("peak memory of a rank", "{:.2f} GB"),
        "model_flops_utilisation": ("model FLOPs utilisation", "{:.1%}"),
    }
    return [
        f"{said}: {form.format(ours[name])} (baseline {form.format(plain[name])})"
        for name, (said, form) in names.items()
        if ours[name] is not None
    ]


def verdict(ours: Mapping[str, Any], plain: Mapping[str, Any]) -> str:
    """Return the line that says whether the target is met."""
    ratio = ours["tokens_per_second"] / plain["tokens_per_second"]
    met = ratio >= TARGET and ours["padding_share"] < MOST_PADDING
    return (
        f"target of {TARGET:g} times the tokens a second with less than {MOST_PADDING:.0%} of "
        f"padding: {'met' if met else 'missed'}"
    )
