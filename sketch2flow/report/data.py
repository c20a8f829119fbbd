"""What a report is made of: the input of `write_report`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sketch2flow.report.champion import HEADLINE, Decision
from sketch2flow.report.scores import Row


@dataclass(frozen=True)
class Sample:
    """One example to look at: the picture, the true document and what the model answered.

    `truth` and `answer` are texts as they stand in the data set and the prediction (with or
    without a json fence); `rank` says why it is shown, for instance best, median or worst.
    """

    identifier: str
    source: str
    rank: str
    model: str
    picture: bytes
    truth: str
    answer: str
    scores: Mapping[str, float | None]
    structure_errors: Sequence[str] = ()
    error: str | None = None


@dataclass(frozen=True)
class ReportData:
    """Everything that the page shows; whatever is left empty is said to be missing.

    `model` is the model that the page is about, named as in the tables. `tables` maps a metric
    table's name to its rows as Warehouse.read returns them. `dataset` and `training` are facts in
    display order (values: text, numbers, or one level of named counts). `losses` holds mappings
    with `step` and `loss`. `absent` maps a model to why it is not scored, or not on
    all pictures.
    """

    model: str
    tables: Mapping[str, Sequence[Row]]
    samples: Sequence[Sample] = ()
    dataset: Mapping[str, object] = field(default_factory=dict)
    training: Mapping[str, object] = field(default_factory=dict)
    losses: Sequence[Mapping[str, Any]] = ()
    decision: Decision | None = None
    absent: Mapping[str, str] = field(default_factory=dict)
    mode: str = "starflow"
    metric: str = HEADLINE
    created: str = ""
    title: str = "Reading sketches of workflows: evaluation"
