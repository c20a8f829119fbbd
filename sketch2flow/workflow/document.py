"""The workflow document: StarFlow's JSON as types, and its canonical text."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

MAX_TEXT_CHARACTERS = 4_000
MAX_COMPONENTS = 1_000

Text = Annotated[str, Field(max_length=MAX_TEXT_CHARACTERS)]


class DocumentError(ValueError):
    """A document that is refused; the message names the place and what is wrong there."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Input(_Strict):
    """A named value of a trigger or a component; queries and data pills are text."""

    name: Text
    value: Text


class Trigger(_Strict):
    """What starts a flow; `annotation` is the text that a drawing shows."""

    annotation: Text
    type: Text
    inputs: tuple[Input, ...] | None = None


class Parameter(_Strict):
    """One input or output of a subflow; `reference` is a table, for references and records."""

    name: Text
    type: Text
    reference: Text | None = None


class Parameters(_Strict):
    """The inputs or the outputs of a subflow."""

    items: tuple[Parameter, ...]


class Component(_Strict):
    """One step: `order` runs 1..n in document order, `block` is the enclosing step's order."""

    annotation: Text
    category: Literal["action", "flowlogic", "subflow"]
    definition: Text
    scope: Text
    order: int
    block: int | None = None
    inputs: tuple[Input, ...] | None = None


class Workflow(_Strict):
    """A whole workflow, with StarFlow's keys in StarFlow's order (its data set, 2.1)."""

    type: Literal["flow", "subflow"]
    scope: Text
    trigger: Trigger | None
    inputs: Parameters | None = None
    outputs: Parameters | None = None
    components: Annotated[tuple[Component, ...], Field(max_length=MAX_COMPONENTS)]


def to_object(workflow: Workflow) -> dict[str, Any]:
    """Return the document as plain dictionaries in canonical key order.

    Absent optional keys are left out; `trigger` alone is written as null (subflows).
    """
    value = workflow.model_dump(mode="json", exclude_none=True)
    if workflow.trigger is None:
        value = {"type": value.pop("type"), "scope": value.pop("scope"), "trigger": None, **value}
    return value


def to_json(workflow: Workflow) -> str:
    """Return the document's canonical text: two-space indent, no escapes for letters."""
    return json.dumps(to_object(workflow), indent=2, ensure_ascii=False)


def to_answer(workflow: Workflow) -> str:
    """Return what a model is trained to write: the canonical text in a json fence."""
    return f"```json\n{to_json(workflow)}\n```"


def parse_document(source: str | bytes | dict[str, Any], place: str = "document") -> Workflow:
    """Return the workflow in `source` (JSON text or its object), the strict door.

    Raises DocumentError with `place`, the JSON path and the reason. Keys and types are checked
    here; whether the steps fit each other (circles, gaps in the order, unknown blocks) says
    `structure_errors`.
    """
    value = load_json(source, place) if isinstance(source, str | bytes) else source
    try:
        # Through JSON mode, so that lists become tuples while types stay strict.
        text = source if isinstance(source, str) else json.dumps(value)
        return Workflow.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        path = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in first["loc"])
        raise DocumentError(f"{place}{path}: {first['msg']}") from None
    except TypeError:
        raise DocumentError(next(_strangers(value, place))) from None
    except (ValueError, RecursionError) as error:
        raise DocumentError(f"{place}: no readable JSON ({error})") from None


def load_json(text: str | bytes, place: str) -> object:
    """Return what JSON text holds; a key that stands twice would hide what stood there first.

    Raises DocumentError with `place` and the reason.
    """
    try:
        return cast(object, json.loads(text, object_pairs_hook=_without_repeats))
    except (ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0][:200]
        raise DocumentError(f"{place}: no readable JSON ({reason})") from None


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        twice = next(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        raise ValueError(f"the key {twice!r:.60} stands twice in one object; keep one of them")
    return value


def _strangers(value: object, place: str) -> Iterator[str]:
    """Say what of a Python value JSON does not have, and where, in the order of `json.dumps`."""
    waiting = [(place, value)]
    while waiting:
        where, one = waiting.pop()
        if isinstance(one, dict):
            keys = [key for key in one if not isinstance(key, str | int | float | None)]
            yield from (f"{where}: the key {key!r:.60} is no text" for key in keys)
            waiting += [(f"{where}.{key}", inner) for key, inner in reversed(one.items())]
        elif isinstance(one, list | tuple):
            inside = [(f"{where}[{index}]", inner) for index, inner in enumerate(one)]
            waiting += reversed(inside)
        elif not isinstance(one, str | int | float | None):
            yield f"{where}: {type(one).__name__} is no JSON value"


def content_digest(workflow: Workflow) -> str:
    """Return 16 hex digits that are equal for workflows that are equal up to wording.

    Annotations are left out; everything that a platform would run is in.
    """
    value = to_object(workflow)
    for part in [value["trigger"] or {}, *value["components"]]:
        part.pop("annotation", None)
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
