"""How much of the language workflows are written in: all of it, or what is most common."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

from sketch2flow.workflow import Catalogue, load_catalogue


@dataclass(frozen=True)
class Breadth:
    """Limits on what workflows speak of; None where there is none.

    A small reader that has minutes to learn to read learns a narrow language well, or a broad
    one badly. Raises ValueError naming a limit below 1.
    """

    tables: int | None = None  # the most common ones
    columns: int | None = None  # of a table, those that are tested and set: the first ones
    steps: int | None = None  # actions and subflows: the most common ones
    phrasings: int | None = None  # of a step, the first ones
    words: int | None = None  # of teams, messages, topics, paths: the first ones

    def __post_init__(self) -> None:
        for field in fields(self):
            limit = getattr(self, field.name)
            if limit is not None and limit < 1:
                raise ValueError(f"breadth: {field.name} is {limit}; at least 1 is wanted")

    def __str__(self) -> str:
        """Say the limits: 14 tables, 3 columns of a table, ...; the whole language."""
        kinds = {
            "steps": "kinds of step",
            "columns": "columns of a table",
            "phrasings": "phrasings of a step",
        }
        said = [
            f"{limit} {kinds.get(field.name, field.name)}"
            for field in fields(self)
            if (limit := getattr(self, field.name)) is not None
        ]
        return ", ".join(said) or "the whole language"


EVERYTHING = Breadth()


@lru_cache(maxsize=8)
def environment(catalogue: Path | None, breadth: Breadth) -> Catalogue:
    """Return the built-in catalogue, with the entries of `catalogue` added, within `breadth`.

    Raises CatalogueError that names file, entry and field.
    """
    return load_catalogue(catalogue).most_common(breadth.tables, breadth.columns, breadth.steps)
