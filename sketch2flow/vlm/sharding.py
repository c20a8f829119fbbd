"""FSDP2 applied in one place: which layers are units, in which precision, how gradients sum."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, Literal

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.device_mesh import DeviceMesh
from torch.distributed.fsdp import FSDPModule, MixedPrecisionPolicy, fully_shard
from torch.distributed.tensor import DTensor, distribute_tensor
from torch.utils.checkpoint import (
    CheckpointPolicy,
    checkpoint,
    create_selective_checkpoint_contexts,
)

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


def fill(model: Any, device: torch.device, whole: dict[str, Tensor] | None) -> None:
    """Give a sharded model on the meta device its memory on `device`, and its weights.

    Rank 0 passes the whole ones (by name, of any type), the others None: only there is ever a
    full copy, and one parameter at a time is on its way. Ties are tied anew.
    """
    buffers = dict(model.named_buffers())  # computed by the constructor, not on the meta device
    model.to_empty(device=device)
    model.tie_weights()
    with torch.no_grad():
        for name, buffer in model.named_buffers():
            buffer.copy_(buffers[name] if whole is None else whole.get(name, buffers[name]))
            dist.broadcast(buffer, 0)
        for name, parameter in model.named_parameters():
            _scatter(parameter, device, whole[name] if whole is not None else None)


def _scatter(parameter: Tensor, device: torch.device, whole: Tensor | None) -> None:
    if not isinstance(parameter, DTensor):
        raise TypeError("only a sharded model is filled")
    if whole is None:
        full = torch.empty(parameter.shape, dtype=parameter.dtype, device=device)
    else:
        full = whole.to(device=device, dtype=parameter.dtype)
    placed = distribute_tensor(full, parameter.device_mesh, parameter.placements)
    parameter.to_local().copy_(placed.to_local())


Recompute = Literal["nothing", "cheap", "layers"]
_MATRIX_PRODUCTS = {
    torch.ops.aten.mm.default,
    torch.ops.aten.addmm.default,
    torch.ops.aten.bmm.default,
    torch.ops.aten._scaled_dot_product_flash_attention.default,
    torch.ops.aten._scaled_dot_product_efficient_attention.default,
    torch.ops.aten._scaled_dot_product_cudnn_attention.default,
    torch.ops.aten._scaled_dot_product_flash_attention_for_cpu.default,
}


def _keep_matrix_products(_: Any, operation: Any, *arguments: Any, **named: Any) -> Any:
    kept = operation in _MATRIX_PRODUCTS
    return CheckpointPolicy.MUST_SAVE if kept else CheckpointPolicy.PREFER_RECOMPUTE


def recompute_activations(model: nn.Module, what: Recompute) -> None:
    """Have layers compute activations again in the backward pass instead of keeping them.

    "cheap" keeps what matrix products and attention gave. To be called before `shard`, whose
    gathering of weights must surround the second computation as well.
    """
    if what == "nothing":
        return
    chosen: dict[str, Any] = {}
    if what == "cheap":
        chosen["context_fn"] = partial(create_selective_checkpoint_contexts, _keep_matrix_products)
    for unit in layer_units(model, smallest=1):
        unit.forward = partial(checkpoint, unit.forward, use_reentrant=False, **chosen)


def compile_layers(model: nn.Module) -> None:
    """Compile layer by layer: equal layers share a kernel, and no graph spans a gathering."""
    for unit in layer_units(model, smallest=1):
        unit.compile()


def compute_dtype(precision: Literal["auto", "bfloat16", "float32"]) -> torch.dtype:
    """Return the data type to compute in; "auto" is bfloat16 where the hardware multiplies it."""
    if precision != "auto":
        return torch.bfloat16 if precision == "bfloat16" else torch.float32
    if torch.cuda.is_available():
        return torch.bfloat16
    facts = Path("/proc/cpuinfo")
    flags = facts.read_text() if facts.is_file() else ""
    return torch.bfloat16 if "avx512_bf16" in flags or "amx_bf16" in flags else torch.float32
