"""Files of pairs, a candidate answer beside one or more references, as JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import click

MAX_LINE_BYTES = 20_000_000
MAX_REFERENCES = 100

Pair = tuple[str, str, str | list[str]]  # id, candidate, reference or several


def read_pairs(path: Path) -> tuple[list[Pair], int]:
    """Return the pairs of a file, and how many of its lines hold none: those are named on stderr.

    A line is {"id": ..., "candidate": "text", "reference": "text"}, or has "references", a list
    of texts, in the place of "reference". ClickException where there is no pair at all.
    """
    read: list[Pair] = []
    unread = 0
    for number, line in _lines(path):
        if line is not None and not line.strip():
            continue
        try:
            read.append(_pair(line))
        except (ValueError, RecursionError) as error:  # bad UTF-8 and bad JSON, too
            click.echo(f"{path}: line {number}: {error}", err=True)
            unread += 1
    if not read:
        raise click.ClickException(f"{path}: no pair to score")
    return read, unread


def _lines(path: Path) -> Iterator[tuple[int, bytes | None]]:
    """Yield number and bytes of each line, None for one over MAX_LINE_BYTES."""
    with path.open("rb") as file:
        for number in count(1):
            line = file.readline(MAX_LINE_BYTES + 1)
            if not line:
                return
            is_whole = len(line) <= MAX_LINE_BYTES
            yield number, line if is_whole else None
            while not is_whole and not line.endswith(b"\n") and line:
                line = file.readline(MAX_LINE_BYTES)


def _pair(line: bytes | None) -> Pair:
    if line is None:
        raise ValueError(f"longer than {MAX_LINE_BYTES:,} bytes")
    value: Any = json.loads(line.decode("utf-8-sig"))  # else bytes are guessed to be UTF-16
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    several = "references" in value
    if several and "reference" in value:
        raise ValueError("reference and references are both there: leave one out")
    for key in ("id", "candidate", *([] if several else ["reference"])):
        if key not in value:
            raise ValueError(f"{key} is missing")
        if not isinstance(value[key], str):
            raise ValueError(f"{key} is not text")
    if not several:
        return value["id"], value["candidate"], value["reference"]
    references = value["references"]
    if not isinstance(references, list) or not all(isinstance(one, str) for one in references):
        raise ValueError("references is no list of texts")
    if not 1 <= len(references) <= MAX_REFERENCES:
        raise ValueError(f"{len(references)} references: 1 to {MAX_REFERENCES} are possible")
    return value["id"], value["candidate"], references
