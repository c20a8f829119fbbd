"""Explanations of scores on the screen: coloured in a terminal, plain in a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich import box
from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

from sketch2flow.scoring import Explanation, RollUp
from sketch2flow.scoring.explanations import Edit, Share

_STYLES = {"missed": "red", "extra": "yellow", "renamed": "cyan", "moved": "magenta"}
_NUMBERS = ("cost", "share", "times", "of the references'", "of the candidates'")
_LONGEST = 80  # characters of a name; the JSON has all of them
_MOST_ROWS = 15  # of a table; the JSON has all of them
_WIDE = 250  # columns, where no terminal says how many there are


def print_explanation(identifier: str, told: Explanation) -> None:
    """Print every edit of a pair with its cost, and what the costs sum to."""
    console = _console()
    similarity = "none" if told.similarity is None else f"{told.similarity:.4f}"
    variant = _variant(told.mode, told.with_inputs)
    console.print(Text(f"{_shown(identifier)}: FlowSim {similarity} ({variant})"))
    for problem in told.problems:
        console.print(Text(_on_one_line(problem)))
    if told.distance is None:
        return
    if told.edits:
        headings = "edit", "kind", "what", "in", "at", "cost"
        console.print(_table(headings, [_row(edit) for edit in told.edits]))
    costs = sum(edit.cost for edit in told.edits)
    console.print(f"sum of the costs {costs}, tree edit distance {told.distance}")


def print_roll_up(
    told: RollUp, mode: str, with_inputs: bool, problems: Mapping[str, Sequence[str]]
) -> None:
    """Print what the edits of many pairs cost, and what was missed, added and renamed most.

    `problems` says by id why some of them could not be compared.
    """
    console = _console()
    console.print(
        f"{told.pairs} pairs ({_variant(mode, with_inputs)}), {told.not_compared} not compared; "
        f"tree edit distances: {told.distance}"
    )
    missed = [(row.definition, f"{row.times} of {row.total}") for row in told.missed]
    extra = [(row.definition, f"{row.times} of {row.total}") for row in told.extra]
    renamed = [(row.kind, row.candidate, row.reference, str(row.times)) for row in told.renamed]
    left_out = [(identifier, "; ".join(why)) for identifier, why in problems.items()]
    for headings, rows in (
        (("edit", "cost", "share"), _shares(told.operations)),
        (("kind", "cost", "share"), _shares(told.kinds)),
        (("missed component", "of the references'"), missed),
        (("extra component", "of the candidates'"), extra),
        (("renamed", "candidate", "reference", "times"), renamed),
        (("not compared", "because"), left_out),
    ):
        if rows:
            shown = [[Text(_shown(cell)) for cell in row] for row in rows[:_MOST_ROWS]]
            console.print(_table(headings, shown))
        if len(rows) > _MOST_ROWS:
            console.print(f"  and {len(rows) - _MOST_ROWS} more (--json)")


def _shares(rows: Sequence[Share]) -> list[tuple[str, ...]]:
    return [(row.name, str(row.cost), f"{row.share:.1%}") for row in rows]


def _variant(mode: str, with_inputs: bool) -> str:
    return f"mode {mode}, {'with' if with_inputs else 'no'} inputs"


def _row(edit: Edit) -> list[Text]:
    what = _one_or_both(_shown(place.label) for place in edit.places)
    if len(edit.parts) > 1:
        what += f" ({len(edit.parts)} nodes)"
    path = _one_or_both(_shown(place.path, keep_end=True) or "top level" for place in edit.places)
    pointer = _one_or_both(place.pointer for place in edit.places)
    operation = Text(edit.operation, _STYLES[edit.operation])
    return [operation, *map(Text, (edit.kind, what, path, pointer, str(edit.cost)))]


def _one_or_both(names: Iterable[str]) -> str:
    """Return what holds for the candidate and what for the reference, once if it is the same."""
    return " → ".join(dict.fromkeys(names))


def _table(headings: Sequence[str], rows: Iterable[Sequence[Text]]) -> Table:
    """Return a table; numbers stand to the right."""
    table = Table(box=box.SIMPLE)
    for heading in headings:
        justify: JustifyMethod = "right" if heading in _NUMBERS else "left"
        table.add_column(heading, justify=justify, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _shown(text: str, keep_end: bool = False) -> str:
    """Return a name, or the end of a long path, as far as there is room."""
    text = _on_one_line(text)
    if len(text) <= _LONGEST:
        return text
    return f"…{text[1 - _LONGEST :]}" if keep_end else f"{text[: _LONGEST - 1]}…"


def _on_one_line(text: str) -> str:
    """Return the text without what a terminal would obey."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)


def _console() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_WIDE)
