"""The language: the workflow document, its rules, its catalogue, and what is computed from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sketch2flow.workflow.document import (
    Component,
    DocumentError,
    Input,
    Parameter,
    Parameters,
    Trigger,
    Workflow,
    content_digest,
    parse_document,
    to_answer,
    to_json,
    to_object,
)
from sketch2flow.workflow.features import FEATURES, depth, features
from sketch2flow.workflow.prompts import DEFAULT_PROMPT, PROMPTS
from sketch2flow.workflow.reading import Answer, read_answer
from sketch2flow.workflow.rules import CODES, WARNINGS, StructureError, structure_errors
from sketch2flow.workflow.splits import SPLITS, Split, split_of

if TYPE_CHECKING:
    from sketch2flow.workflow.catalogue import (
        Action,
        Catalogue,
        CatalogueError,
        Column,
        Table,
        load_catalogue,
    )

__all__ = [
    "CODES",
    "DEFAULT_PROMPT",
    "FEATURES",
    "PROMPTS",
    "SPLITS",
    "WARNINGS",
    "Action",
    "Answer",
    "Catalogue",
    "CatalogueError",
    "Column",
    "Component",
    "DocumentError",
    "Input",
    "Parameter",
    "Parameters",
    "Split",
    "StructureError",
    "Table",
    "Trigger",
    "Workflow",
    "content_digest",
    "depth",
    "features",
    "load_catalogue",
    "parse_document",
    "read_answer",
    "split_of",
    "structure_errors",
    "to_answer",
    "to_json",
    "to_object",
]

_OF_CATALOGUE = {"Action", "Catalogue", "CatalogueError", "Column", "Table", "load_catalogue"}


def __getattr__(name: str) -> object:
    """Import the catalogue when it is asked for: scoring and reading do without it."""
    if name in _OF_CATALOGUE:
        from sketch2flow.workflow import catalogue

        return getattr(catalogue, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
