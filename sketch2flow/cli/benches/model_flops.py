"""What training on a token costs by itself, and what GPUs could do at most."""

from __future__ import annotations

from pathlib import Path

from sketch2flow.vlm.recipe import Recipe

SAMPLE = 16  # rows
# Dense bfloat16 operations a second by NVIDIA's data sheets; the first name that fits counts.
PEAKS = {"H100 PCIe": 756e12, "H100 NVL": 835e12, "H100": 989e12, "H200": 989e12}


def training_flops_per_token(recipe: Recipe, model_folder: Path, dataset: Path) -> float:
    """Return the operations of a forward and a backward pass, a token of a data set's first rows.

    Three times those of forward passes of one row each, counted on the whole model: no padding,
    nothing computed twice, attention as if no token were hidden from another (Chowdhery et al.,
    "PaLM", 2022, appendix B), logits of answer tokens alone.
    """
    import torch
    from datasets import disable_progress_bars
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.utils.flop_counter import FlopCounterMode

    from sketch2flow.vlm.loading import in_tensors
    from sketch2flow.vlm.loss import AnswerLoss
    from sketch2flow.vlm.rows import measure_rows, open_split
    from sketch2flow.vlm.shapes import shape_of
    from sketch2flow.vlm.start import load_model

    disable_progress_bars()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model, processor = load_model(str(model_folder))
    model.to(device).eval()
    shape = shape_of(recipe, processor, model.config)
    loss = AnswerLoss(model, recipe.logits_per_chunk)
    rows = open_split(dataset, "train")
    sizes, _ = measure_rows(rows, range(min(SAMPLE, len(rows))), shape)
    # Fused kernels are not all known to the counter; the plain one is matrix products.
    with (
        torch.no_grad(),
        sdpa_kernel(SDPBackend.MATH),
        FlopCounterMode(display=False) as counter,
    ):
        for size in sizes:
            loss(*in_tensors([rows[size.index]], shape).to(device))
    flops: int = counter.get_total_flops()
    return 3 * flops / sum(size.tokens for size in sizes)


def utilisation(
    tokens_per_second: float, flops_per_token: float, ranks: int, device: str
) -> float | None:
    """Return the share of the ranks' peak that goes into the model, None where that is unknown."""
    peak = next((peak for name, peak in PEAKS.items() if name in device), None)
    return tokens_per_second * flops_per_token / (ranks * peak) if peak else None
