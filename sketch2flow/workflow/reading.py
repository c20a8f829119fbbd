"""The lenient door: what a model answered, read as far as it can be read.

Answers are hostile: any text, any JSON. Nothing here raises or recurses, and everything is
bounded; what could not be read is named with a code of `rules.CODES` and a JSON pointer. A text of
more than MAX_ANSWER_CHARACTERS is refused unread; reading takes at most 64 bytes of memory for
each character of a shorter one (lists in lists take 44), so never more than 64 MB.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from typing import cast

from sketch2flow.workflow.coercion import Reader
from sketch2flow.workflow.document import Workflow
from sketch2flow.workflow.rules import StructureError, structure_errors

MAX_ANSWER_CHARACTERS = 1_000_000
MAX_DEPTH = 100
MAX_ERRORS_OF_A_CODE = 100

_OPENING_FENCE = re.compile(r"```(?:json)?", re.IGNORECASE)
_STRINGS_AND_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
_NO_BRACKETS = re.compile(r"[^\[\]{}]+")


@dataclass(frozen=True)
class Answer:
    """What could be read of an answer.

    `workflow` is the best-effort document (broken components left out, orders kept), None if
    nothing could be read; `value` the JSON value as parsed; `errors` everything that is wrong,
    of the reading and of the structure rules (`rules.structure_errors`), () for a sound answer; of
    each code the first MAX_ERRORS_OF_A_CODE, so that many of one kind hide none of another.
    `positions` are the places of the document's components in the JSON's list, `lost` the JSON
    pointers of components and entries that could not be read and so are not in the document.
    """

    workflow: Workflow | None
    value: object
    errors: tuple[StructureError, ...]
    positions: tuple[int, ...] = ()
    lost: tuple[str, ...] = ()


def read_answer(text: str) -> Answer:
    """Return what can be read of a model's answer; never raises.

    Takes the JSON out of a code fence or out of surrounding prose; an answer that was cut off is
    read up to its last whole object.
    """
    if len(text) > MAX_ANSWER_CHARACTERS:
        message = f"more than {MAX_ANSWER_CHARACTERS:,} characters"
        return Answer(None, None, (StructureError("too_large", "", message),))
    reader = Reader()
    body = _body(text, reader)
    value = _parse(body, reader)
    workflow, positions = reader.workflow(value)
    if workflow is not None:
        reader.errors += structure_errors(workflow, positions)
    errors = _first_of_each_code(reader.errors)
    return Answer(workflow, value, errors, tuple(positions), tuple(reader.lost))


def _first_of_each_code(errors: Iterable[StructureError]) -> tuple[StructureError, ...]:
    counts: Counter[str] = Counter()
    kept = []
    for error in errors:
        counts[error.code] += 1
        if counts[error.code] <= MAX_ERRORS_OF_A_CODE:
            kept.append(error)
    return tuple(kept)


def _body(text: str, reader: Reader) -> str:
    """Return the part of `text` that should be JSON."""
    opening = None if text.lstrip()[:1] in ("{", "[") else _OPENING_FENCE.search(text)
    if opening is not None:
        closing = text.rfind("```")
        if closing >= opening.end():
            return text[opening.end() : closing].strip()
        reader.report("truncated", "", "the code fence is not closed")
        return text[opening.end() :].strip()
    first, last = text.find("{"), text.rfind("}")
    is_prose = text.lstrip()[:1] not in ("{", "[") and 0 <= first < last
    return text[first : last + 1] if is_prose else text.strip()


def _parse(body: str, reader: Reader) -> object:
    """Return the JSON value of `body`, or of what is whole in it; None if there is none."""
    value: object = None
    whole, reason = None, ""
    try:
        value = json.loads(body)
        depth = _depth(body)
    except (ValueError, RecursionError) as error:  # ValueError: an integer of 4,300 digits, too
        depth, whole = _scan(body)
        reason = _reason(error)
    if depth > MAX_DEPTH:
        reader.report("too_large", "", f"nested deeper than {MAX_DEPTH}")
        return None
    if reason:
        reader.report("json_invalid", "", reason)
    if whole is None:
        return value
    try:
        return cast(object, json.loads(whole))
    except (ValueError, RecursionError):
        return None  # already reported: the whole body is no JSON either


def _reason(error: Exception) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__


def _depth(body: str) -> int:
    """Return the greatest bracket depth of sound JSON; much faster than `_scan`."""
    unescaped = body.replace(r"\\", "").replace(r"\"", "")
    brackets = _NO_BRACKETS.sub("", "".join(unescaped.split('"')[::2]))  # of what is in no string
    return max(accumulate(1 if bracket in "[{" else -1 for bracket in brackets), default=0)


def _scan(body: str) -> tuple[int, str | None]:
    """Return the greatest bracket depth, and `body` cut at its last closed bracket and closed.

    The second is None where all brackets are closed, so that nothing was cut off.
    """
    stack: list[str] = []
    depth = 0
    cut, still_open = 0, ""
    for match in _STRINGS_AND_BRACKETS.finditer(body):
        character = match.group()[0]
        if character in "[{":
            stack.append("]" if character == "[" else "}")
            depth = max(depth, len(stack))
            if depth > MAX_DEPTH:
                break
        elif character in "]}":
            if not stack or stack.pop() != character:
                return depth, None  # crossed brackets: there is no telling what was meant
            cut, still_open = match.end(), "".join(reversed(stack))
    if not stack or not cut:
        return depth, None
    return depth, body[:cut] + still_open
