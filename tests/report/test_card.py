"""The section of scores in a model card."""

from sketch2flow.report.card import HEADING, scores_section, with_scores
from sketch2flow.scoring import Summary

CARD = "---\ntags: [a]\n---\n# model\n\nTrained.\n"


def summary(mean: float | None) -> Summary:
    if mean is None:
        return Summary(0, 3, None, None, None, None)
    return Summary(3, 0, mean, mean, mean - 0.1, mean + 0.1)


def section(mean: float) -> str:
    figures = {"flow_sim_no_inputs": summary(mean), "whole": summary(None)}
    other = {"flow_sim_no_inputs": summary(0.1), "whole": summary(0.0)}
    curve = {"size": ({"1-2": figures}, {"1-2": other})}
    return scores_section(90, 7, (figures, other), curve)


def test_scores_stand_beside_their_control_and_what_does_not_apply_is_a_dash() -> None:
    text = section(0.8)
    assert "| FlowSim | 0.800 (0.70–0.90) | 0.100 (0.00–0.20) |" in text
    assert "| whole right | – | 0.000 (-0.10–0.10) |" in text
    assert "| FlowSim by steps | answers | exchanged |" in text
    assert "--rows 90 --seed 7" in text


def test_a_section_takes_the_place_of_the_one_before_and_leaves_the_others() -> None:
    card = with_scores(CARD, section(0.8))
    assert card.startswith(CARD)
    again = with_scores(card + "\n## Licence\n\nfree\n", section(0.9))
    assert again.count(HEADING) == 1
    assert "0.900" in again
    assert "0.800" not in again
    assert "## Licence\n\nfree" in again
    assert again.startswith(CARD)
    assert with_scores(again, section(0.9)) == again
