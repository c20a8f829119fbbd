"""BPMN 2.0 XML as plain elements; hostile files are refused before they cost anything.

expat alone reads it: no entity is ever expanded and no file or address is ever opened, since a
document type declaration, which BPMN has no use for, is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from synth.readers.items import Unreadable

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
MAX_BYTES = 5_000_000
MAX_DEPTH = 100
MAX_ELEMENTS = 50_000
MAX_TEXT_CHARACTERS = 4_000  # of one element; what is behind them is passed over

_SEPARATOR = "\n"  # stands in no name, so that names with and without a namespace stay apart


@dataclass(slots=True)
class Element:
    """An element of BPMN's own namespace; those of other namespaces (layout, vendors) are not."""

    name: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    text: str = ""

    @property
    def identifier(self) -> str:
        return self.attributes.get("id", "")

    @property
    def label(self) -> str:
        """Return the name that is drawn, in one line."""
        return " ".join(self.attributes.get("name", "").split())

    def all(self, *names: str) -> Iterator[Element]:
        """Yield the children of these names."""
        return (child for child in self.children if child.name in names)

    def first(self, *names: str) -> Element | None:
        return next(self.all(*names), None)

    def words(self) -> str:
        """Return the element's text in one line."""
        return " ".join(self.text.split())


def parse_bpmn(data: bytes) -> Element:
    """Return the `definitions` of a BPMN 2.0 file.

    Raises Unreadable for what is no such file, has a DOCTYPE, or is beyond the limits.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable(f"over {MAX_BYTES:,} bytes")
    handlers = _Handlers()
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.buffer_text = True
    parser.StartElementHandler = handlers.start
    parser.EndElementHandler = handlers.end
    parser.CharacterDataHandler = handlers.characters
    parser.StartDoctypeDeclHandler = handlers.refuse_doctype
    parser.EntityDeclHandler = handlers.refuse_doctype
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise Unreadable(f"no readable XML ({' '.join(str(error).split())[:200]})") from None
    root = handlers.root
    if root is None or root.name != "definitions":
        raise Unreadable(f"no BPMN 2.0 inside (no definitions of {MODEL})")
    return root


class _Handlers:
    """Builds the tree on a list of open elements; `skipped` counts those of another namespace."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._skipped = 0
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MAX_ELEMENTS:
            raise Unreadable(f"over {MAX_ELEMENTS:,} elements")
        namespace, _, local = name.rpartition(_SEPARATOR)
        if len(self._open) + self._skipped >= MAX_DEPTH:
            raise Unreadable(f"elements are nested deeper than {MAX_DEPTH}")
        if self._skipped or namespace != MODEL:
            self._skipped += 1
            return
        plain = {key: value for key, value in attributes.items() if _SEPARATOR not in key}
        element = Element(local, plain)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = self.root or element
        self._open.append(element)

    def end(self, _: str) -> None:
        if self._skipped:
            self._skipped -= 1
        else:
            self._open.pop()

    def characters(self, text: str) -> None:
        if self._open and not self._skipped and len(self._open[-1].text) < MAX_TEXT_CHARACTERS:
            self._open[-1].text += text

    def refuse_doctype(self, *_: object) -> None:
        raise Unreadable("a document type declaration; BPMN has none")
