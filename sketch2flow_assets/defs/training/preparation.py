"""The recipe of a run as it will be carried out, and what would go into a training."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import yaml

from resources.regime import Regime
from resources.storage import Storage, digest_of
from sketch2flow.files import write_text
from sketch2flow.vlm.recipe import Recipe
from sketch2flow_assets.defs.dataset import assembly
from sketch2flow_assets.defs.dataset.facts import Facts

FACTS = "facts.json"
IDENTITY = ("training", "weights", "trained_on")


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
    """Return the digest that names a training: its data set revision and its recipe.

    The trainer's code and the versions of its libraries are left out on purpose: a comment would
    throw days of training away. The UI shows a training by older code as such, and `force` trains
    anew.
    """
    return digest_of([revision, recipe.digest()])


def inputs_tonight(storage: Storage, recipe: Recipe) -> str | None:
    """Return a digest of what a training of tonight would be made of; None without data.

    Reads refs alone, so that a schedule may ask for it.
    """
    parts = assembly.ready_parts(storage)
    sources = {part.data_source: part.digests() for part in parts}
    return _inputs(sources, assembly.CODE, recipe) if parts else None


def inputs_of(facts: Facts, recipe: Recipe) -> str:
    """Return the same digest of what a training on a data set was made of, by its own facts.

    Not of what is in force now: a source that came since then is not in that data set.
    """
    return _inputs(facts.sources, facts.code, recipe)


def _inputs(sources: Mapping[str, Mapping[str, str]], code: str, recipe: Recipe) -> str:
    return digest_of([sources, code, recipe.digest()])


def identity(training: Path) -> dict[str, str]:
    """Return which training lies in a folder: its digest, its weights' and its data set's.

    The weights belong to it: a training that was forced anew has the digest of the old one.
    """
    facts = json.loads((training / FACTS).read_text(encoding="utf-8"))
    weights = facts.get("weights", "not recorded")  # as in trainings of the first version
    values = (training.name, weights, facts["dataset"])
    return dict(zip(IDENTITY, values, strict=True))
