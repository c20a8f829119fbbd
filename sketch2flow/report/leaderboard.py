"""The leaderboard: who scored what, with every control beside its model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sketch2flow.report.champion import HEADLINE
from sketch2flow.report.scores import KEY_COLUMNS, Row
from sketch2flow.report.tables import BROKEN, FACTORS
from sketch2flow.scoring import METRICS

METRIC_NAMES = {
    "flow_sim_no_inputs": "FlowSim",
    "flow_sim_with_inputs": "FlowSim with inputs",
    "flow_bleu_no_inputs": "TreeBLEU",
    "flow_bleu_with_inputs": "TreeBLEU with inputs",
    "flow_trigger_match_score": "Trigger match",
    "flow_component_match_score": "Component match",
    BROKEN: "Broken answers",
}
# Values with an order of their own; all others stand in alphabetical order.
ORDERED = ("small", "medium", "large")
FACTOR_NAMES = {table: table.replace("_", " ") for table in FACTORS}


@dataclass(frozen=True)
class Cell:
    """A mean with its 95 % interval over `n` examples; None where there is no number."""

    mean: float | None
    low: float | None
    high: float | None
    n: int
    not_applicable: int

    def __str__(self) -> str:
        return "–" if self.mean is None else f"{self.mean:.3f}"

    @property
    def interval(self) -> str:
        """The interval as text, empty where there is none."""
        if self.low is None or self.high is None:
            return ""
        return f"{self.low:.2f}–{self.high:.2f}"


@dataclass(frozen=True)
class Entry:
    """A model, or one of its controls, on one data revision in one run; `name` is for display."""

    model: str
    control: str | None
    data_revision: str | None
    run: str | None
    name: str
    examples: int
    cells: Mapping[str, Cell]

    def is_row(self, row: Row) -> bool:
        """Whether a row of a metric table is about this entry."""
        return (self.model, self.control, self.data_revision, self.run) == (
            row["model"],
            row["control"],
            row["data_revision"],
            row["run"],
        )


def leaderboard(
    overall: Iterable[Row],
    mode: str = "starflow",
    metric: str = HEADLINE,
    model: str | None = None,
) -> list[Entry]:
    """Return the entries of the table `overall`: best model first, its controls behind it.

    Models without a number for `metric` come last; equal ones by name. Controls that are filed
    under names of their own stand behind `model`, at the end if that is not there.
    """
    rows: dict[tuple[Any, ...], dict[str, Cell]] = {}
    for row in overall:
        if row["mode"] == mode:
            key = tuple(row[name] for name in KEY_COLUMNS)
            rows.setdefault(key, {})[row["metric"]] = cell_of(row)
    alike = Counter(control for _, control, *_ in rows if control is not None)
    entries = [
        Entry(
            model=name,
            control=control,
            data_revision=revision,
            run=run,
            name=_display_name(name, control, alone=alike[control] < 2),
            examples=max((cell.n + cell.not_applicable for cell in cells.values()), default=0),
            cells=cells,
        )
        for (name, control, _, revision, run), cells in rows.items()
    ]
    entries.sort(key=lambda entry: _rank(entry, metric))
    models = {entry.model for entry in entries if entry.control is None}
    board: list[Entry] = []
    left = [entry for entry in entries if entry.control is not None]
    for entry in (entry for entry in entries if entry.control is None):
        own = [
            control
            for control in left
            if (control.data_revision, control.run) == (entry.data_revision, entry.run)
            and (
                control.model == entry.model
                or (control.model not in models and entry.model == model)
            )
        ]
        left = [control for control in left if control not in own]
        board += [entry, *own]
    return board + left


def cell_of(row: Row) -> Cell:
    """Return the numbers of a metric table's row."""
    return Cell(row["mean"], row["low"], row["high"], row["n"], row["not_applicable"])


def featured(board: Sequence[Entry], model: str, limit: int = 4) -> list[Entry]:
    """Return the entries that a chart shows: the model, its controls, then the best others.

    A control that is filed under a name of its own goes with the model.
    """
    models = {entry.model for entry in board if entry.control is None}
    own = [e for e in board if e.model == model or (e.control and e.model not in models)]
    others = [entry for entry in board if entry.model != model and entry.control is None]
    return (own + others)[:limit]


def factor_groups(
    rows: Iterable[Row],
    table: str,
    entries: Sequence[Entry],
    mode: str = "starflow",
    metric: str = HEADLINE,
) -> list[tuple[str, list[Cell | None]]]:
    """Return (factor value, one cell for each entry) from a by_* table; None: no such row."""
    groups: dict[str, list[Cell | None]] = {}
    for row in rows:
        if row["mode"] != mode or row["metric"] != metric:
            continue
        value = row[FACTORS[table]]
        cells = groups.setdefault("unknown" if value is None else str(value), [None] * len(entries))
        for place, entry in enumerate(entries):
            if entry.is_row(row):
                cells[place] = cell_of(row)
    if set(groups) <= set(ORDERED):
        values = [value for value in ORDERED if value in groups]
    else:
        values = sorted(groups)
    return [(value, groups[value]) for value in values if any(groups[value])]


def metrics_of(entry: Entry) -> list[tuple[str, Cell | None]]:
    """Return the six metrics and the share of broken answers, in the order of the columns."""
    return [(name, entry.cells.get(name)) for name in (*METRICS, BROKEN)]


def _rank(entry: Entry, metric: str) -> tuple[bool, float, str, str]:
    cell = entry.cells.get(metric)
    mean = cell.mean if cell else None
    return (mean is None, -(mean or 0.0), entry.model, entry.control or "")


def _display_name(model: str, control: str | None, alone: bool) -> str:
    if control is None:
        return model
    kind = control.replace("_", " ")
    return kind if alone else f"{kind} ({model})"
