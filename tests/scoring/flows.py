"""Workflows as JSON values for the tests of the strict mode."""

from __future__ import annotations

import json
from typing import Any

from sketch2flow.scoring import PairScore, score_pair


def step(order: int, definition: str = "log", block: int | None = None, **inputs: str) -> Any:
    """Return a component; a definition in capitals is flow logic."""
    value: dict[str, Any] = {
        "category": "flowlogic" if definition.isupper() else "action",
        "definition": definition,
        "scope": "global",
        "order": order,
        "inputs": [{"name": name, "value": text} for name, text in inputs.items()],
    }
    return value if block is None else {**value, "block": block}


def trigger(type_: str = "daily", **inputs: str) -> dict[str, Any]:
    return {"type": type_, "inputs": [{"name": n, "value": v} for n, v in inputs.items()]}


def flow(*components: Any, **more: Any) -> dict[str, Any]:
    return {"trigger": None, "components": list(components), **more}


def score(candidate: object, reference: object, **more: Any) -> PairScore:
    """Score a pair in strict mode; what is no text is written as JSON."""
    texts = [v if isinstance(v, str) else json.dumps(v) for v in (candidate, reference)]
    return score_pair(texts[0], texts[1], mode="strict", **more)


def similarity(candidate: object, reference: object) -> float:
    """Return the FlowSim with inputs of a pair in strict mode."""
    found = score(candidate, reference).scores["flow_sim_with_inputs"]
    assert found is not None
    return found
