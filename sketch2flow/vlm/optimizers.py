"""Muon for matrices over sharded parameters, AdamW for the rest, and the learning-rate schedule."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.tensor import DTensor

from sketch2flow.vlm.parts import part_of

if TYPE_CHECKING:
    from torch.distributed.device_mesh import DeviceMesh

    from sketch2flow.vlm.recipe import Recipe

NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
NEWTON_SCHULZ_STEPS = 5
RMS_OF_ADAMW = 0.2
NO_MATRIX = (
    "embed",
    "row.",
    "column.",
    "letters.",
    "lm_head",
)  # tables: every row is a vector of its own


def orthogonalise(matrices: Tensor) -> Tensor:
    """Return the nearest orthogonal matrices of [batch, rows, columns], about, in bfloat16.

    Five quintic Newton-Schulz iterations (K. Jordan et al., "Muon", 2024), whose singular
    values end near 1.
    """
    a, b, c = NEWTON_SCHULZ
    x = matrices.bfloat16()
    tall = x.size(1) > x.size(2)
    if tall:
        x = x.mT
    x = x / x.norm(dim=(1, 2), keepdim=True).clamp_min(1e-7)
    for _ in range(NEWTON_SCHULZ_STEPS):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    made: Tensor = x.mT if tall else x
    return made


class Muon(torch.optim.Optimizer):
    """Momentum whose update is orthogonalised; parameters are matrices, sharded by rows or not.

    torch.optim.Muon on sharded parameters communicates in every one of its matrix products.
    This one gathers all updates at once, has each rank orthogonalise its share of the matrices
    (equal shapes together), and gathers the results. The update is scaled to the size of
    AdamW's (Liu et al., "Muon is Scalable", 2025, eq. 4), so that one learning rate serves both.
    """

    def __init__(
        self,
        params: Iterable[nn.Parameter] | Iterable[dict[str, Any]],
        lr: float,
        momentum: float,
        weight_decay: float,
    ) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            parameters = [p for p in group["params"] if p.grad is not None]
            for parameter in parameters:
                if not self.state[parameter]:
                    self.state[parameter]["momentum"] = torch.zeros_like(parameter)
            gradients = [local_shard(p.grad) for p in parameters]
            momenta = [local_shard(self.state[p]["momentum"]) for p in parameters]
            torch._foreach_lerp_(momenta, gradients, 1 - group["momentum"])
            updates = list(torch._foreach_lerp(gradients, momenta, group["momentum"]))
            directions = self._orthogonal(parameters, updates)
            live = [local_shard(p) for p in parameters]
            torch._foreach_mul_(live, 1 - group["lr"] * group["weight_decay"])
            for shard, direction, parameter in zip(live, directions, parameters, strict=True):
                scale = group["lr"] * RMS_OF_ADAMW * math.sqrt(max(parameter.shape))
                shard.sub_(direction, alpha=scale)

    def _orthogonal(self, parameters: list[nn.Parameter], updates: list[Tensor]) -> list[Tensor]:
        """Return this rank's rows of every update made orthogonal."""
        mesh = parameters[0].device_mesh if isinstance(parameters[0], DTensor) else None
        ranks, rank = (mesh.size(), mesh.get_local_rank()) if mesh else (1, 0)
        shapes = [p.shape for p in parameters]
        whole = _gather_rows(updates, shapes, mesh)
        owner = _share_work(shapes, ranks)
        by_shape: dict[torch.Size, list[int]] = defaultdict(list)
        for index, shape in enumerate(shapes):
            if owner[index] == rank:
                by_shape[shape].append(index)
        for indices in by_shape.values():
            made = orthogonalise(torch.stack([whole[i] for i in indices]))
            for index, matrix in zip(indices, made, strict=True):
                whole[index] = matrix
        if mesh:
            mine = [whole[i].flatten().bfloat16() for i in range(len(shapes)) if owner[i] == rank]
            sizes = [
                sum(s.numel() for s, o in zip(shapes, owner, strict=True) if o == r)
                for r in range(ranks)
            ]
            everyones = _all_gather(torch.cat(mine) if mine else whole[0].new_empty(0), sizes, mesh)
            for r, flat in enumerate(everyones):
                theirs = [i for i in range(len(shapes)) if owner[i] == r]
                parts = flat[: sizes[r]].split([shapes[i].numel() for i in theirs])
                for index, part in zip(theirs, parts, strict=True):
                    rows = part.view(shapes[index]).chunk(ranks)
                    whole[index] = rows[rank] if rank < len(rows) else part.view(shapes[index])[:0]
        return [matrix.to(update.dtype) for matrix, update in zip(whole, updates, strict=True)]


def _share_work(shapes: list[torch.Size], ranks: int) -> list[int]:
    """Return the rank that orthogonalises each matrix: the dearest first, to the least loaded."""
    load = [0] * ranks
    owner = [0] * len(shapes)
    for index in sorted(range(len(shapes)), key=lambda i: -shapes[i].numel() * min(shapes[i])):
        owner[index] = load.index(min(load))
        load[owner[index]] += shapes[index].numel() * min(shapes[index])
    return owner


