"""A training recipe: typed, checked before any weight is loaded, stored with the run."""

from __future__ import annotations

import hashlib
import json
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=1)]


class RecipeError(ValueError):
    """A recipe that cannot be used; the message names the file, the setting and the reason."""


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ReaderShape(_Settings):
    """Sizes of the embedded reader, which is built from numbers and trained from nothing."""

    hidden_size: Count = 128
    channels: tuple[Count, ...] = (16, 32, 64, 128)
    residual_blocks: tuple[Annotated[int, Field(ge=0)], ...] = (0, 1, 1, 1)
    decoder_layers: Count = 2
    attention_heads: Count = 4
    vocabulary: Annotated[int, Field(ge=300, le=50_000)] = 1200
    longest_answer: Annotated[int, Field(ge=64, le=8192)] = 512


class CurriculumStage(_Settings):
    """Until this share of the run, only small workflows are drawn, of some sources or of all."""

    until: Share = 1.0
    max_components: Count
    sources: tuple[str, ...] | None = None

    def admits(self, components: int, source: str) -> bool:
        """Return whether a row of so many components, from this source, is drawn."""
        return components <= self.max_components and (not self.sources or source in self.sources)


class Recipe(_Settings):
    """How a model is trained; `model` is "reader", a folder, or a Hub id."""

    name: str
    model: str = "reader"
    shape: Literal["encoder_decoder", "causal"] = "encoder_decoder"
    reader: ReaderShape | None = None
    seed: int = 0
    prompt: str | None = None  # causal models: replaces the row's own query
    # Which rows are trained on; the others are counted and named in the run's record.
    max_components: Count = 40
    max_pixels: Count = 4_000_000
    max_tokens: Count = 8192
    # How long: steps, or minutes where the machine is slower than the steps allow for.
    steps: Count
    minutes: Annotated[float, Field(gt=0)] | None = None
    # A batch holds at least so many pictures, and more (four times as many) while they are small.
    pictures_per_step: Count = 8
    pixels_per_step: Count = 1
    curriculum: tuple[CurriculumStage, ...] = ()
    optimizer: Literal["adamw", "muon"] = "adamw"
    learning_rate: Annotated[float, Field(gt=0)] = 2e-5
    betas: tuple[Share, Share] = (0.95, 0.999)
    weight_decay: Annotated[float, Field(ge=0)] = 1e-6
    warmup_steps: Annotated[int, Field(ge=0)] = 30
    schedule: Literal["linear", "cosine"] = "cosine"
    decay_share: Share = 1.0
    gradient_norm: Annotated[float, Field(gt=0)] = 1.0
    average_decay: Share | None = None
    precision: Literal["auto", "bfloat16", "float32"] = "auto"
    activation_checkpointing: bool = False
    log_every_seconds: Annotated[float, Field(gt=0)] = 10.0
    checkpoint_every: Count = 500
    validation_rows: Annotated[int, Field(ge=0)] = 64
    validate_every: Count = 500

    @model_validator(mode="after")
    def _fits_together(self) -> Recipe:
        if (self.model == "reader") != (self.reader is not None):
            raise ValueError("`reader` (its sizes) and `model: reader` belong together")
        if self.model == "reader" and self.shape != "encoder_decoder":
            raise ValueError("the embedded reader has shape encoder_decoder")
        shares = [stage.until for stage in self.curriculum]
        if shares != sorted(shares):
            raise ValueError("curriculum stages must come in the order of `until`")
        return self

    def digest(self) -> str:
        """Return 16 hex digits of everything that the recipe says."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def stages(self) -> tuple[CurriculumStage, ...]:
        """Return the curriculum's stages and, last, the one that admits all rows."""
        return (*self.curriculum, CurriculumStage(max_components=self.max_components))

    def stage_at(self, progress: float) -> int:
        """Return which of `stages` is drawn from at this share of the run."""
        last = len(self.curriculum)
        return next((i for i, stage in enumerate(self.curriculum) if progress < stage.until), last)

    @classmethod
    def load(cls, source: str | Path) -> Recipe:
        """Return the recipe in a YAML file, or the built-in one of that name.

        Raises RecipeError naming the file and the setting.
        """
        path = Path(source)
        built_in = resources.files("sketch2flow.vlm") / "recipes" / f"{source}.yaml"
        if path.is_file():
            text = path.read_text()
        elif str(source).isidentifier() and built_in.is_file():
            text = built_in.read_text()
        else:
            known = ", ".join(built_in_recipes())
            raise RecipeError(f"{source}: no such recipe file, and none built in ({known})")
        try:
            return cls.model_validate(yaml.safe_load(text))
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"]) or "recipe"
            raise RecipeError(f"{source}: {place}: {first['msg']}") from None
        except yaml.YAMLError as error:
            raise RecipeError(f"{source}: no readable YAML ({one_line(error)})") from None


def one_line(error: Exception) -> str:
    """Return an error's text without its line breaks."""
    return " ".join(str(error).split())


def built_in_recipes() -> list[str]:
    """Return the names of the recipes that come with the package."""
    folder = resources.files("sketch2flow.vlm") / "recipes"
    return sorted(item.name.removesuffix(".yaml") for item in folder.iterdir())
