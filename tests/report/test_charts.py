"""Charts are valid XML with a title and a description, whatever the labels and numbers are."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from sketch2flow.report.charts import Bar, Curve, bar_chart, line_chart

SVG = "{http://www.w3.org/2000/svg}"
TEXTS = st.text(max_size=30)
NUMBERS = st.one_of(st.none(), st.floats(-2, 3))
BARS = st.builds(
    Bar, TEXTS, st.sampled_from(["s0", "control"]), NUMBERS, NUMBERS, NUMBERS, st.integers(0, 9)
)


def check(svg: str, title: str | None = None) -> ET.Element:
    root = ET.fromstring(svg)
    ids = (root.get("aria-labelledby") or "").split()
    assert root.get("role") == "img"
    assert [root.find(f"{SVG}{tag}").get("id") for tag in ("title", "desc")] == ids  # type: ignore[union-attr]
    if title is not None:
        assert root.findtext(f"{SVG}title") == title
    return root


@settings(max_examples=40)
@given(TEXTS, TEXTS, st.lists(st.tuples(TEXTS, st.lists(BARS, max_size=3)), max_size=40))
def test_bar_chart_is_valid(name: str, title: str, groups: list[tuple[str, list[Bar]]]) -> None:
    root = check(bar_chart(name, title, title, groups))
    drawn = list(root.iter(f"{SVG}rect"))
    assert len(drawn) == sum(bar.value is not None for _, bars in groups[:30] for bar in bars)
    for rect in drawn:
        width = float(rect.get("width", "nan"))
        assert 0 < width <= 460 - float(rect.get("x", "nan"))


@settings(max_examples=40)
@given(st.lists(st.tuples(st.floats(), st.floats(-1e9, 1e9)), max_size=30), TEXTS)
def test_line_chart_is_valid(points: list[tuple[float, float]], series: str) -> None:
    check(line_chart("losses", "Loss", "Falls.", [Curve(series, "s0", points)], "step"), "Loss")


def test_hostile_text_stays_text() -> None:
    label = "</text><script>alert(1)</script>\x00\ud800"
    root = check(bar_chart("x", label, label, [(label, [Bar(label, "s0", 0.5, 0.4, 0.6, 3)])]))
    assert not list(root.iter(f"{SVG}script"))
    assert "<script>alert(1)</script>\ufffd\ufffd" in "".join(root.itertext())


def test_bars_are_to_scale_with_their_numbers() -> None:
    bars = [
        Bar("reader", "s0", 0.5, 0.25, 0.75, 8),
        Bar("control", "control", 1.0),
        Bar("c", "s1", None),
    ]
    root = check(bar_chart("x", "T", "D", [("manual", bars)]))
    half, full = (float(rect.get("width", "0")) for rect in root.iter(f"{SVG}rect"))
    assert abs(2 * half - full) < 0.2
    texts = ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]
    assert {"0.50", "1.00", "–", "n 8"} <= set(texts)
    spoken = [title.text for title in root.iter(f"{SVG}title")]
    assert "reader, manual: 0.500 [0.250, 0.750], n 8" in spoken


def test_long_curves_are_thinned_and_keep_their_ends() -> None:
    points = [(float(step), 8.0 / (step + 1)) for step in range(5001)]
    root = check(line_chart("x", "T", "D", [Curve("loss", "s0", points)], "step"))
    drawn = root.find(f"{SVG}polyline").get("points", "").split()  # type: ignore[union-attr]
    assert 100 < len(drawn) <= 402
    assert float(drawn[-1].split(",")[0]) == 448.0
    texts = ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]
    assert {"0", "5,000", "0.001", "10"} <= set(texts)  # 8 to 0.0016: a logarithmic axis
