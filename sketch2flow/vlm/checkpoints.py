"""Training checkpoints: sharded, complete or not there, and bounded in number."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch.distributed as dist
from torch.distributed.checkpoint import state_dict_loader, state_dict_saver
from torch.distributed.checkpoint.state_dict import get_state_dict, set_state_dict
from torch.distributed.checkpoint.stateful import Stateful

if TYPE_CHECKING:
    import torch
    from torch import nn

    from sketch2flow.vlm.optimizers import MovingAverage
    from sketch2flow.vlm.rows import BatchPlan

KEEP = 2


class TrainingState(Stateful):
    """All that a resumed run needs: weights, optimizers, average, place in the data, clock."""

    def __init__(
        self,
        model: nn.Module,
        optimizers: list[torch.optim.Optimizer],
        average: MovingAverage | None,
        plan: BatchPlan,
    ) -> None:
        self.model, self.optimizers, self.average, self.plan = model, optimizers, average, plan
        self.step = 0
        self.seconds = 0.0

    def state_dict(self) -> dict[str, Any]:
        model, optimizers = get_state_dict(self.model, self.optimizers)
        state: dict[str, Any] = {
            "model": model,
            "optimizers": optimizers,
            "plan": self.plan.state(),
            "step": self.step,
            "seconds": self.seconds,
        }
        if self.average:
            state["average"] = self.average.state_dict()
        return state

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        set_state_dict(
            self.model,
            self.optimizers,
            model_state_dict=state_dict["model"],
            optim_state_dict=state_dict["optimizers"],
        )
        self.plan.restore(state_dict["plan"])
        self.step, self.seconds = state_dict["step"], state_dict["seconds"]
        if self.average:
            self.average.load_state_dict(state_dict["average"])


class Checkpoints:
    """The checkpoints of one run, one folder a step; complete means `.metadata` is there.

    torch writes `.metadata` last, which only tells in a fresh folder: leftovers of a killed
    save are removed before anything is written beside them.
    """

    def __init__(self, folder: Path, rank: int) -> None:
        self.folder, self.rank = folder, rank

    def complete(self) -> list[Path]:
        """Return the complete checkpoints, oldest first."""
        found = [path for path in self.folder.glob("step-*") if (path / ".metadata").is_file()]
        return sorted(found, key=lambda path: int(path.name.removeprefix("step-")))

    def save(self, state: TrainingState) -> None:
        """Write a checkpoint of this step, then remove all but the newest few."""
        target = self.folder / f"step-{state.step}"
        if (target / ".metadata").is_file():
            return  # this very step is safe already
        if self.rank == 0:
            shutil.rmtree(target, ignore_errors=True)
            target.mkdir(parents=True)
        dist.barrier()
        state_dict_saver.save({"run": state}, checkpoint_id=str(target))
        if self.rank == 0:
            kept = self.complete()[-KEEP:]
            for path in self.folder.glob("step-*"):
                if path not in kept:
                    shutil.rmtree(path)
        dist.barrier()

    def resume(self, state: TrainingState) -> bool:
        """Load the newest complete checkpoint into `state`; False if there is none."""
        complete = self.complete()
        dist.barrier()  # no rank may look while another already writes
        if not complete:
            return False
        state_dict_loader.load({"run": state}, checkpoint_id=str(complete[-1]))
        return True

    def remove(self) -> None:
        """Remove all checkpoints: the run is complete and its model exported."""
        if self.rank == 0:
            shutil.rmtree(self.folder, ignore_errors=True)
