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
OF_MODE: dict[str, tuple[str, ...]] = {
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


# What an answer's soundness makes of them, in every mode (`soundness.Soundness`).
OF_SOUNDNESS = (
    "flow_sim_no_inputs_unbroken",
    "flow_sim_with_inputs_unbroken",
    "would_activate",
)


def metrics_of(mode: str) -> tuple[str, ...]:
    """Return the names of a mode's scores, in their order; ValueError for an unknown mode."""
    if mode not in OF_MODE:
        raise ValueError(f"unknown mode {mode!r}; known modes: {', '.join(OF_MODE)}")
    return (*METRICS, *OF_MODE[mode], *OF_SOUNDNESS)


# The scores of all modes, each once.
ALL_METRICS: tuple[str, ...] = tuple(
    dict.fromkeys(name for mode in OF_MODE for name in metrics_of(mode))
)
