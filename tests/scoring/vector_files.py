"""The pairs of the test vectors, and what a JSON pointer leads to."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).parent / "vectors"
PUBLIC, FUZZED = "vectors_public.jsonl.gz", "fuzzed_pairs.jsonl.gz"


def scored_vectors(*names: str) -> list[dict[str, Any]]:
    """Return the vectors of some files, but for those over which the official scorer raises."""
    found: list[dict[str, Any]] = []
    for name in names:
        with gzip.open(VECTORS / name, "rt", encoding="utf-8") as lines:
            found += map(json.loads, lines)
    return [vector for vector in found if not isinstance(vector["flow_sim_no_inputs"], str)]


def resolved(value: Any, pointer: str) -> Any:
    """Return what a JSON pointer leads to (none of ours needs escapes)."""
    for step in pointer.split("/")[1:]:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def leads_to(value: Any, pointer: str, kind: str, label: str) -> bool:
    """Say whether a pointer leads to something of that kind which the label speaks of."""
    piece = resolved(value, pointer)
    if kind == "trigger":
        return bool(piece.get("type", "") == label)
    if kind == "component":
        return str(piece.get("definition", "")).upper() in label.upper()
    if kind in ("input", "parameter"):
        return label.startswith(str(piece.get("name", "")))
    return kind == "structure" or label.replace(" ", "") in str(piece).replace(" ", "")
