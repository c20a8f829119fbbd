"""The bench of training: what it reckons, and the whole of it on a tiny model."""

import copy
import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from sketch2flow.cli.benches import model_flops, train, training_inputs

LOOK = {"pictures_per_second": 1.0, "padding_share": 0.0, "loading_share": 0.0}


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model, pictures and batches that take no time."""
    sizes: dict[str, Any] = copy.deepcopy(training_inputs.SMALL)
    text, vision = sizes["text_config"], sizes["vision_config"]
    rope = {**text["rope_parameters"], "mrope_section": [2, 3, 3]}
    text |= {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1}
    text |= {"num_attention_heads": 2, "num_key_value_heads": 1, "rope_parameters": rope}
    vision |= {"hidden_size": 32, "intermediate_size": 64, "num_heads": 2, "out_hidden_size": 32}
    monkeypatch.setattr(training_inputs, "SMALL", sizes)
    monkeypatch.setattr(train, "SMALL_PICTURES", 16 * train.PIXELS_PER_TOKEN)
    monkeypatch.setattr(train, "MOST_COMPONENTS", 3)
    monkeypatch.setitem(train.SMALL_RECIPE, "cost_per_batch", 1024)
    monkeypatch.setitem(train.SMALL_RECIPE, "precision", "float32")


def look(seconds: float, tokens_per_second: float, memory_gb: float = 1.0) -> dict[str, float]:
    figures = {"tokens_per_second": tokens_per_second, "memory_gb": memory_gb}
    return {"seconds": seconds, **figures, **LOOK}


def test_stretches_of_the_warm_up_do_not_count() -> None:
    looks = [look(2, 5), look(11, 7), look(12, 100), look(15, 200, memory_gb=2)]
    found = train.after_warm_up(looks, 10)
    assert found["tokens_per_second"] == pytest.approx((1 * 100 + 3 * 200) / 4)
    assert found["seconds"] == 4
    assert found["peak_memory_gb"] == 2


def test_a_run_of_too_few_steps_is_refused() -> None:
    with pytest.raises(click.ClickException, match="give more --seconds"):
        train.after_warm_up([look(2, 5), look(11, 7)], 10)


@pytest.mark.parametrize(("rates", "found"), [([3, 1, 2], 2), ([5], 5), ([4, 2], 2)])
def test_the_median_round_counts(rates: list[int], found: int) -> None:
    rounds = [{"tokens_per_second": rate} for rate in rates]
    assert train.middle(rounds)["tokens_per_second"] == found


@pytest.mark.parametrize(
    ("tokens", "padding", "says"),
    [(200, 0.04, "met"), (199, 0.04, "missed"), (200, 0.05, "missed")],
)
def test_the_target_is_twice_the_tokens_at_little_padding(
    tokens: float, padding: float, says: str
) -> None:
    ours = {"tokens_per_second": tokens, "padding_share": padding}
    assert train.verdict(ours, {"tokens_per_second": 100}).endswith(says)


def test_utilisation_is_a_share_of_all_ranks_peak() -> None:
    used = model_flops.utilisation(1000, 989e9, 2, "NVIDIA H100 80GB HBM3")
    assert used == pytest.approx(0.5)
    assert model_flops.utilisation(1000, 756e9, 1, "NVIDIA H100 PCIe") == pytest.approx(1)
    assert model_flops.utilisation(1000, 1e9, 2, "cpu") is None


def test_a_model_that_wants_a_gpu_is_refused_without() -> None:
    done = CliRunner().invoke(train.command, ["--model", "qwen2.5-vl-3b"])
    assert done.exit_code == 1
    assert done.output.strip().endswith("needs a GPU; --model small shows the same on a CPU")


def test_flops_are_those_of_the_matrix_products(tiny: None, tmp_path: Path) -> None:
    from sketch2flow.cli.benches.plain_training import Collate
    from sketch2flow.vlm.rows import measure_rows, open_split
    from sketch2flow.vlm.shapes import shape_of
    from sketch2flow.vlm.start import load_model

    recipe = train.make_recipe("small", tmp_path / "model", 2, 1.0)
    folder = train.write_inputs(tmp_path, "small", recipe, 24, 0)
    flops = model_flops.training_flops_per_token(recipe, folder, tmp_path / "data")
    model, processor = load_model(str(folder))
    language = model.model.language_model
    # Six a weight and token, of which the embedding's are no product, and attention on top.
    layers = 6 * sum(p.numel() for p in language.layers.parameters())
    head = 6 * model.lm_head.weight.numel()
    assert layers < flops < 3 * (layers + head)
    shape = shape_of(recipe, processor, model.config)
    rows = open_split(tmp_path / "data", "train")
    sizes, _ = measure_rows(rows, range(4), shape)
    inputs, _ = Collate(rows, shape)(sizes)
    assert inputs["attention_mask"].sum(1).tolist() == [size.tokens for size in sizes]
    answers = (inputs["labels"] != -100) & (inputs["attention_mask"] == 0)
    assert not answers.any()


@pytest.mark.slow
def test_both_ways_are_measured(tiny: None, tmp_path: Path) -> None:
    output = tmp_path / "figures.json"
    options = ["--rows", "64", "--seconds", "3", "--warm-up", "1", "--json", str(output)]
    done = CliRunner().invoke(train.command, options)
    assert done.exit_code == 0, done.output
    assert "target of 2 times" in done.output
    found = json.loads(output.read_text())
    (figure,) = found["figures"]
    ours, plain = found["ours"], found["baseline"]
    for way in (ours, plain):
        assert way["tokens_per_second"] > 100
        assert 1 < way["seconds"] < 30
        assert 0 <= way["padding_share"] < 0.5
        assert 0 < way["loading_share"] < 1
        assert 0.1 < way["peak_memory_gb"] < 10
        assert way["model_flops_utilisation"] is None
    assert plain["parallelism"] == "DDP"
    assert ours["padding_share"] < plain["padding_share"]
    assert figure["measured"] == ours["tokens_per_second"]
    assert figure["ratio"] == ours["tokens_per_second"] / plain["tokens_per_second"]
