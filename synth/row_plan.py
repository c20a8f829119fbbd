"""What the training rows of a run are like: how large, in which media, in how many words."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from sketch2flow.media import MEDIA
from synth.breadth import Breadth

# The sizes of workflows, in steps, that are told apart: in plans and in figures.
SIZE_BANDS = ((1, 2), (3, 5), (6, 8), (9, 12), (13, 20))

Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Weights = Annotated[dict[str, Weight], Field(min_length=1)]


Choice = TypeVar("Choice")


class RowPlanError(ValueError):
    """A plan that cannot be used; the message names the place, the setting and the reason."""


class RowPlan(BaseModel):
    """Which rows are drawn, window by window; weights are shares of their sum."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: int = 0
    documents: Annotated[int, Field(ge=1)] = 512  # of a window, on all ranks together
    # The most steps of a band -> how often: {2: 3, 5: 1} is 1 or 2 steps thrice as often as 3 to 5.
    sizes: Annotated[dict[Annotated[int, Field(ge=1, le=40)], Weight], Field(min_length=1)] = dict(
        zip((most for _, most in SIZE_BANDS), (0.3, 0.3, 0.2, 0.12, 0.08), strict=True)
    )
    sources: Weights = dict.fromkeys(MEDIA, 1.0)
    styles: dict[str, Weights] = {}  # by source; without, all of its styles as they usually come
    breadth: dict[str, int] = {}
    slips: Share = 0.02  # annotations with a typing error or an abbreviation
    definitions: Share = 0.5  # of Graphviz's pictures, those that show machine names
    lessons: Share = 0.1  # small pictures of mostly free words, anywhere on the page
    augmented: Share = 0.2
    free_words: Share = 0.3  # nouns, and words of messages, that stand nowhere else

    @field_validator("sources", "styles")
    @classmethod
    def _that_exist(cls, found: dict[str, Any]) -> dict[str, Any]:
        for source in found:
            if source not in MEDIA:
                raise ValueError(f"{source} is none of {', '.join(MEDIA)}")
        return found

    @field_validator("styles")
    @classmethod
    def _that_the_source_has(cls, found: dict[str, dict[str, float]]) -> dict[str, Any]:
        from synth.drawing.styles import chosen_styles

        for source, styles in found.items():
            chosen_styles(source, tuple(styles))
        return found

    @field_validator("breadth")
    @classmethod
    def _limits(cls, found: dict[str, int]) -> dict[str, int]:
        unknown = sorted(set(found) - set(Breadth.__dataclass_fields__))
        if unknown:
            known = ", ".join(Breadth.__dataclass_fields__)
            raise ValueError(f"{unknown[0]} is none of {known}")
        Breadth(**found)
        return found

    @classmethod
    def read(cls, settings: object, place: str) -> RowPlan:
        """Return the plan in `settings`, as a recipe's YAML holds them.

        Raises RowPlanError, in one line, naming `place` and the setting.
        """
        try:
            return cls.model_validate({} if settings is None else settings)
        except ValidationError as error:
            first = error.errors()[0]
            path = ".".join((place, *map(str, first["loc"])))
            raise RowPlanError(f"{path}: {first['msg'].removeprefix('Value error, ')}") from None

    def language(self) -> Breadth:
        """Return how much of the language workflows are written in."""
        return Breadth(**self.breadth)

    def size(self, random: Random, max_components: int) -> int:
        """Return a number of steps, of the plan's distribution cut at `max_components`."""
        weights: dict[int, float] = {}
        least = 1
        for most, weight in sorted(self.sizes.items()):
            for steps in range(least, most + 1):
                weights[steps] = weight / (most + 1 - least)
            least = most + 1
        cut = {steps: weight for steps, weight in weights.items() if steps <= max_components}
        return chosen(random, cut)


def chosen(random: Random, weights: Mapping[Choice, float]) -> Choice:
    """Return one of the keys, each as often as its weight says."""
    return random.choices(list(weights), list(weights.values()))[0]
