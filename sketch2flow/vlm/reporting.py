"""Where a training's progress goes: terminal, Dagster, curves, and the run's own record."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sketch2flow.files import write_text

if TYPE_CHECKING:
    from sketch2flow.vlm.recipe import Recipe

PIPES_CONTEXT = "DAGSTER_PIPES_CONTEXT"
WANDB_KEY = "WANDB_API_KEY"
CURVES = "tensorboard"  # the folder of event files within a run's output
HISTORY = "losses.jsonl"


class Curves(Protocol):
    """A place that draws numbers over steps."""

    def write(self, figures: dict[str, float]) -> None:
        """Add the figures of one moment; `step` says which."""


class Reporter:
    """Tells of progress; only rank 0 speaks, since one process alone may open Dagster Pipes.

    `losses` are the figures of every look so far, those of an earlier start of the run included.
    """

    def __init__(
        self,
        output: Path | None = None,
        pipes: Any = None,
        curves: tuple[Curves, ...] = (),
    ) -> None:
        self._output, self._pipes, self._curves = output, pipes, curves
        self.losses: list[dict[str, float]] = []

    def say(self, text: str) -> None:
        """Log one line."""
        if self._output is None:
            return
        if self._pipes:
            self._pipes.log.info(text)
        print(text, file=sys.stderr, flush=True)

    def resumed(self, step: int) -> None:
        """Take up the figures of the looks up to a step, at which an earlier start was saved."""
        if self._output is None:
            return
        history = self._output / HISTORY
        lines = history.read_text().splitlines() if history.is_file() else []
        looks = [json.loads(line) for line in lines if line.endswith("}")]
        self.losses = [look for look in looks if look["step"] <= step]
        write_text(history, "".join(json.dumps(look) + "\n" for look in self.losses))

    def measured(self, figures: dict[str, float], steps: int, seconds_left: float) -> None:
        """Record and log the figures of one moment of the run."""
        self.losses.append(figures)
        if self._output is None:
            return
        with (self._output / HISTORY).open("a") as history:
            history.write(json.dumps(figures) + "\n")
        if self._pipes:
            self._pipes.report_custom_message({"kind": "progress", **figures})
        for curves in self._curves:
            curves.write(figures)
        validation = figures.get("validation_loss")
        self.say(
            f"step {figures['step']:,.0f}"
            + (f" of {steps:,}" if steps < 10**8 else "")
            + f" · loss {figures['loss']:.3f}"
            + (f" · validation {validation:.3f}" if validation is not None else "")
            + f" · curriculum stage {figures['stage']:.0f}"
            f" · {figures['pictures_per_second']:.0f} pictures/s"
            f" · {figures['tokens_per_second']:,.0f} tokens/s"
            f" · about {seconds_left / 60:.1f} min left"
        )

    def finished(self, record: dict[str, Any], place: Path) -> None:
        """Write the run's record and hand it to Dagster."""
        if self._output is None:
            return
        write_text(place, json.dumps(record, indent=2))
        if self._pipes:
            self._pipes.report_custom_message({"kind": "finished", "record": str(place)})


class TensorBoard:
    """Event files that TensorBoard shows: `tensorboard --logdir FOLDER`."""

    def __init__(self, folder: Path) -> None:
        from tensorboardX import SummaryWriter

        self._writer = SummaryWriter(str(folder), flush_secs=10)

    def write(self, figures: dict[str, float]) -> None:
        step = int(figures["step"])
        for name, value in figures.items():
            if name != "step":
                self._writer.add_scalar(name, value, step)

    def close(self) -> None:
        self._writer.close()


class WeightsAndBiases:
    """A run at Weights & Biases, for those who have a key there."""

    def __init__(self, output: Path, recipe: Recipe) -> None:
        import wandb

        settings = recipe.model_dump(mode="json")
        # One run for all starts of a training: it is named after its folder and recipe.
        name = f"{recipe.name}-{recipe.digest()}"
        self._run = wandb.init(
            project="sketch2flow", id=name, resume="allow", config=settings, dir=str(output)
        )

    def write(self, figures: dict[str, float]) -> None:
        self._run.log(figures, step=int(figures["step"]))

    def close(self) -> None:
        self._run.finish()


@contextmanager
def open_reporter(rank: int, output: Path, recipe: Recipe) -> Iterator[Reporter]:
    """Yield the rank's reporter, with Dagster Pipes where rank 0 was started through it."""
    if rank:
        yield Reporter()
        return
    output.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        curves: list[TensorBoard | WeightsAndBiases] = [TensorBoard(output / CURVES)]
        stack.callback(curves[0].close)
        if os.environ.get(WANDB_KEY):
            try:
                curves.append(WeightsAndBiases(output, recipe))
                stack.callback(curves[-1].close)
            except ImportError:
                print(f"{WANDB_KEY} is set, but wandb is not installed: pip install wandb")
        pipes = None
        if PIPES_CONTEXT in os.environ:
            from dagster_pipes import open_dagster_pipes

            pipes = stack.enter_context(open_dagster_pipes())
        yield Reporter(output, pipes, tuple(curves))
