"""Where the nodes of an outline come from, for those who explain a score."""

from __future__ import annotations

from sketch2flow.scoring.starflow.outline import Outline
from sketch2flow.scoring.tree import Origin


class MarkedOutline(Outline):
    """An outline that also keeps what each node is and the JSON object that it stands for."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: list[str] = []
        self.pieces: list[object] = []

    def add(self, depth: int, label: object, kind: str = "structure", piece: object = None) -> None:
        super().add(depth, label)
        self.kinds.append(kind)
        self.pieces.append(piece)


def origins(tree: MarkedOutline, value: object) -> list[Origin]:
    """Return the origin of each node in post-order; `value` is what the tree was made of."""
    places = _places(value)
    found: list[Origin] = []
    path: list[Origin] = []
    for n, depth in enumerate(tree.depths):
        while len(path) > depth:
            found.append(path.pop())
        above = path[-1] if path else None
        path.append(Origin(tree.kinds[n], _pointer(tree, n, above, places)))
    return found + path[::-1]


def _pointer(tree: MarkedOutline, n: int, above: Origin | None, places: dict[int, int]) -> str:
    """Return the JSON pointer of node n, which hangs below the node with the origin `above`."""
    kind, piece = tree.kinds[n], tree.pieces[n]
    if above is None:
        return ""
    if kind == "structure":
        return f"{above.pointer}/{tree.labels[n]}"
    if kind == "component":
        return f"/components/{places[id(piece)]}"
    if kind == "input":
        return f"{above.pointer}/{places[id(piece)]}"
    if kind == "parameter":
        return f"{above.pointer}/items/{places[id(piece)]}"
    if above.kind == "input" and isinstance(piece, dict) and "value" in piece:
        return f"{above.pointer}/value"
    return above.pointer  # a trigger has that of the structure node, a query's pieces share one


def _places(value: object) -> dict[int, int]:
    """Return the place of each object in its list, by identity, which parsed JSON keeps apart."""
    places: dict[int, int] = {}
    waiting = [value]
    while waiting:
        here = waiting.pop()
        if isinstance(here, dict):
            waiting += here.values()
        elif isinstance(here, list):
            places |= {id(item): place for place, item in enumerate(here)}
            waiting += here
    return places
