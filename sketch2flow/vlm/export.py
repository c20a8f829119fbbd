"""A trained model as an ordinary `save_pretrained` folder with its card."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.checkpoint.state_dict import StateDictOptions, get_model_state_dict

from sketch2flow.files import new_folder, write_text
from sketch2flow.vlm.start import load_model

if TYPE_CHECKING:
    from sketch2flow.vlm.recipe import Lora


def export_model(
    model: nn.Module,
    processor: Any,
    folder: Path,
    card: str,
    source: str,
    lora: Lora | None = None,
) -> None:
    """Gather the sharded weights on every rank; rank 0 writes the folder as a whole.

    They have the type that those of `source`, where the run started from, are stored in.
    Adapters are merged into it, and lie beside the model in the folder `adapter`.
    """
    options = StateDictOptions(full_state_dict=True, cpu_offload=True)
    if lora:
        options.ignore_frozen_params = True
    weights = get_model_state_dict(model, options=options)
    if dist.get_rank() == 0:
        whole: Any = model
        if lora:
            adapter = folder.with_name("adapter")
            with new_folder(adapter) as unfinished:
                model.save_pretrained(unfinished, state_dict=dict(weights))  # type: ignore[operator]
            whole = _merged(source, adapter)
            weights = whole.state_dict()
        dtype = _stored_type(source)
        for name, tensor in weights.items():
            if isinstance(tensor, torch.Tensor) and tensor.is_floating_point():
                weights[name] = tensor.to(dtype)
        whole.config.dtype = dtype
        with new_folder(folder) as unfinished:
            whole.save_pretrained(unfinished, state_dict=weights)
            processor.save_pretrained(unfinished)
            write_text(unfinished / "README.md", card)
    dist.barrier()


def _stored_type(source: str) -> torch.dtype:
    """Return the type of the weights in a folder or of a Hub id; float32 where it is not said."""
    from transformers import AutoConfig

    config = AutoConfig.from_pretrained(source, trust_remote_code=False)
    dtype = getattr(config, "dtype", None) or getattr(config.get_text_config(), "dtype", None)
    return dtype if isinstance(dtype, torch.dtype) else torch.float32


def _merged(source: str, adapter: Path) -> Any:
    """Return the model that the run started from, with the adapters merged into its weights."""
    from peft import PeftModel

    whole = PeftModel.from_pretrained(load_model(source, dtype="auto")[0], str(adapter))
    return whole.merge_and_unload()


def model_card(record: dict[str, Any]) -> str:
    """Return the model's card: what it was trained on, how, and how to load it."""
    recipe = record["recipe"]
    return f"""---
library_name: transformers
pipeline_tag: image-text-to-text
license: apache-2.0
tags: [sketch2flow]
---
# {recipe["name"]}: reads pictures of workflows

Trained by sketch2flow from `{recipe["model"]}` on the data set `{record["dataset"]}`:
{record["steps"]:,} steps,
{record["pictures_seen"]:,} pictures seen of {record["rows_used"]:,} rows in
{record["seconds"]:,.0f} s on {record["ranks"]} rank(s) ({record["precision"]});
validation loss {_loss(record)} a token; {record["parameters"]:,} parameters.

Regime: workflows of at most {recipe["max_components"]} components on pictures of at most
{recipe["max_pixels"]:,} pixels at the model's text scale. Larger ones go through the same code
and are not promised to be read.

```python
import sketch2flow.vlm.reader_processor  # registers the embedded reader's own classes
from transformers import AutoModelForImageTextToText, AutoProcessor
```

Recipe digest `{record["recipe_digest"]}`; its settings and the losses are in `training.json`.
"""


def _loss(record: dict[str, Any]) -> str:
    loss = record["validation_loss"]
    return "not measured" if loss is None else f"{loss:.4f}"
