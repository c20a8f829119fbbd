"""How fast a training goes: what it has seen, how long it took, what it holds."""

from __future__ import annotations

import resource
import time
from typing import TYPE_CHECKING

import torch
import torch.distributed as dist

if TYPE_CHECKING:
    from sketch2flow.vlm.loading import RankStep


class Pace:
    """Counts what a run does between two looks at it, and over the whole of this process.

    Nothing is read back from the device but in `figures`.
    """

    def __init__(self, device: torch.device, seconds_before: float) -> None:
        self.device = device
        self._started, self._before = time.monotonic(), seconds_before
        self._loss = torch.zeros((), device=device)
        self._whole = self._nothing()
        self._waited = 0.0
        self.begin()

    @staticmethod
    def _nothing() -> dict[str, int]:
        return {"steps": 0, "rows": 0, "tokens": 0, "answer_tokens": 0, "cost": 0, "padding": 0}

    def begin(self) -> None:
        """Begin a new stretch."""
        self._since = time.monotonic()
        self._seen = self._nothing()
        self._loss.zero_()

    def seconds(self) -> float:
        """Return how long the run has taken, with what came before this process."""
        return self._before + time.monotonic() - self._started

    def silent(self) -> float:
        """Return how long the stretch has lasted."""
        return time.monotonic() - self._since

    def add(self, loss: torch.Tensor, step: RankStep) -> None:
        """Count a step and this rank's share of its loss."""
        self._loss += loss
        for counts in (self._seen, self._whole):
            counts["steps"] += 1
            for name in ("rows", "tokens", "answer_tokens", "cost", "padding"):
                counts[name] += getattr(step, name)

    def figures(self, waited: float) -> dict[str, float]:
        """Return the figures of the stretch; `waited` are the seconds without a batch so far."""
        dist.all_reduce(self._loss)
        seen, took = self._seen, self.silent()
        waiting, self._waited = waited - self._waited, waited
        return {
            "loss": float(self._loss) / max(1, seen["steps"]),
            "pictures_per_second": seen["rows"] / took,
            "tokens_per_second": seen["tokens"] / took,
            "padding_share": seen["padding"] / max(1, seen["cost"]),
            "loading_share": waiting / took,
            "memory_gb": peak_memory(self.device) / 1e9,
            "seconds": self.seconds(),
        }

    def totals(self, waited: float) -> dict[str, float]:
        """Return what this process has done in all."""
        whole = self._whole
        return {
            "pictures_seen": whole["rows"],
            "tokens_seen": whole["tokens"],
            "padding_share": round(whole["padding"] / max(1, whole["cost"]), 4),
            "seconds_loading": round(waited, 1),
            "peak_memory_gb": round(peak_memory(self.device) / 1e9, 2),
        }


def peak_memory(device: torch.device) -> int:
    """Return the most bytes that this rank has held: of its GPU, or of the machine."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
