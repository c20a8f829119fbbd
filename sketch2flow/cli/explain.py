"""`sketch2flow explain`: what costs a candidate, or a whole file of them, its FlowSim."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from sketch2flow.cli.output import OutputFile
from sketch2flow.cli.pairs_file import Pair, read_pairs
from sketch2flow.files import write_text
from sketch2flow.scoring import MODES, Explanation, explain, roll_up, score_pair
from sketch2flow.scoring.tree import TooLargeError


@click.command()
@click.argument("pairs", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--id", "identifier", help="Explain this pair alone.")
@click.option("--mode", type=click.Choice(list(MODES)), default="starflow", show_default=True)
@click.option("--no-inputs", is_flag=True, help="Explain FlowSim without inputs.")
@click.option("--json", "output", type=OutputFile(), help="Write what is printed here, as JSON.")
def command(
    pairs: Path, identifier: str | None, mode: str, no_inputs: bool, output: Path | None
) -> None:
    """Say what makes candidates in PAIRS differ from their references.

    PAIRS is a file as for `sketch2flow score`; of several references the nearest is taken. With
    --id every edit of that pair is listed: the costs sum to the tree edit distance that its FlowSim
    is made of. Without --id the edits of all pairs are counted. A line that cannot be read is named
    and left out; the exit status is 1 then.

    \b
    missed    in the reference, not in the candidate
    extra     in the candidate, not in the reference
    renamed   another word at the same place
    moved     missed at one place and extra at another, so paid twice

    `at` is a JSON pointer. Where something differs: candidate → reference.
    """
    read, unread = read_pairs(pairs)
    if identifier is None:
        told = _tell_all(read, mode, not no_inputs)
    else:
        told = _tell_one(_pair(pairs, read, identifier), mode, not no_inputs)
    if output is not None:
        write_text(output, json.dumps(told, indent=2) + "\n")
    sys.exit(1 if unread else 0)


def _tell_one(pair: Pair, mode: str, with_inputs: bool) -> dict[str, Any]:
    from sketch2flow.cli.explanations import print_explanation

    identifier, candidate, references = pair
    place, reference = _nearest(pair, mode)
    try:
        told = explain(candidate, reference, mode, with_inputs)
    except TooLargeError as error:
        raise click.ClickException(f"{identifier}: {error}") from None
    several = "" if isinstance(references, str) else f" (reference {place + 1})"
    print_explanation(identifier + several, told)
    return {"id": identifier, "reference": place, **told.to_object()}


def _tell_all(pairs: Sequence[Pair], mode: str, with_inputs: bool) -> dict[str, Any]:
    from rich.console import Console
    from rich.progress import track

    from sketch2flow.cli.explanations import print_roll_up

    problems: dict[str, tuple[str, ...]] = {}

    def explained(pair: Pair) -> Explanation:
        try:
            told = explain(pair[1], _nearest(pair, mode)[1], mode, with_inputs)
        except TooLargeError as error:  # one of many is none to stop for
            told = Explanation(mode, with_inputs, None, problems=(str(error),))
        if told.problems:
            problems[pair[0]] = told.problems
        return told

    console = Console(stderr=True)
    tracked = track(pairs, "explaining", console=console, disable=not console.is_terminal)
    rolled = roll_up(map(explained, tracked))
    print_roll_up(rolled, mode, with_inputs, problems)
    value = {"mode": mode, "with_inputs": with_inputs, **rolled.to_object()}
    return value | {"problems": problems}


def _nearest(pair: Pair, mode: str) -> tuple[int, str]:
    """Return the place and the text of the reference that the score speaks of."""
    _, candidate, references = pair
    if isinstance(references, str):
        return 0, references
    place = score_pair(candidate, references, mode).reference
    return place, references[place]


def _pair(path: Path, pairs: Sequence[Pair], identifier: str) -> Pair:
    """Return the first pair of an id; ClickException with near ids where there is none."""
    for pair in pairs:
        if pair[0] == identifier:
            return pair
    ids = [pair[0] for pair in pairs]
    near = get_close_matches(identifier, dict.fromkeys(ids), cutoff=0.5) or ids[:3]
    raise click.ClickException(f"{path}: no pair {identifier!r}; it has {str(near)[1:-1]}")
