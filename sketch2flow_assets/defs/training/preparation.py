"""The recipe of a run as it will be carried out, and what would go into a training."""

from __future__ import annotations

from pathlib import Path

import yaml

from resources.regime import Regime
from resources.storage import Storage, digest_of
from sketch2flow.files import write_text
from sketch2flow.vlm.recipe import Recipe
from sketch2flow_assets.defs.dataset import assembly


def recipe_for(regime: Regime, precision: str, minutes: float | None) -> Recipe:
    """Return the regime's recipe with the regime's seed, and the machine's precision.

    A precision that the recipe names itself wins over the machine's.
    """
    recipe = Recipe.load(regime.recipe)
    changes: dict[str, object] = {"seed": regime.seed}
    if recipe.precision == "auto":
        changes["precision"] = precision
    if minutes is not None:
        changes["minutes"] = minutes
    return Recipe.model_validate({**recipe.model_dump(), **changes})


def write_recipe(recipe: Recipe, path: Path) -> Path:
    """Write the recipe as the file that the trainer reads."""
    write_text(path, yaml.safe_dump(recipe.model_dump(mode="json"), sort_keys=False))
    return path


def training_digest(revision: str, recipe: Recipe) -> str:
    """Return the digest that names a training: its data set revision and its recipe."""
    return digest_of([revision, recipe.digest()])


def inputs_digest(storage: Storage, recipe: Recipe) -> str | None:
    """Return a digest of what a training of tonight would be made of; None without data.

    Reads refs alone, so that a schedule may ask for it.
    """
    parts = assembly.ready_parts(storage)
    if not parts:
        return None
    return digest_of([{part.data_source: part.digests() for part in parts}, recipe.digest()])
