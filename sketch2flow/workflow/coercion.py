"""From any JSON value to the document that is meant, as far as it can be told (lenient door)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any, TypeGuard, cast

from sketch2flow.workflow.document import (
    MAX_COMPONENTS,
    MAX_TEXT_CHARACTERS,
    Component,
    Input,
    Parameter,
    Parameters,
    Trigger,
    Workflow,
)
from sketch2flow.workflow.rules import StructureError

MAX_NODES = 5_000
MAX_NUMBER = 10**6

_MISSING = object()
_DIGITS = re.compile(r"[0-9]{1,9}")


@dataclass
class Reader:
    """Turns JSON values into the parts of a document, collecting what is wrong."""

    errors: list[StructureError] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)  # pointers of pieces that were left out
    nodes: int = 0  # values read so far
    is_full: bool = False  # whether it was reported that there are too many

    def report(self, code: str, pointer: str, message: str) -> None:
        self.errors.append(StructureError(code, pointer, message))

    def workflow(self, value: object) -> tuple[Workflow | None, list[int]]:
        if not isinstance(value, dict):
            if value is not None or not self.errors:
                self.report("not_object", "", f"a JSON object is wanted, not {_kind(value)}")
            return None, []
        kind = self._text(value, "type", "", "flow")
        if kind not in ("flow", "subflow"):
            self.report("wrong_type", "/type", "type is flow or subflow")
            kind = "flow"
        scope = self._text(value, "scope", "", "global")
        trigger = self._trigger(value)
        inputs, outputs = (self._parameters(value, key) for key in ("inputs", "outputs"))
        components, positions = self._components(value)
        workflow = Workflow(
            type="subflow" if kind == "subflow" else "flow",
            scope=scope,
            trigger=trigger,
            inputs=inputs,
            outputs=outputs,
            components=tuple(components),
        )
        return workflow, positions

    def _trigger(self, value: dict[str, Any]) -> Trigger | None:
        trigger = value.get("trigger", _MISSING)
        if trigger is None:
            return None
        if trigger is _MISSING:
            if value.get("type") == "subflow":  # else the rules report it
                self.report("missing_key", "/trigger", "a subflow's trigger is null")
            return None
        if not isinstance(trigger, dict):
            self.report("wrong_type", "/trigger", f"trigger is {_kind(trigger)}, no object")
            return None
        annotation = self._text(trigger, "annotation", "/trigger", "")
        type_ = self._text(trigger, "type", "/trigger", "")
        return Trigger(annotation=annotation, type=type_, inputs=self._inputs(trigger, "/trigger"))

    def _components(self, value: dict[str, Any]) -> tuple[list[Component], list[int]]:
        found = self._list(value, "components", "")
        components: list[Component] = []
        positions: list[int] = []
        for place, entry in enumerate(found or ()):
            if self.nodes > MAX_NODES or len(components) == MAX_COMPONENTS:
                message = f"read up to {MAX_NODES:,} values and {MAX_COMPONENTS:,} components"
                self.report("too_large", f"/components/{place}", message)
                rest = range(place, min(len(found or ()), place + MAX_NODES))
                self.lost += [f"/components/{left_out}" for left_out in rest]
                break
            component = self._component(entry, f"/components/{place}")
            if component is None:
                self.lost.append(f"/components/{place}")
            else:
                components.append(component)
                positions.append(place)
        if found is None and "components" not in value:
            self.report("missing_key", "/components", "the list of components is missing")
        return components, positions

    def _component(self, entry: object, pointer: str) -> Component | None:
        """Return the component, None (and reported) where one cannot tell which or where it is."""
        self.nodes += 1
        if not isinstance(entry, dict):
            self.report("wrong_type", pointer, f"a component is an object, not {_kind(entry)}")
            return None
        annotation = self._text(entry, "annotation", pointer, "")
        category = self._text(entry, "category", pointer, "action")
        definition = self._text(entry, "definition", pointer, "")
        scope = self._text(entry, "scope", pointer, "global")
        order = self._number(entry, "order", pointer)
        block = None if entry.get("block") is None else self._number(entry, "block", pointer)
        inputs = self._inputs(entry, pointer)
        lost_block = block is None and entry.get("block") is not None
        if order is None or lost_block or not definition:
            return None
        if category not in ("action", "flowlogic", "subflow"):
            message = f"there is no category {category[:60]!r}"
            self.report("unknown_category", f"{pointer}/category", message)
            return None
        return Component(
            annotation=annotation,
            category=cast(Any, category),
            definition=definition,
            scope=scope,
            order=order,
            block=block,
            inputs=inputs,
        )

    def _inputs(self, owner: dict[str, Any], pointer: str) -> tuple[Input, ...] | None:
        found = self._list(owner, "inputs", pointer)
        if found is None:
            return None
        inputs: list[Input] = []
        for place, entry in enumerate(found):
            where = f"{pointer}/inputs/{place}"
            if self._is_entry(entry, where):
                name = self._text(entry, "name", where, "")
                inputs.append(Input(name=name, value=self._text(entry, "value", where, "")))
        return tuple(inputs)

    def _parameters(self, value: dict[str, Any], key: str) -> Parameters | None:
        owner = value.get(key)
        if owner is None:
            return None
        if not isinstance(owner, dict):
            self.report("wrong_type", f"/{key}", f"{key} is {_kind(owner)}, no object with items")
            return None
        items: list[Parameter] = []
        for place, entry in enumerate(self._list(owner, "items", f"/{key}") or ()):
            where = f"/{key}/items/{place}"
            if self._is_entry(entry, where):
                name = self._text(entry, "name", where, "")
                type_ = self._text(entry, "type", where, "string")
                has_table = entry.get("reference") is not None
                table = self._text(entry, "reference", where, "") if has_table else None
                items.append(Parameter(name=name, type=type_, reference=table))
        return Parameters(items=tuple(items))

    def _is_entry(self, entry: object, pointer: str) -> TypeGuard[dict[str, Any]]:
        """Say whether a list's entry is an object and within the bounds."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            if not self.is_full:
                self.is_full = True
                self.report("too_large", pointer, f"more than {MAX_NODES:,} values")
            if len(self.lost) <= MAX_NODES:
                self.lost.append(pointer)
            return False
        if not isinstance(entry, dict):
            self.report("wrong_type", pointer, f"an entry is an object, not {_kind(entry)}")
            self.lost.append(pointer)
            return False
        return True

    def _list(self, owner: dict[str, Any], key: str, pointer: str) -> list[object] | None:
        value = owner.get(key)
        if value is None and not (key == "components" and key in owner):
            return None
        if not isinstance(value, list):
            self.report("wrong_type", f"{pointer}/{key}", f"{key} is {_kind(value)}, no list")
            return None
        return value

    def _text(self, owner: dict[str, Any], key: str, pointer: str, default: str) -> str:
        self.nodes += 1
        value = owner.get(key, _MISSING)
        where = f"{pointer}/{key}"
        if value is _MISSING:
            self.report("missing_key", where, f"{key} is missing")
            return default
        if not isinstance(value, str):
            self.report("wrong_type", where, f"{key} is {_kind(value)}, no text")
            if value is None:
                return default
            value = json.dumps(value, sort_keys=True)
        if len(value) > MAX_TEXT_CHARACTERS:
            self.report("too_large", where, f"more than {MAX_TEXT_CHARACTERS:,} characters")
            value = value[:MAX_TEXT_CHARACTERS]
        if not value.isascii():
            clean = value.encode("utf-8", "replace").decode()  # lone surrogates are no text
            if clean != value:
                self.report("wrong_type", where, f"{key} holds lone surrogates")
            return clean
        return value

    def _number(self, owner: dict[str, Any], key: str, pointer: str) -> int | None:
        self.nodes += 1
        value = owner.get(key, _MISSING)
        where = f"{pointer}/{key}"
        if value is _MISSING:
            self.report("missing_key", where, f"{key} is missing")
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            self.report("wrong_type", where, f"{key} is {_kind(value)}, no whole number")
            value = _whole(value)
            if value is None:
                return None
        if abs(value) > MAX_NUMBER:
            self.report("too_large", where, f"{key} is beyond {MAX_NUMBER:,}")
            return None
        return value


def _whole(value: object) -> int | None:
    """Return the whole number that is meant by 2.0 or "2", None for all else."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    is_number = isinstance(value, str) and _DIGITS.fullmatch(value) is not None
    return int(cast(str, value)) if is_number else None


def _kind(value: object) -> str:
    """Return the JSON name of a value's type."""
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false"}
    names |= {int: "a number", float: "a number", type(None): "null"}
    return names[type(value)]
