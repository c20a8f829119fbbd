"""The table `mapping.yaml`: which trigger or step an element of BPMN is, by its kind and name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from sketch2flow.workflow import Action, load_catalogue

FILE = Path(__file__).with_name("mapping.yaml")

_PLACES = re.compile(r"\{(\w+)\}")
_SAID = 200  # characters of a name in which words are looked for
_SMALL = frozenset({"a", "from", "to", "up"})  # words of a label that need not be said
# What an application's action takes, by the type of its input.
_TEMPLATES = {"text": "{name}", "record": "{record}"}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(_Strict):
    """When it fits, and what the element then is.

    Exactly one of trigger, step and subflow, or the action of the application that is spoken of.
    """

    kinds: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    table: bool = False
    application: bool = False
    trigger: str | None = None
    step: Annotated[str | None, Field(pattern=r"^\w+/\w+$")] = None
    subflow: Annotated[str | None, Field(pattern=r"^\w+/\w+$")] = None
    inputs: dict[str, str] = {}

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return _pattern(self.words)

    def fits(self, element: Named) -> bool:
        """Say whether it is for this element."""
        if self.kinds and element.kind not in self.kinds:
            return False
        if self.words and not self.pattern.search(element.said):
            return False
        if self.table and element.table is None:
            return False
        return not self.application or element.action is not None


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
    applications: dict[str, tuple[str, ...]]  # scope -> the words that it is told by
    synonyms: dict[str, tuple[str, ...]]  # word of a label -> other words for it


@dataclass(frozen=True)
class Named:
    """An element's kind and name, with what of the catalogue the name speaks of."""

    kind: str
    name: str

    @cached_property
    def said(self) -> str:
        return self.name[:_SAID].lower()

    @cached_property
    def table(self) -> str | None:
        return table_in(self.name)

    @cached_property
    def action(self) -> Action | None:
        return action_in(self.said)

    def rule(self, rules: tuple[Rule, ...]) -> Rule | None:
        """Return the first rule that fits."""
        return next((rule for rule in rules if rule.fits(self)), None)

    def step(self, rule: Rule) -> str:
        """Return the action or subflow that the rule says it is."""
        own = self.action.key if rule.application and self.action else None
        return own or rule.step or rule.subflow or ""

    def filled(self, rule: Rule, record: str | None) -> list[tuple[str, str]]:
        """Return the rule's inputs for this element, without those that cannot be filled in."""
        templates = rule.inputs
        if rule.application and self.action:
            inputs = self.action.inputs.items()
            templates = {name: _TEMPLATES[of] for name, of in inputs if of in _TEMPLATES}
        values = {"name": self.name, "words": plain(self.name)}
        return _filled(templates, {**values, "table": self.table, "record": record})


def _filled(
    templates: Mapping[str, str], values: Mapping[str, str | None]
) -> list[tuple[str, str]]:
    inputs = []
    for name, template in templates.items():
        places = _PLACES.findall(template)
        if all(values.get(place) for place in places):
            text = _PLACES.sub(lambda place: values[place.group(1)] or "", template)
            inputs.append((name, text))
    return inputs


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


def action_in(said: str) -> Action | None:
    """Return the action whose label a name says and of whose application it speaks.

    Of several that of the application with the longest name, then the one with the longest label.
    """
    able = [
        ((len(found.group()), len(action.label), action.weight), action)
        for application, actions in _applications()
        if (found := application.search(said))
        for words, action in actions
        if all(word.search(said) for word in words)
    ]
    return max(able, key=lambda pair: pair[0])[1] if able else None


@lru_cache(maxsize=1)
def _applications() -> list[tuple[re.Pattern[str], list[tuple[list[re.Pattern[str]], Action]]]]:
    """Return the words of each application, with those of each of its actions' labels."""
    actions = load_catalogue().actions.values()
    return [
        (_pattern(words), [(_label(one), one) for one in actions if one.scope == scope])
        for scope, words in rules().applications.items()
    ]


def _label(action: Action) -> list[re.Pattern[str]]:
    """Return a pattern for each word of an action's label, with any ending and its synonyms."""
    words = [word for word in plain(action.label).split() if word not in _SMALL]
    known = rules().synonyms
    return [_pattern((f"{word.removesuffix('e')}*", *known.get(word, ()))) for word in words]


def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern of whole words, with the signs that `mapping.yaml` tells of."""
    gap = r"\W+(?:\w+\W+){0,4}"
    signs = {r"\ \.\.\ ": gap, r"\*": r"\w*", r"\ ": r"\s+", r"\^": r"\A"}
    able = [re.escape(word) for word in words]
    for sign, meaning in signs.items():
        able = [word.replace(sign, meaning) for word in able]
    return re.compile(rf"(?<!\w)(?:{'|'.join(able)})(?!\w)")
