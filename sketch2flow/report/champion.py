"""Champion or not: the decision whether a newly trained model takes the title, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sketch2flow.report.scores import Row
from sketch2flow.scoring import Summary, summarise

HEADLINE = "flow_sim_no_inputs"
MARGIN = 0.005  # a smaller gain is not worth a change of model
MIN_SHARED = 10  # fewer shared examples decide nothing


@dataclass(frozen=True)
class Facts:
    """A model in the contest.

    `digest` names its training (recipe and data), `scores` maps an example's key to its score row
    (one mode only), `shuffled` the same for the model on shuffled pictures. Keys must mean the
    same picture in both models' facts.
    """

    model: str
    digest: str
    data_revision: str
    scores: Mapping[str, Row]
    shuffled: Mapping[str, Row] | None = None


@dataclass(frozen=True)
class Decision:
    """What was decided, in one sentence and in numbers; None where nothing was compared.

    `difference` (with its 95 % bootstrap interval) is candidate minus champion over the `shared`
    examples, `control_difference` candidate minus its own shuffled-pictures control.
    """

    promoted: bool
    reason: str
    metric: str
    candidate: str
    champion: str | None = None
    same_revision: bool | None = None
    shared: int = 0
    candidate_mean: float | None = None
    champion_mean: float | None = None
    difference: float | None = None
    difference_low: float | None = None
    difference_high: float | None = None
    control_mean: float | None = None
    control_difference: float | None = None
    control_difference_low: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the decision as plain values, for metadata and JSON."""
        return asdict(self)


def facts_of(
    rows: Iterable[Row],
    model: str,
    digest: str,
    data_revision: str,
    mode: str = "starflow",
    control_model: str | None = None,
) -> Facts:
    """Return a model's facts from score rows.

    `control_model` is the name under which its shuffled-pictures control is filed (default: the
    model's own, with `control` set). Only rows of that data revision and mode count. Examples are
    keyed by identifier.
    """
    scores: dict[str, Row] = {}
    shuffled: dict[str, Row] = {}
    for row in rows:
        if (row["mode"], row["data_revision"]) != (mode, data_revision):
            continue
        who = (row["model"], row["control"])
        if who == (model, None):
            scores[row["identifier"]] = row
        elif who == (control_model or model, "shuffled_pictures"):
            shuffled[row["identifier"]] = row
    return Facts(model, digest, data_revision, scores, shuffled or None)


def decide(
    candidate: Facts,
    champion: Facts | None,
    metric: str = HEADLINE,
    margin: float = MARGIN,
    min_shared: int = MIN_SHARED,
) -> Decision:
    """Decide whether the candidate becomes champion; never raises over missing numbers.

    It must beat its own shuffled-pictures control (95 % bootstrap interval of the paired
    difference above 0), and the champion's mean by more than `margin` over the examples that
    both answered, if there is a champion and it is another model.
    """
    facts: dict[str, Any] = {
        "metric": metric,
        "candidate": candidate.model,
        "champion": champion.model if champion else None,
        "candidate_mean": _mean(candidate.scores, metric),
    }

    def decision(promoted: bool, reason: str) -> Decision:
        return Decision(promoted=promoted, reason=reason, **facts)

    if facts["candidate_mean"] is None:
        return decision(False, f"{candidate.model} has no example scored by {metric}")
    if champion and champion.digest == candidate.digest:
        return decision(True, f"{candidate.model} is the champion already (same training)")
    if candidate.shuffled is None:
        reason = "its shuffled-pictures control was not scored: reading cannot be told from a prior"
        return decision(False, f"{candidate.model} is not judged: {reason}")
    pairs = _pairs(candidate.scores, candidate.shuffled, metric)
    control = _difference(pairs)
    facts["control_mean"] = _mean(candidate.shuffled, metric)
    facts |= {"control_difference": control.mean, "control_difference_low": control.low}
    if not _above(control.low, 0.0):
        return decision(
            False,
            f"{candidate.model} does not beat itself on shuffled pictures "
            f"({_interval(control)} over {len(pairs)} examples): it answers from a prior, not by "
            "reading",
        )
    if champion is None:
        return decision(
            True,
            f"{candidate.model} is the first champion: {metric} {facts['candidate_mean']:.3f}, "
            f"{_interval(control)} against itself on shuffled pictures",
        )
    pairs = _pairs(candidate.scores, champion.scores, metric)
    shared, difference = len(pairs), _difference(pairs)
    same = candidate.data_revision == champion.data_revision
    facts |= {
        "same_revision": same,
        "shared": shared,
        "difference": difference.mean,
        "difference_low": difference.low,
        "difference_high": difference.high,
    }
    where = (
        f"on {shared} shared examples of data revision {candidate.data_revision}"
        if same
        else f"on the {shared} examples that data revisions {candidate.data_revision} and "
        f"{champion.data_revision} share"
    )
    if shared < max(min_shared, 1):
        return decision(
            False,
            f"{candidate.model} and {champion.model} cannot be compared {where} "
            f"(at least {min_shared} needed): score the champion on this revision first",
        )
    ours, theirs = (sum(side) / shared for side in zip(*pairs, strict=True))
    facts |= {"candidate_mean": ours, "champion_mean": theirs}
    better = _above(difference.mean, margin)
    return decision(
        better,
        f"{candidate.model} {'beats' if better else 'does not beat'} {champion.model} by more "
        f"than {margin:g} {where}: {metric} {ours:.3f} against {theirs:.3f}, "
        f"{_interval(difference)}",
    )


def _pairs(
    ours: Mapping[str, Row], theirs: Mapping[str, Row], metric: str
) -> list[tuple[float, float]]:
    """Return both models' numbers for each example that has both, in the keys' order."""
    both = [(ours[key][metric], theirs[key][metric]) for key in sorted(ours.keys() & theirs.keys())]
    return [(a, b) for a, b in both if a is not None and b is not None]


def _difference(pairs: Iterable[tuple[float, float]]) -> Summary:
    return summarise([a - b for a, b in pairs])


def _mean(rows: Mapping[str, Row], metric: str) -> float | None:
    values = [row[metric] for row in rows.values() if row[metric] is not None]
    return sum(values) / len(values) if values else None


def _above(value: float | None, bound: float) -> bool:
    return value is not None and value > bound


def _interval(summary: Summary) -> str:
    if summary.mean is None or summary.low is None or summary.high is None:
        return "no difference known"
    return f"difference {summary.mean:+.3f} [{summary.low:+.3f}, {summary.high:+.3f}]"
