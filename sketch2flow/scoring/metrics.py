"""The names of all scores, by mode; one list for files, tables and reports."""

from __future__ import annotations

# StarFlow's six, in every mode.
METRICS: tuple[str, ...] = (
    "flow_sim_no_inputs",
    "flow_sim_with_inputs",
    "flow_bleu_no_inputs",
    "flow_bleu_with_inputs",
    "flow_trigger_match_score",
    "flow_component_match_score",
)

# What a mode measures besides.
_OF_MODE: dict[str, tuple[str, ...]] = {
    "starflow": (),
    "strict": (
        "node_precision_no_inputs",
        "node_precision_with_inputs",
        "node_recall_no_inputs",
        "node_recall_with_inputs",
        "flow_bleu_precision_no_inputs",
        "flow_bleu_precision_with_inputs",
        "flow_bleu_f1_no_inputs",
        "flow_bleu_f1_with_inputs",
        "trigger_type_match_score",
        "trigger_input_match_score",
        "component_multiset_match_score",
    ),
}


def metrics_of(mode: str) -> tuple[str, ...]:
    """Return the names of a mode's scores, in their order; ValueError for an unknown mode."""
    if mode not in _OF_MODE:
        raise ValueError(f"unknown mode {mode!r}; known modes: {', '.join(_OF_MODE)}")
    return (*METRICS, *_OF_MODE[mode])


# The scores of all modes, each once.
ALL_METRICS = tuple(dict.fromkeys(name for mode in _OF_MODE for name in metrics_of(mode)))
