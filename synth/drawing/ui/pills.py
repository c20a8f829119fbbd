"""Words that stand on connectors in pills: measured with the pill, seated on the line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from synth.drawing.geometry import Box
from synth.drawing.lettering import Lettering
from synth.drawing.scene import Connector, Scene, TextLine
from synth.drawing.ui.seats import Room, around, cut, further


@dataclass(frozen=True)
class PillLettering(Lettering):
    """Lettering whose words are measured with the pill around them; pads are per unit of size."""

    pad_across: float = 0.6
    pad_down: float = 0.22

    def width(self, text: str) -> float:
        """Return how wide the pill around `text` is."""
        return self.plain.width(text) + 2 * self.pads[0]

    @cached_property
    def ascent(self) -> float:
        """How far the pill rises above the line that is written on."""
        return self.plain.ascent + self.pads[1]

    @cached_property
    def descent(self) -> float:
        """How far the pill reaches below the line."""
        return self.plain.descent + self.pads[1]

    @cached_property
    def plain(self) -> Lettering:
        """The lettering of the words themselves."""
        return Lettering(self.face, self.size, self.tracking, self.leading)

    @property
    def pads(self) -> tuple[float, float]:
        """How far the pill reaches beyond its words, across and down."""
        return self.pad_across * self.size, self.pad_down * self.size

    def around(self, label: TextLine) -> Box:
        """Return the pill around a word, at whatever scale the word is."""
        by = label.lettering.size / self.size
        across, down = self.pads[0] * by, self.pads[1] * by
        box = label.box
        return Box(
            *(box.x - across, box.y - down),
            *(box.width + 2 * across, box.height + 2 * down),
        )


def seat_pills(
    scene: Scene,
    pills: PillLettering,
    words: Mapping[str, str],
    again: str = "",
    on: bool = True,
    late: bool = False,
) -> Scene:
    """Return a scene that was laid out with `pills`, with every word as it is written.

    `words` says what is written instead of an edge's word, `again` what stands on the way back
    into a loop where there is room. With `on` pills move onto their lines where nothing is in the
    way, and the lines are cut there, so that no line runs through a word; `late` ones leave room
    for a curve before them.
    """
    seats: list[Box] = []
    labels: dict[int, TextLine] = {}
    waiting = {
        index: each.label.box
        for index, each in enumerate(scene.connectors)
        if each.label is not None
    }
    room = Room(scene, seats, waiting)
    for index, connector in enumerate(scene.connectors):
        label = connector.label
        if label is None:
            continue
        word = words.get(label.text, label.text)
        beside = waiting.pop(index)
        size = pills.width(word), beside.height
        near = beside.centre
        if late and len(connector.way) > 1:
            near = further(connector.way, near)
        seat = room.seat(connector.way, size, near) if on and not connector.smooth else None
        box = seat or around(beside.centre, size if size[0] < beside.width else beside)
        if seat is not None:
            seats.append(seat)
        else:
            waiting[index] = box
        labels[index] = _written(word, box, pills.plain)
    if again and on:
        size = pills.width(again), pills.ascent + pills.descent
        said: set[str] = set()
        for index, connector in enumerate(scene.connectors):
            loop = connector.edge.head
            if connector.edge.back and index not in labels and loop not in said:
                seat = room.seat(connector.way, size, None)
                if seat is not None:
                    said.add(loop)
                    seats.append(seat)
                    labels[index] = _written(again, seat, pills.plain)
    connectors: list[Connector] = []
    for index, connector in enumerate(scene.connectors):
        first = replace(connector, label=labels.get(index))
        pieces = cut(connector.way, seats) if seats and not connector.smooth else []
        if len(pieces) < 2:
            connectors.append(first)
            continue
        connectors.append(replace(first, way=pieces[0]))
        connectors += [replace(connector, way=piece, label=None) for piece in pieces[1:]]
    return replace(scene, connectors=tuple(connectors))


def _written(word: str, pill: Box, lettering: Lettering) -> TextLine:
    width = lettering.width(word)
    across, down = pill.centre
    baseline = down + (lettering.ascent - lettering.descent) / 2
    return TextLine(word, across - width / 2, baseline, width, lettering, "label")
