"""From an answer's text to a JSON value, as the official scorer reads it."""

from __future__ import annotations

import json
import re

# The official limit is the interpreter's recursion limit (about 990 levels under Python 3.11).
# Ours is a number, so that the result depends neither on the interpreter nor on the caller.
MAX_DEPTH = 900

_MARK = "```json"
_FENCE = "```"
_STRINGS_AND_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)


def read_value(text: str) -> object:
    """Return the JSON value in `text`, the empty flow where it is no JSON.

    Raises ValueError for an integer of more digits than Python converts and RecursionError for
    nesting over MAX_DEPTH: there the official scorer ends with these exceptions.
    """
    body = _body(text)
    reached = len(body)
    try:
        value: object = json.loads(body)
    except json.JSONDecodeError as error:
        reached = error.pos
        value = {"trigger": None, "components": []}
    if _is_too_deep(body[:reached]):
        raise RecursionError(f"JSON nested deeper than {MAX_DEPTH}")
    return value


def _body(text: str) -> str:
    """Return what is taken for JSON: between the first mark and the last fence, if marked.

    Without a closing fence the mark's own is the last, so that nothing is left.
    """
    start = text.find(_MARK)
    if start >= 0:
        text = text[start + len(_MARK) : text.rfind(_FENCE)]
    return text.strip().removeprefix(_MARK).removesuffix(_FENCE).strip()


def _is_too_deep(text: str) -> bool:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return False
    depth = 0
    for match in _STRINGS_AND_BRACKETS.finditer(text):
        character = match.group()[0]
        if character in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif character in "]}":
            depth -= 1
    return False