def _gather_rows(
    shards: list[Tensor], shapes: list[torch.Size], mesh: DeviceMesh | None
) -> list[Tensor]:
    """Return the whole matrices of which each rank holds rows (FSDP2's even chunks), at once."""
    if mesh is None:
        return list(shards)
    ranks = mesh.size()
    flat = torch.cat([shard.flatten() for shard in shards]).bfloat16()

    def rows_of(rank: int, shape: torch.Size) -> int:
        chunk = -(-shape[0] // ranks)
        return max(0, min(chunk, shape[0] - rank * chunk))

    sizes = [sum(rows_of(rank, shape) * shape[1] for shape in shapes) for rank in range(ranks)]
    pieces = [
        part.split([rows_of(rank, shape) * shape[1] for shape in shapes])
        for rank, part in enumerate(
            flat[: sizes[rank]] for rank, flat in enumerate(_all_gather(flat, sizes, mesh))
        )
    ]
    return [
        torch.cat([pieces[rank][index] for rank in range(ranks)]).view(shape)
        for index, shape in enumerate(shapes)
    ]


def _all_gather(mine: Tensor, sizes: list[int], mesh: DeviceMesh) -> list[Tensor]:
    """Return every rank's flat tensor, each padded to the longest of `sizes`."""
    padded = torch.nn.functional.pad(mine, (0, max(sizes) - len(mine)))
    everyones = [torch.empty_like(padded) for _ in sizes]
    dist.all_gather(everyones, padded, group=mesh.get_group())
    return everyones


def local_shard(parameter: Tensor) -> Tensor:
    """Return this rank's part of a parameter, as an ordinary tensor that shares its memory."""
    return parameter.to_local() if isinstance(parameter, DTensor) else parameter


@torch.no_grad()
def clip_gradients(parameters: Iterable[nn.Parameter], limit: float) -> Tensor:
    """Scale gradients that are sharded over all ranks to a norm of at most `limit`.

    Returns the norm before. torch's own function does so parameter by parameter.
    """
    shards = [local_shard(p.grad) for p in parameters if p.grad is not None]
    norm = torch.stack(torch._foreach_norm(shards)).square().sum()
    dist.all_reduce(norm)
    norm.sqrt_()
    torch._foreach_mul_(shards, (limit / (norm + 1e-6)).clamp(max=1.0))
    return norm


def make_optimizers(model: nn.Module, recipe: Recipe) -> list[torch.optim.Optimizer]:
    """Return the recipe's optimizers over the trainable parameters of a (sharded) model.

    Each of their groups has its parts' learning rate as `rate`.
    """
    matrices: dict[float, list[nn.Parameter]] = defaultdict(list)
    rest: dict[float, list[nn.Parameter]] = defaultdict(list)
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            muon = recipe.optimizer == "muon" and parameter.ndim == 2
            chosen = matrices if muon and not any(n in name for n in NO_MATRIX) else rest
            rate = recipe.learning_rate * recipe.part_rates.get(part_of(name), 1.0)
            chosen[rate].append(parameter)
    cuda = next(model.parameters()).device.type == "cuda"
    optimizers: list[torch.optim.Optimizer] = [
        torch.optim.AdamW(
            _groups(rest),
            lr=recipe.learning_rate,
            betas=recipe.betas,
            weight_decay=recipe.weight_decay,
            fused=cuda,
            foreach=not cuda,
        )
    ]
    if matrices:
        optimizers.append(Muon(_groups(matrices), recipe.learning_rate, 0.95, recipe.weight_decay))
    return optimizers


def _groups(by_rate: Mapping[float, list[nn.Parameter]]) -> list[dict[str, Any]]:
    return [{"params": by_rate[rate], "rate": rate} for rate in sorted(by_rate)]


def learning_rate_factor(recipe: Recipe, step: int, progress: float) -> float:
    """Return the factor on the learning rate at `step`, with `progress` in 0..1 of the run.

    Linear warm-up over `warmup_steps`, then constant, then down to 0 over the last
    `decay_share` of the run, linearly or along a cosine.
    """
    warm = min(1.0, (step + 1) / max(1, recipe.warmup_steps))
    left = min(1.0, (1.0 - progress) / recipe.decay_share) if recipe.decay_share else 1.0
    if recipe.schedule == "cosine":
        left = 0.5 * (1 - math.cos(math.pi * left))
    return warm * max(0.0, left)


class MovingAverage:
    """An exponential moving average of a model's parameters, shard by shard."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self.updates = 0
        named = {name: p for name, p in model.named_parameters() if p.requires_grad}
        self.average = {name: p.detach().clone() for name, p in named.items()}
        self._live = [local_shard(p) for p in named.values()]
        self._averaged = [local_shard(p) for p in self.average.values()]

    @torch.no_grad()
    def update(self) -> None:
        """Take one step towards the present weights; early steps weigh more than the decay."""
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        torch._foreach_lerp_(self._averaged, self._live, 1 - decay)

    @torch.no_grad()
    def swap(self) -> None:
        """Exchange the model's weights with the averaged ones (call again to undo)."""
        for live, averaged in zip(self._live, self._averaged, strict=True):
            kept = live.clone()
            live.copy_(averaged)
            averaged.copy_(kept)

    def state_dict(self) -> dict[str, Any]:
        return {"average": self.average, "updates": self.updates}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.updates = state["updates"]
        for name, tensor in state["average"].items():
            local_shard(self.average[name]).copy_(local_shard(tensor))
