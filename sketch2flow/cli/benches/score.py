"""`sketch2flow bench score`: the default engine of the tree edit distance against mended APTED."""

from __future__ import annotations

import random
from functools import partial
from pathlib import Path
from typing import Any

import click

from sketch2flow.cli.benches.figures import Figure, json_option, rate, report
from sketch2flow.cli.ranges import FiniteRange
from sketch2flow.scoring.engines import engine
from sketch2flow.scoring.starflow.outline import outline
from sketch2flow.scoring.starflow.similarity import to_tree
from sketch2flow.scoring.tree import Tree

SIZES = (10, 30, 60, 120)
_STEPS = (
    "look_up_records",
    "send_email",
    "log",
    "create_record",
    "update_record",
    "post_a_message",
)
_BLOCKS = ("IF", "FOREACH", "TRY", "PARALLEL")


@click.command()
@click.option("--seconds", type=FiniteRange(0.01), default=1.0, show_default=True)
@click.option("--pairs", "count", type=click.IntRange(1), default=12, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
@json_option
def command(seconds: float, count: int, seed: int, output: Path | None) -> None:
    """Compare flows with candidates of 1 to 6 edits, both engines on the same trees.

    The two must agree on every distance. Sizes count the nodes of a tree with inputs; seconds
    are the least CPU time for each engine and size.
    """
    figures = []
    for size in SIZES:
        pairs = [near_pair(random.Random(f"{seed}/{size}/{index}"), size) for index in range(count)]
        if _distances("python", pairs) != _distances("apted", pairs):
            raise click.ClickException(f"the engines disagree at {size} nodes")
        rates = [
            rate(partial(_distances, name, pairs), count, seconds) for name in ("python", "apted")
        ]
        figures.append(Figure(f"{size} nodes", *rates))
    report(
        "score",
        figures,
        subject="python",
        baseline="apted, mended",
        unit="pairs per CPU second",
        output=output,
    )


def _distances(name: str, pairs: list[tuple[Tree, Tree]]) -> list[int]:
    distance = engine(name)
    return [distance(first, second) for first, second in pairs]


def near_pair(random_: random.Random, size: int) -> tuple[Tree, Tree]:
    """Return the trees (with inputs, at least `size` nodes) of a flow and of an edited copy."""
    flow: dict[str, Any] = {"trigger": {"type": "daily", "inputs": []}, "components": []}
    while len(_tree(flow)) < size:
        _add_step(flow["components"], random_)
    edited = {**flow, "components": [dict(component) for component in flow["components"]]}
    for _ in range(random_.randint(1, 6)):
        _edit(edited["components"], random_)
    return _tree(edited), _tree(flow)


def _tree(flow: dict[str, Any]) -> Tree:
    built = outline(flow, with_inputs=True)
    if built is None:
        raise ValueError("the benchmark's own flow has no tree")
    return to_tree(built)


def _add_step(components: list[dict[str, Any]], random_: random.Random) -> None:
    order = len(components) + 1
    blocks = [step["order"] for step in components if step["category"] == "flowlogic"]
    step: dict[str, Any] = {"category": "action", "definition": random_.choice(_STEPS)}
    if random_.random() < 0.3:
        step = {"category": "flowlogic", "definition": random_.choice(_BLOCKS)}
    step |= {"order": order, "block": random_.choice([None, *blocks[-3:]])}
    step["inputs"] = [
        {"name": "table", "value": f"table_{random_.randrange(8)}"},
        {"name": "conditions", "value": f"active=true^priority={random_.randrange(5)}"},
    ][: random_.randrange(3)]
    components.append(step)


def _edit(components: list[dict[str, Any]], random_: random.Random) -> None:
    """Drop a step, or rename one, or change its inputs."""
    if not components:
        return
    place = random_.randrange(len(components))
    kind = random_.randrange(3)
    if kind == 0:
        del components[place]
    elif kind == 1:
        components[place]["definition"] = random_.choice(_STEPS)
    else:
        components[place]["inputs"] = [{"name": "table", "value": "another_table"}]
