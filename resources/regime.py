"""How much is made, and how large: the numbers that set a laptop's run apart from a cluster's."""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import dagster as dg
from pydantic import Field, ValidationError, field_validator

from resources.sources import BUILT_IN
from sketch2flow.machine import cores

if TYPE_CHECKING:
    from synth.breadth import Breadth

LAPTOP_DOCUMENTS = {
    "synthetic": 4500,
    "digital": 1500,
    "manual": 1200,
    "ui": 1000,
    "whiteboard": 1000,
}
# A reader that has minutes to learn to read learns a narrow language well, or a broad one badly.
LAPTOP_BREADTH = {"tables": 10, "columns": 2, "steps": 12, "phrasings": 2, "words": 3}
# The same holds for looks: one or two of each source.
LAPTOP_STYLES = {
    "synthetic": ["plain", "dot", "varied"],
    "digital": ["mermaid"],
    "manual": ["scan"],
    "whiteboard": ["marker"],
    "ui": ["list"],
}


class RegimeError(ValueError):
    """A setting in SKETCH2FLOW_REGIME that is unknown or impossible."""


class Regime(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The size of a run; every stage reads its numbers here, and the card and report state them."""

    documents: dict[str, int] = Field(
        default=LAPTOP_DOCUMENTS,
        description="Workflows per generated data source; replaces the default: who is left out "
        "has none.",
    )
    growth: dict[str, int] = Field(
        default={"synthetic": 500},
        description="Workflows that a source gains when it grows; replaces the default: who is "
        "left out does not grow.",
    )
    lessons: float = Field(
        default=0.4,
        ge=0,
        description="One-step workflows for training alone, beside each document of a source.",
    )
    max_components: int = Field(default=4, ge=1, description="Most steps of a workflow.")
    breadth: dict[str, int] = Field(
        default=LAPTOP_BREADTH,
        description="Limits on the language: tables, columns, steps, phrasings, words; replaces "
        "the default: what is left out has no limit.",
    )
    styles: dict[str, list[str]] = Field(
        default=LAPTOP_STYLES,
        description="Styles that each source is drawn in; replaces the default: a source that is "
        "left out is drawn in all of its styles.",
    )
    slips: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Share of annotations with a typing error or an abbreviation.",
    )
    variants: float = Field(
        default=0.3,
        ge=0,
        le=100,
        description="Augmented copies of a training picture; 0.3: three in ten pictures have one.",
    )
    max_pixels: int = Field(
        default=2_000_000, ge=1, description="Larger pictures are left out, and counted."
    )
    evaluation_rows: int = Field(
        default=40, ge=1, description="Test rows per data source that the models answer."
    )
    recipe: str = Field(default="laptop", description="Training recipe: a built-in name or a file.")
    workers: int = Field(default=0, ge=0, description="Worker processes; 0: one per core.")
    seed: int = Field(default=0, description="Seeds documents, pictures and training.")

    @field_validator("documents", "growth")
    @classmethod
    def _of_generated_sources(cls, counts: dict[str, int]) -> dict[str, int]:
        return _checked(counts, BUILT_IN, least=0, what="generated data source")

    @field_validator("breadth")
    @classmethod
    def _limits(cls, limits: dict[str, int]) -> dict[str, int]:
        from synth.breadth import Breadth

        known = [field.name for field in fields(Breadth)]
        return _checked(limits, known, least=1, what="limit of the language")

    @field_validator("styles")
    @classmethod
    def _that_exist(cls, styles: dict[str, list[str]]) -> dict[str, list[str]]:
        from synth.drawing.styles import chosen_styles

        for source, names in styles.items():
            if not names:
                raise ValueError(f"{source} has no styles; leave it out to draw it in all of them")
            chosen_styles(source, tuple(names))
        return styles

    def styles_of(self, source: str) -> tuple[str, ...] | None:
        """Return the styles that a source is drawn in, None for all."""
        return tuple(self.styles[source]) if source in self.styles else None

    def documents_of(self, source: str) -> int:
        """Return how many workflows a generated source holds before it grows."""
        return self.documents.get(source, 0)

    def lessons_of(self, source: str) -> int:
        """Return how many one-step workflows a generated source adds to its training split."""
        return round(self.lessons * self.documents_of(source))

    def language(self) -> Breadth:
        """Return how much of the language workflows are written in."""
        from synth.breadth import Breadth

        return Breadth(**self.breadth)

    def processes(self) -> int:
        """Return the number of worker processes."""
        return self.workers or cores()


def _checked(
    numbers: dict[str, int], known: Collection[str], least: int, what: str
) -> dict[str, int]:
    for name, number in numbers.items():
        if name not in known:
            raise ValueError(f"there is no {what} {name!r}, but {', '.join(known)}")
        if number < least:
            raise ValueError(f"{name} is {number}; at least {least} is wanted")
    return numbers


def scaled_documents(total: int) -> dict[str, int]:
    """Return `total` workflows shared out as the laptop's are, at least one a source."""
    whole = sum(LAPTOP_DOCUMENTS.values())
    return {name: max(1, round(total * LAPTOP_DOCUMENTS[name] / whole)) for name in BUILT_IN}


def regime_settings(**defaults: Any) -> dict[str, Any]:
    """Return a deployment's settings, overridden by the JSON object in SKETCH2FLOW_REGIME.

    Raises RegimeError naming the setting.
    """
    text = os.environ.get("SKETCH2FLOW_REGIME") or "{}"
    try:
        settings = {**defaults, **json.loads(text)}
        Regime(**settings)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        reason = first["msg"].removeprefix("Value error, ")
        raise RegimeError(f"SKETCH2FLOW_REGIME: {place}: {reason}") from None
    except (TypeError, ValueError) as error:
        raise RegimeError(f"SKETCH2FLOW_REGIME is no JSON object of settings: {error}") from None
    unknown = sorted(set(settings) - set(Regime.model_fields))
    if unknown:
        raise RegimeError(f"SKETCH2FLOW_REGIME: there is no setting {unknown[0]}")
    return settings
