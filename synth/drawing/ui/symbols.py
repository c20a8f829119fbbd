"""What stands in a step's tile: an icon, and the group that decides its colour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from synth.diagram import Node
from synth.drawing.colours import Colour, rgb

Group = Literal[
    "trigger",
    "core",
    "mail",
    "chat",
    "people",
    "code",
    "files",
    "subflow",
    "loop",
    "test",
    "guard",
    "end",
    "flow",
    "data",
]

GROUPS: tuple[Group, ...] = get_args(Group)

# The first word that a name holds decides.
_ACTIONS: tuple[tuple[str, str, Group], ...] = (
    ("approval", "check", "core"),
    ("attachment", "clip", "files"),
    ("sms", "phone", "mail"),
    ("email", "mail", "mail"),
    ("mail", "mail", "mail"),
    ("notif", "bell", "mail"),
    ("event", "bolt", "core"),
    ("wait", "hourglass", "core"),
    ("timer", "hourglass", "core"),
    ("message", "chat", "chat"),
    ("chat", "chat", "chat"),
    ("channel", "chat", "chat"),
    ("meeting", "calendar", "chat"),
    ("post", "chat", "chat"),
    ("call", "phone", "mail"),
    ("rest", "globe", "code"),
    ("soap", "globe", "code"),
    ("script", "code", "code"),
    ("sql", "table", "code"),
    ("command", "code", "code"),
    ("pipeline", "code", "code"),
    ("build", "code", "code"),
    ("function", "code", "code"),
    ("instance", "cloud", "code"),
    ("machine", "cloud", "code"),
    ("deploy", "cloud", "code"),
    ("user", "person", "people"),
    ("account", "person", "people"),
    ("member", "person", "people"),
    ("group", "person", "people"),
    ("password", "shield", "people"),
    ("role", "shield", "people"),
    ("catalog", "cart", "core"),
    ("purchase", "cart", "core"),
    ("file", "files", "files"),
    ("folder", "record", "files"),
    ("page", "record", "files"),
    ("issue", "task", "code"),
    ("task", "task", "core"),
    ("look", "search", "core"),
    ("get", "search", "core"),
    ("search", "search", "core"),
    ("find", "search", "core"),
    ("delete", "bin", "core"),
    ("remove", "bin", "core"),
    ("update", "pencil", "core"),
    ("create", "plus", "core"),
    ("add", "plus", "core"),
    ("log", "lines", "core"),
)
_TRIGGERS = (
    ("daily", "clock"),
    ("weekly", "calendar"),
    ("monthly", "calendar"),
    ("repeat", "repeat"),
    ("once", "clock"),
    ("email", "mail"),
    ("rest", "globe"),
    ("catalog", "cart"),
    ("sla", "gauge"),
    ("metric", "gauge"),
    ("record", "table"),
)
_LOGIC: dict[str, tuple[str, Group]] = {
    "FOREACH": ("repeat", "loop"),
    "DOUNTIL": ("loop", "loop"),
    "IF": ("fork", "test"),
    "ELSEIF": ("fork", "test"),
    "ELSE": ("split", "test"),
    "DECISION": ("question", "test"),
    "TRY": ("shield", "guard"),
    "CATCH": ("warning", "guard"),
    "PARALLEL": ("parallel", "flow"),
    "END": ("stop", "end"),
    "BREAK": ("leave", "end"),
    "CONTINUE": ("enter", "end"),
    "GOBACKTO": ("back", "end"),
    "TIMER": ("hourglass", "flow"),
}


@dataclass(frozen=True)
class Symbol:
    """An icon by its name, and the group of steps that it is of."""

    icon: str
    group: Group


def symbol_of(node: Node) -> Symbol:
    """Return what stands in the tile of a step."""
    name = node.name.lower()
    if node.kind == "trigger":
        return Symbol(next((icon for word, icon in _TRIGGERS if word in name), "bolt"), "trigger")
    if node.kind == "logic":
        return Symbol(*_LOGIC.get(node.name.upper(), ("variable", "flow")))
    if node.kind == "subflow":
        return Symbol("flow", "subflow")
    if node.kind in ("inputs", "outputs"):
        return Symbol("enter" if node.kind == "inputs" else "leave", "data")
    found = next(((icon, group) for word, icon, group in _ACTIONS if word in name), None)
    icon, group = found or ("gear", "core")
    return Symbol("record" if icon == "files" else icon, group)


Tints = Mapping[Group, Colour]


def tints(**colours: str) -> Tints:
    """Return the colours of all groups; `core` stands for those of actions that are not named."""
    named = {group: rgb(text) for group, text in colours.items()}
    core = named["core"]
    fallback = {"guard": named.get("test", core), "flow": named.get("test", core)}
    return {group: named.get(group, fallback.get(group, core)) for group in GROUPS}
