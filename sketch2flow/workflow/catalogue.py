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

from sketch2flow.workflow.consistency import Origin, check
from sketch2flow.workflow.environment import (
    Action,
    Catalogue,
    CatalogueError,
    Column,
    Entry,
    LogicWord,
    Step,
    Subflow,
    Table,
    TriggerType,
    Vocabulary,
)

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

_KINDS: dict[str, type[Entry]] = {
    "triggers": TriggerType,
    "actions": Action,
    "subflows": Subflow,
    "logic": LogicWord,
    "tables": Table,
    "vocabularies": Vocabulary,
}
# Fields that are worked out of others: what says them.
_SAID_BY = {
    "optional": "a ? behind the type of an input",
    "unsaid": "a ~ behind the type of an input",
    "ancestors": "extends",
}


@lru_cache(maxsize=8)
def load_catalogue(path: Path | None = None) -> Catalogue:
    """Return the built-in catalogue, with the entries of the file or folder `path` added.

    BUILT_IN as the path adds nothing. Raises CatalogueError that names file, entry and field.
    """
    files = _files(BUILT_IN)
    if path not in (None, BUILT_IN):
        files += _files(path) if path.is_dir() else [path]
    found: dict[str, dict[str, Any]] = {kind: {} for kind in _KINDS}
    origin: Origin = {}
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
    check(catalogue, origin)
    return catalogue


def _files(folder: Path) -> list[Path]:
    """Return the YAML files of a folder, by name."""
    try:
        files = sorted(one for one in folder.iterdir() if one.suffix in (".yaml", ".yml"))
    except OSError as error:
        raise CatalogueError(f"{folder}: cannot be read ({error.strerror})") from None
    if not files:
        raise CatalogueError(f"{folder}: no .yaml and no .yml file in it; put one there")
    return files


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
                reason = first["msg"].removeprefix("Value error, ")
                raise CatalogueError(f"{file.name}: {where}: {reason}") from None
    return entries


def _read(file: Path) -> object:
    import yaml

    from sketch2flow.workflow.strict_yaml import StrictYamlError, check_depth, load_yaml

    data = _bytes(file)
    try:
        if file.parent != BUILT_IN:
            check_depth(data)
        return load_yaml(data)
    except StrictYamlError as error:
        raise CatalogueError(f"{file.name}: {error}") from None
    except (yaml.YAMLError, ValueError, TypeError, AttributeError) as error:
        # Of what a tag promises and a value is not, PyYAML raises any of these.
        raise CatalogueError(f"{file.name}: no readable YAML ({_line(error)})") from None


def _bytes(file: Path) -> bytes:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise CatalogueError(f"{file}: cannot be read ({error.strerror})") from None
    if len(data) > MAX_FILE_BYTES:
        raise CatalogueError(f"{file.name}: larger than {MAX_FILE_BYTES:,} bytes")
    return data


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _flatten(
    file: Path, kind: str, group: object
) -> Iterator[tuple[tuple[str, ...], str, dict[str, Any]]]:
    """Yield (place, key, fields with the names that the YAML's structure says)."""
    mapping = _mapping(file, (kind,), group)
    area = _area(file)
    if kind in ("actions", "subflows"):
        for scope, steps in mapping.items():
            for name, fields in _mapping(file, (kind, scope), steps).items():
                place = (kind, scope, name)
                entry = _entry(file, place, fields, definition=name, scope=scope)
                entry.setdefault("area", area)
                yield place, f"{scope}/{name}", _with_optional_inputs(entry)
        return
    if kind == "vocabularies":
        for name, words in mapping.items():
            yield (kind, name), name, {"name": name, "words": words}
        return
    own = {"triggers": "type", "logic": "definition", "tables": "name"}[kind]
    for name, fields in mapping.items():
        entry = _with_optional_inputs(_entry(file, (kind, name), fields, **{own: name}))
        if kind == "tables":
            entry.setdefault("area", area)
            entry.setdefault("plural", f"{entry.get('label', '')}s")
            columns = _mapping(file, (kind, name, "columns"), entry.get("columns"))
            entry["columns"] = {
                column: _entry(file, (kind, name, "columns", column), values, name=column)
                for column, values in columns.items()
            }
        yield (kind, name), name, entry


def _area(file: Path) -> str:
    """Return the area that a built-in file of spokes or tables is named by, "" for the others."""
    kind, _, area = file.stem.partition("_")
    is_named = file.parent == BUILT_IN and kind in ("actions", "tables") and area != "core"
    return area if is_named else ""


def _entry(file: Path, place: tuple[str, ...], fields: object, **said: str) -> dict[str, Any]:
    """Return an entry's fields with those that its key says, none of which it can say itself."""
    entry = _mapping(file, place, fields)
    for field in (*said, *_SAID_BY):
        if field in entry:
            where = ".".join((*place, field))
            says = _SAID_BY.get(field, "the key")
            raise CatalogueError(f"{file.name}: {where}: remove it; {says} says it")
    return {**said, **entry}


def _with_optional_inputs(entry: dict[str, Any]) -> dict[str, Any]:
    """Return a step's or trigger's fields with the marks of its inputs read.

    A ? behind the type of an input: it is optional. A ~: it runs with it only, but drawings may
    leave it open.
    """
    inputs = entry.get("inputs")
    if not isinstance(inputs, dict):
        return entry
    marks = {"optional": "?", "unsaid": "~"}
    kinds = {name: kind for name, kind in inputs.items() if isinstance(kind, str)}
    marked = {
        field: [name for name, kind in kinds.items() if kind[-1:] == mark]
        for field, mark in marks.items()
    }
    plain = {name: kind.removesuffix("?").removesuffix("~") for name, kind in kinds.items()}
    return {**entry, "inputs": {**inputs, **plain}, **{k: v for k, v in marked.items() if v}}


def _with_inherited_columns(tables: dict[str, Table], origin: Origin) -> dict[str, Table]:
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
