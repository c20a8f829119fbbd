"""A trained model as an ordinary `save_pretrained` folder with its card."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch.distributed as dist
from torch import nn
from torch.distributed.checkpoint.state_dict import StateDictOptions, get_model_state_dict

from sketch2flow.files import new_folder, write_text


def export_model(
    model: nn.Module, processor: Any, folder: Path, record: dict[str, Any], rank: int
) -> None:
    """Gather the sharded weights on every rank; rank 0 writes the folder as a whole."""
    options = StateDictOptions(full_state_dict=True, cpu_offload=True)
    weights = get_model_state_dict(model, options=options)
    if rank == 0:
        with new_folder(folder) as unfinished:
            model.save_pretrained(unfinished, state_dict=weights)  # type: ignore[operator]
            processor.save_pretrained(unfinished)
            write_text(unfinished / "README.md", model_card(record))
    dist.barrier()


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

Trained by sketch2flow from `{recipe["model"]}`: {record["steps"]:,} steps,
{record["pictures_drawn"]:,} pictures drawn from {record["rows_used"]:,} rows in
{record["seconds"]:,.0f} s on {record["ranks"]} rank(s) ({record["precision"]});
validation loss {record["validation_loss"]:.4f} a token; {record["parameters"]:,} parameters.

Regime: workflows of at most {recipe["max_components"]} components on pictures of at most
{recipe["max_pixels"]:,} pixels at the model's text scale. Larger ones go through the same code
and are not promised to be read.

```python
import sketch2flow.vlm.reader_processor  # registers the embedded reader's own classes
from transformers import AutoModelForImageTextToText, AutoProcessor
```

Recipe digest `{record["recipe_digest"]}`; its settings and the losses are in `training.json`.
"""
