"""What the entries of a catalogue must be to each other, whichever files they come from."""

from __future__ import annotations

from collections.abc import Iterator

from sketch2flow.workflow.environment import (
    INPUT_TYPES,
    TRIGGER_INPUTS,
    Catalogue,
    CatalogueError,
)
from sketch2flow.workflow.rules import CONTAINERS, LOGIC_WORDS, TRIGGER_TYPES

Origin = dict[tuple[str, str], str]  # (kind, key) of an entry -> the file that it stands in


def check(catalogue: Catalogue, origin: Origin) -> None:
    """Raise CatalogueError for what one entry alone cannot show."""
    for name in catalogue.triggers:
        if name not in TRIGGER_TYPES:
            file = origin["triggers", name]
            raise CatalogueError(f"{file}: triggers.{name}: the platform has no such trigger")
    for word, logic in catalogue.logic.items():
        if word not in LOGIC_WORDS or logic.holds != (word in CONTAINERS):
            file = origin["logic", word]
            raise CatalogueError(f"{file}: logic.{word}: not the platform's word, or not its use")
    for kind in ("actions", "subflows"):
        for key, step in getattr(catalogue, kind).items():
            for name in step.applies_to:
                if name not in catalogue.tables:
                    where = f"{origin[kind, key]}: {kind}.{key}.applies_to"
                    raise CatalogueError(f"{where}: no table {name!r} in the catalogue")
            for name in step.triggers:
                if name not in catalogue.triggers:
                    where = f"{origin[kind, key]}: {kind}.{key}.triggers"
                    raise CatalogueError(f"{where}: no trigger {name!r} in the catalogue")
    for kind in ("actions", "subflows", "triggers", "logic"):
        for key, entry in getattr(catalogue, kind).items():
            for name, holds in entry.inputs.items():
                if kind in ("actions", "subflows") and holds in TRIGGER_INPUTS:
                    where = f"{origin[kind, key]}: {kind}.{key}.inputs.{name}"
                    raise CatalogueError(f"{where}: only triggers and loops hold {holds!r}")
                if holds not in INPUT_TYPES and holds not in catalogue.vocabularies:
                    where = f"{origin[kind, key]}: {kind}.{key}.inputs.{name}"
                    raise CatalogueError(
                        f"{where}: {holds!r} is no type of input and no vocabulary in the catalogue"
                    )
    for name, table in catalogue.tables.items():
        if not table.columns:
            where = f"{origin['tables', name]}: tables.{name}.columns"
            raise CatalogueError(f"{where}: a table has at least one column, its own or inherited")
        for column in table.columns.values():
            where = f"{origin['tables', name]}: tables.{name}.columns.{column.name}"
            if column.type in ("choice", "state") and len(column.choices) < 2:
                raise CatalogueError(f"{where}.choices: a choice or state has at least two choices")
            if column.type == "reference" and column.reference not in catalogue.tables:
                raise CatalogueError(
                    f"{where}.reference: no table {column.reference!r} in the catalogue"
                )
    _check_words(catalogue, origin)
    _check_labels(catalogue, origin)


def _check_words(catalogue: Catalogue, origin: Origin) -> None:
    """Check the words of vocabularies: those about tables that there are, some about everything."""
    for name, vocabulary in catalogue.vocabularies.items():
        where = f"{origin['vocabularies', name]}: vocabularies.{name}.words"
        for value, word in vocabulary.words.items():
            for table in word.tables:
                if table not in catalogue.tables:
                    raise CatalogueError(
                        f"{where}.{value}.tables: no table {table!r} in the catalogue"
                    )
        if all(word.tables for word in vocabulary.words.values()):
            raise CatalogueError(f"{where}: all are about some tables; add one that suits all")


def _check_labels(catalogue: Catalogue, origin: Origin) -> None:
    """Refuse one label for two things: a picture shows labels only, in capitals or not."""
    owners: dict[tuple[str, str], str] = {}
    for file, group, label, place in _labels(catalogue, origin):
        owner = owners.setdefault((group, label.casefold()), place)
        if owner != place:
            raise CatalogueError(
                f"{file}: {place}: {label!r} is what a picture shows of {owner}, too; "
                "give it another label"
            )


def _labels(catalogue: Catalogue, origin: Origin) -> Iterator[tuple[str, str, str, str]]:
    """Yield (file, where a label must be the only one of its kind, label, whose it is)."""
    for name, table in catalogue.tables.items():
        file, place = origin["tables", name], f"tables.{name}"
        yield from ((file, "tables", label, place) for label in (table.label, table.plural))
        for column in table.columns.values():
            of = f"{place}.columns.{column.name}"
            yield file, f"{place}.columns", column.label, of
            for value, label in column.choices.items():
                yield file, of, label, f"{of}.choices.{value}"
    for kind in ("actions", "subflows"):
        for key, step in getattr(catalogue, kind).items():
            yield origin[kind, key], f"{kind}.{step.scope}", step.label, f"{kind}.{key}"
    for name, vocabulary in catalogue.vocabularies.items():
        for value, word in vocabulary.words.items():
            of = f"vocabularies.{name}"
            yield origin["vocabularies", name], of, word.said, f"{of}.{value}"
