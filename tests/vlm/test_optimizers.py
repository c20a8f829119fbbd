import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketch2flow.vlm.recipe import Recipe


@settings(max_examples=15, deadline=None)
@given(st.integers(2, 24), st.integers(2, 24), st.integers(0, 99))
def test_orthogonalised_matrices_have_singular_values_near_one(
    rows: int, columns: int, seed: int
) -> None:
    import torch

    from sketch2flow.vlm.optimizers import orthogonalise

    torch.manual_seed(seed)
    values = torch.linalg.svdvals(orthogonalise(torch.randn(3, rows, columns)).float())
    # Square random matrices may hold singular values too small to be raised in five steps.
    assert values.max() < 1.35
    assert values.median() > 0.5


def test_muon_moves_matrices_like_torchs_own() -> None:
    import torch

    from sketch2flow.vlm.optimizers import Muon

    torch.manual_seed(0)
    start, gradient = torch.randn(16, 8), torch.randn(16, 8)
    ours, theirs = torch.nn.Parameter(start.clone()), torch.nn.Parameter(start.clone())
    mine = Muon([ours], lr=0.02, momentum=0.95, weight_decay=0.1)
    reference = torch.optim.Muon(
        [theirs], lr=0.02, momentum=0.95, weight_decay=0.1, adjust_lr_fn="match_rms_adamw"
    )
    for _ in range(3):
        ours.grad, theirs.grad = gradient.clone(), gradient.clone()
        mine.step()
        reference.step()
    assert torch.allclose(ours, theirs, atol=2e-3)
    assert not torch.allclose(ours, start, atol=2e-3)


def test_the_learning_rate_warms_up_and_decays_to_nothing() -> None:
    from sketch2flow.vlm.optimizers import learning_rate_factor

    recipe = Recipe.load("laptop")
    steps = recipe.steps
    factors = [learning_rate_factor(recipe, step, step / steps) for step in range(steps)]
    assert factors[0] == pytest.approx(1 / recipe.warmup_steps)
    peak = factors.index(max(factors))
    assert recipe.warmup_steps - 1 <= peak <= steps * (1 - recipe.decay_share) + 1
    assert factors[peak:] == sorted(factors[peak:], reverse=True)
    assert factors[-1] == pytest.approx(0, abs=0.01)
    cosine = recipe.model_copy(update={"schedule": "cosine", "decay_share": 1.0, "warmup_steps": 0})
    assert learning_rate_factor(cosine, 10, 0.5) == pytest.approx(0.5 * (1 - math.cos(math.pi / 2)))
