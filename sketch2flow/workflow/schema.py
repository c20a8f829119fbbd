"""The document as a JSON Schema: for decoders that let a model write nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sketch2flow.workflow.rules import LOGIC_WORDS, TRIGGER_TYPES

if TYPE_CHECKING:
    from sketch2flow.workflow.catalogue import Catalogue

Schema = dict[str, Any]


def json_schema(catalogue: Catalogue | None = None) -> Schema:
    """Return the schema (draft 2020-12) of every document in canonical form.

    Properties stand in canonical order, and no others are allowed. With a catalogue, a workflow
    can use only what that environment offers: its triggers, its flow logic, and its actions and
    subflows in the scopes that they belong to. What one part alone cannot show, such as an ELSE
    without an IF, is left to `structure_errors`, and how long texts and lists may be to
    `parse_document`: decoders unroll such bounds, thousands of them.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Workflow",
        "anyOf": [_ref("flow"), _ref("subflow")],
        "$defs": {
            "flow": _flow(),
            "subflow": _subflow(),
            "trigger": _trigger(catalogue),
            "components": {
                "type": "array",
                "items": {"anyOf": _steps(catalogue)},
            },
            "inputs": _list_of({"name": _ref("text"), "value": _ref("text")}),
            "parameters": _parameters(),
            "text": {"type": "string"},
        },
    }


def _flow() -> Schema:
    return _object(
        {
            "type": _one_of(["flow"]),
            "scope": _ref("text"),
            "trigger": _ref("trigger"),
            "components": _ref("components"),
        }
    )


def _subflow() -> Schema:
    return _object(
        {
            "type": _one_of(["subflow"]),
            "scope": _ref("text"),
            "trigger": {"type": "null"},
            "inputs": _ref("parameters"),
            "outputs": _ref("parameters"),
            "components": _ref("components"),
        },
        optional=("inputs", "outputs"),
    )


def _trigger(catalogue: Catalogue | None) -> Schema:
    types = TRIGGER_TYPES if catalogue is None else catalogue.triggers
    return _object(
        {"annotation": _ref("text"), "type": _one_of(types), "inputs": _ref("inputs")},
        optional=("inputs",),
    )


def _steps(catalogue: Catalogue | None) -> list[Schema]:
    """Return the kinds of steps: flow logic, and for each scope its actions and its subflows."""
    if catalogue is None:
        text = _ref("text")
        logic = _step("flowlogic", _one_of(LOGIC_WORDS), text)
        return [_step("action", text, text), logic, _step("subflow", text, text)]
    found = []
    for category, steps in (("action", catalogue.actions), ("subflow", catalogue.subflows)):
        scopes: dict[str, list[str]] = {}
        for step in steps.values():
            scopes.setdefault(step.scope, []).append(step.definition)
        for scope, definitions in sorted(scopes.items()):
            found.append(_step(category, _one_of(definitions), _one_of([scope])))
    if catalogue.logic:
        found.append(_step("flowlogic", _one_of(catalogue.logic), _one_of(["global"])))
    return found


def _step(category: str, definition: Schema, scope: Schema) -> Schema:
    return _object(
        {
            "annotation": _ref("text"),
            "category": _one_of([category]),
            "definition": definition,
            "scope": scope,
            "order": {"type": "integer", "minimum": 1},
            "block": {"type": "integer", "minimum": 1},
            "inputs": _ref("inputs"),
        },
        optional=("block", "inputs"),
    )


def _parameters() -> Schema:
    text = _ref("text")
    item = {"name": text, "type": text, "reference": text}
    return _object({"items": _list_of(item, optional=("reference",))})


def _list_of(properties: Schema, optional: Iterable[str] = ()) -> Schema:
    return {"type": "array", "items": _object(properties, optional)}


def _object(properties: Schema, optional: Iterable[str] = ()) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in set(optional)],
        "additionalProperties": False,
    }


def _one_of(words: Iterable[str]) -> Schema:
    return {"type": "string", "enum": sorted(set(words))}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}
