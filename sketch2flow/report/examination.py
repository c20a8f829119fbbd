"""What a reader's answers to held-out pictures are worth: by size, by medium, by unseen words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sketch2flow.scoring import PairScore, Summary, score_pairs, summarise
from sketch2flow.scoring.letters import character_errors
from sketch2flow.workflow import Workflow, read_answer

MODE = "strict"
# Measure -> heading; of the wrong letters (character error rate) fewer are better.
MEASURES = {
    "flow_sim_no_inputs": "FlowSim",
    "flow_sim_with_inputs": "FlowSim with inputs",
    "flow_trigger_match_score": "trigger match",
    "flow_component_match_score": "component match",
    "character_errors": "wrong letters",
    "unseen_character_errors": "wrong in unseen words",
    "whole": "whole right",
}
FACTORS = {"size": "steps", "medium": "medium", "unseen": "share of unseen words"}

# Upper limits of the shares of unseen words that are told apart.
_UNSEEN = {0.0: "none", 0.15: "up to 15 %", 1.0: "more than 15 %"}


@dataclass(frozen=True)
class Mark:
    """What one answer to the picture of a held-out row is worth; None: does not apply.

    Of the letters in annotations that are wrong, the share; `unseen_character_errors` is that in
    words which no training document has. `whole`: 1 where the document is right to the letter.
    """

    row: Mapping[str, Any]
    answer: str
    factors: Mapping[str, str]
    values: Mapping[str, float | None]
    score: PairScore


def marks(
    rows: Sequence[Mapping[str, Any]],
    answers: Mapping[str, str],
    bands: Sequence[tuple[int, int]],
) -> list[Mark]:
    """Return a mark for each held-out row; one that has no answer is all wrong."""
    texts = [answers.get(row["identifier"], "") for row in rows]
    pairs = [
        (row["identifier"], text, row["annotations"][0])
        for row, text in zip(rows, texts, strict=True)
    ]
    scores = [score for _, score in score_pairs(pairs, MODE)]
    return [
        _mark(row, text, score, bands) for row, text, score in zip(rows, texts, scores, strict=True)
    ]


def _mark(
    row: Mapping[str, Any], text: str, score: PairScore, bands: Sequence[tuple[int, int]]
) -> Mark:
    truth, answer = read_answer(row["annotations"][0]).workflow, read_answer(text).workflow
    assert truth is not None
    said = _said(truth)
    unseen = _unseen(said, row["free_words"])
    errors = character_errors(said, _said(answer) if answer else "")
    wrong = [sum(errors[slice(*span)]) for span in unseen]
    letters = sum(end - start for start, end in unseen)
    least, most = next(band for band in bands if row["components"] <= band[1])
    share = len(unseen) / max(1, len(said.split()))
    return Mark(
        row,
        text,
        {
            "size": f"{least}-{most}",
            "medium": row["medium"],
            "unseen": next(name for limit, name in _UNSEEN.items() if share <= limit),
        },
        {
            **{name: score.scores.get(name) for name in MEASURES},
            "character_errors": sum(errors) / len(said) if said else None,
            "unseen_character_errors": sum(wrong) / letters if letters else None,
            "whole": float(answer == truth),
        },
        score,
    )


def _said(workflow: Workflow) -> str:
    """Return all annotations, one a line."""
    parts = (workflow.trigger, *workflow.components)
    return "\n".join(part.annotation for part in parts if part is not None)


def _unseen(said: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Return where the words stand, the s of a plural left out."""
    if not words:
        return []
    either = "|".join(map(re.escape, words))
    return [found.span(1) for found in re.finditer(rf"\b({either})s?\b", said)]


def overall(found: Sequence[Mark]) -> dict[str, Summary]:
    """Return each measure's mean with its interval, a bootstrap over the documents."""
    return {name: summarise([mark.values[name] for mark in found]) for name in MEASURES}


def by_factor(found: Sequence[Mark], factor: str) -> dict[str, dict[str, Summary]]:
    """Return each value of a factor with the summaries of its documents, in order of coming."""
    values = dict.fromkeys(mark.factors[factor] for mark in found)
    if factor == "unseen":
        values = dict.fromkeys(value for value in _UNSEEN.values() if value in values)
    return {
        value: overall([mark for mark in found if mark.factors[factor] == value])
        for value in values
    }
