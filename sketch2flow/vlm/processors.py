"""A model's processor from its folder or Hub id, on machines with torchvision and without."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

from sketch2flow.vlm.recipe import one_line


class ModelError(ValueError):
    """A model that cannot be trained or asked; the message names it and the cure."""


def load_processor(source: str, config: Any) -> Any:
    """Return the processor of the model with `config` in folder (or Hub id) `source`.

    It pads on the left, as batched generation needs. Without torchvision (whose CPU build is not
    on PyPI) it is the same processor class without its videos, with the PIL image processor that
    the same files describe. Raises ModelError.
    """
    from transformers import AutoProcessor
    from transformers.utils import is_torchvision_available

    try:
        if is_torchvision_available():
            processor = AutoProcessor.from_pretrained(source, trust_remote_code=False)
        else:
            processor = _load_without_torchvision(source, config)
    except Exception as error:  # noqa: BLE001 - the loaders of many families raise whatever they like
        reason = one_line(error)[:300] or type(error).__name__
        lacking = isinstance(error, ImportError)
        cure = (
            "install what it names" if lacking else "fetch its processor and tokenizer files anew"
        )
        raise ModelError(f"{source}: its processor cannot be loaded ({reason}); {cure}") from None
    parts = [part for part in ("image_processor", "tokenizer") if not hasattr(processor, part)]
    if parts:
        raise ModelError(
            f"{source}: its processor has no {' and no '.join(parts)}; name a model that takes "
            "pictures and text"
        )
    processor.tokenizer.padding_side = "left"
    if processor.tokenizer.pad_token is None:
        processor.tokenizer.pad_token = processor.tokenizer.eos_token
    return processor


def _load_without_torchvision(source: str, config: Any) -> Any:
    """Return what AutoProcessor would, less the videos, for which torchvision is needed."""
    from transformers import AutoProcessor

    name = _class_name(source, config)
    if name is None or not hasattr(import_module("transformers"), name):
        return AutoProcessor.from_pretrained(source, trust_remote_code=False)  # also our own
    complete = _class_without_torchvision(name)
    if not any("video" in part for part in complete.get_attributes()):
        return complete.from_pretrained(source)
    pictures_only = _without_videos(complete)
    settings, _ = pictures_only.get_processor_dict(source)
    parts = dict(
        zip(
            pictures_only.get_attributes(),
            pictures_only._get_arguments_from_pretrained(source, settings),
            strict=True,
        )
    )
    ordered = [parts.get(part) for part in complete.get_attributes()]
    return pictures_only.from_args_and_dict(ordered, settings)


def _class_name(source: str, config: Any) -> str | None:
    """Return the processor class that the files name, in the order in which AutoProcessor looks."""
    from transformers import ImageProcessingMixin, ProcessorMixin
    from transformers.models.auto.processing_auto import PROCESSOR_MAPPING_NAMES

    settings, _ = ProcessorMixin.get_processor_dict(source)
    if "processor_class" not in settings:
        settings, _ = ImageProcessingMixin.get_image_processor_dict(source)
    name = settings.get("processor_class") or PROCESSOR_MAPPING_NAMES.get(config.model_type)
    return str(name) if name else None


def _class_without_torchvision(name: str) -> Any:
    """Return the processor class `name`, also where transformers hides it without torchvision.

    Pixtral's module imports one helper from its torchvision image processor; the PIL one has it.
    """
    found = getattr(import_module("transformers"), name)
    if not getattr(found, "is_dummy", False):
        return found
    family = name.removesuffix("Processor").lower()
    package = f"transformers.models.{family}"
    needed = f"{package}.image_processing_{family}"
    sys.modules[needed] = import_module(f"{package}.image_processing_pil_{family}")
    try:
        return getattr(import_module(f"{package}.processing_{family}"), name)
    finally:
        del sys.modules[needed]


def _without_videos(complete: Any) -> Any:
    """Return the processor class without its video part; its folders are of the complete class."""
    from transformers import ProcessorMixin

    def get_attributes(cls: Any) -> list[str]:
        return [part for part in complete.get_attributes() if "video" not in part]

    def save_pretrained(self: Any, folder: Any, **settings: Any) -> Any:
        saved = complete.save_pretrained(self, folder, **settings)
        # From this file transformers makes the video processor where it has torchvision.
        self.image_processor.save_pretrained(folder)
        return saved

    members = {
        "get_attributes": classmethod(get_attributes),
        "save_pretrained": save_pretrained,
        # A family's own way asks its video processor first.
        "apply_chat_template": ProcessorMixin.apply_chat_template,
    }
    return type(complete.__name__, (complete,), members)
