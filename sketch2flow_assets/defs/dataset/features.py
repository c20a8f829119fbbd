"""The columns of the data set: BigDocs-Sketch2Flow's, then the factors and the words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sketch2flow.workflow.document import parse_document, to_answer
from sketch2flow.workflow.prompts import DEFAULT_PROMPT, PROMPTS
from sketch2flow_assets.defs.diagrams.manifest import BOX_NUMBERS, FACTORS, LISTS, NUMBERS, WORDS

if TYPE_CHECKING:
    from datasets import Features

BIGDOCS = ("identifier", "images", "queries", "annotations", "task", "source")


def dataset_features() -> Features:
    """Return the columns as `datasets` describes them."""
    from datasets import Features, Image, List, Value

    text, number, length = Value("string"), Value("int64"), Value("float32")
    return Features(
        {
            "identifier": text,
            "images": List(Image()),
            "queries": List(text),
            "annotations": List(text),
            "task": text,
            "source": text,
            **dict.fromkeys(FACTORS, text),
            **dict.fromkeys(NUMBERS, number),
            **dict.fromkeys(LISTS, List(text)),
            WORDS: List({"node": text, "text": text, **dict.fromkeys(BOX_NUMBERS, length)}),
        }
    )


def dataset_row(row: dict[str, Any], split: str) -> dict[str, Any]:
    """Return a manifest row as a data set row; DocumentError if its document is broken."""
    document = parse_document(row["document"], row["identifier"])
    return {
        "identifier": row["identifier"],
        "images": [{"bytes": row["picture"], "path": None}],
        "queries": [PROMPTS[DEFAULT_PROMPT]],
        "annotations": [to_answer(document)],
        "task": row["task"],
        "source": row["source"],
        **{name: row[name] for name in (*FACTORS, *NUMBERS, *LISTS)},
        WORDS: json.loads(row[WORDS]),
        "split": split,
    }
