from pathlib import Path

import pytest

from sketch2flow.vlm.recipe import Recipe, RecipeError, built_in_recipes


@pytest.mark.parametrize("name", built_in_recipes())
def test_built_in_recipes_load(name: str) -> None:
    assert Recipe.load(name).name == name


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("name: x\nsteps: 10\nstpes: 3\nmodel: some/model", "stpes"),
        ("name: x\nsteps: 0\nmodel: some/model", "steps"),
        ("name: x\nsteps: 10", "reader"),
        ("name: x\nsteps: 10\nmodel: reader\nshape: causal\nreader: {}", "encoder_decoder"),
        (
            "name: x\nsteps: 1\nmodel: m\ncurriculum:\n"
            "- {until: 0.5, max_components: 1}\n- {until: 0.2, max_components: 2}",
            "curriculum",
        ),
        ("name: [", "YAML"),
    ],
)
def test_an_unknown_or_impossible_setting_is_refused_by_name(
    tmp_path: Path, text: str, named: str
) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    with pytest.raises(RecipeError, match=named) as caught:
        Recipe.load(file)
    assert "\n" not in str(caught.value)


def test_a_recipe_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(RecipeError, match="laptop"):
        Recipe.load("no_such_recipe")


def test_the_digest_follows_the_settings() -> None:
    recipe = Recipe.load("laptop")
    assert recipe.digest() == Recipe.load("laptop").digest()
    assert recipe.digest() != recipe.model_copy(update={"steps": 7}).digest()


def test_the_curriculum_grows_to_all_lengths() -> None:
    recipe = Recipe.load("laptop")
    stages = recipe.stages()
    allowed = [stages[recipe.stage_at(share / 10)].max_components for share in range(10)]
    assert allowed == sorted(allowed)
    assert allowed[0] == 1
    assert allowed[-1] == recipe.max_components
