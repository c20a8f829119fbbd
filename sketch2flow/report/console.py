"""The metric tables in the terminal, at most 100 columns wide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sketch2flow.report.champion import HEADLINE
from sketch2flow.report.leaderboard import (
    FACTOR_NAMES,
    METRIC_NAMES,
    Cell,
    Entry,
    factor_groups,
    featured,
    leaderboard,
    metrics_of,
)
from sketch2flow.report.scores import Row
from sketch2flow.report.tables import FACTORS

WIDTH = 100
CHARTED = ("by_source", "by_data_source", "by_orientation", "by_resolution")
NAME_WIDTH = 22


def print_metrics(
    console: Console,
    tables: Mapping[str, Sequence[Row]],
    model: str | None = None,
    mode: str = "starflow",
    metric: str = HEADLINE,
    factors: Sequence[str] = CHARTED,
) -> None:
    """Print the leaderboard and one table for each factor.

    `tables` maps table names to rows as Warehouse.read returns them; `model` is the one that the
    factor tables are about (default: the best).
    """
    board = leaderboard(tables.get("overall", ()), mode, metric, model)
    if not board:
        console.print(Text(f"No scores in mode {mode} yet."))
        return
    console.print(leaderboard_table(board, mode))
    shown = featured(board, model if model is not None else board[0].model, limit=5)
    for name in factors:
        groups = factor_groups(tables.get(name, ()), name, shown, mode, metric)
        if groups:
            console.print(factor_table(name, groups, shown, metric))


def leaderboard_table(board: Sequence[Entry], mode: str = "starflow") -> Table:
    """Return the leaderboard as a table: means, below them the 95 % intervals, controls dimmed."""
    table = _table(
        f"Leaderboard (mode {mode}; below each mean its 95 % interval; indented: controls, "
        "which do not read the picture)"
    )
    table.add_column("model", width=NAME_WIDTH, overflow="fold")
    table.add_column("n", justify="right")
    for heading in METRIC_NAMES.values():
        table.add_column(heading.lower(), justify="right", max_width=9, min_width=9)
    for entry in board:
        style = "dim" if entry.control else "bold"
        name = Text(("  " if entry.control else "") + entry.name, style=style)
        cells = [_text(cell, style) for _, cell in metrics_of(entry)]
        table.add_row(name, Text(str(entry.examples)), *cells)
    return table


def factor_table(
    name: str,
    groups: Sequence[tuple[str, Sequence[Cell | None]]],
    entries: Sequence[Entry],
    metric: str = HEADLINE,
) -> Table:
    """Return one factor's table: a row for each value, a column for each entry."""
    table = _table(f"{METRIC_NAMES.get(metric, metric)} {FACTOR_NAMES[name]}")
    table.add_column(FACTORS[name].replace("_", " "), width=NAME_WIDTH, overflow="fold")
    table.add_column("n", justify="right")
    for entry in entries:
        style = "dim" if entry.control else "bold"
        table.add_column(
            Text(entry.name, style=style),
            justify="right",
            max_width=12,
            min_width=9,
            overflow="fold",
        )
    for value, cells in groups:
        n = max(cell.n for cell in cells if cell)
        styles = ["dim" if entry.control else "" for entry in entries]
        texts = [_text(cell, style) for cell, style in zip(cells, styles, strict=True)]
        table.add_row(Text(value), Text(str(n)), *texts)
    return table


def _table(title: str) -> Table:
    return Table(
        title=Text(title), title_justify="left", box=box.SIMPLE, padding=(0, 0), width=None
    )


def _text(cell: Cell | None, style: str = "") -> Text:
    if cell is None or cell.mean is None:
        return Text("–", style=style)
    text = Text(str(cell), style=style)
    return text.append(f"\n{cell.interval}", style="dim") if cell.interval else text
