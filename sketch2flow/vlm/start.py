"""What a run starts from: the embedded reader built anew, or a checkpoint folder or Hub id."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sketch2flow.files import new_folder
from sketch2flow.vlm.chat import check_prompt
from sketch2flow.vlm.parts import train_parts
from sketch2flow.vlm.processors import ModelError, load_processor
from sketch2flow.vlm.recipe import Lora, Recipe, RecipeError, one_line
from sketch2flow.vlm.registry import locate_model

if TYPE_CHECKING:
    from torch import Tensor


def prepare_start(recipe: Recipe, answers: Iterable[str], output_folder: Path) -> None:
    """Write the folder that an embedded reader starts from; nothing to do for other models.

    Its tokenizer is trained on `answers`, its weights come from the recipe's seed.
    """
    folder = output_folder / "start"
    if recipe.reader is None or (folder / "config.json").is_file():
        return
    from sketch2flow.vlm.answer_tokenizer import train_answer_tokenizer
    from sketch2flow.vlm.reader import build_reader

    tokenizer = train_answer_tokenizer(answers, recipe.reader.vocabulary)
    model, processor = build_reader(recipe.reader, tokenizer, recipe.seed)
    with new_folder(folder) as unfinished:
        model.save_pretrained(unfinished)
        processor.save_pretrained(unfinished)


class Start(NamedTuple):
    """A model without memory, on the meta device, its processor, and rank 0's whole weights.

    `source` is where they come from.
    """

    source: str
    model: Any
    processor: Any
    weights: dict[str, Tensor] | None


def load_start(recipe: Recipe, output_folder: Path, rank: int) -> Start:
    """Return what the recipe starts from; the parts that it says train, the others do not.

    Only rank 0 reads weights, in the type in which they are stored.
    """
    _register_own_classes()
    import torch
    from accelerate import init_empty_weights
    from transformers import AutoModelForImageTextToText

    source = str(output_folder / "start") if recipe.reader else locate_model(recipe.model)[0]
    config, processor = _described(source)
    with init_empty_weights(include_buffers=False):
        model = AutoModelForImageTextToText.from_config(config, dtype=torch.float32)
    whole = load_model(source, dtype="auto")[0] if rank == 0 else None
    if whole is not None:
        model.generation_config = whole.generation_config
    train_parts(model, recipe.trains)
    if recipe.lora:
        model = adapted(model, recipe.lora)
        whole = adapted(whole, recipe.lora) if whole is not None else None
    model.tie_weights()  # the meta device unties
    return Start(source, model, processor, whole.state_dict() if whole is not None else None)


def adapted(model: Any, lora: Lora) -> Any:
    """Return a model with adapters that train, and nothing else that does.

    Raises RecipeError where peft is missing.
    """
    try:
        from peft import LoraConfig, get_peft_model
    except ImportError:
        raise RecipeError("lora: needs peft, which is not installed: pip install peft") from None
    targets = lora.targets if isinstance(lora.targets, str) else list(lora.targets)
    settings = LoraConfig(
        r=lora.rank, lora_alpha=lora.alpha, lora_dropout=lora.dropout, target_modules=targets
    )
    return get_peft_model(model, settings)


def load_model(source: str, dtype: str = "float32") -> tuple[Any, Any]:
    """Return (model, processor) of a folder or Hub id; registers our own classes.

    Raises ModelError if its processor cannot be loaded or does not belong to it.
    """
    _register_own_classes()
    from transformers import AutoModelForImageTextToText
    from transformers.utils import logging

    logging.disable_progress_bar()  # a bar per load says nothing of small models
    config, processor = _described(source)
    model = AutoModelForImageTextToText.from_pretrained(
        source,
        config=config,
        dtype=dtype,
        use_safetensors=True,
        trust_remote_code=False,
    )
    return model, processor


def _described(source: str) -> tuple[Any, Any]:
    """Return a model's configuration and processor."""
    from transformers import AutoConfig

    config = AutoConfig.from_pretrained(source, trust_remote_code=False)
    processor = load_processor(source, config)  # before the weights: it says no in a second
    check_prompt(source, processor, config)
    return config, processor


def _register_own_classes() -> None:
    """Make the embedded reader's classes known to the auto classes."""
    try:
        import sketch2flow.vlm.reader_processor  # noqa: F401
    except (ImportError, RuntimeError) as error:
        raise ModelError(
            f"transformers cannot import its picture processors ({one_line(error)[:200]}); install "
            "the torchvision that is built for your torch, or uninstall torchvision"
        ) from None
