"""Phrasings of triggers, steps and flow logic: templates with words that the step fills in.

In the file, alternatives in square brackets stand for as many templates ("[find|get] {tables}"),
and a template behind ~ is vague: it does not say all that the step needs, so that the rest must
be inferred or stays unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import product, zip_longest
from pathlib import Path
from string import Formatter

PHRASINGS_FILE = Path(__file__).with_name("phrasings.yaml")

# What a phrasing can have in braces, besides the vocabularies of the environment.
WORDS = {
    "table": "a table's label: incident",
    "tables": "its plural: incidents",
    "a_table": "with its article: an incident",
    "record": "the label of the table whose record is acted on",
    "where": "a condition behind where: priority is high",
    "having": "a condition behind with: priority high",
    "predicate": "a condition behind the record's name: is active",
    "values": "field values: state closed",
    "values_to": "field values behind set: state to closed",
    "related": "the record that a new one belongs to: this incident",
    "team": "a team or a person of the record",
    "person": "a person whom the record names: the requester",
    "text": "a message",
    "time": "a time of day",
    "day": "a day of the week or the month",
    "date": "a date",
    "duration": "a span of time",
    "number": "a small number; of parallel branches 1, 2, 3 ...",
    "step": "an earlier step in short",
}
_WORD = re.compile(r"[a-z][a-z_]*")
_ALTERNATIVES = re.compile(r"\[([^\[\]]*)\]")
_MOST_ALTERNATIVES = 500  # that one line of the file stands for

# Steps that a user's catalogue adds have no phrasings of their own: their label in three voices.
_FROM_LABEL = ("{label}", "{label} now", "then {label}")


class WordingError(ValueError):
    """A file of phrasings that is refused; the message names file, key and template."""


@dataclass(frozen=True)
class Phrasing:
    """A template and the words that it wants."""

    template: str
    wants: frozenset[str]

    def fill(self, words: dict[str, str]) -> str:
        return self.template.format_map(words)


@dataclass(frozen=True, eq=False)
class Phrasings:
    """All phrasings of a step; the vague ones do not say all that it needs."""

    plain: tuple[Phrasing, ...]
    vague: tuple[Phrasing, ...] = ()


@cache
def phrasings(key: str, label: str = "", inputs: tuple[str, ...] = ()) -> Phrasings:
    """Return the phrasings of `key`; for an unknown key those made of `label` and `inputs`."""
    known = all_phrasings()
    if key in known:
        return known[key]
    said = "".join(f", {{{word}}}" for word in inputs)
    name = re.sub(r"[{}\[\]]", "", label).lower()
    return Phrasings(tuple(_phrasing(text.replace("{label}", name) + said) for text in _FROM_LABEL))


@cache
def saying(found: Phrasings, words: tuple[str, ...], most: int | None) -> tuple[Phrasing, ...]:
    """Return the first `most` plain phrasings: those that say one of `words`, if there are any.

    Those that say to what something belongs only if it does: if `words` has that.
    """
    belongs = "related" in words
    plain = tuple(one for one in found.plain if belongs or "related" not in one.wants)[:most]
    return tuple(one for one in plain if not one.wants.isdisjoint(words)) or plain


@cache
def all_phrasings(file: Path = PHRASINGS_FILE) -> dict[str, Phrasings]:
    """Return key -> phrasings; raises WordingError that names file, key and template."""
    import yaml

    content = yaml.load(file.read_bytes(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    if not isinstance(content, dict):
        raise WordingError(f"{file.name}: a mapping of keys to lists of phrasings is wanted")
    found = {}
    for key, templates in content.items():
        if not isinstance(templates, list) or not all(isinstance(one, str) for one in templates):
            raise WordingError(f"{file.name}: {key}: a list of phrasings is wanted")
        try:
            plain = _expand([one for one in templates if not one.startswith("~")])
            vague = _expand([one[1:].strip() for one in templates if one.startswith("~")])
        except ValueError as error:
            raise WordingError(f"{file.name}: {key}: {error}") from None
        if not plain:
            raise WordingError(f"{file.name}: {key}: a phrasing that is not vague is wanted")
        found[str(key)] = Phrasings(plain, vague)
    return found


def _expand(templates: list[str]) -> tuple[Phrasing, ...]:
    """Return all that `templates` stand for: first one of each, then a second of each, ..."""
    ways = [list(_alternatives(template)) for template in templates]
    turns = (one for turn in zip_longest(*ways) for one in turn if one is not None)
    return tuple(_phrasing(template) for template in dict.fromkeys(turns))


def _alternatives(template: str) -> list[str]:
    parts = _ALTERNATIVES.split(template)
    choices = [part.split("|") if place % 2 else [part] for place, part in enumerate(parts)]
    found = ["".join(chosen) for chosen in product(*choices)]
    if len(found) > _MOST_ALTERNATIVES:
        raise ValueError(f"{template!r} stands for {len(found)} phrasings; split it")
    if any("[" in one or "]" in one for one in found):
        raise ValueError(f"{template!r}: a square bracket has no partner")
    return [re.sub(r" {2,}", " ", one).strip() for one in found]


def _phrasing(template: str) -> Phrasing:
    wants = frozenset(name for _, name, _, _ in Formatter().parse(template) if name is not None)
    for name in wants:
        if not _WORD.fullmatch(name):
            raise ValueError(f"{template!r}: {name!r} is no word that a step could fill in")
    return Phrasing(template, wants)
