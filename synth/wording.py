"""How people say tables, persons, times and dates in a box.

What is in a step's inputs is said by its annotation or follows by convention, because the
picture shows nothing else. Where the chosen phrasing does not say an optional input, it is left
out. What else a vague phrasing leaves unsaid is never guessed:

- of a clock a time is 00:00:00, a day of the week or the month 1, a repeat 01:00:00;
- a table is task;
- a person is the last one whom the record names, as a rule who asked for it;
- a mail goes to the first one whom the record at hand names, as a rule who works on it, else to the
  first team of all.
"""

from __future__ import annotations

from functools import cache
from random import Random

DURATIONS = (
    *((f"{minutes} minutes", f"00:{minutes:02d}:00") for minutes in (5, 10, 15, 20, 30, 45)),
    ("hour", "01:00:00"),
    *((f"{hours} hours", f"{hours:02d}:00:00") for hours in (2, 3, 4, 6, 8, 12)),
)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

# Labels of columns as names of the person in them.
_PEOPLE = {
    "assigned to": "assignee",
    "created by": "creator",
    "opened by": "opener",
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
    first = noun.split()[0] if noun.split() else noun
    if first in _SPELLED_OUT:
        vowel = noun[0] in "aefhilmnorsx"  # the names of these letters begin with a vowel
    else:
        vowel = noun[:1] in "aeio" or (noun[:1] == "u" and not noun.startswith(("us", "uni")))
    return f"an {noun}" if vowel else f"a {noun}"


# Abbreviations that are spoken letter by letter.
_SPELLED_OUT = frozenset([
    "api", "faq", "hr", "http", "ip", "it", "ldap", "ml", "mssql", "nlu", "nvd", "ola", "rfp",
    "rfq", "rma", "sla", "sms", "sql", "ssh", "ssl", "sso", "ui", "ups", "url", "vpn", "x.509",
    "xml",
])  # fmt: skip


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


_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip


def say_date(rng: Random, year: int, month: int, day: int) -> str:
    """Return a date in digits or with the month's name."""
    name = _MONTHS[month - 1]
    ways = (f"{year}-{month:02d}-{day:02d}", f"{name} {day} {year}", f"{day} {name} {year}")
    return rng.choice(ways)
