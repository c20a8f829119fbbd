"""What a designer calls a step: the display name of its definition, its kind, its number."""

from __future__ import annotations

from synth.diagram import Node

_LOGIC = {
    "ELSEIF": "Else If",
    "FOREACH": "For Each",
    "DOUNTIL": "Do Until",
    "BREAK": "Exit Loop",
    "CONTINUE": "Skip Iteration",
    "GOBACKTO": "Go Back To",
    "DECISION": "Make a Decision",
    "TIMER": "Wait For a Duration",
    "DYNAMICFLOW": "Dynamic Flow",
    "GETFLOWOUTPUT": "Get Flow Outputs",
    "SETFLOWVARIABLES": "Set Flow Variables",
    "APPENDFLOWVARIABLES": "Append Flow Variables",
}
# The platform's own words for its triggers, where they are not the type's.
_TRIGGERS = {
    "record_create": "Created",
    "record_update": "Updated",
    "record_create_or_update": "Created or Updated",
    "email": "Inbound Email",
    "rest_async": "REST - Asynchronous",
}
_ACRONYMS = frozenset(
    (
        *("ai", "api", "ci", "csv", "db", "dns", "hr", "http", "id", "ip", "it", "json", "jwt"),
        *("kb", "ldap", "pdf", "rest", "sftp", "sla", "sms", "soap", "sql", "ssh", "url", "vm"),
        "xml",
    )
)
_KINDS = {
    "trigger": "Trigger",
    "action": "Action",
    "subflow": "Subflow",
    "logic": "Flow Logic",
    "inputs": "Inputs",
    "outputs": "Outputs",
}


def title_of(node: Node, own_triggers: bool = False) -> str:
    """Return a step's display name: "Look Up Records" for `look_up_records`.

    With `own_triggers` triggers are called as the platform does: "Created" for `record_create`.
    """
    name = " ".join(node.name.split()) or node.kind
    if node.kind == "logic" and name.upper() in _LOGIC:
        return _LOGIC[name.upper()]
    if own_triggers and node.kind == "trigger" and name in _TRIGGERS:
        return _TRIGGERS[name]
    words = name.replace("_", " ").split() or [name]
    return " ".join(_capital(word) for word in words)


def kind_of(node: Node) -> str:
    """Return what sort of step it is, in a designer's words; "" for a start or an end."""
    return _KINDS.get(node.kind, "")


def number_of(node: Node) -> str:
    """Return the number that stands at a step: its order, or the word for a trigger, or ""."""
    if node.order is not None:
        return str(node.order)
    return "Trigger" if node.kind == "trigger" else ""


def _capital(word: str) -> str:
    if word.lower() in _ACRONYMS:
        return word.upper()
    # Words that are capitals throughout are names of flow logic.
    return word.capitalize() if word.isupper() else word[:1].upper() + word[1:]
