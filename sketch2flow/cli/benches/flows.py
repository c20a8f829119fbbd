"""Flows to score: generated ones, joined where larger ones are wanted, and copies with mistakes."""

from __future__ import annotations

import json
from copy import deepcopy
from random import Random
from typing import Any

from sketch2flow.scoring.starflow.outline import outline
from sketch2flow.scoring.starflow.similarity import to_tree
from sketch2flow.scoring.tree import Tree, TreePair
from sketch2flow.workflow import to_object

Flow = dict[str, Any]

_LARGE = 25  # steps


def generated_flows(count: int, seed: int) -> list[Flow]:
    """Return flows of 1 to 40 steps, short ones more often."""
    from synth.generate import MAX_COMPONENTS, generate_workflows

    generated = generate_workflows("bench", count, seed, MAX_COMPONENTS)
    return [to_object(one.workflow) for one in generated]


def near_pair(flows: list[Flow], size: int, random_: Random) -> TreePair:
    """Return the trees, with inputs, of a flow and of a copy with 1 to 6 mistakes before it.

    The flow has as few steps as make `size` nodes.
    """
    flow = random_.choice(flows)
    while len(_tree(flow)) < size:
        flow = _joined(flow, random_.choice(flows))
    steps = flow["components"]
    fewest = next(n for n in range(len(steps) + 1) if len(_tree(_cut(flow, n))) >= size)
    flow = _cut(flow, fewest)
    return _tree(_with_mistakes(flow, flows, 6, random_)), _tree(flow)


def evaluation_pairs(flows: list[Flow], random_: Random) -> list[tuple[str, str, str]]:
    """Return an (id, candidate, reference) for each flow.

    Their sizes are about those that a real test set has: of 2,040 references the median has 41
    nodes with inputs, one in ten more than 149 (164 there), the largest 371 (341). To that end a
    third of the large flows have another one's steps behind their own. Candidates have 1 to 15
    mistakes, one in fifty is no JSON at all.
    """
    large = [flow for flow in flows if len(flow["components"]) > _LARGE]
    pairs = []
    for number, flow in enumerate(flows):
        if len(flow["components"]) > _LARGE and random_.random() < 1 / 3:
            flow = _joined(flow, random_.choice(large))
        candidate = _answer(_with_mistakes(flow, flows, 15, random_))
        if random_.random() < 1 / 50:
            candidate = "The picture is too small to be read."
        pairs.append((str(number), candidate, _answer(flow)))
    return pairs


def _tree(flow: Flow) -> Tree:
    built = outline(flow, with_inputs=True)
    if built is None:
        raise ValueError("a generated flow has no tree")
    return to_tree(built)


def _cut(flow: Flow, steps: int) -> Flow:
    return {**flow, "components": flow["components"][:steps]}


def _joined(first: Flow, second: Flow) -> Flow:
    """Return the first flow with the second one's steps behind its own."""
    count = len(first["components"])
    moved = deepcopy(second["components"])
    for step in moved:
        step["order"] += count
        if "block" in step:
            step["block"] += count
    return {**first, "components": first["components"] + moved}


def _with_mistakes(flow: Flow, flows: list[Flow], most: int, random_: Random) -> Flow:
    """Return a copy with 1 to `most` steps left out, renamed, repeated, or with another input."""
    flow = deepcopy(flow)
    steps = flow["components"]
    for _ in range(random_.randint(1, most)):
        if not steps:
            break
        step = random_.choice(steps)
        mistake = random_.randrange(4)
        if mistake == 0:
            steps.remove(step)
        elif mistake == 1:
            step["definition"] = random_.choice(random_.choice(flows)["components"])["definition"]
        elif mistake == 2:
            steps.insert(random_.randrange(len(steps)), deepcopy(step))
        elif step.get("inputs"):
            random_.choice(step["inputs"])["value"] = "another value"
    return flow


def _answer(flow: Flow) -> str:
    return f"```json\n{json.dumps(flow, indent=2, ensure_ascii=False)}\n```"
