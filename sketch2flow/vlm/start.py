"""What a run starts from: the embedded reader built anew, or a checkpoint folder or Hub id."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sketch2flow.files import new_folder
from sketch2flow.vlm.chat import check_prompt
from sketch2flow.vlm.processors import ModelError, load_processor
from sketch2flow.vlm.recipe import Recipe, one_line
from sketch2flow.vlm.registry import locate_model
from sketch2flow.vlm.rows import open_split


def prepare_start(recipe: Recipe, dataset_folder: Path, output_folder: Path) -> None:
    """Write the folder that an embedded reader starts from; nothing to do for other models.

    Its tokenizer is trained on the answers of the training split, its weights come from the
    recipe's seed.
    """
    folder = output_folder / "start"
    if recipe.reader is None or (folder / "config.json").is_file():
        return
    from sketch2flow.vlm.answer_tokenizer import train_answer_tokenizer
    from sketch2flow.vlm.reader import build_reader

    rows = open_split(dataset_folder, "train").select_columns(["annotations"])
    answers = (row["annotations"][0] for row in rows)
    tokenizer = train_answer_tokenizer(answers, recipe.reader.vocabulary)
    model, processor = build_reader(recipe.reader, tokenizer, recipe.seed)
    with new_folder(folder) as unfinished:
        model.save_pretrained(unfinished)
        processor.save_pretrained(unfinished)


def load_start(recipe: Recipe, output_folder: Path) -> tuple[Any, Any]:
    """Return (model in float32, processor) through transformers' auto classes."""
    if recipe.reader:
        return load_model(str(output_folder / "start"))
    source, _ = locate_model(recipe.model)
    return load_model(source)


def load_model(source: str) -> tuple[Any, Any]:
    """Return (model in float32, processor) of a folder or Hub id; registers our own classes.

    Raises ModelError if its processor cannot be loaded or does not belong to it.
    """
    _register_own_classes()
    from transformers import AutoConfig, AutoModelForImageTextToText
    from transformers.utils import logging

    logging.disable_progress_bar()  # a bar per load says nothing of small models
    config = AutoConfig.from_pretrained(source, trust_remote_code=False)
    processor = load_processor(source, config)  # before the weights: it says no in a second
    check_prompt(source, processor, config)
    encoder = getattr(config, "encoder", None)
    ours = getattr(encoder, "model_type", None) == "conv_reader"
    model = AutoModelForImageTextToText.from_pretrained(
        source,
        config=config,
        dtype="float32",
        use_safetensors=True,
        trust_remote_code=False,
        # On a CPU the small reader trains a quarter faster with plain matrix products.
        attn_implementation="eager" if ours else None,
    )
    return model, processor


def _register_own_classes() -> None:
    """Make the embedded reader's classes known to the auto classes."""
    try:
        import sketch2flow.vlm.reader_processor  # noqa: F401
    except (ImportError, RuntimeError) as error:
        raise ModelError(
            f"transformers cannot import its picture processors ({one_line(error)[:200]}); install "
            "the torchvision that is built for your torch, or uninstall torchvision"
        ) from None
