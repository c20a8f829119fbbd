"""The catalogue of an environment: its triggers, actions, subflows, flow logic and tables.

Data files (YAML), not code: the built-in ones lie in `catalogue/`; a user's environment is one
more file. Loading checks every entry and names what is wrong by file, entry and field.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sketch2flow.workflow.environment import (
    INPUT_TYPES,
    TRIGGER_INPUTS,
    Action,
    Catalogue,
    Column,
    Entry,
    LogicWord,
    Step,
    Subflow,
    Table,
    TriggerType,
    Vocabulary,
)
from sketch2flow.workflow.rules import CONTAINERS, LOGIC_WORDS, TRIGGER_TYPES

__all__ = [
    "Action",
    "Catalogue",
    "CatalogueError",
    "Column",
    "LogicWord",
    "Step",
    "Subflow",
    "Table",
    "TriggerType",
    "Vocabulary",
    "load_catalogue",
]

BUILT_IN = Path(__file__).parent / "catalogue"
MAX_FILE_BYTES = 5_000_000


class CatalogueError(ValueError):
    """A catalogue that is refused; the message names file, entry and field."""


_KINDS: dict[str, type[Entry]] = {
    "triggers": TriggerType,
    "actions": Action,
    "subflows": Subflow,
    "logic": LogicWord,
    "tables": Table,
    "vocabularies": Vocabulary,
}


@lru_cache(maxsize=8)
def load_catalogue(path: Path | None = None) -> Catalogue:
    """Return the built-in catalogue, with the entries of the file or folder `path` added.

    BUILT_IN as the path adds nothing. Raises CatalogueError that names file, entry and field.
    """
    files = sorted(BUILT_IN.glob("*.yaml"))
    if path not in (None, BUILT_IN):
        files += sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    found: dict[str, dict[str, Any]] = {kind: {} for kind in _KINDS}
    origin: dict[tuple[str, str], str] = {}
    for file in files:
        for kind, key, entry in _entries(file):
            if (kind, key) in origin:
                raise CatalogueError(
                    f"{file.name}: {kind}.{key} is already defined in {origin[kind, key]}; "
                    "rename or remove one of them"
                )
            origin[kind, key] = file.name
            found[kind][key] = entry
    found["tables"] = _with_inherited_columns(found["tables"], origin)
    catalogue = Catalogue(**found)
    _check(catalogue, origin)
    return catalogue


def _entries(file: Path) -> list[tuple[str, str, Entry]]:
    """Return (kind, key, checked entry) for everything in a file."""
    content = _read(file)
    if not isinstance(content, dict) or not set(content) <= set(_KINDS):
        raise CatalogueError(f"{file.name}: a mapping with keys of {', '.join(_KINDS)} is wanted")
    entries = []
    for kind, group in content.items():
        for place, key, fields in _flatten(file, kind, group):
            try:
                entries.append((kind, key, _KINDS[kind].model_validate(fields)))
            except ValidationError as error:
                first = error.errors()[0]
                where = ".".join(str(part) for part in (*place, *first["loc"]))
                raise CatalogueError(f"{file.name}: {where}: {first['msg']}") from None
    return entries


def _read(file: Path) -> object:
    import yaml

    try:
        data = file.read_bytes()
        if len(data) > MAX_FILE_BYTES:
            raise CatalogueError(f"{file.name}: larger than {MAX_FILE_BYTES:,} bytes")
        content: object = yaml.load(data, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except OSError as error:
        raise CatalogueError(f"{file}: cannot be read ({error.strerror})") from None
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date such as 2024-13-01
        raise CatalogueError(f"{file.name}: no readable YAML ({_line(error)})") from None
    return content


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _flatten(
    file: Path, kind: str, group: object
) -> Iterator[tuple[tuple[str, ...], str, dict[str, Any]]]:
    """Yield (place, key, fields with the names that the YAML's structure says)."""
    mapping = _mapping(file, (kind,), group)
    if kind in ("actions", "subflows"):
        # The built-in files of spokes are named by their area.
        area = file.stem.removeprefix("actions_") if file.parent == BUILT_IN else ""
        area = "" if area in ("core", "subflows") else area
        for scope, steps in mapping.items():
            for name, fields in _mapping(file, (kind, scope), steps).items():
                place = (kind, scope, name)
                entry = {"definition": name, "scope": scope, **_mapping(file, place, fields)}
                entry.setdefault("area", area)
                yield place, f"{scope}/{name}", _with_optional_inputs(entry)
        return
    if kind == "vocabularies":
        for name, words in mapping.items():
            yield (kind, name), name, {"name": name, "words": words}
        return
    own = {"triggers": "type", "logic": "definition", "tables": "name"}[kind]
    for name, fields in mapping.items():
        entry = _with_optional_inputs({own: name, **_mapping(file, (kind, name), fields)})
        if kind == "tables":
            entry.setdefault("plural", f"{entry.get('label', '')}s")
            columns = _mapping(file, (kind, name, "columns"), entry.get("columns"))
            entry["columns"] = {
                column: {"name": column, **_mapping(file, (kind, name, "columns", column), values)}
                for column, values in columns.items()
            }
        yield (kind, name), name, entry


def _with_optional_inputs(entry: dict[str, Any]) -> dict[str, Any]:
    """Return a step's or trigger's fields with the question marks of its inputs read."""
    inputs = entry.get("inputs")
    if not isinstance(inputs, dict):
        return entry
    marked = [name for name, kind in inputs.items() if isinstance(kind, str) and kind[-1:] == "?"]
    plain = {name: kind[:-1] if name in marked else kind for name, kind in inputs.items()}
    return {**entry, "inputs": plain, "optional": marked}


def _with_inherited_columns(
    tables: dict[str, Table], origin: dict[tuple[str, str], str]
) -> dict[str, Table]:
    """Return the tables with the columns of those that they extend in front of their own."""
    found: dict[str, Table] = {}
    for name, table in tables.items():
        chain = [table]
        while (parent := chain[-1].extends) is not None:
            where = f"{origin['tables', chain[-1].name]}: tables.{chain[-1].name}.extends"
            if parent not in tables:
                raise CatalogueError(f"{where}: no table {parent!r} in the catalogue")
            if tables[parent] in chain:
                raise CatalogueError(f"{where}: {parent!r} extends it, too: a circle")
            chain.append(tables[parent])
        columns = {key: column for one in reversed(chain) for key, column in one.columns.items()}
        ancestors = tuple(one.name for one in chain[1:])
        found[name] = table.changed(columns=columns, ancestors=ancestors)
    return found


def _mapping(file: Path, place: tuple[str, ...], value: object) -> dict[str, Any]:
    where = ".".join(map(str, place))
    if not isinstance(value, dict):
        raise CatalogueError(f"{file.name}: {where}: a mapping is wanted")
    for key in value:
        if not isinstance(key, str):
            raise CatalogueError(f"{file.name}: {where}: the key {key!r} is no text; quote it")
    return value


def _check(catalogue: Catalogue, origin: dict[tuple[str, str], str]) -> None:
    """Check what one entry alone cannot show."""
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
        for column in table.columns.values():
            where = f"{origin['tables', name]}: tables.{name}.columns.{column.name}"
            if column.type in ("choice", "state") and len(column.choices) < 2:
                raise CatalogueError(f"{where}.choices: a choice or state has at least two choices")
            if column.type == "reference" and column.reference not in catalogue.tables:
                raise CatalogueError(
                    f"{where}.reference: no table {column.reference!r} in the catalogue"
                )
