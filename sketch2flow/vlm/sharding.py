"""FSDP2 applied in one place: which layers are units, in which precision, how gradients sum."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import torch
from torch import nn
from torch.distributed.device_mesh import DeviceMesh
from torch.distributed.fsdp import FSDPModule, MixedPrecisionPolicy, fully_shard

SMALLEST_UNIT = 1_000_000  # parameters; below it a collective costs more than it saves


def layer_units(model: nn.Module, smallest: int = SMALLEST_UNIT) -> list[nn.Module]:
    """Return the children of the outermost ModuleLists: decoder layers, vision blocks, stages.

    Transformers' own `_no_split_modules` names other things in many families. Layers of fewer
    than `smallest` parameters stay with the root.
    """
    units: list[nn.Module] = []
    lists: list[str] = []
    for name, module in model.named_modules():
        if not isinstance(module, nn.ModuleList) or any(name.startswith(p + ".") for p in lists):
            continue
        lists.append(name)
        units += [
            child
            for child in module.children()
            if sum(p.numel() for p in child.parameters()) >= max(1, smallest)
        ]
    return units


def shard(
    model: nn.Module,
    mesh: DeviceMesh,
    compute: torch.dtype,
    smallest_unit: int = SMALLEST_UNIT,
) -> None:
    """Shard `model` in place over `mesh`; master weights and reductions stay float32.

    Gradients are summed over the ranks, not averaged: the loss is already divided by the
    answer tokens of all ranks. Both setters act on one module only, hence the loop.
    """
    policy = MixedPrecisionPolicy(param_dtype=compute, reduce_dtype=torch.float32)
    for unit in layer_units(model, smallest_unit):
        fully_shard(unit, mesh=mesh, mp_policy=policy)
    fully_shard(model, mesh=mesh, mp_policy=policy)
    for module in model.modules():
        if isinstance(module, FSDPModule):
            module.set_gradient_divide_factor(1.0)
            module.set_force_sum_reduction_for_comms(True)


def forget_gathered(model: nn.Module) -> None:
    """Let go of gathered weights, which the root keeps after a forward pass.

    Whoever changes shards in between, as averaging does, would else go on with the old ones.
    """
    for module in model.modules():
        if isinstance(module, FSDPModule):
            module.reshard()


def compute_dtype(precision: Literal["auto", "bfloat16", "float32"]) -> torch.dtype:
    """Return the data type to compute in; "auto" is bfloat16 where the hardware multiplies it."""
    if precision != "auto":
        return torch.bfloat16 if precision == "bfloat16" else torch.float32
    if torch.cuda.is_available():
        return torch.bfloat16
    facts = Path("/proc/cpuinfo")
    flags = facts.read_text() if facts.is_file() else ""
    return torch.bfloat16 if "avx512_bf16" in flags or "amx_bf16" in flags else torch.float32
