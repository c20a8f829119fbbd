"""Training checkpoints: sharded, written aside, complete or not there, bounded in number."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch.distributed as dist
from torch.distributed.checkpoint import state_dict_loader, state_dict_saver
from torch.distributed.checkpoint.state_dict import (
    StateDictOptions,
    get_model_state_dict,
    get_state_dict,
    set_model_state_dict,
    set_state_dict,
)
from torch.distributed.checkpoint.stateful import Stateful

if TYPE_CHECKING:
    import torch
    from torch import nn

    from sketch2flow.vlm.optimizers import MovingAverage

# Adapters alone are saved where the weights below them stay as they are.
_OPTIONS = StateDictOptions(ignore_frozen_params=True)


class TrainingState(Stateful):
    """All that a resumed run needs: weights, optimizers, average, place in the data, clock.

    Random states are not among it: every step draws from its own seed. `data` is where the data
    stand, rank by rank; `best` the step and loss of the best validation, `worse` how many came
    since.
    """

    def __init__(
        self,
        model: nn.Module,
        optimizers: list[torch.optim.Optimizer],
        average: MovingAverage | None,
    ) -> None:
        self.model, self.optimizers, self.average = model, optimizers, average
        self.data: list[dict[str, int]] = []
        self.step = 0
        self.seconds = 0.0
        self.best_step, self.best_loss, self.worse = 0, float("inf"), 0

    def state_dict(self) -> dict[str, Any]:
        model, optimizers = get_state_dict(self.model, self.optimizers, options=_OPTIONS)
        state: dict[str, Any] = {
            "model": model,
            "optimizers": optimizers,
            "progress": json.dumps(self._progress()),
        }
        if self.average:
            state["average"] = self.average.state_dict()
        return state

    def _progress(self) -> dict[str, Any]:
        names = ("data", "step", "seconds", "best_step", "best_loss", "worse")
        return {name: getattr(self, name) for name in names}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        set_state_dict(
            self.model,
            self.optimizers,
            model_state_dict=state_dict["model"],
            optim_state_dict=state_dict["optimizers"],
            options=StateDictOptions(strict=False),
        )
        for name, value in json.loads(state_dict["progress"]).items():
            setattr(self, name, value)
        if self.average:
            self.average.load_state_dict(state_dict["average"])


class _Weights(Stateful):
    """The weights of a checkpoint alone: the averaged ones if there are."""

    def __init__(self, state: TrainingState) -> None:
        self.state = state

    def state_dict(self) -> dict[str, Any]:
        if self.state.average:
            return {"average": self.state.average.state_dict()}
        return {"model": get_model_state_dict(self.state.model, options=_OPTIONS)}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        if self.state.average:
            self.state.average.load_state_dict(state_dict["average"])
        else:
            loose = StateDictOptions(strict=False)
            set_model_state_dict(self.state.model, state_dict["model"], options=loose)


class Checkpoints:
    """The checkpoints of one run, one folder a step; complete means `.metadata` is there.

    torch writes `.metadata` last, which only tells in a fresh folder: leftovers of a killed
    save are removed before anything is written beside them. Saving goes on while the run does,
    with collectives in a group of its own.
    """

    def __init__(self, folder: Path, rank: int, keep: int) -> None:
        self.folder, self.rank, self.keep = folder, rank, keep
        self._group = dist.new_group(backend="gloo")
        self._saving: Future[Any] | None = None

    def complete(self) -> list[Path]:
        """Return the complete checkpoints, oldest first."""
        found = [path for path in self.folder.glob("step-*") if (path / ".metadata").is_file()]
        return sorted(found, key=lambda path: int(path.name.removeprefix("step-")))

    def save(self, state: TrainingState) -> None:
        """Begin to write a checkpoint of this step, once the one before is written."""
        self.finish()
        self._remove_old(state.best_step)
        target = self.folder / f"step-{state.step}"
        already = [(target / ".metadata").is_file()]
        dist.broadcast_object_list(already, 0, group=self._group)
        if already[0]:
            return  # this very step is safe
        if self.rank == 0:
            shutil.rmtree(target, ignore_errors=True)
            target.mkdir(parents=True)
        dist.barrier(group=self._group)
        saving = state_dict_saver.async_save(
            {"run": state}, checkpoint_id=str(target), process_group=self._group
        )
        self._saving = saving if isinstance(saving, Future) else saving.upload_completion

    def finish(self) -> None:
        """Wait until what is being written is there."""
        if self._saving is not None:
            self._saving.result()
            self._saving = None
            dist.barrier(group=self._group)

    def _remove_old(self, best_step: int) -> None:
        """Remove all but the newest few and the best."""
        if self.rank == 0:
            complete = self.complete()
            kept = {*complete[-self.keep :], self.folder / f"step-{best_step}"}
            for path in self.folder.glob("step-*"):
                if path not in kept:
                    shutil.rmtree(path)

    def resume(self, state: TrainingState) -> bool:
        """Load the newest complete checkpoint into `state`; False if there is none."""
        newest = [self.complete()[-1:]]  # of rank 0: on a shared disk others may see it later
        dist.broadcast_object_list(newest, 0, group=self._group)
        if not newest[0]:
            return False
        state_dict_loader.load({"run": state}, checkpoint_id=str(newest[0][0]))
        return True

    def load_best(self, state: TrainingState) -> bool:
        """Load the weights of the best validation into `state`; False if they are not kept."""
        self.finish()
        best = self.folder / f"step-{state.best_step}"
        there = [(best / ".metadata").is_file()]
        dist.broadcast_object_list(there, 0, group=self._group)
        if there[0]:
            state_dict_loader.load({"run": _Weights(state)}, checkpoint_id=str(best))
        return there[0]

    def remove(self) -> None:
        """Remove all checkpoints: the run is complete and its model exported."""
        self.finish()
        if self.rank == 0:
            shutil.rmtree(self.folder, ignore_errors=True)
