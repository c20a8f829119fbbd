"""Words that stand on connectors in pills: measured with the pill, seated on the line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    seating = _Seating(scene, pills)
    for index, connector in enumerate(scene.connectors):
        if connector.label is not None:
            word = words.get(connector.label.text, connector.label.text)
            seating.seat_word(index, word, on and not connector.smooth, late)
    if again and on:
        seating.seat_ways_back(again)
    return replace(scene, connectors=tuple(seating.connectors()))


class _Seating:
    """Words of a scene on their way to their seats.

    Seats keep off those that are taken, and off the places of words that have none yet.
    """

    def __init__(self, scene: Scene, pills: PillLettering) -> None:
        self._scene, self._pills = scene, pills
        self._seats: list[Box] = []
        self._waiting = {
            index: each.label.box
            for index, each in enumerate(scene.connectors)
            if each.label is not None
        }
        self._labels: dict[int, TextLine] = {}
        self._room = Room(scene, self._seats, self._waiting)

    def seat_word(self, index: int, word: str, on: bool, late: bool) -> None:
        """Seat the word of a connector on its line where it can be, else where it was."""
        way, beside = self._scene.connectors[index].way, self._waiting.pop(index)
        size = self._pills.width(word), beside.height
        near = beside.centre
        if late and len(way) > 1:
            near = further(way, near)
        seat = self._room.seat(way, size, near) if on else None
        if seat is not None:
            self._sit(index, word, seat)
            return
        box = around(beside.centre, size if size[0] < beside.width else beside)
        self._waiting[index] = box
        self._labels[index] = _written(word, box, self._pills.plain)

    def seat_ways_back(self, word: str) -> None:
        """Seat a word on a way back into every loop, where there is room."""
        size = self._pills.width(word), self._pills.ascent + self._pills.descent
        said: set[str] = set()
        for index, connector in enumerate(self._scene.connectors):
            loop = connector.edge.head
            if connector.edge.back and index not in self._labels and loop not in said:
                seat = self._room.seat(connector.way, size, None)
                if seat is not None:
                    said.add(loop)
                    self._sit(index, word, seat)

    def _sit(self, index: int, word: str, seat: Box) -> None:
        self._seats.append(seat)
        self._labels[index] = _written(word, seat, self._pills.plain)

    def connectors(self) -> Iterator[Connector]:
        """Yield the connectors with their words, cut where pills sit on them."""
        for index, connector in enumerate(self._scene.connectors):
            first = replace(connector, label=self._labels.get(index))
            cuttable = self._seats and not connector.smooth
            pieces = cut(connector.way, self._seats) if cuttable else []
            if len(pieces) < 2:
                yield first
                continue
            yield replace(first, way=pieces[0])
            for piece in pieces[1:]:
                yield replace(connector, way=piece, label=None)


def _written(word: str, pill: Box, lettering: Lettering) -> TextLine:
    width = lettering.width(word)
    across, down = pill.centre
    baseline = down + (lettering.ascent - lettering.descent) / 2
    return TextLine(word, across - width / 2, baseline, width, lettering, "label")
