"""Whether an answer is broken, and whether it would run: beside the scores of every mode."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sketch2flow.scoring.source import Source
from sketch2flow.workflow.rules import WARNINGS

if TYPE_CHECKING:
    from sketch2flow.workflow.catalogue import Catalogue

# The rules of "Fine-Tune an SLM or Prompt an LLM?" (2025): it prints the ELSE that has no IF, and
# what is no workflow in JSON cannot be better.
STRICT_RULES = frozenset({"else_without_if", "json_invalid", "not_object"})
UNREADABLE = "unreadable"  # among activation errors: there is nothing that could run


class Soundness(NamedTuple):
    """What can be told of an answer without a reference.

    `structure_errors` are the codes of its broken rules, `is_broken` says whether any of them is
    more than a warning, `is_broken_strictly` whether one is of STRICT_RULES or nothing could be
    read at all. `activation_errors` are the codes of what would stop it in an environment, None
    where none is given. Codes are sorted, each once.
    """

    structure_errors: tuple[str, ...]
    is_broken: bool
    is_broken_strictly: bool
    activation_errors: tuple[str, ...] | None

    def with_scores(self, scores: Mapping[str, float | None]) -> dict[str, float | None]:
        """Return `scores` with those that soundness makes of them.

        `would_activate`: 1.0 where no structure rule is broken and nothing would stop it, else
        0.0; None without an environment. `..._unbroken`: FlowSim where an answer that is broken
        strictly scores 0, the second score of the study that STRICT_RULES names; of a pair
        without scores, too.
        """
        found = dict(scores)
        for name in ("flow_sim_no_inputs", "flow_sim_with_inputs"):
            is_applicable = scores.get(name) is not None or name not in scores
            is_zero = self.is_broken_strictly and is_applicable
            found[f"{name}_unbroken"] = 0.0 if is_zero else scores.get(name)
        if self.activation_errors is None:
            return {**found, "would_activate": None}
        return {**found, "would_activate": float(not self.is_broken and not self.activation_errors)}


def soundness(source: Source, catalogue: Catalogue | Path | None = None) -> Soundness:
    """Return what can be told of an answer; a path is loaded once per process."""
    codes = source.codes
    return Soundness(
        codes,
        is_broken=not WARNINGS.issuperset(codes),
        is_broken_strictly=source.answer.workflow is None or not STRICT_RULES.isdisjoint(codes),
        activation_errors=None if catalogue is None else _activation(source, catalogue),
    )


def _activation(source: Source, catalogue: Catalogue | Path) -> tuple[str, ...]:
    from sketch2flow.workflow.activation import activation_errors
    from sketch2flow.workflow.catalogue import load_catalogue

    if source.answer.workflow is None:
        return (UNREADABLE,)
    known = load_catalogue(catalogue) if isinstance(catalogue, Path) else catalogue
    found = activation_errors(source.answer.workflow, known, source.answer.positions)
    return tuple(sorted({error.code for error in found}))
