"""Why one candidate has the FlowSim that it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sketch2flow.scoring.explanations.anatomy import Anatomy
from sketch2flow.scoring.explanations.edits import Edit, edits_of
from sketch2flow.scoring.explanations.script import best_script
from sketch2flow.scoring.modes import marked
from sketch2flow.scoring.pairs import score_pair
from sketch2flow.scoring.source import Source, reference_source
from sketch2flow.scoring.tree import MarkedTree, TooLargeError

_NAMED_ERRORS = 3  # of a text that cannot be compared


@dataclass(frozen=True, slots=True)
class Explanation:
    """What makes up the distance between a candidate and one reference.

    The costs of the `edits` sum to `distance`, the tree edit distance that the FlowSim
    `similarity` is made of. Where the two cannot be compared, `problems` says why, and there is
    neither distance nor edit. The components of both trees are there in words.
    """

    mode: str
    with_inputs: bool
    similarity: float | None
    distance: int | None = None
    edits: tuple[Edit, ...] = ()
    problems: tuple[str, ...] = ()
    candidate_components: tuple[str, ...] = ()
    reference_components: tuple[str, ...] = ()

    def to_object(self) -> dict[str, Any]:
        """Return the explanation as plain values, for JSON."""
        return {
            "mode": self.mode,
            "with_inputs": self.with_inputs,
            "similarity": self.similarity,
            "distance": self.distance,
            "edits": [edit.to_object() for edit in self.edits],
            "problems": list(self.problems),
        }


def explain(
    candidate: str, reference: str, mode: str = "starflow", with_inputs: bool = True
) -> Explanation:
    """Explain the FlowSim of a candidate answer against a reference answer (text, as a model's).

    Of all cheapest edit scripts the most readable one is told. ValueError for an unknown mode;
    TooLargeError for trees over tree.MAX_NODES and pairs over script.MAX_CELLS; nothing else is
    raised for what the texts hold.
    """
    score = score_pair(candidate, reference, mode)
    similarity = score.scores.get(f"flow_sim_{'with' if with_inputs else 'no'}_inputs")
    found = _tree("candidate", Source(candidate), mode, with_inputs)
    wanted = _tree("reference", reference_source(reference), mode, with_inputs)
    if isinstance(found, str) or isinstance(wanted, str):
        problems = tuple(side for side in (found, wanted) if isinstance(side, str))
        return Explanation(mode, with_inputs, similarity, problems=problems)
    if score.error is not None:
        return Explanation(mode, with_inputs, None, problems=(score.error,))
    ours, theirs = Anatomy(found), Anatomy(wanted)
    distance, pairs = best_script(ours, theirs)
    return Explanation(
        mode,
        with_inputs,
        similarity,
        distance,
        tuple(edits_of(ours, theirs, pairs)),
        candidate_components=_components(ours),
        reference_components=_components(theirs),
    )


def _tree(side: str, source: Source, mode: str, with_inputs: bool) -> MarkedTree | str:
    """Return the tree of a side, or in one line why there is none."""
    try:
        tree = marked(mode)(source, with_inputs)
    except TooLargeError:
        raise
    except (ValueError, RecursionError) as error:
        return f"the {side} stops the scorer: {error}"
    return tree or f"the {side} has no tree that could be compared ({_trouble(source)})"


def _trouble(source: Source) -> str:
    """Return what the lenient door finds wrong in a text that has no tree.

    Values of a wrong type, if it could read the text, and else why it could not.
    """
    unread = source.answer.workflow is None
    errors = [error for error in source.answer.errors if unread or error.code == "wrong_type"]
    named = [f"{error.pointer or 'at the top'}: {error.message}" for error in errors]
    if len(named) > _NAMED_ERRORS:
        named[_NAMED_ERRORS:] = [f"{len(named) - _NAMED_ERRORS} more"]
    return "; ".join(named) or "it is nested too deeply"


def _components(side: Anatomy) -> tuple[str, ...]:
    return tuple(side.words(node) for node in side.in_order if side.kinds[node] == "component")
