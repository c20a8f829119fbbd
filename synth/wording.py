"""The words people write into a box: phrasings of triggers, steps and flow logic.

Everything in a step's inputs is said by its annotation or follows by convention, because the
picture shows nothing else. An optional input (a condition, a text) is left out of the inputs
where the chosen phrasing does not say it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from string import Formatter

PHRASINGS_FILE = Path(__file__).with_name("phrasings.yaml")

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

# Teams of the environment: what people say -> the name in addresses, channels and approvals.
TEAMS = {
    "the help desk": "helpdesk",
    "the network team": "network",
    "the security team": "security",
    "operations": "operations",
    "finance": "finance",
    "hr": "hr",
    "facilities": "facilities",
    "management": "management",
}
MESSAGES = (
    "please review", "action required", "job failed", "job finished", "new request",
    "data is missing", "check the dashboard", "update received",
)  # fmt: skip
# What a message says of the record at hand, behind its name: of any, of a task, of a new one.
NEWS = ("needs review", "needs attention", "was updated", "has changed")
TASK_NEWS = ("needs review", "was updated", "is overdue", "is waiting", "needs an owner")
NEW_NEWS = ("was created", "needs review", "is waiting")
# What a message says behind a CATCH.
FAILURES = ("step failed", "request failed", "job failed", "please check")
PATHS = ("users", "orders", "assets", "tickets", "invoices", "devices")
METHODS = ("get", "post")
LEVELS = ("info", "warning", "error")
TOPICS = ("invoice", "password", "outage", "access", "onboarding", "order")

# What a phrasing can have in braces.
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
    "team": "a team or a person of the record",
    "channel": "a chat channel",
    "text": "a message",
    "level": "a log level",
    "method": "a REST method",
    "path": "a REST resource",
    "time": "a time of day",
    "day": "a day of the week or the month",
    "date": "a date",
    "duration": "a span of time",
    "topic": "what an e-mail is about",
    "number": "1, 2, 3 ... of parallel branches",
}

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


@cache
def phrasings(key: str, label: str = "", inputs: tuple[str, ...] = ()) -> tuple[Phrasing, ...]:
    """Return the phrasings of `key`; for an unknown key those made of `label` and `inputs`."""
    known = _read(PHRASINGS_FILE)
    if key in known:
        return known[key]
    said = "".join(f", {{{word}}}" for word in inputs)
    name = label.replace("{", "").replace("}", "").lower()
    return tuple(_phrasing(text.replace("{label}", name) + said) for text in _FROM_LABEL)


@cache
def _read(file: Path) -> dict[str, tuple[Phrasing, ...]]:
    """Return key -> phrasings; raises WordingError that names file, key and template."""
    import yaml

    content = yaml.load(file.read_bytes(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    if not isinstance(content, dict):
        raise WordingError(f"{file.name}: a mapping of keys to lists of phrasings is wanted")
    found = {}
    for key, templates in content.items():
        if not isinstance(templates, list) or not templates:
            raise WordingError(f"{file.name}: {key}: a list of phrasings is wanted")
        try:
            found[str(key)] = tuple(_phrasing(template) for template in templates)
        except (ValueError, TypeError) as error:
            raise WordingError(f"{file.name}: {key}: {error}") from None
    return found


def _phrasing(template: str) -> Phrasing:
    wants = frozenset(name for _, name, _, _ in Formatter().parse(template) if name is not None)
    if not wants <= WORDS.keys():
        unknown = ", ".join(sorted(wants - WORDS.keys()))
        raise ValueError(f"{template!r} wants {unknown!r}; there is no such word")
    return Phrasing(template, wants)


# Labels of columns as names of the person in them.
_PEOPLE = {
    "assigned to": "assignee",
    "created by": "creator",
    "opened by": "requester",
    "opened for": "beneficiary",
    "requested by": "requester",
    "requested for": "beneficiary",
}


def person(label: str) -> str:
    """Return what people call the person in the column with this label."""
    return _PEOPLE.get(label.lower(), label.lower())


@cache
def lower(label: str) -> str:
    """Return a display label as people write it: lower case."""
    return label.lower()


@cache
def with_article(noun: str) -> str:
    """Return the noun with a or an, by its sound as far as the spelling tells."""
    sounded = noun.startswith(("hr ", "hr", "sla")) and not noun.startswith("hre")
    vowel = noun[:1] in "aeio" or (noun[:1] == "u" and not noun.startswith(("us", "uni")))
    return f"an {noun}" if vowel or sounded else f"a {noun}"


def say_time(rng: Random, hour: int, minute: int) -> str:
    """Return a time of day in digits (24 or 12 hours) or, one in eight, in words."""
    half = "am" if hour < 12 else "pm"
    twelve = hour % 12 or 12
    way = rng.random()
    if way < 0.45:
        return f"{hour:02d}:{minute:02d}"
    if way < 0.875:
        return f"{twelve}:{minute:02d} {half}"
    if minute == 45:
        following = (hour + 1) % 24
        return f"a quarter to {following % 12 or 12} {'am' if following < 12 else 'pm'}"
    words = {0: f"{twelve} {half}", 15: f"a quarter past {twelve} {half}"}
    return words.get(minute, f"half past {twelve} {half}")
