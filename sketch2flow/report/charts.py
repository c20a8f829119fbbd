"""Charts as SVG text: bars with intervals and curves, readable without colour and aloud."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

WIDTH = 460
LABEL_WIDTH, VALUE_WIDTH = 112, 46
BAR, BAR_GAP, GROUP_GAP, TOP = 12, 3, 14, 6
MAX_LABEL = 17  # characters that fit beside the bars
MAX_GROUPS = 30
MAX_POINTS = 400

# Characters that XML 1.0 has no place for, escaped or not.
_NOT_XML = re.compile(r"[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")

# The classes take their colours from the page; these stand where there is none.
_COLOURS = {
    "s0": "#1f5fa8",
    "s1": "#b35806",
    "s2": "#3b7d4f",
    "s3": "#7a4fa3",
    "control": "#8b949e",
}


@dataclass(frozen=True)
class Bar:
    """One bar: its series, its style class (s0..s3 or control), a value and its interval."""

    series: str
    style: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None


@dataclass(frozen=True)
class Curve:
    """One line: its series, its style class, and points (x, y)."""

    series: str
    style: str
    points: Sequence[tuple[float, float]]


def bar_chart(
    name: str, title: str, description: str, groups: Sequence[tuple[str, Sequence[Bar]]]
) -> str:
    """Return horizontal bars on a scale of 0 to 1, grouped, with intervals, as SVG.

    `name` makes the ids unique within a page. Values beyond the scale end at its edge; the
    number beside the bar is the true one. At most 30 groups are drawn.
    """
    left, right = LABEL_WIDTH, WIDTH - VALUE_WIDTH
    parts: list[str] = []
    y = TOP
    for label, bars in groups[:MAX_GROUPS]:
        middle = y + len(bars) * (BAR + BAR_GAP) / 2
        parts.append(_label(label, bars, middle))
        for bar in bars:
            parts.append(_bar(label, bar, y, left, right))
            y += BAR + BAR_GAP
        y += GROUP_GAP
    bottom = y - GROUP_GAP + 4
    if len(groups) > MAX_GROUPS:
        parts.append(_text(4, bottom + 34, f"and {len(groups) - MAX_GROUPS} more", "muted"))
    grid = []
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = left + tick * (right - left)
        grid.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{bottom}"/>')
        grid.append(_text(x, bottom + 15, f"{tick:g}", "muted", "middle"))
    height = bottom + (40 if len(groups) > MAX_GROUPS else 20)
    return _svg(name, title, description, height, [*grid, *parts])


def line_chart(
    name: str, title: str, description: str, curves: Sequence[Curve], x_name: str
) -> str:
    """Return curves over a common x axis as SVG; the y axis is logarithmic if that reads better.

    Points that are not finite are left out; more than 400 a curve are thinned evenly.
    """
    kept = [Curve(c.series, c.style, _thin(c.points)) for c in curves]
    points = [point for curve in kept for point in curve.points]
    if not points:
        return _svg(name, title, description, 30, [_text(4, 20, "no points", "muted")])
    left, right, top, bottom = 52.0, WIDTH - 12.0, 12.0, 210.0
    xs, ys = [x for x, _ in points], [y for _, y in points]
    logarithmic = min(ys) > 0 and max(ys) / min(ys) > 20
    ticks = _log_ticks(min(ys), max(ys)) if logarithmic else _ticks(min(0.0, *ys), max(ys))
    scale = math.log10 if logarithmic else float
    low, high = scale(min(*ticks, *ys)), scale(max(*ticks, *ys))

    def place(x: float, y: float) -> tuple[float, float]:
        across = (x - min(xs)) / ((max(xs) - min(xs)) or 1.0)
        up = (scale(y) - low) / ((high - low) or 1.0)
        return left + across * (right - left), bottom - up * (bottom - top)

    parts: list[str] = []
    for tick in ticks:
        _, y = place(xs[0], tick)
        parts.append(f'<line class="grid" x1="{left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(_text(left - 6, y + 4, f"{tick:g}", "muted", "end"))
    for x in sorted({min(xs), max(xs)}):
        anchor = "start" if x == min(xs) else "end"
        parts.append(_text(place(x, ticks[0])[0], bottom + 18, f"{x:,.0f}", "muted", anchor))
    parts.append(_text((left + right) / 2, bottom + 18, x_name, "muted", "middle"))
    for curve in kept:
        if not curve.points:
            continue
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in curve.points))
        colour = _COLOURS.get(curve.style, "#000")
        parts.append(
            f'<polyline class="curve {curve.style}" fill="none" stroke="{colour}" '
            f'stroke-width="2" points="{line}"><title>{_clean(curve.series)}</title></polyline>'
        )
    legend = left + 8.0
    for curve in kept:
        colour = _COLOURS.get(curve.style, "#000")
        parts.append(
            f'<line class="curve {curve.style}" stroke="{colour}" stroke-width="3" '
            f'x1="{legend:.0f}" x2="{legend + 18:.0f}" y1="246" y2="246"/>'
        )
        parts.append(_text(legend + 24, 250, curve.series))
        legend += 40 + 7 * len(curve.series)
    return _svg(name, title, description, 258, parts)


def _bar(label: str, bar: Bar, y: float, left: float, right: float) -> str:
    if bar.value is None:
        return _text(right + 6, y + BAR - 2, "–", "value muted")
    x = _across(bar.value, left, right)
    interval = whisker = ""
    if bar.low is not None and bar.high is not None:
        interval = f" [{bar.low:.3f}, {bar.high:.3f}]"
        low, high, middle = (
            _across(bar.low, left, right),
            _across(bar.high, left, right),
            y + BAR / 2,
        )
        whisker = (
            f'<path class="whisker" fill="none" stroke="#111" '
            f'd="M{low:.1f} {y + 3}V{y + BAR - 3}M{low:.1f} {middle}H{high:.1f}'
            f'M{high:.1f} {y + 3}V{y + BAR - 3}"/>'
        )
    n = "" if bar.n is None else f", n {bar.n}"
    spoken = _clean(f"{bar.series}, {label}: {bar.value:.3f}{interval}{n}")
    return (
        f'<g><title>{spoken}</title><rect class="bar {bar.style}" rx="1.5" '
        f'fill="{_COLOURS.get(bar.style, "#000")}" x="{left}" y="{y}" '
        f'width="{max(x - left, 1.0):.1f}" height="{BAR}"/>{whisker}'
        f"{_text(right + 6, y + BAR - 2, f'{bar.value:.2f}', 'value')}</g>"
    )


def _label(label: str, bars: Sequence[Bar], middle: float) -> str:
    short = label if len(label) <= MAX_LABEL else f"{label[: MAX_LABEL - 1]}…"
    n = max((bar.n for bar in bars if bar.n is not None), default=None)
    y = middle + (4 if n is None else -1)
    full = f"<title>{_clean(label)}</title>"
    text = f'<text class="label" text-anchor="end" x="{LABEL_WIDTH - 8}" y="{y:.1f}">'
    count = "" if n is None else _text(LABEL_WIDTH - 8, middle + 12, f"n {n}", "muted", "end")
    return f"{text}{_clean(short)}{full}</text>{count}"


def _svg(name: str, title: str, description: str, height: float, parts: Sequence[str]) -> str:
    ids = re.sub(r"[^a-zA-Z0-9_-]", "-", name)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {WIDTH} {height:g}" '
        f'role="img" aria-labelledby="{ids}-title {ids}-desc" font-family="system-ui, sans-serif" '
        f'font-size="12"><title id="{ids}-title">{_clean(title)}</title>'
        f'<desc id="{ids}-desc">{_clean(description)}</desc>{"".join(parts)}</svg>'
    )


def _text(x: float, y: float, text: str, style: str = "label", anchor: str = "start") -> str:
    return (
        f"<text class={quoteattr(style)} text-anchor={quoteattr(anchor)} "
        f'x="{x:.1f}" y="{y:.1f}">{_clean(text)}</text>'
    )


def _clean(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text))


def _across(value: float, left: float, right: float) -> float:
    return left + min(max(value, 0.0), 1.0) * (right - left)


def _thin(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    finite = [(x, y) for x, y in points if math.isfinite(x) and math.isfinite(y)]
    step = max(1, math.ceil(len(finite) / MAX_POINTS))
    return finite[::step] + (finite[-1:] if (len(finite) - 1) % step else [])


def _ticks(low: float, high: float) -> list[float]:
    """Return about five round numbers from below `low` to above `high`."""
    span = (high - low) or abs(high) or 1.0
    power = 10.0 ** math.floor(math.log10(span / 4))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= span / 4)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(number * step, 12) for number in range(first, max(last, first + 1) + 1)]


def _log_ticks(low: float, high: float) -> list[float]:
    return [
        10.0**power for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ]
