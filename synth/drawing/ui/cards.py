"""Cards: what stands in one, where, before it has its place in the diagram."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from synth.diagram import Node
from synth.drawing.fonts import check_letters
from synth.drawing.geometry import Box, Slot
from synth.drawing.lettering import Lettering
from synth.drawing.outlines import Outline
from synth.drawing.scene import Align, Content, TextLine, set_lines
from synth.drawing.ui.names import kind_of, number_of, title_of

Place = Literal["none", "inside", "outside", "title"]


@dataclass(frozen=True)
class CardForm:
    """How cards are set; lengths are in units.

    `number` stands before the icon (`inside`), left of the card (`outside`) or in the title.
    `caption` is a small line with the kind of step, above or below the title. The annotation
    stands below the head over the whole width (on a `strip` of its own colour), or `beside` the
    icon. A `header` is a coloured bar with the icon and the title. `bar` is the width of a coloured
    strip along the left edge, which holds the icon with `bar_tile`.
    """

    title: Lettering
    text: Lettering
    small: Lettering
    width: float = 220.0
    pad: float = 9.0
    bar: float = 0.0
    bar_tile: bool = False
    tile: float = 20.0
    number: Place = "inside"
    caption: Literal["none", "above", "below"] = "none"
    text_at: Literal["below", "strip", "beside", "header"] = "strip"
    align: Align = "left"
    kebab: bool = True
    own_triggers: bool = False
    gap: float = 6.0
    strip_pad: float = 5.0
    outline: Outline = "rounded"
    least: float = 0.0

    @property
    def column(self) -> float:
        """The width that numbers take left of the cards."""
        return self.small.width("Trigger") + 8 if self.number == "outside" else 0.0


def wrapped(text: str, lettering: Lettering, width: float) -> list[tuple[str, float]]:
    """Return `text` in lines, with their lengths, that reach no further than `width`.

    Words that are longer are cut.
    """
    lines: list[tuple[str, float]] = []
    line, reach = "", 0.0
    space = lettering.width(" ")
    for word in text.split():
        wide = lettering.width(word)
        if line and reach + space + wide <= width:
            line, reach = f"{line} {word}", reach + space + wide
            continue
        if line:
            lines.append((line, reach))
        while wide > width and len(word) > 1:
            fits = max(1, int(len(word) * width / wide))
            while fits > 1 and lettering.width(word[:fits]) > width:
                fits -= 1
            lines.append((word[:fits], lettering.width(word[:fits])))
            word = word[fits:]
            wide = lettering.width(word)
        line, reach = word, wide
    return [*lines, (line, reach)] if line else lines


def card(node: Node, form: CardForm) -> Content:
    """Return what the card of a step shows; a start or an end is a pill of its own."""
    if node.kind in ("start", "end"):
        return marker(node, form)
    number = number_of(node)
    title = title_of(node, form.own_triggers)
    if form.number == "title" and node.order is not None:
        title = f"{number}. {title}"
    column = form.column
    left, right = column + form.pad + form.bar, column + form.width - form.pad
    head_x = left
    if form.number == "inside" and number:
        head_x += form.small.width(number) + 7
    if form.tile and not form.bar_tile:
        head_x += form.tile + 7
    head = [(title, form.title, "title")]
    if form.caption != "none" and kind_of(node) != title:
        head.insert(form.caption == "below", (kind_of(node), form.small, "caption"))
    heads = stacked(head, head_x, right - (11 if form.kebab else 0), form.align)
    aside = form.text_at == "beside"
    inset = form.text_at == "strip"
    texts = stacked(
        [(node.text, form.text, "text")],
        head_x if aside else left + inset,
        right - inset,
        form.align,
    )
    y = form.pad
    if aside:
        space = 3 + form.text.line_height - form.text.ascent - form.text.descent
        top = y + max(0.0, (form.tile - heads.height - space - texts.height) / 2)
        text_y = top + heads.height + space
        bottom = max(y + form.tile, text_y + texts.height)
    else:
        top = y + max(0.0, (form.tile - heads.height) / 2)
        text_y = y + max(form.tile, heads.height) + form.gap
        text_y += form.strip_pad if form.text_at in ("strip", "header") else 0.0
        bottom = text_y + texts.height + (form.strip_pad - form.pad / 2 if inset else 0.0)
    lines = [*heads.at(top), *texts.at(text_y)]
    if form.number in ("inside", "outside") and number:
        baseline = next(line.baseline for line in lines if line.role == "title")
        if form.caption == "above" and form.tile:
            baseline = form.pad + (form.tile + form.small.ascent) / 2
        wide = form.small.width(number)
        x = left if form.number == "inside" else column - 6 - wide
        lines.append(TextLine(number, x, baseline, wide, form.small, "number"))
    height = max(bottom + form.pad, form.least)
    return Content(
        Slot(form.width + column, height, across=column + form.width / 2),
        form.outline,
        Box(column, 0, form.width, height),
        tuple(lines),
    )


@dataclass(frozen=True)
class Stack:
    """Lines below each other (text, x, baseline from the top, width, lettering, role)."""

    lines: tuple[tuple[str, float, float, float, Lettering, str], ...]
    height: float

    def at(self, y: float) -> list[TextLine]:
        """Return the lines with their top at `y`."""
        return [
            TextLine(text, x, y + baseline, width, lettering, role)
            for text, x, baseline, width, lettering, role in self.lines
        ]


def stacked(
    texts: Sequence[tuple[str, Lettering, str]], left: float, right: float, align: Align
) -> Stack:
    """Return texts below each other, wrapped between `left` and `right`."""
    lines = []
    baseline = height = 0.0
    before: Lettering | None = None
    for text, lettering, role in texts:
        check_letters(lettering.face, text)
        for line, width in wrapped(text, lettering, right - left):
            if before is None:
                baseline = lettering.ascent
            else:
                baseline += (before.line_height + lettering.line_height) / 2
            before = lettering
            x = left if align == "left" else (left + right - width) / 2
            lines.append((line, x, baseline, width, lettering, role))
            height = baseline + lettering.descent
    return Stack(tuple(lines), height)


def marker(node: Node, form: CardForm) -> Content:
    """Return the pill of a start or an end."""
    lines, wide, high = set_lines([(node.text, form.title, "marker")])
    width, height = wide + 2 * high, high * 2
    moved = tuple(line.moved((width - wide) / 2, (height - high) / 2) for line in lines)
    return Content(Slot(width, height), "pill", Box(0, 0, width, height), moved)
