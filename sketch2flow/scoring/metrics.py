"""The names of all scores, by what they need; one list for files, tables and reports."""

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
