"""The table `mapping.yaml`: which trigger or step an element of BPMN is, by its kind and name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from sketch2flow.workflow import load_catalogue

FILE = Path(__file__).with_name("mapping.yaml")

_PLACES = re.compile(r"\{(\w+)\}")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(_Strict):
    """When it fits, and what the element then is: exactly one of trigger, step and subflow."""

    kinds: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    table: bool = False
    trigger: str | None = None
    step: Annotated[str | None, Field(pattern=r"^\w+/\w+$")] = None
    subflow: Annotated[str | None, Field(pattern=r"^\w+/\w+$")] = None
    inputs: dict[str, str] = {}

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return _pattern(self.words)

    def fits(self, kind: str, name: str, has_table: bool) -> bool:
        """Say whether it is for an element of this kind and name."""
        if self.kinds and kind not in self.kinds:
            return False
        if self.table and not has_table:
            return False
        return not self.words or self.pattern.search(name) is not None

    def filled(self, values: Mapping[str, str | None]) -> list[tuple[str, str]]:
        """Return the inputs with the places in them filled, those that cannot be left out."""
        inputs = []
        for name, template in self.inputs.items():
            places = _PLACES.findall(template)
            if all(values.get(place) for place in places):
                text = _PLACES.sub(lambda place: values[place.group(1)] or "", template)
                inputs.append((name, text))
        return inputs


class ConditionWords(_Strict):
    """The words that conditions are told by."""

    yes: frozenset[str]
    no: frozenset[str]
    otherwise: frozenset[str]
    unsaid: frozenset[str]


class Rules(_Strict):
    """The whole table."""

    triggers: tuple[Rule, ...]
    steps: tuple[Rule, ...]
    conditions: ConditionWords


@dataclass(frozen=True)
class Named:
    """An element's kind and name, with the table of the catalogue that the name speaks of."""

    kind: str
    name: str

    @cached_property
    def table(self) -> str | None:
        return table_in(self.name)

    def rule(self, rules: tuple[Rule, ...]) -> Rule | None:
        """Return the first rule that fits."""
        name, has_table = self.name.lower(), self.table is not None
        return next((rule for rule in rules if rule.fits(self.kind, name, has_table)), None)

    def filled(self, rule: Rule, record: str | None) -> list[tuple[str, str]]:
        """Return the rule's inputs for this element."""
        values: dict[str, Any] = {"name": self.name, "words": plain(self.name)}
        return rule.filled({**values, "table": self.table, "record": record})


@lru_cache(maxsize=1)
def rules() -> Rules:
    """Return the table, checked."""
    import yaml

    return Rules.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def plain(text: str) -> str:
    """Return words in small letters without signs, such as an encoded query can hold."""
    return " ".join("".join(one if one.isalnum() else " " for one in text.lower()).split())


def table_in(name: str) -> str | None:
    """Return the table of the catalogue whose label or plural stands in a name, the longest."""
    words = f" {plain(name)} "
    return next((table for label, table in _labels() if f" {label} " in words), None)


@lru_cache(maxsize=1)
def _labels() -> list[tuple[str, str]]:
    """Return (label in plain words, table), longest first."""
    found = {
        plain(label): table.name
        for table in load_catalogue().tables.values()
        for label in (table.plural, table.label)
    }
    return sorted(found.items(), key=lambda pair: (-len(pair[0]), pair))


def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern of whole words; a star is any ending, a caret the name's beginning."""
    signs = {r"\*": r"\w*", r"\ ": r"\s+", r"\^": r"\A"}
    able = [re.escape(word) for word in words]
    for sign, meaning in signs.items():
        able = [word.replace(sign, meaning) for word in able]
    return re.compile(rf"(?<!\w)(?:{'|'.join(able)})(?!\w)")
