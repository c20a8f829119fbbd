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
from sketch2flow.workflow.queries import (
    Comparison,
    OrderBy,
    Query,
    QueryError,
    parse_query,
    write_query,
)
from sketch2flow.workflow.reading import Answer, read_answer
from sketch2flow.workflow.rules import CODES, WARNINGS, StructureError, structure_errors
from sketch2flow.workflow.splits import SPLITS, Split, split_of

if TYPE_CHECKING:
    from sketch2flow.workflow.activation import ACTIVATION_CODES, activation_errors
    from sketch2flow.workflow.catalogue import (
        Action,
        Catalogue,
        CatalogueError,
        Column,
        Table,
        load_catalogue,
    )
    from sketch2flow.workflow.pills import PILL_CODES, Pill, find_pills, parse_pill, pill_errors
    from sketch2flow.workflow.schema import json_schema
    from sketch2flow.workflow.tree import Node, Tree, from_tree, to_tree

__all__ = [
    "ACTIVATION_CODES",
    "CODES",
    "DEFAULT_PROMPT",
    "FEATURES",
    "PILL_CODES",
    "PROMPTS",
    "SPLITS",
    "WARNINGS",
    "Action",
    "Answer",
    "Catalogue",
    "CatalogueError",
    "Column",
    "Comparison",
    "Component",
    "DocumentError",
    "Input",
    "Node",
    "OrderBy",
    "Parameter",
    "Parameters",
    "Pill",
    "Query",
    "QueryError",
    "Split",
    "StructureError",
    "Table",
    "Tree",
    "Trigger",
    "Workflow",
    "activation_errors",
    "content_digest",
    "depth",
    "features",
    "find_pills",
    "from_tree",
    "json_schema",
    "load_catalogue",
    "parse_document",
    "parse_pill",
    "parse_query",
    "pill_errors",
    "read_answer",
    "split_of",
    "structure_errors",
    "to_answer",
    "to_json",
    "to_object",
    "to_tree",
    "write_query",
]

# Imported when they are asked for: scoring and reading do without them.
_LATER = {
    "activation": ("ACTIVATION_CODES", "activation_errors"),
    "catalogue": ("Action", "Catalogue", "CatalogueError", "Column", "Table", "load_catalogue"),
    "pills": ("PILL_CODES", "Pill", "find_pills", "parse_pill", "pill_errors"),
    "schema": ("json_schema",),
    "tree": ("Node", "Tree", "from_tree", "to_tree"),
}
_MODULE_OF = {name: module for module, names in _LATER.items() for name in names}


def __getattr__(name: str) -> object:
    """Import what few callers need when it is asked for."""
    if name in _MODULE_OF:
        from importlib import import_module

        module = import_module(f"sketch2flow.workflow.{_MODULE_OF[name]}")
        found: object = getattr(module, name)
        return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
