"""`sketch2flow train`: the trainer outside Dagster, under torchrun on this machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click


@click.command(name="train")
@click.option("--dataset", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the run.")
@click.option("--recipe", default="laptop", show_default=True, help="Built-in name or YAML file.")
@click.option("--processes", default=2, show_default=True, help="Ranks on this machine.")
def command(dataset: Path, out: Path, recipe: str, processes: int) -> None:
    """Finetune a model on a data set folder, outside Dagster.

    Writes OUT/model, a `save_pretrained` folder, and OUT/training.json. Called again after any
    end, it continues from its last complete checkpoint. Over several machines, call torchrun
    with `-m sketch2flow.vlm.train` yourself; its options are the same.
    """
    from sketch2flow.vlm.recipe import Recipe, RecipeError

    try:
        Recipe.load(recipe)
    except RecipeError as error:
        raise click.ClickException(str(error)) from None
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    trainer = ["-m", "sketch2flow.vlm.train", "--recipe-file", recipe]
    folders = ["--dataset-folder", str(dataset), "--output-folder", str(out)]
    status = subprocess.call([*torchrun, "--nproc-per-node", str(processes), *trainer, *folders])
    if status:
        raise click.ClickException(f"the trainer ended with status {status}; see its lines above")
    click.echo(f"model: {out / 'model'}")
