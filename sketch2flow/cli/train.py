"""`sketch2flow train`: the trainer outside Dagster, under torchrun on this machine."""

from __future__ import annotations

import signal
from pathlib import Path
from types import FrameType

import click

from sketch2flow.cli.hangup import on_hangup, terminate


@click.command(name="train")
@click.option(
    "--dataset",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    required=True,
    help="Folder of a data set, as `sketch2flow_dataset` makes it.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder of the run.",
)
@click.option("--recipe", default="laptop", show_default=True, help="Built-in name or YAML file.")
@click.option(
    "--processes",
    type=click.IntRange(1),
    help="Ranks on this machine [default: one per GPU, or two without].",
)
def command(dataset: Path, out: Path, recipe: str, processes: int | None) -> None:
    """Finetune a model on a data set folder, outside Dagster.

    Writes OUT/model, a `save_pretrained` folder, and OUT/training.json. Ctrl-C (or SIGTERM) lets
    it write a checkpoint; pressed again, it ends at once. Called again after any end, it continues
    from its last complete checkpoint. Over several machines, call torchrun with
    `-m sketch2flow.cli.trainer` yourself; its options are the same.
    """
    from resources.torchrun import STOPPED, local_environment, local_ranks, run_trainer
    from sketch2flow.vlm.recipe import Recipe

    Recipe.load(recipe)
    signal.signal(signal.SIGTERM, _interrupt)
    on_hangup(terminate)
    ranks = processes or 0
    try:
        run_trainer(local_ranks(ranks), recipe, dataset, out, local_environment(ranks))
    except KeyboardInterrupt:
        raise click.ClickException(STOPPED) from None
    click.echo(f"model: {out / 'model'}")


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
