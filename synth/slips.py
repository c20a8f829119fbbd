"""Slips: the typing errors and abbreviations of people who are in a hurry."""

from __future__ import annotations

import re
from random import Random

ABBREVIATIONS = {
    "incident": "inc", "incidents": "incs", "request": "req", "requested": "req'd",
    "configuration": "config", "description": "desc", "assignment": "assignm.", "approval": "appr",
    "department": "dept", "management": "mgmt", "manager": "mgr", "number": "no.",
    "priority": "prio", "attachment": "att.", "attachments": "att.", "information": "info",
    "application": "app", "applications": "apps", "environment": "env", "development": "dev",
    "production": "prod", "message": "msg", "notification": "notif.", "with": "w/",
    "without": "w/o", "and": "&", "hours": "hrs", "minutes": "min", "please": "pls",
    "between": "betw.", "customer": "cust", "database": "db", "document": "doc",
    "knowledge": "kb", "problem": "prb", "change": "chg", "group": "grp", "service": "svc",
    "records": "recs", "record": "rec", "required": "req'd", "reference": "ref",
    "temporary": "temp", "password": "pwd", "account": "acct", "accounts": "accts",
    "organization": "org", "software": "sw", "hardware": "hw", "quantity": "qty",
    "schedule": "sched.", "vulnerability": "vuln", "security": "sec",
}  # fmt: skip
_ABBREVIATED = 0.6  # share of slips that are abbreviations, where the text has a word for it
_WORDS = re.compile(r"[A-Za-z]+")
_LEAST_LETTERS = 4  # of a word with a typing error
_NEIGHBOURS = {
    "a": "s", "b": "v", "c": "x", "d": "f", "e": "r", "f": "g", "g": "h", "h": "j", "i": "o",
    "j": "k", "k": "l", "l": "k", "m": "n", "n": "m", "o": "p", "p": "o", "q": "w", "r": "t",
    "s": "d", "t": "y", "u": "i", "v": "b", "w": "e", "x": "c", "y": "u", "z": "x",
}  # fmt: skip


def slip(rng: Random, text: str) -> str:
    """Return `text` with one word abbreviated or mistyped; numbers and times stay as they are."""
    words = list(_WORDS.finditer(text))
    known = [word for word in words if word[0].lower() in ABBREVIATIONS]
    if known and rng.random() < _ABBREVIATED:
        word = rng.choice(known)
        return text[: word.start()] + ABBREVIATIONS[word[0].lower()] + text[word.end() :]
    long = [word for word in words if len(word[0]) >= _LEAST_LETTERS]
    if not long:
        return text
    word = rng.choice(long)
    return text[: word.start()] + _mistyped(rng, word[0]) + text[word.end() :]


def _mistyped(rng: Random, word: str) -> str:
    """Return `word` with letters swapped, one left out, doubled or hit beside; not the first."""
    at = rng.randrange(1, len(word) - 1)
    before, letter, after = word[:at], word[at], word[at + 1 :]
    return rng.choice(
        (
            before + after[0] + letter + after[1:],
            before + after,
            before + letter * 2 + after,
            before + _NEIGHBOURS.get(letter, letter) + after,
        )
    )
