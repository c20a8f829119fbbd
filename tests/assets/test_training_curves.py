from __future__ import annotations

import base64
import re
from typing import Any
from xml.etree import ElementTree

from sketch2flow_assets.defs.shared import TABLE_ROWS
from sketch2flow_assets.defs.training.curves import curves, latest, pictures


def moments(count: int) -> list[dict[str, Any]]:
    return [
        {"step": float(step), "loss": 9 / step, "learning_rate": 1e-3, "tokens_per_second": 5e3}
        | ({"validation_loss": 3 / step} if step % 10 == 0 else {})
        for step in range(1, count + 1)
    ]


def svgs(shown: list[str]) -> list[ElementTree.Element]:
    found = [re.search(r"!\[.*\]\(data:image/svg\+xml;base64,(.*)\)", one) for one in shown]
    return [ElementTree.fromstring(base64.b64decode(one.group(1))) for one in found if one]


def test_there_is_a_picture_of_every_figure_that_was_told() -> None:
    loss, rate, speed = svgs(pictures(moments(40)))
    space = "{http://www.w3.org/2000/svg}"
    lines = loss.findall(f"{space}polyline")
    assert [line.findtext(f"{space}title") for line in lines] == ["loss", "validation_loss"]
    assert loss.findtext(f"{space}desc") == (
        "By step: loss from 9 to 0.225; validation_loss from 0.3 to 0.075."
    )
    for one in (rate, speed):
        assert len(one.findall(f"{space}polyline")) == 1
    assert loss.get("width")
    assert loss.find(f"{space}rect") is not None, "light under a dark page too"


def test_figures_may_be_missing_or_none() -> None:
    told: list[dict[str, Any]] = [{"step": 1.0}, {"loss": 2.0}, {"step": 2, "loss": float("nan")}]
    assert pictures(told) == []
    assert latest(told, "loss") is None
    assert latest([*told, {"step": 3, "loss": 0.5}, {"step": 4}], "loss") == 0.5
    assert curves([])["curves"].value == "no progress was told"


def test_the_table_shows_the_whole_training() -> None:
    shown = [record.data["step"] for record in curves(moments(1000))["curve"].records]
    assert len(shown) == TABLE_ROWS
    assert (shown[0], shown[-1]) == (1.0, 1000.0)
    assert shown == sorted(set(shown))
    assert len(curves(moments(3))["curve"].records) == 3
