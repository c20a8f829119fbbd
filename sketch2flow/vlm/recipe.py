"""A training recipe: typed, checked before any weight is loaded, stored with the run."""

from __future__ import annotations

import hashlib
import json
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

Share = Annotated[float, Field(ge=0, le=1)]
LABEL_MULTIPLE = 32  # answers are padded to it: few lengths, few kernels to compile

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


Part = Literal["vision", "connector", "language"]
PARTS: tuple[Part, ...] = ("vision", "connector", "language")


class Lora(_Settings):
    """Low-rank adapters in the place of whole weights (Hu et al., 2021); needs peft."""

    rank: Count = 16
    alpha: Count = 32
    dropout: Share = 0.0
    targets: str | tuple[str, ...] = "all-linear"


class Recipe(_Settings):
    """How a model is trained; `model` is "reader", a registry entry, a folder, or a Hub id.

    What is not said is as on StarFlow's model card: AdamW, betas 0.95 and 0.999, learning rate
    2e-5, weight decay 1e-6, a cosine after 30 steps of warm-up, gradient norm 1.
    """

    name: str
    model: str = "reader"
    shape: Literal["encoder_decoder", "causal"] = "encoder_decoder"
    reader: ReaderShape | None = None
    seed: int = 0
    prompt: str | None = None  # causal models: replaces the row's own query
    # Which parts of the model train; the others stay as they are.
    trains: Annotated[tuple[Part, ...], Field(min_length=1)] = PARTS
    lora: Lora | None = None
    # Training rows that are drawn when they are needed, in the place of the data set's, which
    # stays the record of what is validated: how, is said in the words of `synth.row_plan`.
    rows: dict[str, Any] | None = None
    # Which rows are trained on; the others are counted and named in the run's record.
    max_components: Count = 40
    max_pixels: Count = 4_000_000
    max_tokens: Count = 32_768
    # How long: steps or epochs, or minutes where the machine is slower than those allow for.
    steps: Count | None = None
    epochs: Annotated[float, Field(gt=0)] | None = None
    minutes: Annotated[float, Field(gt=0)] | None = None
    # A batch is what one rank computes at once: as many rows as cost at most so much, padding
    # included. Rows of causal models cost their tokens, those of encoder_decoder their pixels.
    cost_per_batch: Count = 16_384
    fewest_rows: Count = 1
    most_rows: Count = 64
    # A step is that many batches of all ranks together: the same step on any number of ranks.
    batches_per_step: Count = 2
    # So many rows are looked at together, so that those of a batch are of about one size.
    window: Count = 4096
    loader_workers: Annotated[int, Field(ge=0, le=64)] | None = None  # None: 0 on a CPU, 4 on GPUs
    curriculum: tuple[CurriculumStage, ...] = ()
    optimizer: Literal["adamw", "muon"] = "adamw"
    learning_rate: Annotated[float, Field(gt=0)] = 2e-5
    # Of a part to the others, as a factor.
    part_rates: dict[Part, Annotated[float, Field(gt=0)]] = {}
    betas: tuple[Share, Share] = (0.95, 0.999)
    weight_decay: Annotated[float, Field(ge=0)] = 1e-6
    warmup_steps: Annotated[int, Field(ge=0)] = 30
    schedule: Literal["linear", "cosine"] = "cosine"
    decay_share: Share = 1.0
    gradient_norm: Annotated[float, Field(gt=0)] = 1.0
    average_decay: Share | None = None
    precision: Literal["auto", "bfloat16", "float32"] = "auto"
    # What is computed again in the backward pass instead of kept: nothing, what is cheap
    # (all but matrix products), or everything within a layer.
    recompute: Literal["nothing", "cheap", "layers"] = "nothing"
    compile: bool = False  # torch.compile, layer by layer
    logits_per_chunk: Count = 32_000_000  # of the cross-entropy: never more exist at once
    log_every_seconds: Annotated[float, Field(gt=0)] = 10.0
    checkpoint_every: Count = 500
    keep_checkpoints: Count = 2  # the newest, beside the best
    validation_rows: Annotated[int, Field(ge=0)] = 64
    validate_every: Count = 500
    # So many validations without a better loss end the run; the best weights are the result.
    patience: Count | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Recipe:
        if (self.model == "reader") != (self.reader is not None):
            raise ValueError("`reader` (its sizes) and `model: reader` belong together")
        if self.model == "reader" and self.shape != "encoder_decoder":
            raise ValueError("the embedded reader has shape encoder_decoder")
        if self.model == "reader" and (self.lora or set(self.trains) != set(PARTS)):
            raise ValueError("the embedded reader is trained from nothing: whole, without lora")
        if self.steps is None and self.epochs is None and self.minutes is None:
            raise ValueError("say how long: `steps`, `epochs` or `minutes`")
        if self.rows is not None and self.epochs:
            raise ValueError("`epochs` are of a data set's rows; rows that are drawn have none")
        if self.fewest_rows > self.most_rows:
            raise ValueError("fewest_rows is more than most_rows")
        if self.patience and not self.validation_rows:
            raise ValueError("`patience` needs validation_rows")
        shares = [stage.until for stage in self.curriculum]
        if shares != sorted(shares):
            raise ValueError("curriculum stages must come in the order of `until`")
        return self

    @property
    def most_tokens(self) -> int:
        """How long a row may be: `max_tokens`, or less where the reader has fewer places."""
        if self.reader is None:
            return self.max_tokens
        return min(self.max_tokens, self.reader.longest_answer // LABEL_MULTIPLE * LABEL_MULTIPLE)

    def check_ranks(self, ranks: int) -> None:
        """Raise RecipeError if a step cannot be shared out over so many ranks."""
        if self.batches_per_step % ranks:
            raise RecipeError(
                f"{self.name}: batches_per_step is {self.batches_per_step}, which {ranks} ranks "
                "cannot share evenly; make it a multiple of them"
            )

    def digest(self) -> str:
        """Return 16 hex digits of everything that the recipe says."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def described(self) -> str:
        """Return every setting in one line."""
        settings = self.model_dump(mode="json", exclude_none=True)
        return ", ".join(f"{name} {json.dumps(value)}" for name, value in settings.items())

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
