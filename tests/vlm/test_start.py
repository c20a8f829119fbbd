from pathlib import Path

from sketch2flow.vlm.recipe import Recipe
from sketch2flow.vlm.start import load_start, prepare_start
from tests.vlm import tiny


def test_only_rank_0_reads_weights(tmp_path: Path) -> None:
    recipe = Recipe.load(tiny.write_recipe(tmp_path / "recipe.yaml"))
    answers = [row["annotations"][0] for row in tiny.rows("train", 12)]
    prepare_start(recipe, answers, tmp_path)
    first, second = (load_start(recipe, tmp_path, rank) for rank in (0, 1))
    for start in (first, second):
        assert {parameter.device.type for parameter in start.model.parameters()} == {"meta"}
        assert {buffer.device.type for buffer in start.model.buffers()} <= {"cpu"}
    assert second.weights is None
    assert first.weights is not None
    assert set(dict(first.model.named_parameters())) <= set(first.weights)
    assert first.model.generation_config.decoder_start_token_id is not None
